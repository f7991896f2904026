// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @attention_c6(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>, %c: tensor<2xi64>) {
  // expected-error @below {{`cu_seqlens_key` must come with `cu_seqlens_query`}}
  %r = lacuna.attention %q, %k, %v cu_seqlens_key %c
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<2xi64>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c6_size(%q: tensor<5x4x8xf32>, %k: tensor<9x2x8xf32>, %v: tensor<9x2x8xf32>, %c: tensor<2xi64>, %d: tensor<3xi64>) {
  // expected-error @below {{`cu_seqlens_key` must have shape [2], got [3]}}
  %r = lacuna.attention %q, %k, %v cu_seqlens_query %c cu_seqlens_key %d
      : (tensor<5x4x8xf32>, tensor<9x2x8xf32>, tensor<9x2x8xf32>, tensor<2xi64>, tensor<3xi64>)
      -> tensor<5x4x8xf32>
  return
}

// -----

func.func @attention_c6_empty(%q: tensor<5x4x8xf32>, %k: tensor<9x2x8xf32>, %v: tensor<9x2x8xf32>, %c: tensor<0xi64>, %d: tensor<0xi64>) {
  // expected-error @below {{`cu_seqlens_query` must have at least one element, got 0}}
  %r = lacuna.attention %q, %k, %v cu_seqlens_query %c cu_seqlens_key %d
      : (tensor<5x4x8xf32>, tensor<9x2x8xf32>, tensor<9x2x8xf32>, tensor<0xi64>, tensor<0xi64>)
      -> tensor<5x4x8xf32>
  return
}

// -----

func.func @attention_c6_mask(%q: tensor<5x4x8xf32>, %k: tensor<9x2x8xf32>, %v: tensor<9x2x8xf32>, %m: tensor<5x9xi1>, %c: tensor<2xi64>, %d: tensor<2xi64>) {
  // expected-error @below {{packed operands must have neither `mask` nor `key_lengths`}}
  %r = lacuna.attention %q, %k, %v mask %m cu_seqlens_query %c cu_seqlens_key %d
      : (tensor<5x4x8xf32>, tensor<9x2x8xf32>, tensor<9x2x8xf32>, tensor<5x9xi1>, tensor<2xi64>, tensor<2xi64>)
      -> tensor<5x4x8xf32>
  return
}

// -----

func.func @attention_c6_layout(%q: tensor<5x4x8xf32>, %k: tensor<9x2x8xf32>, %v: tensor<9x2x8xf32>, %c: tensor<2xi64>, %d: tensor<2xi64>) {
  // expected-error @below {{`layout` must be bhsd for packed operands, got bshd}}
  %r = lacuna.attention %q, %k, %v cu_seqlens_query %c cu_seqlens_key %d layout = bshd
      : (tensor<5x4x8xf32>, tensor<9x2x8xf32>, tensor<9x2x8xf32>, tensor<2xi64>, tensor<2xi64>)
      -> tensor<5x4x8xf32>
  return
}

// -----

func.func @attention_c7(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`window_left` must be 0 to 1099511627776, got -1}}
  %r = lacuna.attention %q, %k, %v window_left = -1
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c7_causal(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`window_right` must not be given with causal}}
  %r = lacuna.attention %q, %k, %v causal = top_left window_right = 0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c8(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`soft_cap` must be finite and positive, got 0}}
  %r = lacuna.attention %q, %k, %v soft_cap = 0.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c8_scale(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`scale` must be finite}}
  %r = lacuna.attention %q, %k, %v scale = 0x7FF8000000000000
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}
