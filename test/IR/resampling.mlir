// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @linear
// CHECK: lacuna.resize linear %{{.*}} coordinates = half_pixel scales = [1.000000e+00, 1.000000e+00, 8.000000e+00, 8.000000e+00] antialias : (
func.func @linear(%x: tensor<?x21x65x65xf32>) -> tensor<?x21x520x520xf32> {
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0, 1.0, 8.0, 8.0] antialias
      : (tensor<?x21x65x65xf32>) -> tensor<?x21x520x520xf32>
  return %r : tensor<?x21x520x520xf32>
}

// CHECK-LABEL: func @cubic
// CHECK: coordinates = align_corners scales = [2.000000e+00] cubic_coefficient = -5.000000e-01 exclude_outside : (
func.func @cubic(%x: tensor<5xf16>) -> tensor<10xf16> {
  %r = lacuna.resize cubic %x coordinates = align_corners scales = [2.0]
      cubic_coefficient = -0.5 exclude_outside
      : (tensor<5xf16>) -> tensor<10xf16>
  return %r : tensor<10xf16>
}

// CHECK-LABEL: func @nearest
// CHECK: lacuna.resize nearest %{{.*}} rounding = floor : (
func.func @nearest(%x: tensor<4x5xi8>) -> tensor<2x9xi8> {
  %r = lacuna.resize nearest %x coordinates = asymmetric scales = [0.5, 1.8]
      rounding = floor : (tensor<4x5xi8>) -> tensor<2x9xi8>
  return %r : tensor<2x9xi8>
}

// CHECK-LABEL: func @crop
// CHECK: extrapolation_value = 7.000000e+00 region = [2.000000e-01, 8.000000e-01] : (
func.func @crop(%x: tensor<6xf64>) -> tensor<3xf64> {
  %r = lacuna.resize linear %x coordinates = tf_crop_and_resize scales = [0.5]
      extrapolation_value = 7.0 region = [0.2, 0.8]
      : (tensor<6xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// CHECK-LABEL: func @resample
// CHECK: lacuna.resample %{{.*}} at %{{.*}}, %{{.*}} by %{{.*}}, %{{.*}} axes = [1, 2] row_block = 4 row_span = 6 : tensor<1x8x5xf32>, (tensor<2x9xi32>, tensor<4x6xi32>), (tensor<2x9xf32>, tensor<4x6xf32>) -> tensor<1x9x6xf32>
func.func @resample(%x: tensor<1x8x5xf32>, %p: tensor<2x9xi32>,
                    %q: tensor<4x6xi32>, %v: tensor<2x9xf32>,
                    %w: tensor<4x6xf32>) {
  %r = lacuna.resample %x at %p, %q by %v, %w axes = [1, 2] row_block = 4
      row_span = 6 : tensor<1x8x5xf32>, (tensor<2x9xi32>, tensor<4x6xi32>),
      (tensor<2x9xf32>, tensor<4x6xf32>) -> tensor<1x9x6xf32>
  return
}

// CHECK-LABEL: func @resample_without_weights
// CHECK: axes = [0] extrapolates extrapolation_value = 1.000000e+00 : tensor<8xi16>, (tensor<1x3xi32>) -> tensor<3xi16>
func.func @resample_without_weights(%x: tensor<8xi16>, %p: tensor<1x3xi32>) {
  %r = lacuna.resample %x at %p axes = [0] extrapolates
      extrapolation_value = 1.0
      : tensor<8xi16>, (tensor<1x3xi32>) -> tensor<3xi16>
  return
}

// CHECK-LABEL: func @shuffle
// CHECK: lacuna.pixel_shuffle %{{.*}} block = 2 : (
func.func @shuffle(%x: tensor<1x16x8x?xf32>) -> tensor<1x4x16x?xf32> {
  %r = lacuna.pixel_shuffle %x block = 2
      : (tensor<1x16x8x?xf32>) -> tensor<1x4x16x?xf32>
  return %r : tensor<1x4x16x?xf32>
}

// CHECK-LABEL: func @unshuffle
// CHECK: lacuna.pixel_unshuffle %{{.*}} block = 2 order = dcr layout = channels_last : (
func.func @unshuffle(%x: tensor<1x16x8x4xi8>) -> tensor<1x8x4x16xi8> {
  %r = lacuna.pixel_unshuffle %x block = 2 order = dcr layout = channels_last
      : (tensor<1x16x8x4xi8>) -> tensor<1x8x4x16xi8>
  return %r : tensor<1x8x4x16xi8>
}
