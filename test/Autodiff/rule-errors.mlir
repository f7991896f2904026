// What rules refuse, each with its reason.
// RUN: lacuna-opt %s --lacuna-differentiate -split-input-file -verify-diagnostics

// expected-error @below {{must have one block to be differentiated}}
func.func @blocks(%x: tensor<f32> {lacuna.requires_grad}) -> tensor<f32> {
  cf.br ^next
^next:
  return %x : tensor<f32>
}

// -----

func.func @weight(%x: tensor<2x3xf32>, %l: tensor<2xi64>, %w: tensor<3xf32> {lacuna.requires_grad}) -> tensor<f32> {
  // expected-error @below {{`weight` must be constant to be differentiated}}
  %r = lacuna.nll_loss %x, %l weight %w : (tensor<2x3xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<f32>
  return %r : tensor<f32>
}

// -----

func.func @log_sum_exp(%q: tensor<1x1x1x3xf32> {lacuna.requires_grad}) -> tensor<1x1x1xf32> {
  // expected-error @below {{must have a `log_sum_exp` that no gradient passes through}}
  %r, %l = lacuna.attention %q, %q, %q : (tensor<1x1x1x3xf32>, tensor<1x1x1x3xf32>, tensor<1x1x1x3xf32>) -> (tensor<1x1x1x3xf32>, tensor<1x1x1xf32>)
  return %l : tensor<1x1x1xf32>
}

// -----

func.func @table(%q: tensor<1x1x1x1xf32>, %t: tensor<1xf32> {lacuna.requires_grad}) -> tensor<1x1x1x1xf32> {
  // expected-error @below {{must not read in its region what gradients pass through}}
  // expected-note @below {{on the way from the loss: lacuna.attention, argument 1}}
  %r = lacuna.attention %q, %q, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %a = tensor.extract %t[%h] : tensor<1xf32>
    %m = arith.mulf %s, %a : f32
    lacuna.yield %m : f32
  } : (tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x1x1xf32>
  return %r : tensor<1x1x1x1xf32>
}

// -----

func.func @angles(%x: tensor<1x1x1x2xf32>, %c: tensor<1x1x1xf32> {lacuna.requires_grad}) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  // expected-error @below {{`cosine` and `sine` must be constant to be differentiated}}
  %r = lacuna.rotary_embedding %x, %c, %c : (tensor<1x1x1x2xf32>, tensor<1x1x1xf32>, tensor<1x1x1xf32>) -> tensor<1x1x1x2xf32>
  %s = linalg.reduce { arith.addf } ins(%r : tensor<1x1x1x2xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  return %s : tensor<f32>
}
