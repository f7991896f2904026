//===- EntryBuffers.cpp - Where each value of an entry function lies ------===//
#include "EntryBuffers.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace lacuna;

/// Every buffer begins on a cache line, which also suits every vector.
static constexpr int64_t bufferAlignment = 64;

MemRefType lacuna::bufferType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

int64_t lacuna::bufferBytes(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

Value EntryBuffers::rootOf(Value tensor) const {
  while (Operation *op = tensor.getDefiningOp()) {
    if (classify(op) != OpClass::View)
      break;
    tensor = op->getOperand(0);
  }
  return tensor;
}

void EntryBuffers::assignOutputs() {
  Operation *terminator = entry.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    Value root = rootOf(value);
    if (root.getDefiningOp<KernelOp>())
      outputOf.try_emplace(root, index);
  }
}

namespace {
struct Lifetime {
  Value value;
  int64_t begin, end, bytes;
};
} // namespace

/// First fit, largest first.
static int64_t placeFirstFit(ArrayRef<Lifetime> buffers,
                             llvm::MapVector<Value, int64_t> &offsets) {
  SmallVector<const Lifetime *> order;
  for (const Lifetime &buffer : buffers)
    order.push_back(&buffer);
  llvm::stable_sort(order, [](const Lifetime *a, const Lifetime *b) {
    return a->bytes > b->bytes;
  });
  int64_t height = 0;
  SmallVector<std::pair<const Lifetime *, int64_t>> placed;
  for (const Lifetime *buffer : order) {
    SmallVector<std::pair<int64_t, int64_t>> taken;
    for (auto [other, offset] : placed)
      if (other->begin < buffer->end && buffer->begin < other->end)
        taken.push_back({offset, offset + other->bytes});
    llvm::sort(taken);
    int64_t offset = 0;
    for (auto [begin, end] : taken) {
      if (offset + buffer->bytes <= begin)
        break;
      offset = std::max(offset, end);
    }
    placed.push_back({buffer, offset});
    offsets[buffer->value] = offset;
    height = std::max(height, offset + buffer->bytes);
  }
  return height;
}

LogicalResult EntryBuffers::planArena() {
  DenseMap<Value, size_t> index;
  SmallVector<Lifetime> lifetimes;
  int64_t time = 0;
  for (Operation &op : entry.getBody().front().without_terminator()) {
    if (classify(&op) != OpClass::Root && !isa<KernelOp>(op))
      continue;
    auto kernel = dyn_cast<KernelOp>(op);
    if (!kernel) {
      if (isa<arith::ConstantOp>(op))
        continue;
      return op.emitOpError("must be inside a kernel at this stage");
    }
    for (Value input : kernel.getInputs()) {
      auto found = index.find(rootOf(input));
      if (found != index.end())
        lifetimes[found->second].end = time + 1;
    }
    for (Value result : kernel.getResults()) {
      if (outputOf.count(result))
        continue;
      int64_t bytes =
          llvm::alignTo(bufferBytes(result.getType()), bufferAlignment);
      index[result] = lifetimes.size();
      lifetimes.push_back({result, time, time + 1, bytes});
    }
    ++time;
  }
  for (Value value : entry.getBody().front().getTerminator()->getOperands()) {
    auto found = index.find(rootOf(value));
    if (found != index.end())
      lifetimes[found->second].end = time + 1;
  }
  arenaBytes = placeFirstFit(lifetimes, arenaOffset);
  return success();
}

LogicalResult EntryBuffers::assign() {
  assignOutputs();
  return planArena();
}

func::FuncOp EntryBuffers::createEntry(OpBuilder &builder) {
  SmallVector<Type> types;
  SmallVector<Attribute> names;
  SmallVector<bool> unsignedness;
  auto name = [&](DictionaryAttr attributes, StringRef fallback, int index) {
    unsignedness.push_back(attributes &&
                           attributes.contains(names::unsignedElements));
    if (auto given = attributes ? attributes.getAs<StringAttr>(names::valueName)
                                : StringAttr())
      return names.push_back(given);
    names.push_back(
        builder.getStringAttr(fallback + std::to_string(index)));
  };
  for (auto [index, type] : llvm::enumerate(entry.getArgumentTypes())) {
    types.push_back(bufferType(type));
    name(entry.getArgAttrDict(index), "input", index);
  }
  for (auto [index, type] : llvm::enumerate(entry.getResultTypes())) {
    types.push_back(bufferType(type));
    name(entry.getResultAttrDict(index), "output", index);
  }
  types.push_back(MemRefType::get({arenaBytes}, builder.getI8Type()));
  builder.setInsertionPoint(entry);
  lowered = func::FuncOp::create(builder, entry.getLoc(), "lowered",
                                 builder.getFunctionType(types, {}));
  lowered->setAttr(names::entryInputs,
                   builder.getI64IntegerAttr(entry.getNumArguments()));
  lowered->setAttr(names::entryNames, builder.getArrayAttr(names));
  lowered->setAttr(names::entryUnsigned,
                   builder.getDenseBoolArrayAttr(unsignedness));
  if (Attribute checks = entry->getAttr(names::checks))
    lowered->setAttr(names::checks, checks);
  lowered->setAttr(names::arenaBytes, builder.getI64IntegerAttr(arenaBytes));
  builder.setInsertionPointToStart(lowered.addEntryBlock());
  return lowered;
}

Value EntryBuffers::constantBuffer(OpBuilder &builder, Operation *op) {
  auto value = cast<ElementsAttr>(cast<arith::ConstantOp>(op).getValue());
  auto module = entry->getParentOfType<ModuleOp>();
  MemRefType type = bufferType(op->getResult(0).getType());
  OpBuilder moduleBuilder(module.getBodyRegion());
  auto global = memref::GlobalOp::create(
      moduleBuilder, op->getLoc(), "constant", builder.getStringAttr("private"),
      type, value, /*constant=*/true, IntegerAttr());
  global->remove();
  SymbolTable(module).insert(global, module.getBody()->begin());
  return memref::GetGlobalOp::create(builder, op->getLoc(), type,
                                     global.getSymName());
}

Value EntryBuffers::base(OpBuilder &builder, Value root) {
  if (auto argument = dyn_cast<BlockArgument>(root))
    return lowered.getArgument(argument.getArgNumber());
  if (auto found = outputOf.find(root); found != outputOf.end())
    return lowered.getArgument(entry.getNumArguments() + found->second);
  Location loc = root.getLoc();
  if (auto found = arenaOffset.find(root); found != arenaOffset.end()) {
    Value offset =
        arith::ConstantIndexOp::create(builder, loc, found->second);
    return memref::ViewOp::create(
        builder, loc, bufferType(root.getType()),
        lowered.getArgument(lowered.getNumArguments() - 1), offset,
        ValueRange());
  }
  return constantBuffer(builder, root.getDefiningOp());
}

/// A buffer without elements, whose strides mean nothing: casts between such
/// types have none that they could name.
Value EntryBuffers::emptyBuffer(OpBuilder &builder, Value tensor) {
  Location loc = tensor.getLoc();
  Value offset = arith::ConstantIndexOp::create(builder, loc, 0);
  return memref::ViewOp::create(
      builder, loc, bufferType(tensor.getType()),
      lowered.getArgument(lowered.getNumArguments() - 1), offset, ValueRange());
}

Value EntryBuffers::get(OpBuilder &builder, Value tensor) {
  if (Value known = made.lookup(tensor))
    return known;
  if (llvm::is_contained(cast<RankedTensorType>(tensor.getType()).getShape(), 0))
    return made[tensor] = emptyBuffer(builder, tensor);
  Value root = rootOf(tensor);
  Value buffer = made.lookup(root);
  if (!buffer)
    buffer = base(builder, root);
  if (root != tensor || buffer.getType() != bufferType(tensor.getType())) {
    if (buffer.getType() == bufferType(root.getType()))
      made[root] = buffer;
    auto type = bufferType(tensor.getType());
    auto [strides, offset] = type.getStridesAndOffset();
    buffer = memref::ReinterpretCastOp::create(builder, tensor.getLoc(), type,
                                               buffer, offset, type.getShape(),
                                               strides);
  }
  return made[tensor] = buffer;
}

void EntryBuffers::finish(OpBuilder &builder) {
  Operation *terminator = entry.getBody().front().getTerminator();
  for (auto [index, value] : llvm::enumerate(terminator->getOperands())) {
    auto written = outputOf.find(rootOf(value));
    if (written != outputOf.end() && written->second == index)
      continue;
    memref::CopyOp::create(
        builder, terminator->getLoc(), get(builder, value),
        lowered.getArgument(entry.getNumArguments() + index));
  }
  func::ReturnOp::create(builder, terminator->getLoc());
}
