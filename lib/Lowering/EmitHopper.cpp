//===- EmitHopper.cpp - Tensor-core kernels for Hopper --------------------===//
#include "HopperAttention.h"
#include "HopperAttentionBackward.h"
#include "HopperProduct.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"
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

/// The `OpT` that is all `kernel` does, null if there is none.
template <typename OpT> static OpT onlyOp(func::FuncOp kernel) {
  OpT found;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isa<bufferization::ToTensorOp,
            bufferization::MaterializeInDestinationOp>(op))
      continue;
    if (classify(&op) == OpClass::Source)
      continue;
    auto only = dyn_cast<OpT>(op);
    if (!only || found)
      return nullptr;
    found = only;
  }
  return found;
}

/// A map of packed sequences as (depth, rows, heads, end, 2^30): the last two
/// indices are those of `hopperPackedPlace`, whose strides cancel out.
static HopperMap packedMap(Value tensor, ArrayRef<int64_t> box) {
  auto type = cast<RankedTensorType>(tensor.getType());
  constexpr int64_t anyIndex = 0x7fff0000;
  ArrayRef<int64_t> shape = type.getShape().take_back(3);
  int64_t depth = shape[2] * type.getElementTypeBitWidth() / 8;
  int64_t row = shape[1] * depth;
  HopperMap map;
  map.buffer = hopperBuffer(tensor);
  map.element = type.getElementType();
  map.sizes = {shape[2], hopperRaggedRows, shape[1], anyIndex, anyIndex};
  map.strides = {row, depth, row, (int64_t(1) << 34) - row};
  map.box = {box[0], box[1], 1, 1, 1};
  return map;
}

template <typename OpT>
static HopperMap attentionMap(OpT op, Value tensor, ArrayRef<int64_t> box) {
  return op.isPacked() ? packedMap(tensor, box)
                       : headsMap(tensor, op.getLayout(), box);
}

/// A map of a mask as (keys, queries) and the heads and batches it has.
static HopperMap maskMap(AttentionOp op, int64_t rows) {
  auto type = cast<RankedTensorType>(op.getMask().getType());
  HopperMap map;
  map.buffer = hopperBuffer(op.getMask());
  map.element = type.getElementType();
  int64_t stride = 2;
  for (auto [i, size] : llvm::enumerate(llvm::reverse(type.getShape()))) {
    if (i < 2 || size > 1) {
      map.sizes.push_back(size);
      map.box.push_back(i == 0 ? 64 : i == 1 ? rows : 1);
      if (i)
        map.strides.push_back(stride);
    }
    stride *= size;
  }
  return map;
}

/// What the call says when bounds of sequences are none.
static Value createMessage(HopperBuilder &builder,
                           LLVM::LLVMFuncOp function) {
  std::string text("cu_seqlens must begin with 0 and neither decrease nor "
                   "exceed the total");
  text.push_back('\0');
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
  Value address = createHopperGlobal(builder, function, "_message", type,
                               builder.getStringAttr(text));
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  return LLVM::AddrSpaceCastOp::create(builder, pointer, address);
}

/// The device kernel of `kernel`, null if it is no attention.
static LLVM::LLVMFuncOp emitAttention(func::FuncOp kernel,
                                      int64_t processors) {
  auto op = onlyOp<AttentionOp>(kernel);
  if (!op)
    return nullptr;
  std::string reason;
  auto shape = hopperAttentionShape(op, processors, reason);
  Value tensors[] = {op.getQuery(), op.getKey(), op.getValue(),
                     op.getResults()};
  auto isNoBuffer = [](Value v) { return v && hopperBuffer(v) < 0; };
  if (!shape || llvm::any_of(tensors, isNoBuffer) ||
      isNoBuffer(op.getLogSumExp()))
    return nullptr;
  int64_t mapCount = shape->maskTiles ? 5 : 4;
  bool packed = op.isPacked();
  LLVM::LLVMFuncOp function = createHopperKernel(kernel, mapCount, packed);
  int64_t rows[] = {shape->rows(), shape->keyTile, shape->keyTile, 64};
  std::vector<HopperMap> maps;
  for (auto [tensor, count] : llvm::zip_equal(tensors, rows))
    maps.push_back(attentionMap(op, tensor, {64, count}));
  if (shape->maskTiles)
    maps.push_back(maskMap(op, shape->rows()));
  int64_t tiles = shape->mostTiles();
  setHopperLaunch(function,
                  {shape->stays() ? std::min(tiles, processors)
                                  : tiles * shape->parts,
                   shape->threads(), shape->sharedBytes()},
                  maps);
  HopperBuilder builder = hopperBody(function);
  HopperAttention::Memory memory;
  ValueRange given = function.getBody().front().getArguments();
  if (packed) {
    memory.failure = given.back();
    memory.message = createMessage(builder, function);
    given = given.drop_back();
  }
  llvm::append_range(memory.buffers, given.drop_back(mapCount));
  llvm::append_range(memory.maps, given.take_back(mapCount));
  auto own = [&](StringRef suffix, Type element, int64_t count) {
    return createHopperGlobal(builder, function, suffix,
                              LLVM::LLVMArrayType::get(element, count),
                              Attribute());
  };
  if (shape->inTurn)
    memory.counter = own("_next", builder.getI32Type(), 1);
  if (shape->parts > 1) {
    memory.counter = own("_done", builder.getI32Type(), tiles);
    memory.partials = own("_parts", builder.getI8Type(), shape->partBytes());
  }
  builder.setInsertionPoint(function.getBody().front().getTerminator());
  HopperAttention(builder, op, *shape, std::move(memory)).emit();
  return function;
}

/// Maps of query, key, value, d_output, d_query, d_key, d_value; when split, of
/// narrow tiles of keys in place of d_query, and of values behind.
static std::vector<HopperMap>
backwardMaps(AttentionBackwardOp op,
             const HopperAttentionBackwardShape &shape) {
  std::vector<HopperMap> maps;
  auto add = [&](Value tensor, int64_t columns, int64_t rows) {
    maps.push_back(attentionMap(op, tensor, {columns, rows}));
  };
  add(op.getQuery(), 64, shape.queryTile);
  add(op.getKey(), 64, shape.keyTile);
  add(op.getValue(), 64, shape.keyTile);
  add(op.getDOutput(), 64, shape.queryTile);
  if (shape.split)
    add(op.getKey(), 64, shape.narrowKeys);
  else
    add(op.getDQuery(), 32, 64);
  add(op.getDKey(), 64, 64);
  add(op.getDValue(), 64, 64);
  if (shape.split)
    add(op.getValue(), 64, shape.narrowKeys);
  return maps;
}

/// The device kernel of `kernel`, null if it is no gradient of attention.
static LLVM::LLVMFuncOp emitAttentionBackward(func::FuncOp kernel,
                                              int64_t processors) {
  auto op = onlyOp<AttentionBackwardOp>(kernel);
  if (!op)
    return nullptr;
  std::string reason;
  auto shape = hopperAttentionBackwardShape(op, processors, reason);
  Value tensors[] = {op.getQuery(), op.getKey(),  op.getValue(),
                     op.getDOutput(), op.getDQuery(), op.getDKey(),
                     op.getDValue(), op.getOutput(), op.getLogSumExp()};
  if (!shape || llvm::any_of(tensors, [](Value tensor) {
        return hopperBuffer(tensor) < 0;
      }))
    return nullptr;
  std::vector<HopperMap> maps = backwardMaps(op, *shape);
  bool packed = op.isPacked();
  LLVM::LLVMFuncOp function =
      createHopperKernel(kernel, maps.size(), packed);
  setHopperLaunch(function,
                  {shape->blocks(), shape->threads(), shape->sharedBytes()},
                  maps);
  HopperBuilder builder = hopperBody(function);
  ValueRange given = function.getBody().front().getArguments();
  HopperAttentionBackward::Memory memory;
  if (packed) {
    memory.failure = given.back();
    memory.message = createMessage(builder, function);
    given = given.drop_back();
  }
  llvm::append_range(memory.buffers, given.drop_back(maps.size()));
  llvm::append_range(memory.maps, given.take_back(maps.size()));
  auto bytes =
      LLVM::LLVMArrayType::get(builder.getI8Type(), shape->memoryBytes());
  memory.own =
      createHopperGlobal(builder, function, "_rows", bytes, Attribute());
  builder.setInsertionPoint(function.getBody().front().getTerminator());
  HopperAttentionBackward(builder, op, *shape, std::move(memory)).emit();
  return function;
}

static Value createTable(HopperBuilder &builder, LLVM::LLVMFuncOp function,
                         const HopperSchedule &schedule) {
  ArrayRef words(reinterpret_cast<const int32_t *>(schedule.units.data()),
                 schedule.units.size() * sizeof(HopperUnit) / 4);
  auto shape = RankedTensorType::get({int64_t(words.size())},
                                     builder.getI32Type());
  return createHopperGlobal(builder, function, "_units",
                      LLVM::LLVMArrayType::get(builder.getI32Type(),
                                               words.size()),
                      DenseElementsAttr::get(shape, words));
}

/// The map to store 64 x 64 results of a warpgroup.
static HopperMap outputMap(const HopperSource &source,
                           const HopperOutput &output) {
  const HopperResult &result = source.result;
  SmallVector<int64_t> strides(result.shape.size(), 2);
  for (int64_t dim = int64_t(strides.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * result.shape[dim + 1];
  HopperMap map;
  map.buffer = output.buffer;
  map.element = output.element;
  map.sizes = {source.columns, source.rows};
  map.strides = {result.row.empty() ? 0 : strides[result.row.back()]};
  map.box = {64, 64};
  for (ArrayRef<int64_t> dims : result.batch) {
    map.sizes.push_back(result.size(dims));
    map.strides.push_back(strides[dims.back()]);
    map.box.push_back(1);
  }
  return map;
}

/// The device kernel of `kernel`, null if it is no product.
static LLVM::LLVMFuncOp emitProduct(func::FuncOp kernel, int64_t processors) {
  std::unique_ptr<HopperSource> source = hopperContraction(kernel);
  if (!source)
    source = hopperConvolution(kernel);
  if (!source)
    source = hopperFilterGradient(kernel);
  if (!source)
    return nullptr;
  auto consumers = HopperConsumers::of(kernel, source->root);
  if (failed(consumers))
    return nullptr;
  if (consumers->gated()) {
    source->columns /= 2;
    source->result.shape.back() /= 2;
  }
  HopperPlan plan = HopperPlan::of(*source, consumers->gated(), processors);
  std::vector<HopperMap> maps = {source->leftMap(plan.tile),
                                 source->rightMap(plan.tile)};
  if (!maps[0].isLegal() || !maps[1].isLegal())
    return nullptr;
  SmallVector<int64_t> stored;
  for (auto [i, output] : llvm::enumerate(consumers->outputs)) {
    HopperMap map = outputMap(*source, output);
    if (output.element.isF32() || !map.isLegal())
      continue;
    maps.push_back(map);
    stored.push_back(i);
  }
  LLVM::LLVMFuncOp function = createHopperKernel(kernel, maps.size());
  setHopperLaunch(function,
                  {plan.schedule.workers * plan.tile.cluster,
                   plan.tile.threads(), plan.tile.sharedBytes(),
                   plan.tile.cluster},
                  maps);
  HopperBuilder builder = hopperBody(function);
  auto arguments = function.getBody().front().getArguments();
  auto mapped = arguments.take_back(maps.size());
  HopperProduct::Memory memory;
  memory.buffers.assign(arguments.begin(), mapped.begin());
  memory.maps.assign({mapped[0], mapped[1]});
  memory.maps.resize(2 + consumers->outputs.size());
  for (auto [number, output] : llvm::enumerate(stored))
    memory.maps[2 + output] = mapped[2 + number];
  memory.units = createTable(builder, function, plan.schedule);
  if (plan.schedule.slots)
    memory.partials = createHopperGlobal(
        builder, function, "_partials",
        LLVM::LLVMArrayType::get(builder.getI8Type(), plan.partialBytes()),
        Attribute());
  builder.setInsertionPoint(function.getBody().front().getTerminator());
  HopperProduct(builder, *source, *consumers, plan, std::move(memory)).emit();
  return function;
}

/// Whether blocks of `device` wait for each other.
static bool waits(LLVM::LLVMFuncOp device) {
  auto found = device.walk([](Operation *op) {
    return isa<hopper::FlagWaitOp, hopper::CounterWaitOp>(op)
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return found.wasInterrupted();
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
    // Whatever else becomes of them, they run on a GPU.
    Builder builder(&getContext());
    for (func::FuncOp kernel : kernels) {
      kernel->setAttr(names::group, builder.getI64IntegerAttr(1));
      LLVM::LLVMFuncOp device = emitAttention(kernel, processors);
      if (!device)
        device = emitAttentionBackward(kernel, processors);
      if (!device)
        device = emitProduct(kernel, processors);
      if (!device)
        continue;
      kernel->setAttr(names::device, FlatSymbolRefAttr::get(device));
      if (waits(device))
        device->setAttr(names::waits, builder.getUnitAttr());
    }
    if (!deviceOnly)
      return;
    for (Operation &op :
         llvm::make_early_inc_range(*getOperation().getBody()))
      if (!isa<LLVM::LLVMFuncOp, LLVM::GlobalOp>(op))
        op.erase();
  }
};
} // namespace
