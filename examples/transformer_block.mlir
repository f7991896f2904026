// A block of a causal language model: RMS norms, rotary attention and SwiGLU.
// The weights are arguments; transformer_block.onnx holds the same ones.
#left = affine_map<(batch, row, column, k) -> (batch, row, k)>
#right = affine_map<(batch, row, column, k) -> (k, column)>
#out = affine_map<(batch, row, column, k) -> (batch, row, column)>

func.func @main(%tokens: tensor<1x24x64xf32> {lacuna.name = "tokens"},
                %attention_norm_scale: tensor<64xf32> {lacuna.name = "attention_norm_scale"},
                %query_weight: tensor<64x64xf32> {lacuna.name = "query_weight"},
                %key_weight: tensor<64x64xf32> {lacuna.name = "key_weight"},
                %value_weight: tensor<64x64xf32> {lacuna.name = "value_weight"},
                %output_weight: tensor<64x64xf32> {lacuna.name = "output_weight"},
                %feed_norm_scale: tensor<64xf32> {lacuna.name = "feed_norm_scale"},
                %gate_weight: tensor<64x128xf32> {lacuna.name = "gate_weight"},
                %up_weight: tensor<64x128xf32> {lacuna.name = "up_weight"},
                %down_weight: tensor<128x64xf32> {lacuna.name = "down_weight"},
                %cosine: tensor<1x24x8xf32> {lacuna.name = "cosine"},
                %sine: tensor<1x24x8xf32> {lacuna.name = "sine"})
    -> (tensor<1x24x64xf32> {lacuna.name = "result"}) {
  %zero = arith.constant dense<0.0> : tensor<1x24x64xf32>
  %zeros = arith.constant dense<0.0> : tensor<1x24x128xf32>
  %normed = lacuna.rms_norm %tokens scale %attention_norm_scale axis = 2 epsilon = 1.0e-5
      : (tensor<1x24x64xf32>, tensor<64xf32>) -> tensor<1x24x64xf32>
  %query = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%normed, %query_weight : tensor<1x24x64xf32>, tensor<64x64xf32>)
      outs(%zero : tensor<1x24x64xf32>) -> tensor<1x24x64xf32>
  %query_heads = tensor.expand_shape %query [[0], [1], [2, 3]]
      output_shape [1, 24, 4, 16] : tensor<1x24x64xf32> into tensor<1x24x4x16xf32>
  %key = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%normed, %key_weight : tensor<1x24x64xf32>, tensor<64x64xf32>)
      outs(%zero : tensor<1x24x64xf32>) -> tensor<1x24x64xf32>
  %key_heads = tensor.expand_shape %key [[0], [1], [2, 3]]
      output_shape [1, 24, 4, 16] : tensor<1x24x64xf32> into tensor<1x24x4x16xf32>
  %value = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%normed, %value_weight : tensor<1x24x64xf32>, tensor<64x64xf32>)
      outs(%zero : tensor<1x24x64xf32>) -> tensor<1x24x64xf32>
  %value_heads = tensor.expand_shape %value [[0], [1], [2, 3]]
      output_shape [1, 24, 4, 16] : tensor<1x24x64xf32> into tensor<1x24x4x16xf32>
  %q = lacuna.rotary_embedding %query_heads, %cosine, %sine layout = bshd
      : (tensor<1x24x4x16xf32>, tensor<1x24x8xf32>, tensor<1x24x8xf32>) -> tensor<1x24x4x16xf32>
  %k = lacuna.rotary_embedding %key_heads, %cosine, %sine layout = bshd
      : (tensor<1x24x4x16xf32>, tensor<1x24x8xf32>, tensor<1x24x8xf32>) -> tensor<1x24x4x16xf32>
  %attended = lacuna.attention %q, %k, %value_heads layout = bshd
      causal = top_left : (tensor<1x24x4x16xf32>, tensor<1x24x4x16xf32>,
                           tensor<1x24x4x16xf32>) -> tensor<1x24x4x16xf32>
  %mixed = tensor.collapse_shape %attended [[0], [1], [2, 3]]
      : tensor<1x24x4x16xf32> into tensor<1x24x64xf32>
  %first = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%mixed, %output_weight : tensor<1x24x64xf32>, tensor<64x64xf32>)
      outs(%tokens : tensor<1x24x64xf32>) -> tensor<1x24x64xf32>

  %fed = lacuna.rms_norm %first scale %feed_norm_scale axis = 2 epsilon = 1.0e-5
      : (tensor<1x24x64xf32>, tensor<64xf32>) -> tensor<1x24x64xf32>
  %gate = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%fed, %gate_weight : tensor<1x24x64xf32>, tensor<64x128xf32>)
      outs(%zeros : tensor<1x24x128xf32>) -> tensor<1x24x128xf32>
  %silu = lacuna.activation silu %gate : tensor<1x24x128xf32>
  %up = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%fed, %up_weight : tensor<1x24x64xf32>, tensor<64x128xf32>)
      outs(%zeros : tensor<1x24x128xf32>) -> tensor<1x24x128xf32>
  %hidden = arith.mulf %silu, %up : tensor<1x24x128xf32>
  %result = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%hidden, %down_weight : tensor<1x24x128xf32>, tensor<128x64xf32>)
      outs(%first : tensor<1x24x64xf32>) -> tensor<1x24x64xf32>
  return %result : tensor<1x24x64xf32>
}
