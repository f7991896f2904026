// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @attention_backward_c11(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %o: tensor<1x4x5x6xf32>, %l: tensor<1x4x5xf32>) {
  // expected-error @below {{`output` must have shape [1, 4, 5, 8], got [1, 4, 5, 6]}}
  %r:3 = lacuna.attention_backward %q, %k, %k, %o, %l, %q : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<1x4x5x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5x8xf32>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
  return
}

// -----

func.func @attention_backward_c12(%q: tensor<1x4x5x8xf16>, %k: tensor<1x2x9x8xf16>, %l: tensor<1x4x5xf16>) {
  // expected-error @below {{`log_sum_exp` must have elements of 'f32', got 'f16'}}
  %r:3 = lacuna.attention_backward %q, %k, %k, %q, %l, %q : (tensor<1x4x5x8xf16>, tensor<1x2x9x8xf16>, tensor<1x2x9x8xf16>, tensor<1x4x5x8xf16>, tensor<1x4x5xf16>, tensor<1x4x5x8xf16>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf16>, tensor<1x2x9x8xf16>)
  return
}

// -----

func.func @attention_backward_c13(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %l: tensor<1x4x5xf32>) {
  // expected-error @below {{`splits` must be 1 to 1048576, got 0}}
  %r:3 = lacuna.attention_backward %q, %k, %k, %q, %l, %q splits = 0 : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5xf32>, tensor<1x4x5x8xf32>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
  return
}

// -----

func.func @attention_backward_c14(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %l: tensor<1x4x5xf32>) {
  // expected-error @below {{`score_backward` must come with `score`}}
  %r:3 = lacuna.attention_backward %q, %k, %k, %q, %l, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    lacuna.yield %s : f32
  } : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5xf32>, tensor<1x4x5x8xf32>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
  return
}

// -----

func.func @attention_backward_c14_arguments(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %l: tensor<1x4x5xf32>) {
  // expected-error @below {{`score_backward` must take a score and four indices, and a score again}}
  %r:3 = lacuna.attention_backward %q, %k, %k, %q, %l, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    lacuna.yield %s : f32
  } score_backward {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    lacuna.yield %s : f32
  } : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5xf32>, tensor<1x4x5x8xf32>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
  return
}

// -----

func.func @attention_backward_c15(%q: tensor<5x2x8xf32>, %l: tensor<5x2xf32>, %c: tensor<2xi32>) {
  // expected-error @below {{`d_scores` must not be asked of packed operands}}
  %r:4 = lacuna.attention_backward %q, %q, %q, %q, %l, %q cu_seqlens_query %c : (tensor<5x2x8xf32>, tensor<5x2x8xf32>, tensor<5x2x8xf32>, tensor<5x2x8xf32>, tensor<5x2xf32>, tensor<5x2x8xf32>, tensor<2xi32>) -> (tensor<1x5x2x8xf32>, tensor<5x2x8xf32>, tensor<5x2x8xf32>, tensor<5x2x5x5xf32>)
  return
}
