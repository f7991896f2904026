// Two atrous branches and one dense one over the same map, joined by a 1x1
// convolution: how a DeepLab-style network sees far without losing resolution.
func.func @main(%image: tensor<1x16x33x33xf32> {lacuna.name = "image"})
    -> (tensor<1x16x33x33xf32> {lacuna.name = "result"}) {
  %dense = arith.constant dense<0.25> : tensor<16x16x1x1xf32>
  %wide = arith.constant dense<0.015625> : tensor<16x16x3x3xf32>
  %join = arith.constant dense<0.03125> : tensor<16x48x1x1xf32>

  %a = lacuna.convolution %image, %dense strides = [1, 1] dilations = [1, 1]
      pads = [0, 0] to [0, 0]
      : (tensor<1x16x33x33xf32>, tensor<16x16x1x1xf32>)
      -> tensor<1x16x33x33xf32>
  %b = lacuna.convolution %image, %wide strides = [1, 1] dilations = [6, 6]
      pads = [6, 6] to [6, 6]
      : (tensor<1x16x33x33xf32>, tensor<16x16x3x3xf32>)
      -> tensor<1x16x33x33xf32>
  %c = lacuna.convolution %image, %wide strides = [1, 1] dilations = [12, 12]
      pads = [12, 12] to [12, 12]
      : (tensor<1x16x33x33xf32>, tensor<16x16x3x3xf32>)
      -> tensor<1x16x33x33xf32>
  %seen = tensor.concat dim(1) %a, %b, %c
      : (tensor<1x16x33x33xf32>, tensor<1x16x33x33xf32>,
         tensor<1x16x33x33xf32>) -> tensor<1x48x33x33xf32>
  %joined = lacuna.convolution %seen, %join strides = [1, 1] dilations = [1, 1]
      pads = [0, 0] to [0, 0]
      : (tensor<1x48x33x33xf32>, tensor<16x48x1x1xf32>)
      -> tensor<1x16x33x33xf32>
  %result = lacuna.activation gelu %joined : tensor<1x16x33x33xf32>
  return %result : tensor<1x16x33x33xf32>
}
