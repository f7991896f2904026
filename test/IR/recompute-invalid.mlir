// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @recompute_c1(%x: tensor<4xf32>) {
  // expected-error @below {{block arguments must have the types of the inputs}}
  %r = lacuna.recompute (%x) {
  ^bb0(%a: tensor<5xf32>):
    lacuna.yield %a : tensor<5xf32>
  } : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @recompute_c2(%x: tensor<4xf32>) {
  // expected-error @below {{yielded types must be the result types}}
  %r = lacuna.recompute (%x) {
  ^bb0(%a: tensor<4xf32>):
    lacuna.yield %a : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @no_grad_c1(%x: tensor<4xf32>) {
  // expected-error @below {{block arguments must have the types of the inputs}}
  lacuna.no_grad (%x) {
  ^bb0:
    lacuna.yield
  } : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @no_grad_c2(%x: tensor<4xf32>) {
  // expected-error @below {{yielded types must be the result types}}
  %r = lacuna.no_grad (%x) {
  ^bb0(%a: tensor<4xf32>):
    lacuna.yield
  } : (tensor<4xf32>) -> tensor<4xf32>
  return
}
