// The head of DeepLab (Chen et al., 2017): a 1x1 convolution, three atrous ones
// and the mean of the image side by side (ASPP), projected, classified and made
// four times as large. The weights are arguments; aspp_head.onnx holds the same
// ones.
func.func @main(%image: tensor<1x32x17x17xf32> {lacuna.name = "image"},
                %point_filter: tensor<16x32x1x1xf32> {lacuna.name = "point_filter"},
                %rate6_filter: tensor<16x32x3x3xf32> {lacuna.name = "rate6_filter"},
                %rate12_filter: tensor<16x32x3x3xf32> {lacuna.name = "rate12_filter"},
                %rate18_filter: tensor<16x32x3x3xf32> {lacuna.name = "rate18_filter"},
                %context_filter: tensor<16x32x1x1xf32> {lacuna.name = "context_filter"},
                %project_filter: tensor<16x80x1x1xf32> {lacuna.name = "project_filter"},
                %project_bias: tensor<16xf32> {lacuna.name = "project_bias"},
                %classify_filter: tensor<5x16x1x1xf32> {lacuna.name = "classify_filter"},
                %classify_bias: tensor<5xf32> {lacuna.name = "classify_bias"})
    -> (tensor<1x5x68x68xf32> {lacuna.name = "scores"}) {
  %c0 = lacuna.convolution %image, %point_filter strides = [1, 1]
      dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<1x32x17x17xf32>, tensor<16x32x1x1xf32>)
      -> tensor<1x16x17x17xf32>
  %point = lacuna.activation relu %c0 : tensor<1x16x17x17xf32>
  %c1 = lacuna.convolution %image, %rate6_filter strides = [1, 1]
      dilations = [6, 6] pads = [6, 6] to [6, 6]
      : (tensor<1x32x17x17xf32>, tensor<16x32x3x3xf32>)
      -> tensor<1x16x17x17xf32>
  %rate6 = lacuna.activation relu %c1 : tensor<1x16x17x17xf32>
  %c2 = lacuna.convolution %image, %rate12_filter strides = [1, 1]
      dilations = [12, 12] pads = [12, 12] to [12, 12]
      : (tensor<1x32x17x17xf32>, tensor<16x32x3x3xf32>)
      -> tensor<1x16x17x17xf32>
  %rate12 = lacuna.activation relu %c2 : tensor<1x16x17x17xf32>
  %c3 = lacuna.convolution %image, %rate18_filter strides = [1, 1]
      dilations = [18, 18] pads = [18, 18] to [18, 18]
      : (tensor<1x32x17x17xf32>, tensor<16x32x3x3xf32>)
      -> tensor<1x16x17x17xf32>
  %rate18 = lacuna.activation relu %c3 : tensor<1x16x17x17xf32>

  %mean = lacuna.global_pool average %image
      : (tensor<1x32x17x17xf32>) -> tensor<1x32x1x1xf32>
  %c4 = lacuna.convolution %mean, %context_filter strides = [1, 1]
      dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<1x32x1x1xf32>, tensor<16x32x1x1xf32>)
      -> tensor<1x16x1x1xf32>
  %context = lacuna.activation relu %c4 : tensor<1x16x1x1xf32>
  %spread = lacuna.resize linear %context coordinates = half_pixel
      scales = [1.0, 1.0, 17.0, 17.0]
      : (tensor<1x16x1x1xf32>) -> tensor<1x16x17x17xf32>

  %seen = tensor.concat dim(1) %point, %rate6, %rate12, %rate18, %spread
      : (tensor<1x16x17x17xf32>, tensor<1x16x17x17xf32>,
         tensor<1x16x17x17xf32>, tensor<1x16x17x17xf32>,
         tensor<1x16x17x17xf32>) -> tensor<1x80x17x17xf32>
  %c5 = lacuna.convolution %seen, %project_filter, %project_bias strides = [1, 1]
      dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<1x80x17x17xf32>, tensor<16x80x1x1xf32>, tensor<16xf32>)
      -> tensor<1x16x17x17xf32>
  %project = lacuna.activation relu %c5 : tensor<1x16x17x17xf32>
  %classes = lacuna.convolution %project, %classify_filter, %classify_bias strides = [1, 1]
      dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<1x16x17x17xf32>, tensor<5x16x1x1xf32>, tensor<5xf32>)
      -> tensor<1x5x17x17xf32>
  %scores = lacuna.resize linear %classes coordinates = half_pixel
      scales = [1.0, 1.0, 4.0, 4.0]
      : (tensor<1x5x17x17xf32>) -> tensor<1x5x68x68xf32>
  return %scores : tensor<1x5x68x68xf32>
}
