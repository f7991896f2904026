//===- Passes.td - Passes that lower lacuna IR ----------------------------===//
#ifndef LACUNA_LOWERING_PASSES_TD
#define LACUNA_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineKernels : Pass<"lacuna-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "turn kernels into functions on buffers, and plan the arena";
  let description = [{
    Input: functions of `lacuna.kernel`. Output: one private function a
    distinct kernel, `(begin, end, buffers...)`, and entry functions that
    place every buffer in one arena and launch the kernels. These change their
    order where less lives at one time then; `lacuna.live_bytes` says how much
    that is, `lacuna.arena_bytes` what the placement needs.
    Numbers: exact.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect",
                           "::mlir::memref::MemRefDialect",
                           "::lacuna::LacunaDialect"];
}

def EmitKernels : Pass<"lacuna-emit-kernels", "::mlir::func::FuncOp"> {
  let summary = "turn the tensor body of each kernel into loops";
  let description = [{
    Input: kernel functions whose body is tensor ops between
    `bufferization.to_tensor` and `materialize_in_destination`. Output: `scf`
    loops over `memref` and `vector`, with the attributes `lacuna.count` and
    `lacuna.grain` that say how the range may be split.
    Numbers: sums are reassociated.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "256",
           "width of a vector register">];
  let dependentDialects = ["::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect",
                           "::mlir::math::MathDialect"];
}

def EmitHopper : Pass<"lacuna-emit-hopper", "::mlir::ModuleOp"> {
  let summary = "emit tensor-core kernels for Hopper";
  let description = [{
    Input: kernel functions whose body is tensor ops. Output: those of bf16 or
    f16 that Hopper's tensor cores can do get a device kernel beside them, an
    `llvm.func` of `hopper`, `scf`, `arith` and `vector` ops named NAME_device,
    and the attribute `lacuna.device` that names it. It takes a pointer for
    each buffer, then its tensor maps, and one more where it can fail; its
    attributes say how to launch it. Launches of one kernel must not overlap:
    it has memory of its own. What has a device kernel:
    * An attention alone. Not: keys in parts, score regions of more than short
      scalar ops, depths other than 8 n up to 256, thousands of sequences.
      Blocks that share keys merge in one order. Blocks of keys that a region
      hides by comparing places, or i32 elements captured there, are skipped.
    * A gradient of attention, likewise, but without that of a mask.
    * A contraction of 16-byte strides and its element-wise consumers, or those
      of the two halves of its columns.
    * A convolution of images, channels last, and its element-wise consumers;
      also by its filter. No groups, 8 n channels, panels of 64 n. Rows of
      the kernel that see only padding are not multiplied.
    Numbers: probabilities, and cotangents of scores, are rounded to the
    element type before they are multiplied; sums are reassociated, in f32;
    exponentials have 2 ulp; soft caps 2^-11 of the cap. Behind a product f32
    is kept up to the results; divisions and roots there have 2 ulp.
  }];
  let options = [
    Option<"processors", "processors", "int64_t", "132",
           "multiprocessors of the device">,
    Option<"deviceOnly", "device-only", "bool", "false",
           "keep the device kernels alone, to assemble them">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def LowerHopper : Pass<"lacuna-lower-hopper", "::mlir::ModuleOp"> {
  let summary = "write the hopper dialect as PTX";
  let description = [{
    Input: functions of `hopper` ops. Output: `llvm.inline_asm` and `scf`; one
    for each product, so that nothing comes between its fence and its
    instructions. Needs sm_90a.
    Numbers: exact.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
}

def ConvertToLLVM : Pass<"lacuna-convert-to-llvm", "::mlir::ModuleOp"> {
  let summary = "lower kernels and entry functions to the LLVM dialect";
  let description = [{
    Input: kernels as loops on `memref`, entry functions of `lacuna.launch`.
    Output: the LLVM dialect; each entry function `NAME` becomes
    `NAME(context, inputs, outputs, arena, constants)` on pointers.
    Numbers: exact.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::cf::ControlFlowDialect"];
}

def SplitDevice : Pass<"lacuna-split-device", "::mlir::ModuleOp"> {
  let summary = "move kernels to a device module that entries launch from";
  let description = [{
    Input: a module in the LLVM dialect. Output: kernels with a grid of their
    own in a nested module `@hopper`, the others in `@device`, each with an entry `KERNEL_launch(arguments, count, grain)` whose
    thread `i` computes the steps `[i * grain, (i + 1) * grain)`, or shares
    them with the other threads of its group (`lacuna.group`); the entry
    functions hand device pointers to `lacuna_rt_launch` and `lacuna_rt_copy`.
    A failed check sets the first word behind argument 0 to its code and leaves
    the address of its message 8 bytes further; the first failure wins.
    Numbers: exact.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def LowerActivations : Pass<"lacuna-lower-activations"> {
  let summary = "write activations as element-wise linalg.generic";
  let description = [{
    Input: `lacuna.activation`, `prelu` and `gated`. Output: `linalg.generic`
    with the formula as its body; the halves of a gate are slices.
    Numbers: within 2 ulp in f32 (most kinds: rounded once from f64), within
    1 ulp in bf16 and f16, libm's accuracy in f64. With `short-forms` bf16 and
    f16 sigmoids, silu, gelus, tanh and mish are within 2^-13 of the result
    before it is rounded.
  }];
  let options = [
    Option<"shortForms", "short-forms", "bool", "false",
           "compute 16-bit numbers by few instructions around exp2">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def SplitAttention : Pass<"lacuna-split-attention"> {
  let summary = "give attention of few queries more to do at once";
  let description = [{
    Input: `lacuna.attention` of static shapes, as it is when text is generated.
    One query whose heads share key heads: those heads become rows, so that
    keys and values are read once (not with a score region, a window, a mask of
    single heads or causal top_left). Fewer than `tasks` blocks of queries:
    `key_parts`, of at least `least-keys` keys each, put together by
    `linalg.generic` with the log-sum-exp of each as its weight (not packed).
    Numbers: sums are reassociated; how depends on shapes alone, not on threads.
  }];
  let options = [
    Option<"tasks", "tasks", "int64_t", /*default=*/"64",
           "Blocks of queries that are enough for all processors">,
    Option<"leastKeys", "least-keys", "int64_t", /*default=*/"1024",
           "Keys that are worth a part">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def TileAttention : Pass<"lacuna-tile-attention"> {
  let summary = "write attention as steps of online_attention over key tiles";
  let description = [{
    Input: `lacuna.attention` of static shapes, neither packed nor with a score
    region (those stay). Output: `lacuna.online_attention` over tiles of
    `key-tile` keys, in an `scf.for` or, unrolled, one behind the other, and
    `linalg.generic` that divide by the sums. Causality, window and lengths
    become a mask of each tile.
    Numbers: sums are reassociated.
    Tested by running the pages of test/Run/attention tiled.
  }];
  let options = [
    Option<"keyTile", "key-tile", "int64_t", /*default=*/"64",
           "Keys of a step">,
    Option<"unroll", "unroll", "bool", /*default=*/"false",
           "One step behind the other, without a loop">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
}

def DecomposeAttention : Pass<"lacuna-decompose-attention"> {
  let summary = "write online_attention as its formulas";
  let description = [{
    Input: `lacuna.online_attention` of static shapes. Output:
    `linalg.generic`, one for each line of its definition: the reference that
    other lowerings are compared with, not a fast one.
    Numbers: exact but for the order of sums.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LowerIndexing : Pass<"lacuna-lower-indexing"> {
  let summary = "write one_hot, random and dropout as linalg.generic";
  let description = [{
    Input: `lacuna.one_hot`, `random` and `dropout`. Output: `linalg.generic`
    on the indices. Random numbers come from Philox4x32-10 with the seed as
    key and the row-major number of the element as counter.
    Numbers: exact for one_hot; dropout multiplies by the rounded 1/(1 - rate).
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def LowerLosses : Pass<"lacuna-lower-losses"> {
  let summary = "take losses apart that need several passes; lower maxout";
  let description = [{
    Input: `lacuna.cross_entropy`, `nll_loss` and `maxout`. Output: losses
    without reduction, `lacuna.softmax` for log-probabilities, `linalg.reduce`
    for sums and for the weights that a mean divides by.
    Numbers: sums are reassociated, in f32 for narrow types.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def ExpandMath : Pass<"lacuna-expand-math"> {
  let summary = "write elementary functions as straight-line arithmetic";
  let description = [{
    Input: any IR with `math` ops on scalars or vectors. Output: the
    elementary functions of f32, f16 and bf16 are `arith` formulas without
    branches, tables or calls, which LLVM's loop vectoriser widens; `absf`,
    `copysign`, `sqrt`, `fma` and the roundings stay, being instructions.
    f64 functions flagged `afn`, which mean
    an approximation good for f32, are expanded as well.
    Arithmetic on bf16 is done in f32 and each result rounded; conversions
    from and to bf16 are integer arithmetic. Other f64 functions stay (libm).
    Integer divisions never trap: x / 0 = 0, x mod 0 = 0, min / -1 = min.
    Numbers: within 1 ulp in f32 over all inputs, and correctly rounded but
    for near-ties where the formula works in f64 (all but `exp`, `exp2`);
    denormals, signed zeros, infinities and NaN as in C's Annex F. With
    `doubles`, which devices need, f64 functions become formulas too: within
    4 ulp, but powers and cube roots 2^-43; sines of at most 2^50 in magnitude.
  }];
  let options = [
    Option<"doubles", "doubles", "bool", "false", "expand f64 functions too">];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

#endif // LACUNA_LOWERING_PASSES_TD
