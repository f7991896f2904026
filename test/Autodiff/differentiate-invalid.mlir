// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-differentiate))' -split-input-file -verify-diagnostics

// What has no rule yet is named, with the way from the loss.
func.func @no_rule(%x: tensor<1xf64> {lacuna.requires_grad}) -> tensor<1xf64> {
  // expected-error @below {{'lacuna.softmax' op must have a rule to be differentiated}}
  // expected-note @below {{on the way from the loss: lacuna.softmax, argument 0}}
  %0 = lacuna.softmax %x axis = 0 : tensor<1xf64>
  return %0 : tensor<1xf64>
}

// -----

// expected-error @below {{the loss, its first result, must be a float tensor of one element}}
func.func @no_loss(%x: tensor<2xf64> {lacuna.requires_grad}) -> tensor<2xf64> {
  %0 = lacuna.activation tanh %x : tensor<2xf64>
  return %0 : tensor<2xf64>
}
