// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @random
func.func @random(%seed: tensor<i64>) {
  // CHECK: lacuna.random uniform seed %{{.*}} alpha = -1.0{{.*}} : (tensor<i64>) -> tensor<2x3xf32>
  %u = lacuna.random uniform seed %seed alpha = -1.0
      : (tensor<i64>) -> tensor<2x3xf32>
  // CHECK: lacuna.random bernoulli fixed_seed = 7 alpha = 5.0{{.*}} : () -> tensor<8xi1>
  %b = lacuna.random bernoulli fixed_seed = 7 alpha = 0.5 : () -> tensor<8xi1>
  return
}

// CHECK-LABEL: func @dropout
func.func @dropout(%x: tensor<?x8xf16>, %seed: tensor<i64>) {
  // CHECK: lacuna.dropout %{{.*}}, %{{.*}} rate = 2.500000e-01 :
  %r, %mask = lacuna.dropout %x, %seed rate = 0.25
      : (tensor<?x8xf16>, tensor<i64>) -> (tensor<?x8xf16>, tensor<?x8xi1>)
  return
}
