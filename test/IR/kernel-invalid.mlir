// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @kernel_c1(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{block arguments must have the types of the inputs}}
  %r = lacuna.kernel "bad"(%x) {
  ^bb0(%a: tensor<5xf32>):
    %e = tensor.empty() : tensor<4xf32>
    lacuna.yield %e : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

func.func @kernel_c2(%x: tensor<4xf32>) -> tensor<5xf32> {
  // expected-error @below {{yielded types must be the result types}}
  %r = lacuna.kernel "bad"(%x) {
  ^bb0(%a: tensor<4xf32>):
    lacuna.yield %a : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<5xf32>
  return %r : tensor<5xf32>
}
