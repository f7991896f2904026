// Integer divisions by 0 and of the least number by -1, as NumPy has them.
// RUN: lacuna check %s

func.func @signed() {
  %x = arith.constant dense<[7, -7, -2147483648, 7, -7]> : tensor<5xi32>
  %y = arith.constant dense<[0, 0, -1, -1, 2]> : tensor<5xi32>
  %q = arith.divsi %x, %y : tensor<5xi32>
  %r = arith.remsi %x, %y : tensor<5xi32>
  %quotients = arith.constant dense<[0, 0, -2147483648, -7, -3]> : tensor<5xi32>
  %remainders = arith.constant dense<[0, 0, 0, 0, -1]> : tensor<5xi32>
  check.expect_equal %q, %quotients : tensor<5xi32>
  check.expect_equal %r, %remainders : tensor<5xi32>
  return
}

func.func @unsigned() {
  %x = arith.constant dense<[7, -1, 0]> : tensor<3xi8>
  %y = arith.constant dense<[0, -1, 0]> : tensor<3xi8>
  %q = arith.divui %x, %y : tensor<3xi8>
  %r = arith.remui %x, %y : tensor<3xi8>
  %quotients = arith.constant dense<[0, 1, 0]> : tensor<3xi8>
  %remainders = arith.constant dense<[0, 0, 0]> : tensor<3xi8>
  check.expect_equal %q, %quotients : tensor<3xi8>
  check.expect_equal %r, %remainders : tensor<3xi8>
  return
}
