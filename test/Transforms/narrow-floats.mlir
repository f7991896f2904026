// RUN: lacuna-opt %s --lacuna-narrow-floats | FileCheck %s
// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-narrow-floats{element=f16}))' | FileCheck %s --check-prefix=HALF
// RUN: not lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-narrow-floats{element=f64}))' 2>&1 | FileCheck %s --check-prefix=REFUSED

// REFUSED: `element` must be `bf16` or `f16`, got `f64`

// Arguments and results keep their types; finite constants stay finite.
// CHECK-LABEL: func @border(%arg0: tensor<2x3xf32>, %arg1: tensor<4xi64>)
// CHECK: arith.truncf %arg0 : tensor<2x3xf32> to tensor<2x3xbf16>
// CHECK: arith.constant dense<-3.389530e+38> : tensor<2x3xbf16>
// CHECK: arith.constant dense<0xFF80> : tensor<2x3xbf16>
// CHECK: arith.addf {{.*}} : tensor<2x3xbf16>
// CHECK: arith.maximumf {{.*}} : tensor<2x3xbf16>
// CHECK: lacuna.activation gelu {{.*}} : tensor<2x3xbf16>
// CHECK: %[[OUT:.*]] = arith.extf {{.*}} : tensor<2x3xbf16> to tensor<2x3xf32>
// CHECK: return %[[OUT]], %{{.*}} : tensor<2x3xf32>, tensor<4xi64>
// HALF-LABEL: func @border
// HALF: arith.constant dense<-6.550400e+04> : tensor<2x3xf16>
func.func @border(%x: tensor<2x3xf32>, %n: tensor<4xi64>)
    -> (tensor<2x3xf32>, tensor<4xi64>) {
  %least = arith.constant dense<-3.40282347E+38> : tensor<2x3xf32>
  %none = arith.constant dense<0xFF800000> : tensor<2x3xf32>
  %a = arith.addf %x, %least : tensor<2x3xf32>
  %b = arith.maximumf %a, %none : tensor<2x3xf32>
  %c = lacuna.activation gelu %b : tensor<2x3xf32>
  %d = arith.addi %n, %n : tensor<4xi64>
  return %c, %d : tensor<2x3xf32>, tensor<4xi64>
}

// Products are narrow, sums written as reductions are not.
// CHECK-LABEL: func @sums
// CHECK: linalg.matmul ins({{.*}} : tensor<4x8xbf16>, tensor<8x4xbf16>)
// CHECK: %[[WIDE:.*]] = arith.extf {{.*}} : tensor<4x4xbf16> to tensor<4x4xf32>
// CHECK: linalg.reduce { arith.addf } ins(%[[WIDE]] : tensor<4x4xf32>) outs(%{{.*}} : tensor<4xf32>)
// CHECK: arith.truncf {{.*}} : tensor<4xf32> to tensor<4xbf16>
func.func @sums(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %p = linalg.matmul ins(%x, %y : tensor<4x8xf32>, tensor<8x4xf32>)
                     outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  %g = tensor.empty() : tensor<4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%g : tensor<4xf32>) -> tensor<4xf32>
  %r = linalg.reduce { arith.addf } ins(%p : tensor<4x4xf32>)
                                    outs(%i : tensor<4xf32>) dimensions = [1]
  return %r : tensor<4xf32>
}

// An op that needs f32, and casts there were.
// CHECK-LABEL: func @casts
// CHECK: arith.bitcast {{.*}} : tensor<5xf32> to tensor<5xi32>
// CHECK-NOT: bf16{{.*}} to tensor<5xbf16>
// CHECK: arith.extf {{.*}} : tensor<5xbf16> to tensor<5xf64>
func.func @casts(%x: tensor<5xf32>, %y: tensor<5xbf16>)
    -> (tensor<5xi32>, tensor<5xf64>, tensor<5xf32>) {
  %two = arith.addf %x, %x : tensor<5xf32>
  %bits = arith.bitcast %two : tensor<5xf32> to tensor<5xi32>
  %wide = arith.extf %y : tensor<5xbf16> to tensor<5xf32>
  %more = arith.extf %wide : tensor<5xf32> to tensor<5xf64>
  return %bits, %more, %wide : tensor<5xi32>, tensor<5xf64>, tensor<5xf32>
}

// Scores of attention and its log-sum-exp stay in f32.
// CHECK-LABEL: func @attention
// CHECK: ^bb0(%{{.*}}: f32,
// CHECK: tensor.extract %{{.*}} : tensor<8xf32>
// CHECK: -> (tensor<1x2x8x16xbf16>, tensor<1x2x8xf32>)
func.func @attention(%q: tensor<1x2x8x16xf32>, %t: tensor<8xf32>)
    -> (tensor<1x2x8x16xf32>, tensor<1x2x8xf32>) {
  %r:2 = lacuna.attention %q, %q, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %v = tensor.extract %t[%j] : tensor<8xf32>
    %w = arith.addf %s, %v : f32
    lacuna.yield %w : f32
  } : (tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32>)
    -> (tensor<1x2x8x16xf32>, tensor<1x2x8xf32>)
  return %r#0, %r#1 : tensor<1x2x8x16xf32>, tensor<1x2x8xf32>
}
