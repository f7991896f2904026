// A small classifier with a spatial pyramid of 1, 2 and 4 bins (He et al.,
// 2014): maps of any size become one vector of 21 maxima a channel. The weights
// are arguments; spp_classifier.onnx holds the same ones.
#left = affine_map<(row, column, k) -> (row, k)>
#right = affine_map<(row, column, k) -> (k, column)>
#out = affine_map<(row, column, k) -> (row, column)>

func.func @main(%image: tensor<2x3x32x32xf32> {lacuna.name = "image"},
                %filter0: tensor<16x3x3x3xf32> {lacuna.name = "filter0"},
                %bias0: tensor<16xf32> {lacuna.name = "bias0"},
                %filter1: tensor<32x16x3x3xf32> {lacuna.name = "filter1"},
                %bias1: tensor<32xf32> {lacuna.name = "bias1"},
                %classify: tensor<672x10xf32> {lacuna.name = "classify"},
                %classify_bias: tensor<10xf32> {lacuna.name = "classify_bias"})
    -> (tensor<2x10xf32> {lacuna.name = "probabilities"}) {
  %c0 = lacuna.convolution %image, %filter0, %bias0 strides = [2, 2]
      dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<2x3x32x32xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>)
      -> tensor<2x16x16x16xf32>
  %r0 = lacuna.activation relu %c0 : tensor<2x16x16x16xf32>
  %c1 = lacuna.convolution %r0, %filter1, %bias1 strides = [2, 2]
      dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<2x16x16x16xf32>, tensor<32x16x3x3xf32>, tensor<32xf32>)
      -> tensor<2x32x8x8xf32>
  %r1 = lacuna.activation relu %c1 : tensor<2x32x8x8xf32>

  %pyramid = lacuna.pooling_pyramid max %r1 bins = [1, 2, 4]
      : (tensor<2x32x8x8xf32>) -> tensor<2x672xf32>

  %empty = tensor.empty() : tensor<2x10xf32>
  %start = linalg.broadcast ins(%classify_bias : tensor<10xf32>)
      outs(%empty : tensor<2x10xf32>) dimensions = [0]
  %logits = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%pyramid, %classify : tensor<2x672xf32>, tensor<672x10xf32>)
      outs(%start : tensor<2x10xf32>) -> tensor<2x10xf32>
  %probabilities = lacuna.softmax %logits axis = 1 : tensor<2x10xf32>
  return %probabilities : tensor<2x10xf32>
}
