// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @one_hot
func.func @one_hot(%i: tensor<3x?xi32>, %values: tensor<2xf32>) {
  // CHECK: lacuna.one_hot %{{.*}}, %{{.*}} depth = 5 axis = 1 : (tensor<3x?xi32>, tensor<2xf32>) -> tensor<3x5x?xf32>
  %r = lacuna.one_hot %i, %values depth = 5 axis = 1
      : (tensor<3x?xi32>, tensor<2xf32>) -> tensor<3x5x?xf32>
  return
}

// CHECK-LABEL: func @top_k
func.func @top_k(%x: tensor<3x5xf16>) {
  // CHECK: lacuna.top_k max %{{.*}} k = 2 axis = 1 :
  %v, %i = lacuna.top_k max %x k = 2 axis = 1
      : (tensor<3x5xf16>) -> (tensor<3x2xf16>, tensor<3x2xi64>)
  // CHECK: lacuna.top_k min %{{.*}} k = 0 axis = 0 sorted = false :
  %w, %j = lacuna.top_k min %x k = 0 axis = 0 sorted = false
      : (tensor<3x5xf16>) -> (tensor<0x5xf16>, tensor<0x5xi64>)
  return
}

// CHECK-LABEL: func @arg_extreme
func.func @arg_extreme(%x: tensor<1x21x8x8xf32>) {
  // CHECK: lacuna.arg_extreme max %{{.*}} axis = 1 : (tensor<1x21x8x8xf32>) -> tensor<1x8x8xi64>
  %r = lacuna.arg_extreme max %x axis = 1
      : (tensor<1x21x8x8xf32>) -> tensor<1x8x8xi64>
  // CHECK: lacuna.arg_extreme min %{{.*}} axis = -1 select_last : {{.*}} -> tensor<1x21x8x1xi64>
  %k = lacuna.arg_extreme min %x axis = -1 select_last
      : (tensor<1x21x8x8xf32>) -> tensor<1x21x8x1xi64>
  return
}

// CHECK-LABEL: func @cumulative
func.func @cumulative(%x: tensor<3x5xi32>) {
  // CHECK: lacuna.cumulative sum %{{.*}} axis = 1 exclusive reverse :
  %r = lacuna.cumulative sum %x axis = 1 exclusive reverse
      : (tensor<3x5xi32>) -> tensor<3x5xi32>
  return
}

// CHECK-LABEL: func @reverse_sequence
func.func @reverse_sequence(%x: tensor<2x7x4xf32>, %n: tensor<2xi64>) {
  // CHECK: lacuna.reverse_sequence %{{.*}}, %{{.*}} batch_axis = 0 time_axis = 1 :
  %r = lacuna.reverse_sequence %x, %n batch_axis = 0 time_axis = 1
      : (tensor<2x7x4xf32>, tensor<2xi64>) -> tensor<2x7x4xf32>
  return
}
