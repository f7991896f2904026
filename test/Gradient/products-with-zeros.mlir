// Products with factors of zero, and extremes that several elements share: data
// are the first, then the updates in order. From PyTorch's cumprod, and by hand.
// RUN: lacuna check %s

func.func @main() {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %x = arith.constant dense<[2.0, 0.0, 3.0, 4.0]> : tensor<4xf32>
  %w = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %p = lacuna.cumulative prod %x axis = 0 : (tensor<4xf32>) -> tensor<4xf32>
  %pw = arith.mulf %p, %w : tensor<4xf32>
  %a = linalg.reduce { arith.addf } ins(%pw : tensor<4xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  %da = lacuna.gradient %a by %x : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %ea = arith.constant dense<[1.0, 118.0, 0.0, 0.0]> : tensor<4xf32>
  check.expect_equal %da, %ea : tensor<4xf32>

  %i = arith.constant dense<[0, 0, 1, 2, 2]> : tensor<5xi64>
  %d = arith.constant dense<[5.0, 0.0, 7.0]> : tensor<3xf32>
  %u = arith.constant dense<[2.0, 0.0, 3.0, 0.0, 0.0]> : tensor<5xf32>
  %m = lacuna.scatter_elements %d[%i], %u axis = 0 reduction = mul : (tensor<3xf32>, tensor<5xi64>, tensor<5xf32>) -> tensor<3xf32>
  %b = linalg.reduce { arith.addf } ins(%m : tensor<3xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  %db, %dbu = lacuna.gradient %b by %d, %u : (tensor<f32>, tensor<3xf32>, tensor<5xf32>) -> (tensor<3xf32>, tensor<5xf32>)
  %eb = arith.constant dense<[0.0, 3.0, 0.0]> : tensor<3xf32>
  %ebu = arith.constant dense<[0.0, 10.0, 0.0, 0.0, 0.0]> : tensor<5xf32>
  check.expect_equal %db, %eb : tensor<3xf32>
  check.expect_equal %dbu, %ebu : tensor<5xf32>

  %t = arith.constant dense<[3.0, 5.0, 1.0, 4.0, 4.0]> : tensor<5xf32>
  %e = arith.constant dense<[5.0, 1.0, 2.0]> : tensor<3xf32>
  %k = lacuna.scatter_elements %e[%i], %t axis = 0 reduction = max : (tensor<3xf32>, tensor<5xi64>, tensor<5xf32>) -> tensor<3xf32>
  %c = linalg.reduce { arith.addf } ins(%k : tensor<3xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  %dc, %dct = lacuna.gradient %c by %e, %t : (tensor<f32>, tensor<3xf32>, tensor<5xf32>) -> (tensor<3xf32>, tensor<5xf32>)
  %ec = arith.constant dense<[1.0, 1.0, 0.0]> : tensor<3xf32>
  %ect = arith.constant dense<[0.0, 0.0, 0.0, 1.0, 0.0]> : tensor<5xf32>
  check.expect_equal %dc, %ec : tensor<3xf32>
  check.expect_equal %dct, %ect : tensor<5xf32>
  return
}
