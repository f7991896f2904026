// Every scalar function with a rule, in one body.
// RUN: %python %S/Inputs/finite-differences.py %s 0.1 0.9 | FileCheck %s
// CHECK: 2 gradients, 0 wrong

#id = affine_map<(i) -> (i)>

func.func @main(
    %x: tensor<7xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<7xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant 0.0 : f64
  %one = arith.constant 1.0 : f64
  %e = tensor.empty() : tensor<7xf64>
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%x, %w : tensor<7xf64>, tensor<7xf64>) outs(%e : tensor<7xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %s0 = arith.mulf %a, %b : f64
    %f0 = math.exp %a : f64
    %p0 = arith.mulf %f0, %b : f64
    %s1 = arith.addf %s0, %p0 : f64
    %f1 = math.exp2 %a : f64
    %p1 = arith.mulf %f1, %b : f64
    %s2 = arith.addf %s1, %p1 : f64
    %f2 = math.expm1 %a : f64
    %p2 = arith.mulf %f2, %b : f64
    %s3 = arith.addf %s2, %p2 : f64
    %f3 = math.log %a : f64
    %p3 = arith.mulf %f3, %b : f64
    %s4 = arith.addf %s3, %p3 : f64
    %f4 = math.log2 %a : f64
    %p4 = arith.mulf %f4, %b : f64
    %s5 = arith.addf %s4, %p4 : f64
    %f5 = math.log10 %a : f64
    %p5 = arith.mulf %f5, %b : f64
    %s6 = arith.addf %s5, %p5 : f64
    %f6 = math.log1p %a : f64
    %p6 = arith.mulf %f6, %b : f64
    %s7 = arith.addf %s6, %p6 : f64
    %f7 = math.sqrt %a : f64
    %p7 = arith.mulf %f7, %b : f64
    %s8 = arith.addf %s7, %p7 : f64
    %f8 = math.rsqrt %a : f64
    %p8 = arith.mulf %f8, %b : f64
    %s9 = arith.addf %s8, %p8 : f64
    %f9 = math.tanh %a : f64
    %p9 = arith.mulf %f9, %b : f64
    %s10 = arith.addf %s9, %p9 : f64
    %f10 = math.tan %a : f64
    %p10 = arith.mulf %f10, %b : f64
    %s11 = arith.addf %s10, %p10 : f64
    %f11 = math.sin %a : f64
    %p11 = arith.mulf %f11, %b : f64
    %s12 = arith.addf %s11, %p11 : f64
    %f12 = math.cos %a : f64
    %p12 = arith.mulf %f12, %b : f64
    %s13 = arith.addf %s12, %p12 : f64
    %f13 = math.sinh %a : f64
    %p13 = arith.mulf %f13, %b : f64
    %s14 = arith.addf %s13, %p13 : f64
    %f14 = math.cosh %a : f64
    %p14 = arith.mulf %f14, %b : f64
    %s15 = arith.addf %s14, %p14 : f64
    %f15 = math.asin %a : f64
    %p15 = arith.mulf %f15, %b : f64
    %s16 = arith.addf %s15, %p15 : f64
    %f16 = math.acos %a : f64
    %p16 = arith.mulf %f16, %b : f64
    %s17 = arith.addf %s16, %p16 : f64
    %f17 = math.atan %a : f64
    %p17 = arith.mulf %f17, %b : f64
    %s18 = arith.addf %s17, %p17 : f64
    %f18 = math.asinh %a : f64
    %p18 = arith.mulf %f18, %b : f64
    %s19 = arith.addf %s18, %p18 : f64
    %f19 = math.atanh %a : f64
    %p19 = arith.mulf %f19, %b : f64
    %s20 = arith.addf %s19, %p19 : f64
    %f20 = math.erf %a : f64
    %p20 = arith.mulf %f20, %b : f64
    %s21 = arith.addf %s20, %p20 : f64
    %f21 = math.erfc %a : f64
    %p21 = arith.mulf %f21, %b : f64
    %s22 = arith.addf %s21, %p21 : f64
    %f22 = math.absf %a : f64
    %p22 = arith.mulf %f22, %b : f64
    %s23 = arith.addf %s22, %p22 : f64
    %f23 = arith.negf %a : f64
    %p23 = arith.mulf %f23, %b : f64
    %s24 = arith.addf %s23, %p23 : f64
    %m0 = arith.remf %b, %a : f64
    %n0 = arith.mulf %m0, %a : f64
    %s23m = arith.addf %s24, %n0 : f64
    %f24 = math.floor %a : f64
    %p24 = arith.mulf %f24, %b : f64
    %s25 = arith.addf %s23m, %p24 : f64
    %ab = arith.addf %a, %one : f64
    %f25 = math.acosh %ab : f64
    %s26 = math.fma %f25, %b, %s25 : f64
    %f26 = arith.addf %a, %b : f64
    %p26 = arith.mulf %f26, %a : f64
    %s27 = arith.addf %s26, %p26 : f64
    %f27 = arith.subf %a, %b : f64
    %p27 = arith.mulf %f27, %a : f64
    %s28 = arith.addf %s27, %p27 : f64
    %f28 = arith.mulf %a, %b : f64
    %p28 = arith.mulf %f28, %a : f64
    %s29 = arith.addf %s28, %p28 : f64
    %f29 = arith.divf %a, %b : f64
    %p29 = arith.mulf %f29, %a : f64
    %s30 = arith.addf %s29, %p29 : f64
    %f30 = arith.maximumf %a, %b : f64
    %p30 = arith.mulf %f30, %a : f64
    %s31 = arith.addf %s30, %p30 : f64
    %f31 = arith.minimumf %a, %b : f64
    %p31 = arith.mulf %f31, %a : f64
    %s32 = arith.addf %s31, %p31 : f64
    %f32 = arith.maxnumf %a, %b : f64
    %p32 = arith.mulf %f32, %a : f64
    %s33 = arith.addf %s32, %p32 : f64
    %f33 = arith.minnumf %a, %b : f64
    %p33 = arith.mulf %f33, %a : f64
    %s34 = arith.addf %s33, %p33 : f64
    %f34 = math.powf %a, %b : f64
    %p34 = arith.mulf %f34, %a : f64
    %s35 = arith.addf %s34, %p34 : f64
    %c = arith.cmpf olt, %a, %b : f64
    %t = arith.select %c, %s35, %a : f64
    linalg.yield %t : f64
  } -> tensor<7xf64>
  %le = tensor.empty() : tensor<f64>
  %lz = linalg.fill ins(%zero : f64) outs(%le : tensor<f64>) -> tensor<f64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<7xf64>) outs(%lz : tensor<f64>) dimensions = [0]
  return %loss : tensor<f64>
}
