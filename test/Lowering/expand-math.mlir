// RUN: lacuna-opt %s --lacuna-expand-math | FileCheck %s

// Functions become arithmetic; what is one instruction stays.
// CHECK-LABEL: func @exp
// CHECK-NOT: math.exp
// CHECK: math.fma
// CHECK: arith.shrsi
// CHECK-NOT: f64
func.func @exp(%x: f32) -> f32 {
  %y = math.exp %x : f32
  return %y : f32
}

// CHECK-LABEL: func @vectors
// CHECK: arith.extf %{{.*}} : vector<8xf32> to vector<8xf64>
// CHECK-NOT: math.tanh
// CHECK: math.copysign
// CHECK: arith.truncf %{{.*}} : vector<8xf64> to vector<8xf32>
func.func @vectors(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.tanh %x : vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: func @all
// CHECK-NOT: math.{{a?(sin|cos|tan)h?|log|pow|cbrt|erf|exp}}
// CHECK: return
func.func @all(%x: f32, %y: f32, %n: i32) -> f32 {
  %0 = math.sin %x : f32
  %1 = math.acosh %0 : f32
  %2 = math.log1p %1 : f32
  %3 = math.powf %2, %y : f32
  %4 = math.cbrt %3 : f32
  %5 = math.erfc %4 : f32
  %6 = math.atan2 %5, %y : f32
  %7 = math.fpowi %6, %n : f32, i32
  %8, %9 = math.sincos %7 : f32
  %10 = math.expm1 %8 : f32
  %11 = math.log10 %10 : f32
  return %11 : f32
}

// CHECK-LABEL: func @instructions
// CHECK: math.sqrt
// CHECK: math.floor
// CHECK: math.absf
func.func @instructions(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  %1 = math.floor %0 : f32
  %2 = math.absf %1 : f32
  return %2 : f32
}

// f64 belongs to libm, unless an approximation is allowed.
// CHECK-LABEL: func @double
// CHECK: math.exp %{{.*}} : f64
// CHECK-NOT: math.exp
// CHECK: return
func.func @double(%x: f64) -> f64 {
  %0 = math.exp %x : f64
  %1 = math.exp %0 fastmath<afn> : f64
  return %1 : f64
}

// Conversions of bf16 are integer arithmetic: to the nearest, ties to even,
// NaN quiet.
// CHECK-LABEL: func @bf16
// CHECK: %[[A:.*]] = arith.extui %{{.*}} : i16 to i32
// CHECK: arith.shli %[[A]]
// CHECK: arith.addf %{{.*}} : f32
// CHECK: arith.cmpf uno
// CHECK: arith.trunci %{{.*}} : i32 to i16
// CHECK-NOT: arith.{{extf|truncf}}
// CHECK: return
func.func @bf16(%x: bf16, %y: bf16) -> bf16 {
  %0 = arith.addf %x, %y : bf16
  return %0 : bf16
}

// f16 arithmetic is left to the processor's conversions.
// CHECK-LABEL: func @f16
// CHECK: arith.addf %{{.*}} : f16
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: math.sqrt %{{.*}} : f32
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @f16(%x: f16, %y: f16) -> f16 {
  %0 = arith.addf %x, %y : f16
  %1 = math.sqrt %0 : f16
  return %1 : f16
}
