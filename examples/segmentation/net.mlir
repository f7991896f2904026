// Written by make-model.py.
func.func @main(
    %image: tensor<8x3x64x64xf32> {lacuna.name = "image"},
    %detail_filter: tensor<16x3x3x3xf32> {lacuna.name = "detail_filter", lacuna.requires_grad},
    %detail_shift: tensor<16xf32> {lacuna.name = "detail_shift", lacuna.requires_grad},
    %half_filter: tensor<32x16x3x3xf32> {lacuna.name = "half_filter", lacuna.requires_grad},
    %half_shift: tensor<32xf32> {lacuna.name = "half_shift", lacuna.requires_grad},
    %half2_filter: tensor<32x32x3x3xf32> {lacuna.name = "half2_filter", lacuna.requires_grad},
    %half2_shift: tensor<32xf32> {lacuna.name = "half2_shift", lacuna.requires_grad},
    %quarter_filter: tensor<64x32x3x3xf32> {lacuna.name = "quarter_filter", lacuna.requires_grad},
    %quarter_shift: tensor<64xf32> {lacuna.name = "quarter_shift", lacuna.requires_grad},
    %atrous1_filter: tensor<64x64x3x3xf32> {lacuna.name = "atrous1_filter", lacuna.requires_grad},
    %atrous1_shift: tensor<64xf32> {lacuna.name = "atrous1_shift", lacuna.requires_grad},
    %atrous2_filter: tensor<64x64x3x3xf32> {lacuna.name = "atrous2_filter", lacuna.requires_grad},
    %atrous2_shift: tensor<64xf32> {lacuna.name = "atrous2_shift", lacuna.requires_grad},
    %atrous4_filter: tensor<64x64x3x3xf32> {lacuna.name = "atrous4_filter", lacuna.requires_grad},
    %atrous4_shift: tensor<64xf32> {lacuna.name = "atrous4_shift", lacuna.requires_grad},
    %point_filter: tensor<32x64x1x1xf32> {lacuna.name = "point_filter", lacuna.requires_grad},
    %point_shift: tensor<32xf32> {lacuna.name = "point_shift", lacuna.requires_grad},
    %rate2_filter: tensor<32x64x3x3xf32> {lacuna.name = "rate2_filter", lacuna.requires_grad},
    %rate2_shift: tensor<32xf32> {lacuna.name = "rate2_shift", lacuna.requires_grad},
    %rate4_filter: tensor<32x64x3x3xf32> {lacuna.name = "rate4_filter", lacuna.requires_grad},
    %rate4_shift: tensor<32xf32> {lacuna.name = "rate4_shift", lacuna.requires_grad},
    %rate6_filter: tensor<32x64x3x3xf32> {lacuna.name = "rate6_filter", lacuna.requires_grad},
    %rate6_shift: tensor<32xf32> {lacuna.name = "rate6_shift", lacuna.requires_grad},
    %bins1_filter: tensor<16x64x1x1xf32> {lacuna.name = "bins1_filter", lacuna.requires_grad},
    %bins1_bias: tensor<16xf32> {lacuna.name = "bins1_bias", lacuna.requires_grad},
    %bins2_filter: tensor<16x64x1x1xf32> {lacuna.name = "bins2_filter", lacuna.requires_grad},
    %bins2_bias: tensor<16xf32> {lacuna.name = "bins2_bias", lacuna.requires_grad},
    %bins4_filter: tensor<16x64x1x1xf32> {lacuna.name = "bins4_filter", lacuna.requires_grad},
    %bins4_bias: tensor<16xf32> {lacuna.name = "bins4_bias", lacuna.requires_grad},
    %join_filter: tensor<32x176x1x1xf32> {lacuna.name = "join_filter", lacuna.requires_grad},
    %join_shift: tensor<32xf32> {lacuna.name = "join_shift", lacuna.requires_grad},
    %refine_filter: tensor<32x64x3x3xf32> {lacuna.name = "refine_filter", lacuna.requires_grad},
    %refine_shift: tensor<32xf32> {lacuna.name = "refine_shift", lacuna.requires_grad},
    %narrow_filter: tensor<16x32x1x1xf32> {lacuna.name = "narrow_filter", lacuna.requires_grad},
    %narrow_shift: tensor<16xf32> {lacuna.name = "narrow_shift", lacuna.requires_grad},
    %border_filter: tensor<16x32x3x3xf32> {lacuna.name = "border_filter", lacuna.requires_grad},
    %border_shift: tensor<16xf32> {lacuna.name = "border_shift", lacuna.requires_grad},
    %classify_filter: tensor<5x16x1x1xf32> {lacuna.name = "classify_filter", lacuna.requires_grad},
    %classify_bias: tensor<5xf32> {lacuna.name = "classify_bias", lacuna.requires_grad})
    -> (tensor<8x5x64x64xf32> {lacuna.name = "scores"}) {
  %1 = lacuna.convolution %image, %detail_filter strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x3x64x64xf32>, tensor<16x3x3x3xf32>) -> tensor<8x16x64x64xf32>
  %2 = lacuna.group_norm %1 bias %detail_shift groups = 2
      : (tensor<8x16x64x64xf32>, tensor<16xf32>) -> tensor<8x16x64x64xf32>
  %3 = lacuna.activation relu %2 : tensor<8x16x64x64xf32>
  %4 = lacuna.convolution %3, %half_filter strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x16x64x64xf32>, tensor<32x16x3x3xf32>) -> tensor<8x32x32x32xf32>
  %5 = lacuna.group_norm %4 bias %half_shift groups = 4
      : (tensor<8x32x32x32xf32>, tensor<32xf32>) -> tensor<8x32x32x32xf32>
  %6 = lacuna.activation relu %5 : tensor<8x32x32x32xf32>
  %7 = lacuna.convolution %6, %half2_filter strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x32x32x32xf32>, tensor<32x32x3x3xf32>) -> tensor<8x32x32x32xf32>
  %8 = lacuna.group_norm %7 bias %half2_shift groups = 4
      : (tensor<8x32x32x32xf32>, tensor<32xf32>) -> tensor<8x32x32x32xf32>
  %9 = lacuna.activation relu %8 : tensor<8x32x32x32xf32>
  %10 = arith.addf %6, %9 : tensor<8x32x32x32xf32>
  %11 = lacuna.convolution %10, %quarter_filter strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x32x32x32xf32>, tensor<64x32x3x3xf32>) -> tensor<8x64x16x16xf32>
  %12 = lacuna.group_norm %11 bias %quarter_shift groups = 8
      : (tensor<8x64x16x16xf32>, tensor<64xf32>) -> tensor<8x64x16x16xf32>
  %13 = lacuna.activation relu %12 : tensor<8x64x16x16xf32>
  %14 = lacuna.convolution %13, %atrous1_filter strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x64x16x16xf32>, tensor<64x64x3x3xf32>) -> tensor<8x64x16x16xf32>
  %15 = lacuna.group_norm %14 bias %atrous1_shift groups = 8
      : (tensor<8x64x16x16xf32>, tensor<64xf32>) -> tensor<8x64x16x16xf32>
  %16 = lacuna.activation relu %15 : tensor<8x64x16x16xf32>
  %17 = arith.addf %13, %16 : tensor<8x64x16x16xf32>
  %18 = lacuna.convolution %17, %atrous2_filter strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2] : (tensor<8x64x16x16xf32>, tensor<64x64x3x3xf32>) -> tensor<8x64x16x16xf32>
  %19 = lacuna.group_norm %18 bias %atrous2_shift groups = 8
      : (tensor<8x64x16x16xf32>, tensor<64xf32>) -> tensor<8x64x16x16xf32>
  %20 = lacuna.activation relu %19 : tensor<8x64x16x16xf32>
  %21 = arith.addf %17, %20 : tensor<8x64x16x16xf32>
  %22 = lacuna.convolution %21, %atrous4_filter strides = [1, 1] dilations = [4, 4] pads = [4, 4] to [4, 4] : (tensor<8x64x16x16xf32>, tensor<64x64x3x3xf32>) -> tensor<8x64x16x16xf32>
  %23 = lacuna.group_norm %22 bias %atrous4_shift groups = 8
      : (tensor<8x64x16x16xf32>, tensor<64xf32>) -> tensor<8x64x16x16xf32>
  %24 = lacuna.activation relu %23 : tensor<8x64x16x16xf32>
  %25 = arith.addf %21, %24 : tensor<8x64x16x16xf32>
  %26 = lacuna.convolution %25, %point_filter strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x64x16x16xf32>, tensor<32x64x1x1xf32>) -> tensor<8x32x16x16xf32>
  %27 = lacuna.group_norm %26 bias %point_shift groups = 4
      : (tensor<8x32x16x16xf32>, tensor<32xf32>) -> tensor<8x32x16x16xf32>
  %28 = lacuna.activation relu %27 : tensor<8x32x16x16xf32>
  %29 = lacuna.convolution %25, %rate2_filter strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2] : (tensor<8x64x16x16xf32>, tensor<32x64x3x3xf32>) -> tensor<8x32x16x16xf32>
  %30 = lacuna.group_norm %29 bias %rate2_shift groups = 4
      : (tensor<8x32x16x16xf32>, tensor<32xf32>) -> tensor<8x32x16x16xf32>
  %31 = lacuna.activation relu %30 : tensor<8x32x16x16xf32>
  %32 = lacuna.convolution %25, %rate4_filter strides = [1, 1] dilations = [4, 4] pads = [4, 4] to [4, 4] : (tensor<8x64x16x16xf32>, tensor<32x64x3x3xf32>) -> tensor<8x32x16x16xf32>
  %33 = lacuna.group_norm %32 bias %rate4_shift groups = 4
      : (tensor<8x32x16x16xf32>, tensor<32xf32>) -> tensor<8x32x16x16xf32>
  %34 = lacuna.activation relu %33 : tensor<8x32x16x16xf32>
  %35 = lacuna.convolution %25, %rate6_filter strides = [1, 1] dilations = [6, 6] pads = [6, 6] to [6, 6] : (tensor<8x64x16x16xf32>, tensor<32x64x3x3xf32>) -> tensor<8x32x16x16xf32>
  %36 = lacuna.group_norm %35 bias %rate6_shift groups = 4
      : (tensor<8x32x16x16xf32>, tensor<32xf32>) -> tensor<8x32x16x16xf32>
  %37 = lacuna.activation relu %36 : tensor<8x32x16x16xf32>
  %38 = lacuna.adaptive_pool average %25 output_size = [1, 1]
      : (tensor<8x64x16x16xf32>) -> tensor<8x64x1x1xf32>
  %39 = lacuna.convolution %38, %bins1_filter, %bins1_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x64x1x1xf32>, tensor<16x64x1x1xf32>, tensor<16xf32>) -> tensor<8x16x1x1xf32>
  %40 = lacuna.activation relu %39 : tensor<8x16x1x1xf32>
  %41 = lacuna.resize linear %40 coordinates = half_pixel scales = [1.0, 1.0, 16.0, 16.0]
      : (tensor<8x16x1x1xf32>) -> tensor<8x16x16x16xf32>
  %42 = lacuna.adaptive_pool average %25 output_size = [2, 2]
      : (tensor<8x64x16x16xf32>) -> tensor<8x64x2x2xf32>
  %43 = lacuna.convolution %42, %bins2_filter, %bins2_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x64x2x2xf32>, tensor<16x64x1x1xf32>, tensor<16xf32>) -> tensor<8x16x2x2xf32>
  %44 = lacuna.activation relu %43 : tensor<8x16x2x2xf32>
  %45 = lacuna.resize linear %44 coordinates = half_pixel scales = [1.0, 1.0, 8.0, 8.0]
      : (tensor<8x16x2x2xf32>) -> tensor<8x16x16x16xf32>
  %46 = lacuna.adaptive_pool average %25 output_size = [4, 4]
      : (tensor<8x64x16x16xf32>) -> tensor<8x64x4x4xf32>
  %47 = lacuna.convolution %46, %bins4_filter, %bins4_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x64x4x4xf32>, tensor<16x64x1x1xf32>, tensor<16xf32>) -> tensor<8x16x4x4xf32>
  %48 = lacuna.activation relu %47 : tensor<8x16x4x4xf32>
  %49 = lacuna.resize linear %48 coordinates = half_pixel scales = [1.0, 1.0, 4.0, 4.0]
      : (tensor<8x16x4x4xf32>) -> tensor<8x16x16x16xf32>
  %50 = tensor.concat dim(1) %28, %31, %34, %37, %41, %45, %49
      : (tensor<8x32x16x16xf32>, tensor<8x32x16x16xf32>, tensor<8x32x16x16xf32>, tensor<8x32x16x16xf32>, tensor<8x16x16x16xf32>, tensor<8x16x16x16xf32>, tensor<8x16x16x16xf32>) -> tensor<8x176x16x16xf32>
  %51 = lacuna.convolution %50, %join_filter strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x176x16x16xf32>, tensor<32x176x1x1xf32>) -> tensor<8x32x16x16xf32>
  %52 = lacuna.group_norm %51 bias %join_shift groups = 4
      : (tensor<8x32x16x16xf32>, tensor<32xf32>) -> tensor<8x32x16x16xf32>
  %53 = lacuna.activation relu %52 : tensor<8x32x16x16xf32>
  %54 = lacuna.resize linear %53 coordinates = half_pixel scales = [1.0, 1.0, 2.0, 2.0]
      : (tensor<8x32x16x16xf32>) -> tensor<8x32x32x32xf32>
  %55 = tensor.concat dim(1) %54, %10
      : (tensor<8x32x32x32xf32>, tensor<8x32x32x32xf32>) -> tensor<8x64x32x32xf32>
  %56 = lacuna.convolution %55, %refine_filter strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x64x32x32xf32>, tensor<32x64x3x3xf32>) -> tensor<8x32x32x32xf32>
  %57 = lacuna.group_norm %56 bias %refine_shift groups = 4
      : (tensor<8x32x32x32xf32>, tensor<32xf32>) -> tensor<8x32x32x32xf32>
  %58 = lacuna.activation relu %57 : tensor<8x32x32x32xf32>
  %59 = lacuna.convolution %58, %narrow_filter strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x32x32x32xf32>, tensor<16x32x1x1xf32>) -> tensor<8x16x32x32xf32>
  %60 = lacuna.group_norm %59 bias %narrow_shift groups = 2
      : (tensor<8x16x32x32xf32>, tensor<16xf32>) -> tensor<8x16x32x32xf32>
  %61 = lacuna.activation relu %60 : tensor<8x16x32x32xf32>
  %62 = lacuna.resize linear %61 coordinates = half_pixel scales = [1.0, 1.0, 2.0, 2.0]
      : (tensor<8x16x32x32xf32>) -> tensor<8x16x64x64xf32>
  %63 = tensor.concat dim(1) %62, %3
      : (tensor<8x16x64x64xf32>, tensor<8x16x64x64xf32>) -> tensor<8x32x64x64xf32>
  %64 = lacuna.convolution %63, %border_filter strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] : (tensor<8x32x64x64xf32>, tensor<16x32x3x3xf32>) -> tensor<8x16x64x64xf32>
  %65 = lacuna.group_norm %64 bias %border_shift groups = 2
      : (tensor<8x16x64x64xf32>, tensor<16xf32>) -> tensor<8x16x64x64xf32>
  %66 = lacuna.activation relu %65 : tensor<8x16x64x64xf32>
  %67 = lacuna.convolution %66, %classify_filter, %classify_bias strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<8x16x64x64xf32>, tensor<5x16x1x1xf32>, tensor<5xf32>) -> tensor<8x5x64x64xf32>
  return %67 : tensor<8x5x64x64xf32>
}
