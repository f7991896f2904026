//===- EntryBuffers.cpp - Where each value of an entry function lies ------===//
#include "EntryBuffers.h"
#include "OrderKernels.h"

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

/// Steps of the placement's search: well below a second, the same everywhere.
static constexpr int64_t searchEffort = 20'000;

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

/// What a value takes in the arena.
static int64_t arenaBytesOf(Value value) {
  return llvm::alignTo(bufferBytes(value.getType()), bufferAlignment);
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

/// Every value of a kernel that lies in no output, from the kernel that writes
/// it to the last that reads it.
LogicalResult EntryBuffers::collectLifetimes(Lifetimes &lifetimes) {
  DenseMap<Value, size_t> index;
  int64_t time = 0;
  auto extend = [&](Value value) {
    auto found = index.find(rootOf(value));
    if (found != index.end())
      lifetimes.buffers[found->second].upper = time + 1;
  };
  for (Operation &op : entry.getBody().front().without_terminator()) {
    auto kernel = dyn_cast<KernelOp>(op);
    if (!kernel && (classify(&op) != OpClass::Root || isa<arith::ConstantOp>(op)))
      continue;
    if (!kernel)
      return op.emitOpError("must be inside a kernel at this stage");
    llvm::for_each(kernel.getInputs(), extend);
    for (Value result : kernel.getResults()) {
      if (auto output = outputOf.find(result); output != outputOf.end()) {
        lifetimes.outputs.push_back(output->second);
        lifetimes.spare.push_back({bufferBytes(result.getType()), time});
        continue;
      }
      index[result] = lifetimes.values.size();
      lifetimes.values.push_back(result);
      lifetimes.buffers.push_back({time, time + 1, arenaBytesOf(result)});
    }
    ++time;
  }
  llvm::for_each(entry.getBody().front().getTerminator()->getOperands(),
                 extend);
  return success();
}

void EntryBuffers::useOutputs(Lifetimes &lifetimes) {
  std::vector<planning::SparePlace> places =
      planning::useSpareMemory(lifetimes.buffers, lifetimes.spare);
  Lifetimes left;
  for (auto [value, buffer, place] :
       llvm::zip_equal(lifetimes.values, lifetimes.buffers, places)) {
    if (place.memory >= 0) {
      insideOutput[value] = {lifetimes.outputs[place.memory], place.offset};
      continue;
    }
    left.values.push_back(value);
    left.buffers.push_back(buffer);
  }
  lifetimes = std::move(left);
}

LogicalResult EntryBuffers::planArena() {
  Lifetimes lifetimes;
  if (failed(collectLifetimes(lifetimes)))
    return failure();
  useOutputs(lifetimes);
  planning::PlacementOptions options;
  options.effort = searchEffort;
  planning::Placement placement =
      planning::placeBuffers(lifetimes.buffers, options);
  for (auto [value, offset] :
       llvm::zip_equal(lifetimes.values, placement.offsets))
    arenaOffset[value] = offset;
  arenaBytes = placement.height;
  liveBytes = planning::maxLive(lifetimes.buffers);
  return success();
}

LogicalResult EntryBuffers::assign() {
  assignOutputs();
  orderKernels(
      entry,
      [this](Value value) {
        return outputOf.count(value) ? 0 : arenaBytesOf(value);
      },
      [this](Value value) { return rootOf(value); });
  return planArena();
}

func::FuncOp EntryBuffers::createEntry(OpBuilder &builder) {
  SmallVector<Type> types;
  SmallVector<Attribute> names, all;
  SmallVector<bool> unsignedness;
  auto name = [&](DictionaryAttr attributes, StringRef fallback, int index) {
    all.push_back(attributes ? attributes : builder.getDictionaryAttr({}));
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
  lowered->setAttr(names::entryAttributes, builder.getArrayAttr(all));
  lowered->setAttr(names::entryUnsigned,
                   builder.getDenseBoolArrayAttr(unsignedness));
  if (Attribute checks = entry->getAttr(names::checks))
    lowered->setAttr(names::checks, checks);
  lowered->setAttr(names::arenaBytes, builder.getI64IntegerAttr(arenaBytes));
  lowered->setAttr(names::liveBytes, builder.getI64IntegerAttr(liveBytes));
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

/// The memory of an output as bytes.
Value EntryBuffers::outputBytes(OpBuilder &builder, unsigned output,
                                Location loc) {
  Value argument = lowered.getArgument(entry.getNumArguments() + output);
  auto bytes = MemRefType::get({bufferBytes(entry.getResultTypes()[output])},
                               builder.getI8Type());
  return UnrealizedConversionCastOp::create(builder, loc, bytes, argument)
      .getResult(0);
}

Value EntryBuffers::base(OpBuilder &builder, Value root) {
  if (auto argument = dyn_cast<BlockArgument>(root))
    return lowered.getArgument(argument.getArgNumber());
  if (auto found = outputOf.find(root); found != outputOf.end())
    return lowered.getArgument(entry.getNumArguments() + found->second);
  Location loc = root.getLoc();
  auto view = [&](Value memory, int64_t place) -> Value {
    Value offset = arith::ConstantIndexOp::create(builder, loc, place);
    return memref::ViewOp::create(builder, loc, bufferType(root.getType()),
                                  memory, offset, ValueRange());
  };
  if (auto found = insideOutput.find(root); found != insideOutput.end())
    return view(outputBytes(builder, found->second.first, loc),
                found->second.second);
  if (auto found = arenaOffset.find(root); found != arenaOffset.end())
    return view(lowered.getArgument(lowered.getNumArguments() - 1),
                found->second);
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
