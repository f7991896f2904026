// RUN: lacuna check %s

// d/dx of x^3 is 3 x^2, of that by an inner value and once more: 6 x.
#id = affine_map<() -> ()>

func.func @cube() {
  %x = arith.constant dense<2.0> : tensor<f64>
  %e = tensor.empty() : tensor<f64>
  %cube = linalg.generic {indexing_maps = [#id, #id], iterator_types = []}
      ins(%x : tensor<f64>) outs(%e : tensor<f64>) {
  ^bb0(%a: f64, %o: f64):
    %s = arith.mulf %a, %a : f64
    %c = arith.mulf %s, %a : f64
    linalg.yield %c : f64
  } -> tensor<f64>
  %first = lacuna.gradient %cube by %x : (tensor<f64>, tensor<f64>) -> tensor<f64>
  %second = lacuna.gradient %first by %x : (tensor<f64>, tensor<f64>) -> tensor<f64>
  %none = lacuna.gradient %x by %cube : (tensor<f64>, tensor<f64>) -> tensor<f64>
  %twelve = arith.constant dense<12.0> : tensor<f64>
  %zero = arith.constant dense<0.0> : tensor<f64>
  check.expect_equal %first, %twelve : tensor<f64>
  check.expect_equal %second, %twelve : tensor<f64>
  check.expect_equal %none, %zero : tensor<f64>
  return
}
