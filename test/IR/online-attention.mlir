// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @grouped
// CHECK: lacuna.online_attention %{{.*}}, %{{.*}}, %{{.*}} into %{{.*}}, %{{.*}}, %{{.*}} scale = 1.250000e-01
func.func @grouped(%q: tensor<1x8x5x64xbf16>, %k: tensor<1x2x16x64xbf16>,
                   %v: tensor<1x2x16x32xbf16>, %m: tensor<1x8x5xf32>,
                   %l: tensor<1x8x5xf32>, %a: tensor<1x8x5x32xf32>)
    -> tensor<1x8x5x32xf32> {
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 0.125
      : (tensor<1x8x5x64xbf16>, tensor<1x2x16x64xbf16>, tensor<1x2x16x32xbf16>,
         tensor<1x8x5xf32>, tensor<1x8x5xf32>, tensor<1x8x5x32xf32>)
      -> (tensor<1x8x5xf32>, tensor<1x8x5xf32>, tensor<1x8x5x32xf32>)
  return %0#2 : tensor<1x8x5x32xf32>
}

// CHECK-LABEL: func @masked
// CHECK: mask %{{.*}} scale = 1.000000e+00 soft_cap = 2.000000e+00
func.func @masked(%q: tensor<?x1x5x4xf64>, %k: tensor<?x1x?x4xf64>,
                  %s: tensor<?x1x5xf64>, %a: tensor<?x1x5x4xf64>,
                  %mask: tensor<5x?xi1>) -> tensor<?x1x5xf64> {
  %0:3 = lacuna.online_attention %q, %k, %k into %s, %s, %a mask %mask
      scale = 1.0 soft_cap = 2.0
      : (tensor<?x1x5x4xf64>, tensor<?x1x?x4xf64>, tensor<?x1x?x4xf64>,
         tensor<?x1x5xf64>, tensor<?x1x5xf64>, tensor<?x1x5x4xf64>,
         tensor<5x?xi1>)
      -> (tensor<?x1x5xf64>, tensor<?x1x5xf64>, tensor<?x1x5x4xf64>)
  return %0#0 : tensor<?x1x5xf64>
}
