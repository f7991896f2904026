// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

func.func @attention_c11(%q: tensor<1x1x2x4xf32>) {
  // expected-error @below {{`key_parts` must come with `log_sum_exp`}}
  %r = lacuna.attention %q, %q, %q key_parts = 2
      : (tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>)
      -> tensor<2x1x1x2x4xf32>
  return
}

// -----

func.func @attention_c11_range(%q: tensor<1x1x2x4xf32>) {
  // expected-error @below {{`key_parts` must be 1 to 65536, got 0}}
  %r:2 = lacuna.attention %q, %q, %q key_parts = 0
      : (tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>)
      -> (tensor<0x1x1x2x4xf32>, tensor<0x1x1x2xf32>)
  return
}

// -----

func.func @attention_c11_packed(%q: tensor<2x1x4xf32>, %c: tensor<2xi32>) {
  // expected-error @below {{`key_parts` must not be given for packed operands}}
  %r:2 = lacuna.attention %q, %q, %q cu_seqlens_query %c key_parts = 2
      : (tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2xi32>)
      -> (tensor<2x2x1x4xf32>, tensor<2x2x1xf32>)
  return
}
