//===- SplitPasses.td - Passes that take ops apart ------------------------===//
#ifndef LACUNA_TRANSFORMS_SPLITPASSES_TD
#define LACUNA_TRANSFORMS_SPLITPASSES_TD

def SplitConcats : Pass<"lacuna-split-concats", "::mlir::func::FuncOp"> {
  let summary = "convolve the pieces of a concatenation, not all at once";
  let description = [{
    Input: a joint function, forward ops before those with `lacuna.backward`;
    any other one stays as it is. Output: with y = conv(concat(a, b), w), where
    all readers of the concatenation of up to 4 pieces are convolutions of one
    group or gradients of their filters,

    * y = conv(a, w_a) + conv(b, w_b), f32 and f64 alone;
    * dw = concat(filter_gradient(a, dy), filter_gradient(b, dy));
    * slices of the gradient by the concatenation become (transposed)
      convolutions with slices of the filter.

    Channels of all pieces must be multiples of 16. Neither the concatenation
    nor its gradient is stored. Numbers: y is reassociated, gradients are
    exact.
  }];
  let dependentDialects = tensorDialects;
}

def SplitFloats : Pass<"lacuna-split-floats", "::mlir::func::FuncOp"> {
  let summary = "multiply f32 as sums of bf16";
  let description = [{
    Input: contractions of f32, of static shapes and one inner dimension of at
    least 64, with at least 2^27 multiply-adds. Output: contractions of bf16
    whose sums are f32, three times as deep with two parts, six times with
    three: x = x0 + x1 (+ x2), each the bf16 next to what is left, and the
    parts' products are added, without those of least weight.

    Numbers: each product of two numbers is off by at most 3 2^-16 of itself
    with two parts, 2^-22 with three (f32 rounds products to 2^-24); sums are
    those of the tensor cores. Numbers from 3.39e38 on, infinities and NaN give
    infinities or NaN.
  }];
  let options = [Option<"parts", "parts", "int64_t", "3", "bf16 a number: 2 or 3">];
  let dependentDialects = tensorDialects;
}

def SplitPyramids : Pass<"lacuna-split-pyramids", "::mlir::func::FuncOp"> {
  let summary = "choose between pooling pyramids and pools";
  let description = [{
    Of static shapes. Pyramids that blocks of a GPU's threads read at once stay,
    and pools of one map become such; of others, a pool for each level (windows
    that overlap stay), those of equal bins `max_pool` or `average_pool`, and a
    concatenation where the result is flat. Numbers: means reassociate.
  }];
  let dependentDialects = tensorDialects;
}

def SplitTransposedConvolutions
    : Pass<"lacuna-split-transposed-convolutions", "::mlir::func::FuncOp"> {
  let summary = "turn transposed convolutions into convolutions by phase";
  let description = [{
    Input: `lacuna.transposed_convolution` of static shapes. Output: a
    `lacuna.convolution` of stride 1 for each output phase (or one for all
    together), and `lacuna.interleave`; filters that are constants are taken
    apart here. Numbers: sums are reassociated.
  }];
  let dependentDialects = tensorDialects;
}

#endif // LACUNA_TRANSFORMS_SPLITPASSES_TD
