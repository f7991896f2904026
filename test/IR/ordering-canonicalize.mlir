// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @sum_of_one
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]]
func.func @sum_of_one(%x: tensor<3x1xf32>) -> tensor<3x1xf32> {
  %r = lacuna.cumulative sum %x axis = 1
      : (tensor<3x1xf32>) -> tensor<3x1xf32>
  return %r : tensor<3x1xf32>
}

// CHECK-LABEL: func @exclusive_sum_of_one_is_zero
// CHECK: lacuna.cumulative
func.func @exclusive_sum_of_one_is_zero(%x: tensor<3x1xf32>)
    -> tensor<3x1xf32> {
  %r = lacuna.cumulative sum %x axis = 1 exclusive
      : (tensor<3x1xf32>) -> tensor<3x1xf32>
  return %r : tensor<3x1xf32>
}
