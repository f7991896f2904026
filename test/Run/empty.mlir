// RUN: lacuna check %s

// Tensors without elements, behind the first dimension too.
func.func @sum_of_nothing() {
  %x = arith.constant dense<> : tensor<2x0x4xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x4xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x4xf32>) -> tensor<2x4xf32>
  %sum = linalg.reduce { arith.addf } ins(%x : tensor<2x0x4xf32>) outs(%init : tensor<2x4xf32>) dimensions = [1]
  %expected = arith.constant dense<0.0> : tensor<2x4xf32>
  check.expect_equal %sum, %expected : tensor<2x4xf32>
  return
}

func.func @reshaped() {
  %x = arith.constant dense<> : tensor<2x0x4xf32>
  %y = lacuna.activation relu %x : tensor<2x0x4xf32>
  %z = tensor.collapse_shape %y [[0, 1], [2]] : tensor<2x0x4xf32> into tensor<0x4xf32>
  %w = lacuna.activation relu %z : tensor<0x4xf32>
  %expected = arith.constant dense<> : tensor<0x4xf32>
  check.expect_equal %w, %expected : tensor<0x4xf32>
  return
}
