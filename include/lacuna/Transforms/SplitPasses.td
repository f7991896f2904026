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
