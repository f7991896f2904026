//===- EmitHopper.cpp - Tensor-core kernels for Hopper --------------------===//
#include "HopperAttention.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace lacuna {
#define GEN_PASS_DEF_EMITHOPPER
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The number of the buffer `tensor` is read from, or written to; -1 if it is
/// computed in the kernel or has strides of its own.
static int64_t bufferOf(Value tensor) {
  Value buffer;
  if (auto input = tensor.getDefiningOp<bufferization::ToTensorOp>())
    buffer = input.getBuffer();
  for (Operation *user : tensor.getUsers())
    if (auto output =
            dyn_cast<bufferization::MaterializeInDestinationOp>(user))
      buffer = output.getDest();
  auto argument = dyn_cast_or_null<BlockArgument>(buffer);
  if (!argument ||
      !cast<MemRefType>(argument.getType()).getLayout().isIdentity())
    return -1;
  return argument.getArgNumber() - 2; // behind the range
}

/// The attention that is all `kernel` does, null if there is none.
static AttentionOp onlyAttention(func::FuncOp kernel) {
  AttentionOp found;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isa<bufferization::ToTensorOp,
            bufferization::MaterializeInDestinationOp>(op))
      continue;
    auto attention = dyn_cast<AttentionOp>(op);
    if (!attention || found)
      return nullptr;
    found = attention;
  }
  return found;
}

/// A map of an operand as (depth, sequence, heads, batch), in boxes of 64
/// features and `rows` rows. Four dimensions: what leaves a sequence is zero,
/// not part of the next.
static Attribute tensorMap(AttentionOp op, Value tensor, int64_t rows) {
  Builder builder(op.getContext());
  auto type = cast<RankedTensorType>(tensor.getType());
  ArrayRef<int64_t> shape = type.getShape();
  int64_t row = shape[3] * 2, rowStride = row, headStride = row * shape[2];
  int64_t sequence = shape[2], heads = shape[1];
  if (op.getLayout() == AttentionLayout::BSHD) {
    std::swap(rowStride, headStride);
    std::swap(sequence, heads);
  }
  int64_t batchStride = row * sequence * heads;
  auto entry = [&](StringRef name, Attribute value) {
    return builder.getNamedAttr(name, value);
  };
  return builder.getDictionaryAttr(
      {entry("buffer", builder.getI64IntegerAttr(bufferOf(tensor))),
       entry("element", TypeAttr::get(type.getElementType())),
       entry("sizes", builder.getDenseI64ArrayAttr(
                          {shape[3], sequence, heads, shape[0]})),
       entry("strides", builder.getDenseI64ArrayAttr(
                            {rowStride, headStride, batchStride})),
       entry("box", builder.getDenseI64ArrayAttr({64, rows, 1, 1})),
       entry("swizzle", builder.getI64IntegerAttr(128))});
}

/// An empty device kernel: pointers to buffers, then tensor maps by value.
static LLVM::LLVMFuncOp createKernel(func::FuncOp kernel, int64_t maps) {
  MLIRContext *context = kernel.getContext();
  OpBuilder builder(kernel);
  auto global = LLVM::LLVMPointerType::get(context, 1);
  auto pointer = LLVM::LLVMPointerType::get(context);
  int64_t buffers = kernel.getNumArguments() - 2;
  SmallVector<Type> types(buffers, global);
  types.append(maps, pointer);
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context), types);
  auto function = LLVM::LLVMFuncOp::create(
      builder, kernel.getLoc(), (kernel.getSymName() + "_device").str(), type);
  auto bytes = LLVM::LLVMArrayType::get(builder.getI8Type(), 128);
  for (int64_t i = buffers; i < buffers + maps; ++i) {
    function.setArgAttr(i, "llvm.byval", TypeAttr::get(bytes));
    function.setArgAttr(i, "llvm.align", builder.getI64IntegerAttr(64));
    function.setArgAttr(i, "nvvm.grid_constant", builder.getUnitAttr());
  }
  function->setAttr("nvvm.kernel", builder.getUnitAttr());
  // Denormals are zero, as the fastest instructions have it.
  function.setPassthroughAttr(builder.getArrayAttr({builder.getStrArrayAttr(
      {"denormal-fp-math-f32", "preserve-sign"})}));
  return function;
}

static void setLaunch(LLVM::LLVMFuncOp function, int64_t grid, int64_t block,
                      int64_t shared, ArrayRef<Attribute> maps) {
  Builder builder(function.getContext());
  function->setAttr("nvvm.maxntid", builder.getDenseI32ArrayAttr(
                                        {static_cast<int32_t>(block)}));
  // The registers of a role can be changed only if blocks have all of them.
  function->setAttr("nvvm.minctasm", builder.getI32IntegerAttr(1));
  function->setAttr(names::grid, builder.getDenseI64ArrayAttr({grid, 1, 1}));
  function->setAttr(names::block, builder.getI64IntegerAttr(block));
  function->setAttr(names::sharedBytes, builder.getI64IntegerAttr(shared));
  function->setAttr(names::tensorMaps, builder.getArrayAttr(maps));
}

/// The device kernel of `kernel`, null if Hopper has none for it.
static LLVM::LLVMFuncOp emitAttention(func::FuncOp kernel,
                                      int64_t processors) {
  AttentionOp op = onlyAttention(kernel);
  if (!op)
    return nullptr;
  std::string reason;
  auto shape = hopperAttentionShape(op, reason);
  Value tensors[] = {op.getQuery(), op.getKey(), op.getValue(),
                     op.getResults()};
  if (!shape || llvm::any_of(tensors, [](Value v) { return bufferOf(v) < 0; }))
    return nullptr;
  LLVM::LLVMFuncOp function = createKernel(kernel, /*maps=*/4);
  int64_t rows[] = {shape->rows(), shape->keyTile, shape->keyTile, 64};
  SmallVector<Attribute> maps;
  for (auto [tensor, count] : llvm::zip_equal(tensors, rows))
    maps.push_back(tensorMap(op, tensor, count));
  int64_t tiles = shape->tilesPerHead() * shape->heads();
  setLaunch(function, shape->persistent ? std::min(tiles, processors) : tiles,
            shape->threads(), shape->sharedBytes(), maps);
  OpBuilder launcher(kernel.getContext());
  Block *entry = function.addEntryBlock(launcher);
  HopperBuilder builder(op.getLoc(), kernel.getContext());
  builder.setInsertionPointToStart(entry);
  LLVM::ReturnOp::create(builder, ValueRange());
  builder.setInsertionPointToStart(entry);
  SmallVector<Value> arguments(entry->getArguments().take_back(4));
  HopperAttention(builder, *shape, arguments).emit();
  return function;
}

namespace {
struct EmitHopper : lacuna::impl::EmitHopperBase<EmitHopper> {
  using EmitHopperBase::EmitHopperBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    EmitHopperBase::getDependentDialects(registry);
    registry.insert<hopper::HopperDialect>();
  }

  void runOnOperation() override {
    SmallVector<func::FuncOp> kernels;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(names::kernel))
        kernels.push_back(function);
    for (func::FuncOp kernel : kernels)
      if (LLVM::LLVMFuncOp device = emitAttention(kernel, processors))
        kernel->setAttr(names::device, FlatSymbolRefAttr::get(device));
    if (!deviceOnly)
      return;
    for (Operation &op :
         llvm::make_early_inc_range(*getOperation().getBody()))
      if (!isa<LLVM::LLVMFuncOp>(op))
        op.erase();
  }
};
} // namespace
