#map = affine_map<() -> ()>
#map1 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map2 = affine_map<(d0, d1, d2, d3) -> ()>
#map3 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d4)>
#map4 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d4, d3)>
#map5 = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d2, d3)>
module {
  func.func @main(%arg0: tensor<2x4x8x16xf16> {lacuna.name = "Q"}, %arg1: tensor<2x4x6x16xf16> {lacuna.name = "K"}, %arg2: tensor<2x4x6x16xf16> {lacuna.name = "V"}) -> (tensor<2x4x8x16xf16> {lacuna.name = "Y"}) {
    %cst = arith.constant 0.000000e+00 : f32
    %cst_0 = arith.constant 0.000000e+00 : f16
    %cst_1 = arith.constant dense<1.000000e+00> : tensor<f32>
    %cst_2 = arith.constant dense<3> : tensor<i64>
    %cst_3 = arith.constant dense<[2, 4, 8, 16]> : tensor<4xi64>
    %0 = lacuna.gather %cst_3[%cst_2] axis = 0 : (tensor<4xi64>, tensor<i64>) -> tensor<i64>
    %1 = tensor.empty() : tensor<f32>
    %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = []} ins(%0 : tensor<i64>) outs(%1 : tensor<f32>) {
    ^bb0(%in: i64, %out: f32):
      %25 = arith.sitofp %in : i64 to f32
      linalg.yield %25 : f32
    } -> tensor<f32>
    %3 = linalg.generic {indexing_maps = [#map, #map], iterator_types = []} ins(%2 : tensor<f32>) outs(%1 : tensor<f32>) {
    ^bb0(%in: f32, %out: f32):
      %25 = math.sqrt %in : f32
      linalg.yield %25 : f32
    } -> tensor<f32>
    %4 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = []} ins(%cst_1, %3 : tensor<f32>, tensor<f32>) outs(%1 : tensor<f32>) {
    ^bb0(%in: f32, %in_4: f32, %out: f32):
      %25 = arith.divf %in, %in_4 : f32
      linalg.yield %25 : f32
    } -> tensor<f32>
    %5 = linalg.generic {indexing_maps = [#map, #map], iterator_types = []} ins(%4 : tensor<f32>) outs(%1 : tensor<f32>) {
    ^bb0(%in: f32, %out: f32):
      %25 = math.sqrt %in : f32
      linalg.yield %25 : f32
    } -> tensor<f32>
    %6 = tensor.empty() : tensor<f16>
    %7 = linalg.generic {indexing_maps = [#map, #map], iterator_types = []} ins(%5 : tensor<f32>) outs(%6 : tensor<f16>) {
    ^bb0(%in: f32, %out: f16):
      %25 = arith.truncf %in : f32 to f16
      linalg.yield %25 : f16
    } -> tensor<f16>
    %8 = tensor.empty() : tensor<2x4x8x16xf16>
    %9 = linalg.generic {indexing_maps = [#map1, #map2, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0, %7 : tensor<2x4x8x16xf16>, tensor<f16>) outs(%8 : tensor<2x4x8x16xf16>) {
    ^bb0(%in: f16, %in_4: f16, %out: f16):
      %25 = arith.mulf %in, %in_4 : f16
      linalg.yield %25 : f16
    } -> tensor<2x4x8x16xf16>
    %10 = tensor.empty() : tensor<2x4x6x16xf16>
    %11 = linalg.generic {indexing_maps = [#map1, #map2, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1, %7 : tensor<2x4x6x16xf16>, tensor<f16>) outs(%10 : tensor<2x4x6x16xf16>) {
    ^bb0(%in: f16, %in_4: f16, %out: f16):
      %25 = arith.mulf %in, %in_4 : f16
      linalg.yield %25 : f16
    } -> tensor<2x4x6x16xf16>
    %12 = tensor.empty() : tensor<2x4x16x6xf16>
    %transposed = linalg.transpose ins(%11 : tensor<2x4x6x16xf16>) outs(%12 : tensor<2x4x16x6xf16>) permutation = [0, 1, 3, 2] 
    %13 = tensor.empty() : tensor<2x4x8x6xf16>
    %14 = linalg.fill ins(%cst_0 : f16) outs(%13 : tensor<2x4x8x6xf16>) -> tensor<2x4x8x6xf16>
    %15 = linalg.contract indexing_maps = [#map3, #map4, #map5] ins(%9, %transposed : tensor<2x4x8x16xf16>, tensor<2x4x16x6xf16>) outs(%14 : tensor<2x4x8x6xf16>) -> tensor<2x4x8x6xf16>
    %16 = tensor.empty() : tensor<2x4x8x6xf32>
    %17 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%15 : tensor<2x4x8x6xf16>) outs(%16 : tensor<2x4x8x6xf32>) {
    ^bb0(%in: f16, %out: f32):
      %25 = arith.extf %in : f16 to f32
      linalg.yield %25 : f32
    } -> tensor<2x4x8x6xf32>
    %18 = lacuna.softmax %17 axis = 3 : tensor<2x4x8x6xf32>
    %19 = tensor.empty() : tensor<2x4x6x16xf32>
    %20 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<2x4x6x16xf16>) outs(%19 : tensor<2x4x6x16xf32>) {
    ^bb0(%in: f16, %out: f32):
      %25 = arith.extf %in : f16 to f32
      linalg.yield %25 : f32
    } -> tensor<2x4x6x16xf32>
    %21 = tensor.empty() : tensor<2x4x8x16xf32>
    %22 = linalg.fill ins(%cst : f32) outs(%21 : tensor<2x4x8x16xf32>) -> tensor<2x4x8x16xf32>
    %23 = linalg.contract indexing_maps = [#map3, #map4, #map5] ins(%18, %20 : tensor<2x4x8x6xf32>, tensor<2x4x6x16xf32>) outs(%22 : tensor<2x4x8x16xf32>) -> tensor<2x4x8x16xf32>
    %24 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%23 : tensor<2x4x8x16xf32>) outs(%8 : tensor<2x4x8x16xf16>) {
    ^bb0(%in: f32, %out: f16):
      %25 = arith.truncf %in : f32 to f16
      linalg.yield %25 : f16
    } -> tensor<2x4x8x16xf16>
    return %24 : tensor<2x4x8x16xf16>
  }
}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: "builtin.module(func.func(lacuna-normalize-linalg,lacuna-fuse-attention,lacuna-differentiate))",
      disable_threading: true,
      verify_each: true
    }
  }
#-}
