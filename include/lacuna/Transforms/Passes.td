//===- Passes.td - Passes from lacuna to lacuna ---------------------------===//
#ifndef LACUNA_TRANSFORMS_PASSES_TD
#define LACUNA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

defvar tensorDialects = ["::lacuna::LacunaDialect",
                         "::mlir::linalg::LinalgDialect",
                         "::mlir::tensor::TensorDialect"];

def ExternalizeChecks
    : Pass<"lacuna-externalize-checks", "::mlir::func::FuncOp"> {
  let summary = "turn expectations into outputs";
  let description = [{
    Input: public functions with `check` ops. Output: the same without them;
    what they compare is returned, and the attribute `lacuna.checks` says which
    outputs must agree and how closely.
    Numbers: exact.
  }];
  let dependentDialects = ["::lacuna::check::CheckDialect"];
}

def FormKernels : Pass<"lacuna-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "group ops into kernels, one launch each";
  let description = [{
    Input: tensor ops in a function. Output: only `lacuna.kernel`,
    `arith.constant` and views of whole tensors at the top level of the
    function. Element-wise consumers join the kernel of their producer; index
    remappings (transpose, slice, reshape) join the kernel that reads them.
    With `gates`, so does an element-wise op on the two halves of the columns
    of a contraction of bf16 or f16 that nothing else reads; over two tensors
    more are a kernel apart. Reductions compute what they alone read.
    Numbers: exact.
  }];
  let options = [
    Option<"gates", "gates", "bool", "false",
           "put gates into the kernel of the contraction they read">];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

def FoldBatchNorm : Pass<"lacuna-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "fold batch norms into convolutions or element-wise ops";
  let description = [{
    Input: `lacuna.batch_norm`. Output: none of them. With f = scale /
    sqrt(variance + epsilon), one that alone reads a convolution (or transposed
    convolution) of constant filter w and bias b joins it: filter f w, bias
    (b - mean) f + bias. Any other one becomes a `linalg.generic` of
    (x - mean) f + bias, in f32 for narrow types.
    Numbers: changes rounding; f is computed in f64 where all is constant, and
    folded filters and biases are rounded once.
  }];
  let dependentDialects = ["::lacuna::LacunaDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def MixBeforeResize : Pass<"lacuna-mix-before-resize", "::mlir::func::FuncOp"> {
  let summary = "mix channels where maps are small, not where they are large";
  let description = [{
    Input: `lacuna.convolution` of constant filter and one group on an enlarged
    map (`lacuna.resize` of space alone that nothing else reads) or on a
    concatenation with such maps. Output: the convolution of the other channels,
    plus for each enlarged map

    * 1x1: resize(mix(z)), where the filter mixes the channels of the small
      map z; for one pixel, a bias for each image;
    * other windows: U mix(z), where the mixing has a row for each tap, and U is
      a constant matrix of what each window reads of z, padding included; all
      such maps share one product.

    Only where that halves multiplications. Numbers: sums are reassociated; in
    f16 and bf16, not the enlarged map but mixed ones, U and sums are rounded.
  }];
  let dependentDialects = ["::lacuna::LacunaDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def NestPools : Pass<"lacuna-nest-pools", "::mlir::func::FuncOp"> {
  let summary = "pool coarse windows from fine ones";
  let description = [{
    Input: `lacuna.max_pool` and `lacuna.average_pool`. Output: the same, but
    where several pools of one map have windows that tile it and a window of one
    is cut into whole windows of another, the coarse pool reads the result of
    the fine one. Pools with indices stay, and unless `narrow-means` those of
    means of f16 and bf16. Numbers: maxima exact; means reassociate, and narrow
    ones are rounded once for each level.
  }];
  let options = [
    Option<"narrowMeans", "narrow-means", "bool", "false",
           "nest means of f16 and bf16 as well">];
}

def NarrowFloats : Pass<"lacuna-narrow-floats", "::mlir::func::FuncOp"> {
  let summary = "compute a program of f32 in bf16 or f16";
  let description = [{
    Input: any ops on tensors. Output: the same on tensors of `element` where
    they were of f32; arguments and results keep their types, with casts behind
    and before them. Ops that have no such form, and reductions written as
    `linalg.reduce` or `linalg.generic`, and other types stay, between casts.
    Numbers: changes rounding. Arguments, constants and the result of each op
    are rounded to nearest, ties to even; constants beyond the largest number
    become that one. Sums inside of ops (products, softmax, norms) stay in f32.
  }];
  let options = [
    Option<"element", "element", "std::string", "\"bf16\"",
           "element type of the tensors: bf16 or f16">];
}

def NormalizeLinalg : Pass<"lacuna-normalize-linalg", "::mlir::func::FuncOp"> {
  let summary = "write named linalg ops as contractions and generics";
  let description = [{
    Input: any linalg, arith and math ops on tensors. Output: `linalg.contract`
    for contractions of one float type (`matmul`, `matvec`, a generic that
    multiplies and adds, …); all but `reduce`, `transpose`, `broadcast`, `fill`
    are generics, which compute scalars they read and pads that vary.
    Numbers: exact.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def InlineRegions : Pass<"lacuna-inline-regions", "::mlir::func::FuncOp"> {
  let summary = "dissolve recompute and no_grad regions";
  let description = [{
    Input: functions with `lacuna.recompute`, `no_grad`, `barrier` and
    `detach`. Output: the bodies of the regions in their place, and what was
    detached; one `barrier` a tensor, which keeps kernels apart. Numbers:
    exact.
  }];
}

def PlanRecompute : Pass<"lacuna-plan-recompute", "::mlir::func::FuncOp"> {
  let summary = "keep within a memory budget by computing values again";
  let description = [{
    Input: what `lacuna-form-kernels` takes, a joint function, forward ops
    before those with `lacuna.backward`. Output: the same, the ops of a kernel
    side by side, with clones of forward ops before their readers, behind
    `lacuna.barrier`. A value may be forgotten between the directions, and for
    long within one (the skips of a U-Net). Chosen is the cheapest plan found,
    by operations, whose peak of live bytes is within the budget, where what a
    kernel does not store, and what the caller keeps, counts nothing; minimum
    cuts by bytes and segments between checkpoints start the search. Random
    draws and ops with effects never run twice. A budget that no plan found
    keeps is an error, or with `lowest` the plan with the lowest peak is taken.
    Numbers: exact.
  }];
  let options = [
    Option<"memoryBudget", "memory-budget", "std::string", "",
           "bytes, or with a point a share of the peak without recomputation">,
    Option<"lowest", "lowest", "bool", "false",
           "the lowest peak found where no plan keeps within the budget">,
    Option<"gates", "gates", "bool", "false", "as of lacuna-form-kernels">
  ];
}

def ChannelsLast : Pass<"lacuna-channels-last", "::mlir::func::FuncOp"> {
  let summary = "run convolutions channels last, with packed filters";
  let description = [{
    Input: `lacuna.convolution`. Output:
    `lacuna.packed_convolution` (1x1: `linalg.contract`) between transposes,
    with the bias added behind it; filters that are constants are packed
    here. Numbers: sums are reassociated.
  }];
  let options = [
    Option<"lanes", "lanes", "int64_t", "16",
           "output channels a register tile holds, for f32">,
    Option<"narrowLanes", "narrow-lanes", "int64_t", "0",
           "the same for 16-bit elements; 0: as f32">,
  ];
  let dependentDialects = tensorDialects;
}

def SinkTransposes : Pass<"lacuna-sink-transposes", "::mlir::func::FuncOp"> {
  let summary = "move transposes towards the results until they cancel";
  let description = [{
    Ops that do not care in which order their dimensions stand (element-wise,
    pooling, resizing, concatenation, normalisation, reductions) are moved in
    front of a transpose of their operands. Numbers: exact.
  }];
  let dependentDialects = tensorDialects;
}

def FuseAttention : Pass<"lacuna-fuse-attention", "::mlir::func::FuncOp"> {
  let summary = "recognise attention written as products and a softmax";
  let description = [{
    Input: `softmax(f(q k^T)) v` as two `linalg.contract`; f: element-wise, in
    16 bits or f32. Output: one `lacuna.attention`. Factors become its scale,
    c tanh(x / c) its cap, sums and choices of numbers below -1e30 its mask, the
    rest its region unless a gradient passes through what that reads.
    Numbers: sums are reassociated; 16-bit scores for a softmax in f32 are not
    rounded; what is masked as NaN stays so; rows that see no key give 0.
  }];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

def PackContractions
    : Pass<"lacuna-pack-contractions", "::mlir::func::FuncOp"> {
  let summary = "bring constant weights of matrix products into panels";
  let description = [{
    Input: `linalg.contract` of anything (..., k) with a constant (k, n) or (n,
    k) on a zero-filled target. Output: `lacuna.packed_contraction` with the
    weights in the order the innermost loop reads them. Products of two
    run-time operands stay.
    Numbers: exact.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "256",
           "width of a vector register">];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

def LowerResizes : Pass<"lacuna-lower-resizes", "::mlir::func::FuncOp"> {
  let summary = "turn resizes into weighted sums at tabled positions";
  let description = [{
    Input: `lacuna.resize` of static shapes. Output: `lacuna.resample` with
    constant tables; axes that do not change are left out, and of more than two
    axes the outer ones are done first, one by one.
    Numbers: coordinates and weights are computed in f64 and rounded once.
  }];
  let dependentDialects = ["::lacuna::LacunaDialect",
                           "::mlir::arith::ArithDialect"];
}

include "lacuna/Transforms/SplitPasses.td"

#endif // LACUNA_TRANSFORMS_PASSES_TD
