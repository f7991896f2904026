// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @batch
// CHECK: lacuna.batch_norm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x4x8xf32>,
// CHECK: epsilon = 1.000000e-03 layout = channels_last : (
func.func @batch(%x: tensor<2x4x8xf32>, %y: tensor<?x8x4xf32>,
                 %v: tensor<4xf32>) {
  %0 = lacuna.batch_norm %x, %v, %v, %v, %v
      : (tensor<2x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
         tensor<4xf32>) -> tensor<2x4x8xf32>
  %1 = lacuna.batch_norm %y, %v, %v, %v, %v epsilon = 1.0e-3
      layout = channels_last
      : (tensor<?x8x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
         tensor<4xf32>) -> tensor<?x8x4xf32>
  return
}

// CHECK-LABEL: func @training
// CHECK: lacuna.batch_norm_training {{.*}} momentum = 5.000000e-01 running = biased : (
func.func @training(%x: tensor<2x4xf16>, %s: tensor<4xf16>, %m: tensor<4xf32>) {
  %y, %n, %v = lacuna.batch_norm_training %x, %s, %s, %m, %m momentum = 0.5
      running = biased
      : (tensor<2x4xf16>, tensor<4xf16>, tensor<4xf16>, tensor<4xf32>,
         tensor<4xf32>) -> (tensor<2x4xf16>, tensor<4xf32>, tensor<4xf32>)
  return
}

// CHECK-LABEL: func @layer
// CHECK: lacuna.layer_norm %{{.*}} axis = -1 : tensor<2x4x8xf16> -> tensor<2x4x8xf16>{{$}}
// CHECK: lacuna.layer_norm %{{.*}} scale = %{{.*}} : tensor<4x8xf16> bias = %{{.*}} : tensor<4x8xf16> axis = 1 epsilon = 1.000000e-03 : tensor<2x4x8xf16> -> tensor<2x4x8xf16> mean tensor<2x1x1xf32> inverse_deviation tensor<2x1x1xf32>
// CHECK: lacuna.layer_norm %{{.*}} bias = %{{.*}} : tensor<4x8xf16> axis = 1 : {{.*}} inverse_deviation tensor<2x1x1xf32>
func.func @layer(%x: tensor<2x4x8xf16>, %p: tensor<4x8xf16>) {
  %0 = lacuna.layer_norm %x axis = -1 : tensor<2x4x8xf16> -> tensor<2x4x8xf16>
  %1:3 = lacuna.layer_norm %x scale = %p : tensor<4x8xf16>
      bias = %p : tensor<4x8xf16> axis = 1 epsilon = 1.0e-3
      : tensor<2x4x8xf16> -> tensor<2x4x8xf16> mean tensor<2x1x1xf32>
      inverse_deviation tensor<2x1x1xf32>
  %2:2 = lacuna.layer_norm %x bias = %p : tensor<4x8xf16> axis = 1
      : tensor<2x4x8xf16> -> tensor<2x4x8xf16>
      inverse_deviation tensor<2x1x1xf32>
  return
}

// CHECK-LABEL: func @rms
// CHECK: lacuna.rms_norm %{{.*}} axis = 0 : (
// CHECK: lacuna.rms_norm %{{.*}} scale %{{.*}} axis = -1 epsilon = 1.000000e-03 : (
func.func @rms(%x: tensor<4x?xf32>, %s: tensor<8xf32>) {
  %0 = lacuna.rms_norm %x axis = 0 : (tensor<4x?xf32>) -> tensor<4x?xf32>
  %1 = lacuna.rms_norm %x scale %s axis = -1 epsilon = 1.0e-3
      : (tensor<4x?xf32>, tensor<8xf32>) -> tensor<4x?xf32>
  return
}

// CHECK-LABEL: func @group
// CHECK: lacuna.group_norm %{{.*}} groups = 2 : (
// CHECK: lacuna.group_norm %{{.*}} scale %{{.*}} bias %{{.*}} groups = 2 layout = channels_last : (
// CHECK: lacuna.instance_norm %{{.*}} bias %{{.*}} : (
func.func @group(%x: tensor<1x4x4xf32>, %v: tensor<4xf32>) {
  %0 = lacuna.group_norm %x groups = 2
      : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  %1 = lacuna.group_norm %x scale %v bias %v groups = 2 layout = channels_last
      : (tensor<1x4x4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  %2 = lacuna.instance_norm %x bias %v
      : (tensor<1x4x4xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  return
}

// CHECK-LABEL: func @energy
// CHECK: lacuna.local_response_norm %{{.*}} size = 5 bias = 2.000000e+00 : (
// CHECK: lacuna.lp_normalize %{{.*}} axis = 1 p = 1 : tensor<1x4x4xf32>
func.func @energy(%x: tensor<1x4x4xf32>) {
  %0 = lacuna.local_response_norm %x size = 5 bias = 2.0
      : (tensor<1x4x4xf32>) -> tensor<1x4x4xf32>
  %1 = lacuna.lp_normalize %x axis = 1 p = 1 : tensor<1x4x4xf32>
  return
}
