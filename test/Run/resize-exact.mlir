// RUN: lacuna check %s

// 3 become 4 at a scale of 1.5: the four lie at 0, 2/3, 4/3 and 2 exactly,
// whatever f64 makes of thirds.
func.func @symmetric() {
  %x = arith.constant dense<[[1.0, 2.0, 3.0]]> : tensor<1x3xf32>
  %up = lacuna.resize nearest %x coordinates = half_pixel_symmetric scales = [1.0, 1.5] rounding = ceil
      : (tensor<1x3xf32>) -> tensor<1x4xf32>
  %e = arith.constant dense<[[1.0, 2.0, 3.0, 3.0]]> : tensor<1x4xf32>
  check.expect_equal %up, %e : tensor<1x4xf32>
  return
}
