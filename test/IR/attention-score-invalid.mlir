// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @attention_c9(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`score` must take a score and four indices}}
  %r = lacuna.attention %q, %k, %v score {
    ^bb0(%s: f32, %b: index):
      lacuna.yield %s : f32
    }
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c9_type(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{scores must be 'f32' or f32, got 'f16'}}
  %r = lacuna.attention %q, %k, %v score {
    ^bb0(%s: f16, %b: index, %h: index, %i: index, %j: index):
      lacuna.yield %s : f16
    }
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c9_yield(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  // expected-error @below {{`score` must yield one 'f32'}}
  %r = lacuna.attention %q, %k, %v score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      lacuna.yield %s, %s : f32, f32
    }
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c10(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x8xf32>) {
  %r = lacuna.attention %q, %k, %v score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      // expected-error @below {{must be element-wise or `tensor.extract` in a score region}}
      %n = tensor.dim %q, %b : tensor<1x4x5x8xf32>
      lacuna.yield %s : f32
    }
      : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @attention_c10_outside(%q: tensor<1x4x5x8xf32>, %f: f32) {
  %r = lacuna.attention %q, %q, %q score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      // expected-error @below {{must not read what is computed outside of its score region}}
      %t = arith.addf %s, %f : f32
      lacuna.yield %t : f32
    }
      : (tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x8xf32>)
      -> tensor<1x4x5x8xf32>
  return
}

// -----

func.func @rotary_embedding_c1(%x: tensor<2x7x64xf32>, %c: tensor<2x7x32xf32>, %s: tensor<2x7x32xf32>) {
  // expected-error @below {{`input` must have rank 4, got 3}}
  %r = lacuna.rotary_embedding %x, %c, %s
      : (tensor<2x7x64xf32>, tensor<2x7x32xf32>, tensor<2x7x32xf32>) -> tensor<2x7x64xf32>
  return
}

// -----

func.func @rotary_embedding_c2(%x: tensor<2x8x7x64xf32>, %c: tensor<2x7x32xf32>, %s: tensor<2x7x32xf32>) {
  // expected-error @below {{rotated features must be even in number, got 31}}
  %r = lacuna.rotary_embedding %x, %c, %s rotary_dims = 31
      : (tensor<2x8x7x64xf32>, tensor<2x7x32xf32>, tensor<2x7x32xf32>) -> tensor<2x8x7x64xf32>
  return
}

// -----

func.func @rotary_embedding_c2_range(%x: tensor<2x8x7x64xf32>, %c: tensor<2x7x32xf32>, %s: tensor<2x7x32xf32>) {
  // expected-error @below {{`rotary_dims` must be 0 to 64, got 66}}
  %r = lacuna.rotary_embedding %x, %c, %s rotary_dims = 66
      : (tensor<2x8x7x64xf32>, tensor<2x7x32xf32>, tensor<2x7x32xf32>) -> tensor<2x8x7x64xf32>
  return
}

// -----

func.func @rotary_embedding_c3(%x: tensor<2x8x7x64xf32>, %c: tensor<2x7x16xf32>, %s: tensor<2x7x16xf32>) {
  // expected-error @below {{`cosine` must have shape [2, 7, 32], got [2, 7, 16]}}
  %r = lacuna.rotary_embedding %x, %c, %s
      : (tensor<2x8x7x64xf32>, tensor<2x7x16xf32>, tensor<2x7x16xf32>) -> tensor<2x8x7x64xf32>
  return
}

// -----

func.func @rotary_embedding_c3_element(%x: tensor<2x8x7x64xf32>, %c: tensor<2x7x32xf32>, %s: tensor<2x7x32xf64>) {
  // expected-error @below {{`sine` must have elements of type 'f32', got 'f64'}}
  %r = lacuna.rotary_embedding %x, %c, %s
      : (tensor<2x8x7x64xf32>, tensor<2x7x32xf32>, tensor<2x7x32xf64>) -> tensor<2x8x7x64xf32>
  return
}

// -----

func.func @rotary_embedding_c4(%x: tensor<2x8x7x64xf32>, %c: tensor<99x32xf32>, %s: tensor<99x32xf32>, %p: tensor<2x8xi64>) {
  // expected-error @below {{`position_ids` must have shape [2, 7], got [2, 8]}}
  %r = lacuna.rotary_embedding %x, %c, %s position_ids %p
      : (tensor<2x8x7x64xf32>, tensor<99x32xf32>, tensor<99x32xf32>, tensor<2x8xi64>) -> tensor<2x8x7x64xf32>
  return
}
