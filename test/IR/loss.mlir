// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @cross_entropy
// CHECK: lacuna.cross_entropy %{{.*}}, %{{.*}} : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<f32>
// CHECK: lacuna.cross_entropy %{{.*}}, %{{.*}} weight %{{.*}} reduction = sum ignore_index = -100 : (
// CHECK: lacuna.cross_entropy %{{.*}}, %{{.*}} reduction = none : (tensor<2x5xf32>, tensor<2xi64>) -> (tensor<2xf32>, tensor<2x5xf32>)
func.func @cross_entropy(%x: tensor<2x5xf32>, %l: tensor<2xi64>,
                         %w: tensor<5xf32>) {
  %0 = lacuna.cross_entropy %x, %l
      : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<f32>
  %1 = lacuna.cross_entropy %x, %l weight %w reduction = sum ignore_index = -100
      : (tensor<2x5xf32>, tensor<2xi64>, tensor<5xf32>) -> tensor<f32>
  %2, %3 = lacuna.cross_entropy %x, %l reduction = none
      : (tensor<2x5xf32>, tensor<2xi64>) -> (tensor<2xf32>, tensor<2x5xf32>)
  return
}

// CHECK-LABEL: func @nll_loss
// CHECK: lacuna.nll_loss %{{.*}}, %{{.*}} weight %{{.*}} reduction = none ignore_index = 255 : (
func.func @nll_loss(%x: tensor<2x5x?xf16>, %l: tensor<2x3xi8>,
                    %w: tensor<5xf16>) {
  %0 = lacuna.nll_loss %x, %l weight %w reduction = none ignore_index = 255
      : (tensor<2x5x?xf16>, tensor<2x3xi8>, tensor<5xf16>) -> tensor<2x3xf16>
  return
}
