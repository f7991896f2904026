// Written by make-model.py.
func.func @main(
    %image: tensor<8x3x64x64xf32> {lacuna.name = "image"},
    %detail_filter: tensor<16x3x3x3xf32> {lacuna.name = "detail_filter", lacuna.requires_grad},
    %detail_bias: tensor<16xf32> {lacuna.name = "detail_bias", lacuna.requires_grad},
    %half_filter: tensor<24x16x3x3xf32> {lacuna.name = "half_filter", lacuna.requires_grad},
    %half_bias: tensor<24xf32> {lacuna.name = "half_bias", lacuna.requires_grad},
    %near_filter: tensor<24x24x3x3xf32> {lacuna.name = "near_filter", lacuna.requires_grad},
    %near_bias: tensor<24xf32> {lacuna.name = "near_bias", lacuna.requires_grad},
    %far_filter: tensor<24x24x3x3xf32> {lacuna.name = "far_filter", lacuna.requires_grad},
    %far_bias: tensor<24xf32> {lacuna.name = "far_bias", lacuna.requires_grad},
    %point_filter: tensor<24x24x1x1xf32> {lacuna.name = "point_filter", lacuna.requires_grad},
    %point_bias: tensor<24xf32> {lacuna.name = "point_bias", lacuna.requires_grad},
    %rate2_filter: tensor<24x24x3x3xf32> {lacuna.name = "rate2_filter", lacuna.requires_grad},
    %rate2_bias: tensor<24xf32> {lacuna.name = "rate2_bias", lacuna.requires_grad},
    %rate4_filter: tensor<24x24x3x3xf32> {lacuna.name = "rate4_filter", lacuna.requires_grad},
    %rate4_bias: tensor<24xf32> {lacuna.name = "rate4_bias", lacuna.requires_grad},
    %rate8_filter: tensor<24x24x3x3xf32> {lacuna.name = "rate8_filter", lacuna.requires_grad},
    %rate8_bias: tensor<24xf32> {lacuna.name = "rate8_bias", lacuna.requires_grad},
    %bins1_filter: tensor<8x24x1x1xf32> {lacuna.name = "bins1_filter", lacuna.requires_grad},
    %bins1_bias: tensor<8xf32> {lacuna.name = "bins1_bias", lacuna.requires_grad},
    %bins2_filter: tensor<8x24x1x1xf32> {lacuna.name = "bins2_filter", lacuna.requires_grad},
    %bins2_bias: tensor<8xf32> {lacuna.name = "bins2_bias", lacuna.requires_grad},
    %bins4_filter: tensor<8x24x1x1xf32> {lacuna.name = "bins4_filter", lacuna.requires_grad},
    %bins4_bias: tensor<8xf32> {lacuna.name = "bins4_bias", lacuna.requires_grad},
    %join_filter: tensor<24x120x1x1xf32> {lacuna.name = "join_filter", lacuna.requires_grad},
    %join_bias: tensor<24xf32> {lacuna.name = "join_bias", lacuna.requires_grad},
    %mix_filter: tensor<24x24x3x3xf32> {lacuna.name = "mix_filter", lacuna.requires_grad},
    %mix_bias: tensor<24xf32> {lacuna.name = "mix_bias", lacuna.requires_grad},
    %refine_filter: tensor<24x40x3x3xf32> {lacuna.name = "refine_filter", lacuna.requires_grad},
    %refine_bias: tensor<24xf32> {lacuna.name = "refine_bias", lacuna.requires_grad},
    %classify_filter: tensor<5x24x1x1xf32> {lacuna.name = "classify_filter", lacuna.requires_grad},
    %classify_bias: tensor<5xf32> {lacuna.name = "classify_bias", lacuna.requires_grad})
    -> (tensor<8x5x64x64xf32> {lacuna.name = "scores"}) {
  %1 = lacuna.convolution %image, %detail_filter, %detail_bias strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<8x3x64x64xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>) -> tensor<8x16x64x64xf32>
  %2 = lacuna.activation relu %1 : tensor<8x16x64x64xf32>
  %3 = lacuna.convolution %2, %half_filter, %half_bias strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<8x16x64x64xf32>, tensor<24x16x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %4 = lacuna.activation relu %3 : tensor<8x24x32x32xf32>
  %5 = lacuna.convolution %4, %near_filter, %near_bias strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %6 = lacuna.activation relu %5 : tensor<8x24x32x32xf32>
  %7 = arith.addf %4, %6 : tensor<8x24x32x32xf32>
  %8 = lacuna.convolution %7, %far_filter, %far_bias strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %9 = lacuna.activation relu %8 : tensor<8x24x32x32xf32>
  %10 = arith.addf %7, %9 : tensor<8x24x32x32xf32>
  %11 = lacuna.convolution %10, %point_filter, %point_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x24x32x32xf32>, tensor<24x24x1x1xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %12 = lacuna.activation relu %11 : tensor<8x24x32x32xf32>
  %13 = lacuna.convolution %10, %rate2_filter, %rate2_bias strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %14 = lacuna.activation relu %13 : tensor<8x24x32x32xf32>
  %15 = lacuna.convolution %10, %rate4_filter, %rate4_bias strides = [1, 1] dilations = [4, 4] pads = [4, 4] to [4, 4]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %16 = lacuna.activation relu %15 : tensor<8x24x32x32xf32>
  %17 = lacuna.convolution %10, %rate8_filter, %rate8_bias strides = [1, 1] dilations = [8, 8] pads = [8, 8] to [8, 8]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %18 = lacuna.activation relu %17 : tensor<8x24x32x32xf32>
  %19 = lacuna.adaptive_pool average %10 output_size = [1, 1]
      : (tensor<8x24x32x32xf32>) -> tensor<8x24x1x1xf32>
  %20 = lacuna.convolution %19, %bins1_filter, %bins1_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x24x1x1xf32>, tensor<8x24x1x1xf32>, tensor<8xf32>) -> tensor<8x8x1x1xf32>
  %21 = lacuna.activation relu %20 : tensor<8x8x1x1xf32>
  %22 = lacuna.resize linear %21 coordinates = half_pixel scales = [1.0, 1.0, 32.0, 32.0]
      : (tensor<8x8x1x1xf32>) -> tensor<8x8x32x32xf32>
  %23 = lacuna.adaptive_pool average %10 output_size = [2, 2]
      : (tensor<8x24x32x32xf32>) -> tensor<8x24x2x2xf32>
  %24 = lacuna.convolution %23, %bins2_filter, %bins2_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x24x2x2xf32>, tensor<8x24x1x1xf32>, tensor<8xf32>) -> tensor<8x8x2x2xf32>
  %25 = lacuna.activation relu %24 : tensor<8x8x2x2xf32>
  %26 = lacuna.resize linear %25 coordinates = half_pixel scales = [1.0, 1.0, 16.0, 16.0]
      : (tensor<8x8x2x2xf32>) -> tensor<8x8x32x32xf32>
  %27 = lacuna.adaptive_pool average %10 output_size = [4, 4]
      : (tensor<8x24x32x32xf32>) -> tensor<8x24x4x4xf32>
  %28 = lacuna.convolution %27, %bins4_filter, %bins4_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x24x4x4xf32>, tensor<8x24x1x1xf32>, tensor<8xf32>) -> tensor<8x8x4x4xf32>
  %29 = lacuna.activation relu %28 : tensor<8x8x4x4xf32>
  %30 = lacuna.resize linear %29 coordinates = half_pixel scales = [1.0, 1.0, 8.0, 8.0]
      : (tensor<8x8x4x4xf32>) -> tensor<8x8x32x32xf32>
  %31 = tensor.concat dim(1) %12, %14, %16, %18, %22, %26, %30
      : (tensor<8x24x32x32xf32>, tensor<8x24x32x32xf32>, tensor<8x24x32x32xf32>, tensor<8x24x32x32xf32>, tensor<8x8x32x32xf32>, tensor<8x8x32x32xf32>, tensor<8x8x32x32xf32>) -> tensor<8x120x32x32xf32>
  %32 = lacuna.convolution %31, %join_filter, %join_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x120x32x32xf32>, tensor<24x120x1x1xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %33 = lacuna.activation relu %32 : tensor<8x24x32x32xf32>
  %34 = lacuna.convolution %33, %mix_filter, %mix_bias strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<8x24x32x32xf32>, tensor<24x24x3x3xf32>, tensor<24xf32>) -> tensor<8x24x32x32xf32>
  %35 = lacuna.activation relu %34 : tensor<8x24x32x32xf32>
  %36 = arith.addf %33, %35 : tensor<8x24x32x32xf32>
  %37 = lacuna.resize linear %36 coordinates = half_pixel scales = [1.0, 1.0, 2.0, 2.0]
      : (tensor<8x24x32x32xf32>) -> tensor<8x24x64x64xf32>
  %38 = tensor.concat dim(1) %37, %2
      : (tensor<8x24x64x64xf32>, tensor<8x16x64x64xf32>) -> tensor<8x40x64x64xf32>
  %39 = lacuna.convolution %38, %refine_filter, %refine_bias strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<8x40x64x64xf32>, tensor<24x40x3x3xf32>, tensor<24xf32>) -> tensor<8x24x64x64xf32>
  %40 = lacuna.activation relu %39 : tensor<8x24x64x64xf32>
  %41 = lacuna.convolution %40, %classify_filter, %classify_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      : (tensor<8x24x64x64xf32>, tensor<5x24x1x1xf32>, tensor<5xf32>) -> tensor<8x5x64x64xf32>
  return %41 : tensor<8x5x64x64xf32>
}
