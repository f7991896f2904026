// Equal elements: the first has the gradient of a maximum, minimum or maxout,
// the last that of a scatter; relu'(0) = 0. A product with one zero, or two.
// RUN: lacuna check %s

func.func @main() {
  %x = arith.constant dense<[[2.0, 5.0, 5.0], [5.0, 0.0, 0.0]]> : tensor<2x3xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %low = arith.constant dense<-1.0e+30> : tensor<f32>
  %high = arith.constant dense<1.0e+30> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<2xf32>

  %a = linalg.reduce { arith.maximumf } ins(%x : tensor<2x3xf32>) outs(%low : tensor<f32>) dimensions = [0, 1]
  %da = lacuna.gradient %a by %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %ea = arith.constant dense<[[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf32>
  check.expect_equal %da, %ea : tensor<2x3xf32>

  %b = linalg.reduce { arith.minnumf } ins(%x : tensor<2x3xf32>) outs(%high : tensor<f32>) dimensions = [0, 1]
  %db = lacuna.gradient %b by %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %eb = arith.constant dense<[[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]> : tensor<2x3xf32>
  check.expect_equal %db, %eb : tensor<2x3xf32>

  %m = lacuna.maxout %x axis = 1 groups = 3 : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %c = linalg.reduce { arith.addf } ins(%m : tensor<2x1xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  %dc = lacuna.gradient %c by %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %ec = arith.constant dense<[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]> : tensor<2x3xf32>
  check.expect_equal %dc, %ec : tensor<2x3xf32>

  %i = arith.constant dense<[[0, 2, 0], [1, 1, -2]]> : tensor<2x3xi64>
  %s = lacuna.scatter_elements %x[%i], %x axis = 1 : (tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %d = linalg.reduce { arith.addf } ins(%s : tensor<2x3xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  %dd = lacuna.gradient %d by %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %ed = arith.constant dense<[[0.0, 2.0, 1.0], [1.0, 0.0, 2.0]]> : tensor<2x3xf32>
  check.expect_equal %dd, %ed : tensor<2x3xf32>

  %r = lacuna.activation relu %x : tensor<2x3xf32>
  %e = linalg.reduce { arith.addf } ins(%r : tensor<2x3xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  %de = lacuna.gradient %e by %x : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %ee = arith.constant dense<[[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]> : tensor<2x3xf32>
  check.expect_equal %de, %ee : tensor<2x3xf32>

  %y = arith.constant dense<[[2.0, 0.0, 5.0], [5.0, 0.0, 0.0]]> : tensor<2x3xf32>
  %p = linalg.reduce { arith.mulf } ins(%y : tensor<2x3xf32>) outs(%one : tensor<2xf32>) dimensions = [1]
  %f = linalg.reduce { arith.addf } ins(%p : tensor<2xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  %df = lacuna.gradient %f by %y : (tensor<f32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %ef = arith.constant dense<[[0.0, 10.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf32>
  check.expect_equal %df, %ef : tensor<2x3xf32>
  return
}
