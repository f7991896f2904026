// RUN: lacuna check %s

// Pools and sampling without elements, and with consumers in their kernel.

func.func @sample_no_images() {
  %x = arith.constant dense<0.0> : tensor<0x3x4x4xf32>
  %g = arith.constant dense<0.0> : tensor<0x2x2x2xf32>
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<0x3x4x4xf32>, tensor<0x2x2x2xf32>) -> tensor<0x3x2x2xf32>
  check.expect_equal %r, %r : tensor<0x3x2x2xf32>
  return
}

func.func @sample_nothing() {
  %x = arith.constant dense<1.0> : tensor<1x3x0x4xf32>
  %g = arith.constant dense<0.0> : tensor<1x2x2x2xf32>
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<1x3x0x4xf32>, tensor<1x2x2x2xf32>) -> tensor<1x3x2x2xf32>
  %z = arith.constant dense<0.0> : tensor<1x3x2x2xf32>
  check.expect_equal %r, %z : tensor<1x3x2x2xf32>
  return
}

func.func @pyramid_of_nothing() {
  %x = arith.constant dense<1.0> : tensor<1x3x0x4xf32>
  %r = lacuna.pooling_pyramid average %x bins = [1, 2]
      : (tensor<1x3x0x4xf32>) -> tensor<1x15xf32>
  %z = arith.constant dense<0.0> : tensor<1x15xf32>
  check.expect_equal %r, %z : tensor<1x15xf32>
  return
}

func.func @pyramid_no_images() {
  %x = arith.constant dense<1.0> : tensor<0x3x4x4xf32>
  %r = lacuna.pooling_pyramid average %x bins = [1, 2]
      : (tensor<0x3x4x4xf32>) -> tensor<0x15xf32>
  check.expect_equal %r, %r : tensor<0x15xf32>
  return
}

func.func @unpool_no_channels() {
  %x = arith.constant dense<1.0> : tensor<1x0x2xf32>
  %i = arith.constant dense<1> : tensor<1x0x2xi64>
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x0x2xf32>, tensor<1x0x2xi64>) -> tensor<1x0x4xf32>
  check.expect_equal %r, %r : tensor<1x0x4xf32>
  return
}

func.func @unpool_nothing() {
  %x = arith.constant dense<1.0> : tensor<1x2x0xf32>
  %i = arith.constant dense<1> : tensor<1x2x0xi64>
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x2x0xf32>, tensor<1x2x0xi64>) -> tensor<1x2x4xf32>
  %z = arith.constant dense<0.0> : tensor<1x2x4xf32>
  check.expect_equal %r, %z : tensor<1x2x4xf32>
  return
}

func.func @unpool_into_nothing() {
  %x = arith.constant dense<1.0> : tensor<1x2x3xf32>
  %i = arith.constant dense<1> : tensor<1x2x3xi64>
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x2x3xf32>, tensor<1x2x3xi64>) -> tensor<1x2x0xf32>
  check.expect_equal %r, %r : tensor<1x2x0xf32>
  return
}

func.func @grid_no_images() {
  %x = arith.constant dense<1.0> : tensor<0x2x3xf32>
  %r = lacuna.affine_grid %x size = [2, 2]
      : (tensor<0x2x3xf32>) -> tensor<0x2x2x2xf32>
  check.expect_equal %r, %r : tensor<0x2x2x2xf32>
  return
}

func.func @unpool_then_add() {
  %x = arith.constant dense<[[[3.0, 1.0, 2.0]]]> : tensor<1x1x3xf32>
  %i = arith.constant dense<[[[4, 0, 1]]]> : tensor<1x1x3xi64>
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x1x3xf32>, tensor<1x1x3xi64>) -> tensor<1x1x5xf32>
  %y = arith.addf %r, %r : tensor<1x1x5xf32>
  %z = arith.constant dense<[[[2.0, 4.0, 0.0, 0.0, 6.0]]]> : tensor<1x1x5xf32>
  check.expect_equal %y, %z : tensor<1x1x5xf32>
  return
}

func.func @pyramid_maps_then_add() {
  %x = arith.constant dense<[[[3.0, 1.0, 2.0, 5.0]]]> : tensor<1x1x4xf32>
  %r:2 = lacuna.pooling_pyramid max %x bins = [2, 2] maps
      : (tensor<1x1x4xf32>) -> (tensor<1x1x2xf32>, tensor<1x1x2xf32>)
  %y = arith.addf %r#0, %r#1 : tensor<1x1x2xf32>
  %z = arith.constant dense<[[[6.0, 10.0]]]> : tensor<1x1x2xf32>
  check.expect_equal %y, %z : tensor<1x1x2xf32>
  return
}

func.func @pyramid_then_add() {
  %x = arith.constant dense<[[[3.0, 1.0, 2.0, 5.0]]]> : tensor<1x1x4xf32>
  %r = lacuna.pooling_pyramid max %x bins = [1, 2]
      : (tensor<1x1x4xf32>) -> (tensor<1x3xf32>)
  %y = arith.addf %r, %r : tensor<1x3xf32>
  %z = arith.constant dense<[[10.0, 6.0, 10.0]]> : tensor<1x3xf32>
  check.expect_equal %y, %z : tensor<1x3xf32>
  return
}

// A convolution without filters, of either layout.
func.func @convolution_no_filters() {
  %x = arith.constant dense<1.0> : tensor<2x9x4xf32>
  %f = arith.constant dense<> : tensor<0x4x3xf32>
  %r = lacuna.convolution %x, %f strides = [2] dilations = [1]
      pads = [1] to [0] layout = channels_last
      : (tensor<2x9x4xf32>, tensor<0x4x3xf32>) -> tensor<2x4x0xf32>
  check.expect_equal %r, %r : tensor<2x4x0xf32>
  %y = arith.constant dense<1.0> : tensor<2x4x9xf32>
  %s = lacuna.convolution %y, %f strides = [2] dilations = [1]
      pads = [1] to [0] : (tensor<2x4x9xf32>, tensor<0x4x3xf32>) -> tensor<2x0x4xf32>
  check.expect_equal %s, %s : tensor<2x0x4xf32>
  return
}
