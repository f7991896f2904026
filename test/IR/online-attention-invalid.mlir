// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @online_attention_c1(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf16>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`value` must have elements of type}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf16>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c1_rank(%q: tensor<4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`query` must have rank 4, got 3}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c2(%q: tensor<1x4x5x8xf32>, %k: tensor<2x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`key` must have shape}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<2x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c3(%q: tensor<1x4x5x8xf32>, %k: tensor<1x3x9x8xf32>, %v: tensor<1x3x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{the heads of key}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<1x3x9x8xf32>, tensor<1x3x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c4(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>, %mask: tensor<5x8xi1>) {
  // expected-error @below {{`mask` must be i1 or floating point and broadcast to}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a mask %mask scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>, tensor<5x8xi1>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c5(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x8xf32>) {
  // expected-error @below {{`accumulator` must have shape}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x8xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c5_element(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf64>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`sum` must have elements of type}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf64>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c6(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`soft_cap` must be}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 1.0 soft_cap = -1.0
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}

// -----

func.func @online_attention_c6_scale(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %m: tensor<1x4x5xf32>, %l: tensor<1x4x5xf32>, %a: tensor<1x4x5x6xf32>) {
  // expected-error @below {{`scale` must be finite}}
  %0:3 = lacuna.online_attention %q, %k, %v into %m, %l, %a scale = 0x7FF0000000000000
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<1x4x5xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>)
  return
}
