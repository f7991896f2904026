// RUN: lacuna check %s

// Named ops of linalg, which are no ops of ours: small whole numbers, so that
// the expected ones can be checked by hand (they are NumPy's).

func.func @matmul() {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = arith.constant dense<[[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]]> : tensor<3x2xf32>
  %c = arith.constant dense<[[10.0, 20.0], [30.0, 40.0]]> : tensor<2x2xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x2xf32>)
                     outs(%c : tensor<2x2xf32>) -> tensor<2x2xf32>
  %e = arith.constant dense<[[15.0, 31.0], [44.0, 63.0]]> : tensor<2x2xf32>
  check.expect_close %0, %e rtol = 1.0e-6 atol = 0.0 : tensor<2x2xf32>
  return
}

func.func @integer_matmul() {
  %a = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %b = arith.constant dense<[[1, 0], [2, 1], [0, 3]]> : tensor<3x2xi32>
  %c = arith.constant dense<0> : tensor<2x2xi32>
  %0 = linalg.matmul ins(%a, %b : tensor<2x3xi32>, tensor<3x2xi32>)
                     outs(%c : tensor<2x2xi32>) -> tensor<2x2xi32>
  %e = arith.constant dense<[[5, 11], [14, 23]]> : tensor<2x2xi32>
  check.expect_equal %0, %e : tensor<2x2xi32>
  return
}

func.func @dot_and_matvec() {
  %a = arith.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf64>
  %x = arith.constant dense<[1.0, -1.0, 2.0]> : tensor<3xf64>
  %z2 = arith.constant dense<0.0> : tensor<2xf64>
  %z0 = arith.constant dense<0.0> : tensor<f64>
  %0 = linalg.matvec ins(%a, %x : tensor<2x3xf64>, tensor<3xf64>)
                     outs(%z2 : tensor<2xf64>) -> tensor<2xf64>
  %1 = linalg.dot ins(%x, %x : tensor<3xf64>, tensor<3xf64>)
                  outs(%z0 : tensor<f64>) -> tensor<f64>
  %e0 = arith.constant dense<[5.0, 11.0]> : tensor<2xf64>
  %e1 = arith.constant dense<6.0> : tensor<f64>
  check.expect_close %0, %e0 rtol = 1.0e-12 atol = 0.0 : tensor<2xf64>
  check.expect_close %1, %e1 rtol = 1.0e-12 atol = 0.0 : tensor<f64>
  return
}

func.func @convolution_and_pooling() {
  %x = arith.constant dense<[[[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]],
                              [[7.0], [8.0], [9.0]]]]> : tensor<1x3x3x1xf32>
  %w = arith.constant dense<[[[[1.0, 0.0]], [[0.0, 1.0]]],
                             [[[0.0, 1.0]], [[1.0, 0.0]]]]> : tensor<2x2x1x2xf32>
  %z = arith.constant dense<0.0> : tensor<1x2x2x2xf32>
  %0 = linalg.conv_2d_nhwc_hwcf {strides = dense<1> : tensor<2xi64>,
                                 dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x3x3x1xf32>, tensor<2x2x1x2xf32>)
      outs(%z : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %e = arith.constant dense<[[[[6.0, 6.0], [8.0, 8.0]],
                              [[12.0, 12.0], [14.0, 14.0]]]]>
      : tensor<1x2x2x2xf32>
  check.expect_close %0, %e rtol = 1.0e-6 atol = 0.0 : tensor<1x2x2x2xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %low = arith.constant dense<0.0> : tensor<1x2x2x1xf32>
  %1 = linalg.pooling_nhwc_max {strides = dense<1> : tensor<2xi64>,
                                dilations = dense<1> : tensor<2xi64>}
      ins(%x, %window : tensor<1x3x3x1xf32>, tensor<2x2xf32>)
      outs(%low : tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %f = arith.constant dense<[[[[5.0], [6.0]], [[8.0], [9.0]]]]>
      : tensor<1x2x2x1xf32>
  check.expect_close %1, %f rtol = 1.0e-6 atol = 0.0 : tensor<1x2x2x1xf32>
  return
}

func.func @map_and_reverse() {
  %x = arith.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  %init = tensor.empty() : tensor<3xf32>
  %0 = linalg.map ins(%x, %x : tensor<3xf32>, tensor<3xf32>)
                  outs(%init : tensor<3xf32>)
    (%a: f32, %b: f32, %o: f32) {
      %m = arith.mulf %a, %b : f32
      linalg.yield %m : f32
    }
  %1 = linalg.generic {indexing_maps = [affine_map<(i) -> (2 - i)>,
                                        affine_map<(i) -> (i)>],
                       iterator_types = ["parallel"]}
      ins(%0 : tensor<3xf32>) outs(%init : tensor<3xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<3xf32>
  %e = arith.constant dense<[16.0, 4.0, 1.0]> : tensor<3xf32>
  check.expect_close %1, %e rtol = 1.0e-6 atol = 0.0 : tensor<3xf32>
  return
}

func.func @twice_each_and_rounded_up() {
  %x = arith.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  %init = tensor.empty() : tensor<5xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i floordiv 2)>,
                                        affine_map<(i) -> (i ceildiv 2)>,
                                        affine_map<(i) -> (i)>],
                       iterator_types = ["parallel"]}
      ins(%x, %x : tensor<3xf32>, tensor<3xf32>)
      outs(%init : tensor<5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.subf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<5xf32>
  %e = arith.constant dense<[0.0, -1.0, 0.0, -2.0, 0.0]> : tensor<5xf32>
  check.expect_equal %0, %e : tensor<5xf32>
  return
}

// Of one column, what is compared is known on the left: folding turns it round.
func.func @one_column() {
  %x = arith.constant dense<[[1.0], [2.0], [4.0]]> : tensor<3x1xf32>
  %init = tensor.empty() : tensor<3x1xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>,
                                        affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<3x1xf32>) outs(%init : tensor<3x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %keep = arith.cmpi sge, %j, %i : index
    %zero = arith.constant 0.0 : f32
    %r = arith.select %keep, %a, %zero : f32
    linalg.yield %r : f32
  } -> tensor<3x1xf32>
  %e = arith.constant dense<[[1.0], [0.0], [0.0]]> : tensor<3x1xf32>
  check.expect_equal %0, %e : tensor<3x1xf32>
  return
}
