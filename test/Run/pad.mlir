// RUN: lacuna check %s

// What stands around is computed from the place, and from a scalar of a tensor.
func.func @computed() {
  %x = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %v = arith.constant dense<[10.0, 20.0]> : tensor<2xf32>
  %one = arith.constant 1 : index
  %s = tensor.extract %v[%one] : tensor<2xf32>
  %r = tensor.pad %x low[1, 0] high[0, 2] {
  ^bb0(%i: index, %j: index):
    %a = arith.addi %i, %j : index
    %b = arith.index_cast %a : index to i32
    %c = arith.sitofp %b : i32 to f32
    %d = arith.addf %c, %s : f32
    tensor.yield %d : f32
  } : tensor<2x2xf32> to tensor<3x4xf32>
  %want = arith.constant dense<[[20.0, 21.0, 22.0, 23.0],
                                [1.0, 2.0, 23.0, 24.0],
                                [3.0, 4.0, 24.0, 25.0]]> : tensor<3x4xf32>
  check.expect_equal %r, %want : tensor<3x4xf32>
  return
}
