// RUN: lacuna-opt %s --mlir-disable-threading \
// RUN:   --pass-pipeline="builtin.module(func.func(lacuna-fold-batch-norm))" \
// RUN:   | FileCheck %s

// With factors 2 and 0.5 (1 + epsilon = 4 and 16): filters are scaled, the
// bias becomes (bias - mean) factor + offset.
// CHECK-LABEL: func @convolution
// CHECK-DAG: %[[F:.*]] = arith.constant dense_resource<filter> : tensor<2x1x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense_resource<bias> : tensor<2xf32>
// CHECK: %[[R:.*]] = lacuna.convolution %{{.*}}, %[[F]], %[[B]] strides = [2]
// CHECK-NEXT: return %[[R]]
func.func @convolution(%x: tensor<1x1x8xf32>) -> tensor<1x2x4xf32> {
  %f = arith.constant dense<[[[3.0]], [[-6.0]]]> : tensor<2x1x1xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %scale = arith.constant dense<[4.0, 2.0]> : tensor<2xf32>
  %bias = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %mean = arith.constant dense<[0.5, 4.0]> : tensor<2xf32>
  %variance = arith.constant dense<[3.0, 15.0]> : tensor<2xf32>
  %c = lacuna.convolution %x, %f, %b strides = [2] dilations = [1]
      pads = [0] to [0] : (tensor<1x1x8xf32>, tensor<2x1x1xf32>, tensor<2xf32>)
      -> tensor<1x2x4xf32>
  %r = lacuna.batch_norm %c, %scale, %bias, %mean, %variance epsilon = 1.0
      : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
         tensor<2xf32>) -> tensor<1x2x4xf32>
  return %r : tensor<1x2x4xf32>
}

// A convolution that something else reads stays as it is.
// CHECK-LABEL: func @shared
// CHECK: %[[C:.*]] = lacuna.convolution
// CHECK: linalg.generic {{.*}} ins(%[[C]],
// CHECK: arith.subf
// CHECK: math.fma
func.func @shared(%x: tensor<1x1x8xf32>)
    -> (tensor<1x1x8xf32>, tensor<1x1x8xf32>) {
  %f = arith.constant dense<2.0> : tensor<1x1x1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %c = lacuna.convolution %x, %f strides = [1] dilations = [1]
      pads = [0] to [0] : (tensor<1x1x8xf32>, tensor<1x1x1xf32>)
      -> tensor<1x1x8xf32>
  %r = lacuna.batch_norm %c, %one, %one, %one, %one
      : (tensor<1x1x8xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
         tensor<1xf32>) -> tensor<1x1x8xf32>
  return %c, %r : tensor<1x1x8xf32>, tensor<1x1x8xf32>
}

// Operands that are no constants: one factor a channel, then arithmetic in
// f32.
// CHECK-LABEL: func @computed
// CHECK: %[[F:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<5xf32>)
// CHECK: math.sqrt
// CHECK: arith.divf
// CHECK: linalg.generic {{.*}} ins(%arg0, %arg3, %[[F]], %arg2
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @computed(%x: tensor<2x3x5xf16>, %s: tensor<5xf16>,
                    %b: tensor<5xf16>, %m: tensor<5xf16>, %v: tensor<5xf16>)
    -> tensor<2x3x5xf16> {
  %r = lacuna.batch_norm %x, %s, %b, %m, %v layout = channels_last
      : (tensor<2x3x5xf16>, tensor<5xf16>, tensor<5xf16>, tensor<5xf16>,
         tensor<5xf16>) -> tensor<2x3x5xf16>
  return %r : tensor<2x3x5xf16>
}

// The folded numbers: 6, -3 and 11, 19, after their alignment.
// CHECK: dialect_resources
// CHECK-DAG: filter: "0x400000000000C040000040C0"
// CHECK-DAG: bias: "0x400000000000304100009841"
