// RUN: lacuna-opt %s --lacuna-split-concats --split-input-file | FileCheck %s

// A convolution of a concatenation, the gradient of its filter, and the slices
// of that by the concatenation.
// CHECK-LABEL: func @skip
// CHECK-SAME: %[[A:.*]]: tensor<1x16x4x4xf32>, %[[B:.*]]: tensor<1x32x4x4xf32>, %[[W:[^:]*]]: tensor<8x48x3x3xf32>, %[[BIAS:[^:]*]]: tensor<8xf32>, %[[D:[^:]*]]: tensor<1x8x4x4xf32>
// CHECK: %[[WA:.*]] = tensor.extract_slice %[[W]][0, 0, 0, 0] [8, 16, 3, 3]
// CHECK: %[[YA:.*]] = lacuna.convolution %[[A]], %[[WA]], %[[BIAS]]
// CHECK: %[[WB:.*]] = tensor.extract_slice %[[W]][0, 16, 0, 0] [8, 32, 3, 3]
// CHECK: %[[YB:.*]] = lacuna.convolution %[[B]], %[[WB]] strides
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[YA]], %[[YB]]
// CHECK: %[[DA:.*]] = lacuna.convolution_filter_gradient %[[A]], %[[D]] {{.*}} {lacuna.backward} {{.*}} -> tensor<8x16x3x3xf32>
// CHECK: %[[DB:.*]] = lacuna.convolution_filter_gradient %[[B]], %[[D]]
// CHECK: %[[DW:.*]] = tensor.concat dim(1) %[[DA]], %[[DB]] {lacuna.backward}
// CHECK: %[[VB:.*]] = tensor.extract_slice %[[W]][0, 16, 0, 0] [8, 32, 3, 3]
// CHECK: %[[XB:.*]] = lacuna.transposed_convolution %[[D]], %[[VB]] {{.*}} -> tensor<1x32x4x4xf32>
// CHECK-NOT: transposed_convolution
// CHECK: return %[[Y]], %[[DW]], %[[XB]]
func.func @skip(%a: tensor<1x16x4x4xf32>, %b: tensor<1x32x4x4xf32>, %w: tensor<8x48x3x3xf32>, %bias: tensor<8xf32>, %d: tensor<1x8x4x4xf32>)
    -> (tensor<1x8x4x4xf32>, tensor<8x48x3x3xf32>, tensor<1x32x4x4xf32>) {
  %c = tensor.concat dim(1) %a, %b : (tensor<1x16x4x4xf32>, tensor<1x32x4x4xf32>) -> tensor<1x48x4x4xf32>
  %y = lacuna.convolution %c, %w, %bias strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<1x48x4x4xf32>, tensor<8x48x3x3xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
  %dw = lacuna.convolution_filter_gradient %c, %d kernel = [3, 3] strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] {lacuna.backward} : (tensor<1x48x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<8x48x3x3xf32>
  %dc = lacuna.transposed_convolution %d, %w strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] output_padding = [0, 0] {lacuna.backward} : (tensor<1x8x4x4xf32>, tensor<8x48x3x3xf32>) -> tensor<1x48x4x4xf32>
  %db = tensor.extract_slice %dc[0, 16, 0, 0] [1, 32, 4, 4] [1, 1, 1, 1] {lacuna.backward} : tensor<1x48x4x4xf32> to tensor<1x32x4x4xf32>
  return %y, %dw, %db : tensor<1x8x4x4xf32>, tensor<8x48x3x3xf32>, tensor<1x32x4x4xf32>
}

// -----

// Without gradients all stays as it is.
// CHECK-LABEL: func @forward
// CHECK: tensor.concat
func.func @forward(%a: tensor<1x16x4x4xf32>, %b: tensor<1x16x4x4xf32>, %w: tensor<8x32x1x1xf32>) -> tensor<1x8x4x4xf32> {
  %c = tensor.concat dim(1) %a, %b : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x32x4x4xf32>
  %y = lacuna.convolution %c, %w strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x32x4x4xf32>, tensor<8x32x1x1xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

// Who else reads the concatenation needs it; narrow pieces fill no register.
// CHECK-LABEL: func @kept
// CHECK-COUNT-2: tensor.concat
// CHECK: lacuna.convolution
// CHECK: tensor.extract_slice {{.*}} tensor<1x24x4x4xf32> to tensor<1x8x4x4xf32>
func.func @kept(%a: tensor<1x16x4x4xf32>, %b: tensor<1x8x4x4xf32>, %w: tensor<24x32x1x1xf32>)
    -> (tensor<1x24x4x4xf32>, tensor<1x32x4x4xf32>, tensor<1x8x4x4xf32>) {
  %c = tensor.concat dim(1) %a, %a : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x32x4x4xf32>
  %e = tensor.concat dim(1) %a, %b, %b : (tensor<1x16x4x4xf32>, tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) -> tensor<1x32x4x4xf32>
  %y = lacuna.convolution %e, %w strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x32x4x4xf32>, tensor<24x32x1x1xf32>) -> tensor<1x24x4x4xf32>
  %z = lacuna.convolution %c, %w strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] {lacuna.backward} : (tensor<1x32x4x4xf32>, tensor<24x32x1x1xf32>) -> tensor<1x24x4x4xf32>
  %s = tensor.extract_slice %z[0, 16, 0, 0] [1, 8, 4, 4] [1, 1, 1, 1] {lacuna.backward} : tensor<1x24x4x4xf32> to tensor<1x8x4x4xf32>
  return %y, %c, %s : tensor<1x24x4x4xf32>, tensor<1x32x4x4xf32>, tensor<1x8x4x4xf32>
}
