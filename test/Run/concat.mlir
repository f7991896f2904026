// RUN: lacuna check %s

// Large planes behind a short axis are dealt out one by one: operands of one,
// two and three planes, filled with 1, 2 and 3 and doubled on the way.
func.func @planes() {
  %a = arith.constant dense<1.0> : tensor<2x1x20x16xf32>
  %b = arith.constant dense<2.0> : tensor<2x2x20x16xf32>
  %c = arith.constant dense<3.0> : tensor<2x3x20x16xf32>
  %a1 = arith.addf %a, %a : tensor<2x1x20x16xf32>
  %b1 = arith.addf %b, %b : tensor<2x2x20x16xf32>
  %c1 = arith.addf %c, %c : tensor<2x3x20x16xf32>
  %r = tensor.concat dim(1) %a1, %b1, %c1 : (tensor<2x1x20x16xf32>, tensor<2x2x20x16xf32>, tensor<2x3x20x16xf32>) -> tensor<2x6x20x16xf32>
  %first = tensor.extract_slice %r[0, 0, 0, 0] [2, 1, 20, 16] [1, 1, 1, 1] : tensor<2x6x20x16xf32> to tensor<2x1x20x16xf32>
  %second = tensor.extract_slice %r[0, 1, 0, 0] [2, 2, 20, 16] [1, 1, 1, 1] : tensor<2x6x20x16xf32> to tensor<2x2x20x16xf32>
  %third = tensor.extract_slice %r[0, 3, 0, 0] [2, 3, 20, 16] [1, 1, 1, 1] : tensor<2x6x20x16xf32> to tensor<2x3x20x16xf32>
  %two = arith.constant dense<2.0> : tensor<2x1x20x16xf32>
  %four = arith.constant dense<4.0> : tensor<2x2x20x16xf32>
  %six = arith.constant dense<6.0> : tensor<2x3x20x16xf32>
  check.expect_equal %first, %two : tensor<2x1x20x16xf32>
  check.expect_equal %second, %four : tensor<2x2x20x16xf32>
  check.expect_equal %third, %six : tensor<2x3x20x16xf32>
  return
}

func.func @lines() {
  %a = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %b = arith.constant dense<[[3.0, 4.0], [5.0, 6.0]]> : tensor<2x2xf32>
  %r = tensor.concat dim(1) %a, %b : (tensor<2x1xf32>, tensor<2x2xf32>) -> tensor<2x3xf32>
  %expected = arith.constant dense<[[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]> : tensor<2x3xf32>
  check.expect_equal %r, %expected : tensor<2x3xf32>
  return
}
