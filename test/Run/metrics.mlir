// RUN: lacuna check %s

// Confusion matrices and segmentation scores.
// Expected numbers: PyTorch, by Inputs/make-loss.py.

func.func @counts() {
  %x0 = arith.constant dense<[[2, 2, 3, 1, 1, 2, 3], [0, 1, 0, 0, 3, 0, 0], [0, 0, 2, 3, 2, 2, 3]]> : tensor<3x7xi64>
  %x1 = arith.constant dense<[[2, 2, 1, 3, 3, 3, 1], [0, 0, 2, 3, 1, 0, 2], [3, 0, 3, 3, 0, 1, 0]]> : tensor<3x7xi64>
  %r0 = lacuna.confusion_matrix %x0, %x1 classes = 4 : (tensor<3x7xi64>, tensor<3x7xi64>) -> tensor<4x4xi64>
  %y0 = arith.constant dense<[[3, 1, 1, 1], [0, 0, 1, 3], [2, 0, 2, 0], [2, 2, 2, 1]]> : tensor<4x4xi64>
  check.expect_equal %r0, %y0 : tensor<4x4xi64>
  return
}

func.func @counts_ignored() {
  %x0 = arith.constant dense<[[[0, 1, 1, 0, 0], [2, 0, 0, 1, 0], [1, 0, 0, 2, 0]], [[1, 0, 1, 2, 2], [0, 2, 1, 1, 0], [2, 0, 0, 1, 1]]]> : tensor<2x3x5xi64>
  %x1 = arith.constant dense<[[[255, 2, 2, 1, 255], [1, 0, 0, 255, 2], [1, 0, 255, 0, 1]], [[1, 255, 2, 2, 1], [255, 2, 2, 1, 255], [2, 2, 0, 255, 0]]]> : tensor<2x3x5xi64>
  %r0 = lacuna.confusion_matrix %x0, %x1 classes = 3 ignore_index = 255 : (tensor<2x3x5xi64>, tensor<2x3x5xi64>) -> tensor<3x3xi64>
  %y0 = arith.constant dense<[[4, 1, 1], [2, 3, 2], [2, 4, 3]]> : tensor<3x3xi64>
  check.expect_equal %r0, %y0 : tensor<3x3xi64>
  return
}

func.func @counts_bytes() {
  %x0 = arith.constant dense<[0, 1, 2, 0, 2, 1, 2, 0, 0, 2, 1]> : tensor<11xi64>
  %x1 = arith.constant dense<[255, 0, 1, 0, 255, 2, 0, 2, 255, 1, 0]> : tensor<11xi8>
  %r0 = lacuna.confusion_matrix %x0, %x1 classes = 3 ignore_index = 255 : (tensor<11xi64>, tensor<11xi8>) -> tensor<3x3xi64>
  %y0 = arith.constant dense<[[1, 2, 1], [0, 0, 2], [1, 1, 0]]> : tensor<3x3xi64>
  check.expect_equal %r0, %y0 : tensor<3x3xi64>
  return
}

func.func @counts_of_nothing() {
  %x0 = arith.constant dense<> : tensor<0xi64>
  %x1 = arith.constant dense<> : tensor<0xi64>
  %r0 = lacuna.confusion_matrix %x0, %x1 classes = 2 : (tensor<0xi64>, tensor<0xi64>) -> tensor<2x2xi64>
  %y0 = arith.constant dense<0> : tensor<2x2xi64>
  check.expect_equal %r0, %y0 : tensor<2x2xi64>
  return
}

func.func @all_present() {
  %x0 = arith.constant dense<[[5, 1, 0], [2, 7, 1], [0, 3, 4]]> : tensor<3x3xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = skip : (tensor<3x3xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  %y0 = arith.constant dense<0.69565217391304346> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.70158730158730143> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0.54166666666666663> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.53260869565217395> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.625, 0.5, 0.5]> : tensor<3xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<3xf64>
  return
}

func.func @predicted_only() {
  %x0 = arith.constant dense<[[3, 2, 0], [0, 0, 0], [1, 1, 4]]> : tensor<3x3xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = skip : (tensor<3x3xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>)
  %y0 = arith.constant dense<0.63636363636363635> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.6333333333333333> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0.38888888888888884> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.59090909090909094> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.5, 0.0, 0.66666666666666663]> : tensor<3xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<3xf64>
  return
}

func.func @absent_skip() {
  %x0 = arith.constant dense<[[5, 0, 1, 0], [0, 0, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]]> : tensor<4x4xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = skip : (tensor<4x4xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<4xf64>)
  %y0 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0.5982142857142857> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.5982142857142857> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.625, 0x7FF8000000000000, 0.5714285714285714, 0x7FF8000000000000]> : tensor<4xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<4xf64>
  return
}

func.func @absent_zero() {
  %x0 = arith.constant dense<[[5, 0, 1, 0], [0, 0, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]]> : tensor<4x4xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = zero : (tensor<4x4xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<4xf64>)
  %y0 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0.29910714285714285> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.5982142857142857> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.625, 0.0, 0.5714285714285714, 0.0]> : tensor<4xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<4xf64>
  return
}

func.func @absent_one() {
  %x0 = arith.constant dense<[[5, 0, 1, 0], [0, 0, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]]> : tensor<4x4xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = one : (tensor<4x4xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<4xf64>)
  %y0 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0.79910714285714279> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.5982142857142857> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.625, 1.0, 0.5714285714285714, 1.0]> : tensor<4xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<4xf64>
  return
}

func.func @absent_nan() {
  %x0 = arith.constant dense<[[5, 0, 1, 0], [0, 0, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]]> : tensor<4x4xi64>
  %r0, %r1, %r2, %r3, %r4 = lacuna.segmentation_scores %x0 absent = nan : (tensor<4x4xi64>) -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<4xf64>)
  %y0 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r0, %y0 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y1 = arith.constant dense<0.75> : tensor<f64>
  check.expect_close %r1, %y1 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y2 = arith.constant dense<0x7FF8000000000000> : tensor<f64>
  check.expect_close %r2, %y2 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y3 = arith.constant dense<0.5982142857142857> : tensor<f64>
  check.expect_close %r3, %y3 rtol = 1.0e-14 atol = 0.0e+00 : tensor<f64>
  %y4 = arith.constant dense<[0.625, 0x7FF8000000000000, 0.5714285714285714, 0x7FF8000000000000]> : tensor<4xf64>
  check.expect_close %r4, %y4 rtol = 1.0e-14 atol = 0.0e+00 : tensor<4xf64>
  return
}
