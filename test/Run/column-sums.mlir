// RUN: lacuna check %s
// Sums down columns: so many rows that on a GPU several threads share a column.
// Rows and columns count from 0; 0 + 1 + ... + (n - 1) = n (n - 1) / 2.

#whole = affine_map<(i, j) -> (i, j)>

func.func @narrow() {
  %e = tensor.empty() : tensor<1001x9xf32>
  %x = linalg.generic {indexing_maps = [#whole], iterator_types = ["parallel", "parallel"]}
      outs(%e : tensor<1001x9xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %s = arith.addi %i, %j : index
    %n = arith.index_cast %s : index to i32
    %f = arith.sitofp %n : i32 to f32
    linalg.yield %f : f32
  } -> tensor<1001x9xf32>
  %start = arith.constant dense<0.5> : tensor<9xf32>
  %y = linalg.reduce { arith.addf } ins(%x : tensor<1001x9xf32>) outs(%start : tensor<9xf32>) dimensions = [0]
  %z = arith.constant dense<[500500.5, 501501.5, 502502.5, 503503.5, 504504.5,
      505505.5, 506506.5, 507507.5, 508508.5]> : tensor<9xf32>
  check.expect_close %y, %z rtol = 1.0e-6 atol = 0.0 : tensor<9xf32>
  return
}

// The largest of two dimensions around the columns that stay, in i32.
func.func @largest() {
  %e = tensor.empty() : tensor<3x200x16xi32>
  %x = linalg.generic {indexing_maps = [affine_map<(a, b, c) -> (a, b, c)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      outs(%e : tensor<3x200x16xi32>) {
  ^bb0(%o: i32):
    %a = linalg.index 0 : index
    %b = linalg.index 1 : index
    %c = linalg.index 2 : index
    %s = arith.addi %a, %b : index
    %t = arith.addi %s, %c : index
    %n = arith.index_cast %t : index to i32
    linalg.yield %n : i32
  } -> tensor<3x200x16xi32>
  %least = arith.constant dense<-2147483648> : tensor<16xi32>
  %y = linalg.reduce { arith.maxsi } ins(%x : tensor<3x200x16xi32>) outs(%least : tensor<16xi32>) dimensions = [0, 1]
  %z = arith.constant dense<[201, 202, 203, 204, 205, 206, 207, 208, 209, 210,
      211, 212, 213, 214, 215, 216]> : tensor<16xi32>
  check.expect_equal %y, %z : tensor<16xi32>
  return
}
