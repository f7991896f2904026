// RUN: lacuna-opt %s --lacuna-lower-losses | FileCheck %s

// One loss a label is left alone.
// CHECK-LABEL: func @each
// CHECK: lacuna.cross_entropy %{{.*}} reduction = none
// CHECK-NEXT: return
func.func @each(%x: tensor<2x5xf32>, %l: tensor<2xi64>) -> tensor<2xf32> {
  %r = lacuna.cross_entropy %x, %l reduction = none
      : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// Without weights and ignored labels the divisor is known. f16 is added up in
// f32.
// CHECK-LABEL: func @mean
// CHECK: %[[N:.*]] = arith.constant dense<6.000000e+00> : tensor<f32>
// CHECK: %[[X:.*]] = arith.extf %arg0
// CHECK: %[[L:.*]] = lacuna.nll_loss %[[X]], %arg1 reduction = none : (tensor<2x5x3xf32>, tensor<2x3xi64>) -> tensor<2x3xf32>
// CHECK: %[[F:.*]] = tensor.collapse_shape %[[L]]
// CHECK: %[[S:.*]] = linalg.reduce ins(%[[F]]
// CHECK: %[[M:.*]] = arith.divf %[[S]], %[[N]]
// CHECK: arith.truncf %[[M]] : tensor<f32> to tensor<f16>
func.func @mean(%x: tensor<2x5x3xf16>, %l: tensor<2x3xi64>) -> tensor<f16> {
  %r = lacuna.nll_loss %x, %l
      : (tensor<2x5x3xf16>, tensor<2x3xi64>) -> tensor<f16>
  return %r : tensor<f16>
}

// The weights of the labels that count are added up, too.
// CHECK-LABEL: func @weighted
// CHECK: lacuna.cross_entropy %arg0, %arg1 weight %arg2 reduction = none ignore_index = 255
// CHECK: linalg.reduce
// CHECK: linalg.generic
// CHECK: tensor.extract %arg2
// CHECK: arith.cmpi eq
// CHECK: linalg.reduce
// CHECK: arith.divf
func.func @weighted(%x: tensor<2x5xf32>, %l: tensor<2xi8>, %w: tensor<5xf32>)
    -> tensor<f32> {
  %r = lacuna.cross_entropy %x, %l weight %w ignore_index = 255
      : (tensor<2x5xf32>, tensor<2xi8>, tensor<5xf32>) -> tensor<f32>
  return %r : tensor<f32>
}

// CHECK-LABEL: func @probabilities
// CHECK: %[[P:.*]] = lacuna.softmax %arg0 axis = 1 log
// CHECK: lacuna.nll_loss %[[P]], %arg1
func.func @probabilities(%x: tensor<2x5xf32>, %l: tensor<2xi64>)
    -> (tensor<f32>, tensor<2x5xf32>) {
  %r, %p = lacuna.cross_entropy %x, %l reduction = sum
      : (tensor<2x5xf32>, tensor<2xi64>) -> (tensor<f32>, tensor<2x5xf32>)
  return %r, %p : tensor<f32>, tensor<2x5xf32>
}

// CHECK-LABEL: func @maxout
// CHECK: %[[S:.*]] = tensor.expand_shape %arg0 {{.*}} into tensor<2x3x2x4xf32>
// CHECK: linalg.reduce ins(%[[S]] : {{.*}} dimensions = [2]
// CHECK: arith.maximumf
func.func @maxout(%x: tensor<2x6x4xf32>) -> tensor<2x3x4xf32> {
  %r = lacuna.maxout %x axis = 1 groups = 2
      : (tensor<2x6x4xf32>) -> tensor<2x3x4xf32>
  return %r : tensor<2x3x4xf32>
}
