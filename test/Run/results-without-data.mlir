// RUN: lacuna run %s --random 1 | FileCheck %s

// Results that nothing computes: filled, never written, seen through a view.
// CHECK: output0 4 f32 1.5 0 1.5 1.5
// CHECK: output1 2x2 f32 1.5 0 1.5 1.5
// CHECK: output2 3 i64 7 0 7 7
// CHECK: output3 5 f32
func.func @main(%x: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<2x2xf32>, tensor<3xi64>, tensor<5xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  %c = arith.constant 1.5 : f32
  %seven = arith.constant 7 : i64
  %0 = linalg.fill ins(%c : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %1 = tensor.expand_shape %0 [[0, 1]] output_shape [2, 2]
      : tensor<4xf32> into tensor<2x2xf32>
  %2 = tensor.splat %seven : tensor<3xi64>
  %3 = tensor.empty() : tensor<5xf32>
  return %0, %1, %2, %3
      : tensor<4xf32>, tensor<2x2xf32>, tensor<3xi64>, tensor<5xf32>
}
