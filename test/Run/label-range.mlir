// RUN: not lacuna check %s 2>&1 | FileCheck %s

// Labels and predictions that are no class and not ignored end the call.
// CHECK-DAG: @loss: {{.*}}a label is not one of the classes
// CHECK-DAG: @picked: {{.*}}a label is not one of the classes
// CHECK-DAG: @label: {{.*}}a label is not one of the classes
// CHECK-DAG: @prediction: {{.*}}a prediction is not one of the classes
// CHECK: 0 expectations met

func.func @loss() {
  %x = arith.constant dense<1.0> : tensor<2x3xf32>
  %l = arith.constant dense<[0, 3]> : tensor<2xi64>
  %r = lacuna.cross_entropy %x, %l reduction = sum ignore_index = 255
      : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<f32>
  check.expect_equal %r, %r : tensor<f32>
  return
}

func.func @picked() {
  %x = arith.constant dense<1.0> : tensor<2x3xf32>
  %l = arith.constant dense<[0, -1]> : tensor<2xi32>
  %r = lacuna.nll_loss %x, %l reduction = none
      : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<2xf32>
  check.expect_equal %r, %r : tensor<2xf32>
  return
}

func.func @label() {
  %p = arith.constant dense<[0, 1]> : tensor<2xi64>
  %l = arith.constant dense<[0, 7]> : tensor<2xi64>
  %m = lacuna.confusion_matrix %p, %l classes = 2 ignore_index = 255
      : (tensor<2xi64>, tensor<2xi64>) -> tensor<2x2xi64>
  check.expect_equal %m, %m : tensor<2x2xi64>
  return
}

func.func @prediction() {
  %p = arith.constant dense<[0, 255]> : tensor<2xi64>
  %l = arith.constant dense<[0, 1]> : tensor<2xi64>
  %m = lacuna.confusion_matrix %p, %l classes = 2 ignore_index = 255
      : (tensor<2xi64>, tensor<2xi64>) -> tensor<2x2xi64>
  check.expect_equal %m, %m : tensor<2x2xi64>
  return
}
