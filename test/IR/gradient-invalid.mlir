// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

func.func @gradient_c1(%loss: tensor<1x2xf32>, %x: tensor<4xf32>) {
  // expected-error @+1 {{`loss` must have one element, got [1, 2]}}
  %0 = lacuna.gradient %loss by %x
      : (tensor<1x2xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @gradient_types(%loss: tensor<1xf32>, %x: tensor<4xf32>) {
  // expected-error @+1 {{result}}
  %0 = lacuna.gradient %loss by %x
      : (tensor<1xf32>, tensor<4xf32>) -> tensor<5xf32>
  return
}
