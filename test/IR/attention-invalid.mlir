// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @attention_c1(%q: tensor<1x4x5x8xf32>, %k: tensor<2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`key` must have rank 4, got 3}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c1_element(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf16>) {
  // expected-error @below {{`value` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf16>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c2(%q: tensor<1x4x5x8xf32>, %k: tensor<2x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{batches of query and key must agree, got 1 and 2}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<2x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c2_sequence(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x8x8xf32>) {
  // expected-error @below {{sequences of key and value must agree, got 9 and 8}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x8x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c2_depth(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x7xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{depths of query and key must agree, got 8 and 7}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x7xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c3(%q: tensor<1x4x5x8xf32>, %k: tensor<1x3x9x8xf32>, %v: tensor<1x3x9x8xf32>) {
  // expected-error @below {{`the heads of key` must be positive and divide those of query (4), got 3}}
  %r = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<1x3x9x8xf32>, tensor<1x3x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c4(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>, %m: tensor<5x8xf32>) {
  // expected-error @below {{`mask` must broadcast to [1, 4, 5, 9], got [5, 8]}}
  %r = lacuna.attention %q, %k, %v mask %m
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<5x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c4_element(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>, %m: tensor<5x9xi8>) {
  // expected-error @below {{`mask` must be of i1 or floating-point elements, got 'i8'}}
  %r = lacuna.attention %q, %k, %v mask %m
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<5x9xi8>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c5(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>, %n: tensor<2xi64>) {
  // expected-error @below {{`key_lengths` must have shape [1], got [2]}}
  %r = lacuna.attention %q, %k, %v key_lengths %n
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>, tensor<2xi64>)
      -> tensor<1x4x5x8xf32>
  return
}
