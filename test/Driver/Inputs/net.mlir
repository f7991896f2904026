// An atrous 3x3 sum over two channels, four times.
func.func @main(%image: tensor<1x2x5x5xf32> {lacuna.name = "image"})
    -> (tensor<1x4x5x5xf32> {lacuna.name = "int"}) {
  %ones = arith.constant dense<1.0> : tensor<4x2x3x3xf32>
  %sum = lacuna.convolution %image, %ones strides = [1, 1] dilations = [2, 2]
      pads = [2, 2] to [2, 2]
      : (tensor<1x2x5x5xf32>, tensor<4x2x3x3xf32>) -> tensor<1x4x5x5xf32>
  return %sum : tensor<1x4x5x5xf32>
}
