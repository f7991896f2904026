// Written by make-model.py.
#rows = affine_map<(i, j, k) -> (i, k)>
#columns = affine_map<(i, j, k) -> (j, k)>
#result = affine_map<(i, j, k) -> (i, j)>
func.func @main(
    %tokens: tensor<1x512xi64> {lacuna.name = "tokens"},
    %positions: tensor<1x512xi64> {lacuna.name = "positions"},
    %starts: tensor<1x33xi32> {lacuna.name = "starts"},
    %codes: tensor<97x64xf32> {lacuna.name = "codes", lacuna.requires_grad},
    %position_table: tensor<256x64xf32> {lacuna.name = "position_table", lacuna.requires_grad},
    %block0_query: tensor<64x64xf32> {lacuna.name = "block0_query", lacuna.requires_grad},
    %block0_key: tensor<64x64xf32> {lacuna.name = "block0_key", lacuna.requires_grad},
    %block0_value: tensor<64x64xf32> {lacuna.name = "block0_value", lacuna.requires_grad},
    %block0_output: tensor<64x64xf32> {lacuna.name = "block0_output", lacuna.requires_grad},
    %block0_up: tensor<256x64xf32> {lacuna.name = "block0_up", lacuna.requires_grad},
    %block0_down: tensor<64x256xf32> {lacuna.name = "block0_down", lacuna.requires_grad},
    %block1_query: tensor<64x64xf32> {lacuna.name = "block1_query", lacuna.requires_grad},
    %block1_key: tensor<64x64xf32> {lacuna.name = "block1_key", lacuna.requires_grad},
    %block1_value: tensor<64x64xf32> {lacuna.name = "block1_value", lacuna.requires_grad},
    %block1_output: tensor<64x64xf32> {lacuna.name = "block1_output", lacuna.requires_grad},
    %block1_up: tensor<256x64xf32> {lacuna.name = "block1_up", lacuna.requires_grad},
    %block1_down: tensor<64x256xf32> {lacuna.name = "block1_down", lacuna.requires_grad},
    %block2_query: tensor<64x64xf32> {lacuna.name = "block2_query", lacuna.requires_grad},
    %block2_key: tensor<64x64xf32> {lacuna.name = "block2_key", lacuna.requires_grad},
    %block2_value: tensor<64x64xf32> {lacuna.name = "block2_value", lacuna.requires_grad},
    %block2_output: tensor<64x64xf32> {lacuna.name = "block2_output", lacuna.requires_grad},
    %block2_up: tensor<256x64xf32> {lacuna.name = "block2_up", lacuna.requires_grad},
    %block2_down: tensor<64x256xf32> {lacuna.name = "block2_down", lacuna.requires_grad})
    -> (tensor<1x512x97xf32> {lacuna.name = "scores"}) {
  %codes_read = tensor.collapse_shape %tokens [[0, 1]] : tensor<1x512xi64> into tensor<512xi64>
  %positions_read = tensor.collapse_shape %positions [[0, 1]] : tensor<1x512xi64> into tensor<512xi64>
  %places = tensor.collapse_shape %starts [[0, 1]] : tensor<1x33xi32> into tensor<33xi32>
  %1 = lacuna.embedding %codes[%codes_read] : (tensor<97x64xf32>, tensor<512xi64>) -> tensor<512x64xf32>
  %2 = lacuna.embedding %position_table[%positions_read] : (tensor<256x64xf32>, tensor<512xi64>) -> tensor<512x64xf32>
  %3 = arith.addf %1, %2 : tensor<512x64xf32>
  %4 = lacuna.layer_norm %3 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %5 = arith.constant dense<0.0> : tensor<512x64xf32>
  %6 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%4, %block0_query : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%5 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %7 = tensor.expand_shape %6 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %8 = arith.constant dense<0.0> : tensor<512x64xf32>
  %9 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%4, %block0_key : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%8 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %10 = tensor.expand_shape %9 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %11 = arith.constant dense<0.0> : tensor<512x64xf32>
  %12 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%4, %block0_value : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%11 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %13 = tensor.expand_shape %12 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %14 = lacuna.attention %7, %10, %13 cu_seqlens_query %places causal = top_left
      : (tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<33xi32>) -> tensor<512x4x16xf32>
  %15 = tensor.collapse_shape %14 [[0], [1, 2]] : tensor<512x4x16xf32> into tensor<512x64xf32>
  %16 = arith.constant dense<0.0> : tensor<512x64xf32>
  %17 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%15, %block0_output : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%16 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %18 = arith.addf %3, %17 : tensor<512x64xf32>
  %19 = lacuna.layer_norm %18 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %20 = arith.constant dense<0.0> : tensor<512x256xf32>
  %21 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%19, %block0_up : tensor<512x64xf32>, tensor<256x64xf32>)
      outs(%20 : tensor<512x256xf32>) -> tensor<512x256xf32>
  %22 = lacuna.activation gelu %21 : tensor<512x256xf32>
  %23 = arith.constant dense<0.0> : tensor<512x64xf32>
  %24 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%22, %block0_down : tensor<512x256xf32>, tensor<64x256xf32>)
      outs(%23 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %25 = arith.addf %18, %24 : tensor<512x64xf32>
  %26 = lacuna.layer_norm %25 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %27 = arith.constant dense<0.0> : tensor<512x64xf32>
  %28 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%26, %block1_query : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%27 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %29 = tensor.expand_shape %28 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %30 = arith.constant dense<0.0> : tensor<512x64xf32>
  %31 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%26, %block1_key : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%30 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %32 = tensor.expand_shape %31 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %33 = arith.constant dense<0.0> : tensor<512x64xf32>
  %34 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%26, %block1_value : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%33 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %35 = tensor.expand_shape %34 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %36 = lacuna.attention %29, %32, %35 cu_seqlens_query %places causal = top_left
      : (tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<33xi32>) -> tensor<512x4x16xf32>
  %37 = tensor.collapse_shape %36 [[0], [1, 2]] : tensor<512x4x16xf32> into tensor<512x64xf32>
  %38 = arith.constant dense<0.0> : tensor<512x64xf32>
  %39 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%37, %block1_output : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%38 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %40 = arith.addf %25, %39 : tensor<512x64xf32>
  %41 = lacuna.layer_norm %40 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %42 = arith.constant dense<0.0> : tensor<512x256xf32>
  %43 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%41, %block1_up : tensor<512x64xf32>, tensor<256x64xf32>)
      outs(%42 : tensor<512x256xf32>) -> tensor<512x256xf32>
  %44 = lacuna.activation gelu %43 : tensor<512x256xf32>
  %45 = arith.constant dense<0.0> : tensor<512x64xf32>
  %46 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%44, %block1_down : tensor<512x256xf32>, tensor<64x256xf32>)
      outs(%45 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %47 = arith.addf %40, %46 : tensor<512x64xf32>
  %48 = lacuna.layer_norm %47 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %49 = arith.constant dense<0.0> : tensor<512x64xf32>
  %50 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%48, %block2_query : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%49 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %51 = tensor.expand_shape %50 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %52 = arith.constant dense<0.0> : tensor<512x64xf32>
  %53 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%48, %block2_key : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%52 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %54 = tensor.expand_shape %53 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %55 = arith.constant dense<0.0> : tensor<512x64xf32>
  %56 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%48, %block2_value : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%55 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %57 = tensor.expand_shape %56 [[0], [1, 2]] output_shape [512, 4, 16] : tensor<512x64xf32> into tensor<512x4x16xf32>
  %58 = lacuna.attention %51, %54, %57 cu_seqlens_query %places causal = top_left
      : (tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<512x4x16xf32>, tensor<33xi32>) -> tensor<512x4x16xf32>
  %59 = tensor.collapse_shape %58 [[0], [1, 2]] : tensor<512x4x16xf32> into tensor<512x64xf32>
  %60 = arith.constant dense<0.0> : tensor<512x64xf32>
  %61 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%59, %block2_output : tensor<512x64xf32>, tensor<64x64xf32>)
      outs(%60 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %62 = arith.addf %47, %61 : tensor<512x64xf32>
  %63 = lacuna.layer_norm %62 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %64 = arith.constant dense<0.0> : tensor<512x256xf32>
  %65 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%63, %block2_up : tensor<512x64xf32>, tensor<256x64xf32>)
      outs(%64 : tensor<512x256xf32>) -> tensor<512x256xf32>
  %66 = lacuna.activation gelu %65 : tensor<512x256xf32>
  %67 = arith.constant dense<0.0> : tensor<512x64xf32>
  %68 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%66, %block2_down : tensor<512x256xf32>, tensor<64x256xf32>)
      outs(%67 : tensor<512x64xf32>) -> tensor<512x64xf32>
  %69 = arith.addf %62, %68 : tensor<512x64xf32>
  %70 = lacuna.layer_norm %69 axis = 1 : tensor<512x64xf32> -> tensor<512x64xf32>
  %71 = arith.constant dense<0.0> : tensor<512x97xf32>
  %72 = linalg.contract indexing_maps = [#rows, #columns, #result]
      ins(%70, %codes : tensor<512x64xf32>, tensor<97x64xf32>)
      outs(%71 : tensor<512x97xf32>) -> tensor<512x97xf32>
  %scores = tensor.expand_shape %72 [[0, 1], [2]] output_shape [1, 512, 97] : tensor<512x97xf32> into tensor<1x512x97xf32>
  return %scores : tensor<1x512x97xf32>
}
