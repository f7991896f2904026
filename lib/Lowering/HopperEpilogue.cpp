//===- HopperEpilogue.cpp - What follows a product, in registers ----------===//
#include "HopperEpilogue.h"
#include "HopperScalars.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

int64_t HopperResult::size(ArrayRef<int64_t> dims) const {
  int64_t size = 1;
  for (int64_t dim : dims)
    size *= shape[dim];
  return size;
}

Values HopperSource::batchIndices(HopperBuilder &b, Value batch) const {
  Values indices(result.batch.size());
  for (int64_t group = int64_t(indices.size()) - 1; group >= 0; --group) {
    int64_t size = result.size(result.batch[group]);
    indices[group] = group ? b.rem(batch, size) : batch;
    if (group)
      batch = b.div(batch, size);
  }
  return indices;
}

void HopperEpilogue::start(const HopperPlace &at, ArrayRef<Value> elements) {
  place = at;
  sums.assign(elements.begin(), elements.end());
  batchIndices = source.batchIndices(b, place.batch);
  known.clear();
  loaded.clear();
  bases.clear();
}

SmallVector<int64_t> HopperEpilogue::strides(Value tensor,
                                             AffineMap map) const {
  auto shape = cast<RankedTensorType>(tensor.getType()).getShape();
  SmallVector<int64_t> strides(source.result.shape.size(), 0);
  int64_t stride = 1;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    if (auto loop = dyn_cast<AffineDimExpr>(map.getResult(dim)))
      strides[loop.getPosition()] = stride;
    stride *= shape[dim];
  }
  return strides;
}

/// The share of `dims` at `index`; they are told apart only where their
/// distances do not fit together.
Value HopperEpilogue::groupOffset(Value index, ArrayRef<int64_t> dims,
                                  ArrayRef<int64_t> strides) {
  bool merges = true;
  for (auto [outer, inner] : llvm::zip(dims.drop_back(), dims.drop_front()))
    merges &= strides[outer] == strides[inner] * source.result.shape[inner];
  if (merges)
    return b.mul(index, strides[dims.back()]);
  Value offset = b.number(0);
  for (int64_t dim : llvm::reverse(dims)) {
    Value part = b.rem(index, source.result.shape[dim]);
    offset = b.add(offset, b.mul(part, strides[dim]));
    index = b.div(index, source.result.shape[dim]);
  }
  return offset;
}

/// Elements before the thread's row `row`. Rows beyond the last read that one.
Value HopperEpilogue::rowOffset(ArrayRef<int64_t> strides, int64_t row) {
  Value offset = b.number(0);
  for (auto [dims, index] : llvm::zip_equal(source.result.batch, batchIndices))
    offset = b.add(offset, groupOffset(index, dims, strides));
  if (source.result.row.empty())
    return offset;
  Value line = b.add(place.row, 8 * row);
  if (!fullRows())
    line = b.smaller(line, b.number(source.rows - 1));
  return b.add(offset, groupOffset(line, source.result.row, strides));
}

/// An element of a buffer, with the one beside it if they come as a pair.
Value HopperEpilogue::read(Value tensor, AffineMap map, int64_t i) {
  SmallVector<int64_t> distance = strides(tensor, map);
  int64_t step = distance.back(), row = rowOf(i);
  bool byRow = false;
  for (auto [dim, stride] : llvm::enumerate(ArrayRef(distance).drop_back()))
    byRow |= stride != 0 && llvm::is_contained(source.result.row, int64_t(dim));
  row = byRow ? row : 0;
  int64_t slot = step ? columnOf(i) : 0;
  auto key = [&](int64_t column) {
    return Key(tensor.getAsOpaquePointer(), map.getAsOpaquePointer(),
               2 * column + row);
  };
  if (auto found = loaded.find(key(slot)); found != loaded.end())
    return found->second;
  Value &base = bases[key(0)];
  if (!base)
    base = rowOffset(distance, row);
  Type type = cast<RankedTensorType>(tensor.getType()).getElementType();
  Value pointer = buffers[hopperBuffer(tensor)];
  bool even = llvm::all_of(distance, [&](int64_t stride) {
    return stride == 1 || stride % 2 == 0;
  });
  bool pair = step == 1 && even && source.columns % 2 == 0;
  int64_t first = pair ? slot / 2 * 2 : slot;
  Value offset = base;
  if (step) {
    Value column = b.add(place.column, first);
    if (!fullColumns())
      column = b.smaller(column, b.number(source.columns - (pair ? 2 : 1)));
    offset = b.add(base, b.mul(column, step));
  }
  Value address = hopperAddress(b, pointer, offset, type);
  auto keep = [&](int64_t column, Value value) {
    if (value.getType() != hopperType(type))
      value = arith::ExtFOp::create(b, hopperType(type), value);
    loaded[key(column)] = value;
  };
  if (!pair) {
    keep(slot, LLVM::LoadOp::create(b, type, address));
    return loaded[key(slot)];
  }
  Value both = LLVM::LoadOp::create(b, VectorType::get({2}, type), address);
  Values parts = b.elements(both);
  keep(first, parts[0]);
  keep(first + 1, parts[1]);
  return loaded[key(slot)];
}

Value HopperEpilogue::element(Value tensor, AffineMap map, int64_t i) {
  Value &value = known[Key(tensor.getAsOpaquePointer(),
                           map.getAsOpaquePointer(), i)];
  if (!value)
    value = compute(tensor, map, i);
  return value;
}

Value HopperEpilogue::compute(Value tensor, AffineMap map, int64_t i) {
  if (tensor == consumers.firstHalf)
    return sums[i];
  if (tensor == consumers.secondHalf)
    return sums[i + tile.columns / 4];
  Operation *op = tensor.getDefiningOp();
  if (isa<bufferization::ToTensorOp>(op))
    return read(tensor, map, i);
  if (classify(op) == OpClass::Source)
    return hopperConstant(b, op);
  if (auto loops = dyn_cast<linalg::GenericOp>(op))
    return generic(loops, cast<OpResult>(tensor).getResultNumber(), map, i);
  Values operands;
  for (auto [operand, where] : HopperConsumers::reads(op, map))
    operands.push_back(element(operand, where, i));
  return isa<linalg::BroadcastOp>(op) ? operands[0]
                                      : cloneHopperScalar(b, *op, operands);
}

Value HopperEpilogue::generic(linalg::GenericOp op, unsigned result,
                              AffineMap map, int64_t i) {
  IRMapping mapping;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument =
        op.getBody()->getArgument(input->getOperandNumber());
    Value tensor = input->get();
    if (argument.use_empty())
      continue;
    if (!isa<RankedTensorType>(tensor.getType())) {
      mapping.map(argument, hopperConstant(b, tensor.getDefiningOp()));
      continue;
    }
    AffineMap where = op.getMatchingIndexingMap(input).compose(map);
    mapping.map(argument, element(tensor, where, i));
  }
  auto lookup = [&](Value value) -> Value {
    if (Value mapped = mapping.lookupOrNull(value))
      return mapped;
    Value number = hopperConstant(b, value.getDefiningOp());
    mapping.map(value, number);
    return number;
  };
  for (Operation &inner : op.getBody()->without_terminator()) {
    Values operands;
    for (Value operand : inner.getOperands())
      operands.push_back(lookup(operand));
    mapping.map(inner.getResult(0), cloneHopperScalar(b, inner, operands));
  }
  return lookup(op.getBody()->getTerminator()->getOperand(result));
}

void HopperEpilogue::prefetch(Value tensor, AffineMap map, int64_t first,
                              int64_t end) {
  Operation *op = tensor.getDefiningOp();
  if (isa<bufferization::ToTensorOp>(op)) {
    for (int64_t i = first; i < end; ++i)
      read(tensor, map, i);
    return;
  }
  if (op == consumers.root || isa<tensor::ExtractSliceOp>(op) ||
      classify(op) == OpClass::Source)
    return;
  for (auto [operand, where] : HopperConsumers::reads(op, map))
    prefetch(operand, where, first, end);
}

void HopperEpilogue::prefetch(int64_t first, int64_t end) {
  for (const HopperOutput &output : consumers.outputs)
    prefetch(output.tensor, identity(), first, end);
}

Value HopperEpilogue::resultAddress(int64_t buffer, Type type, int64_t i) {
  SmallVector<int64_t> distance(source.result.shape.size(), 1);
  for (int64_t dim = int64_t(distance.size()) - 2; dim >= 0; --dim)
    distance[dim] = distance[dim + 1] * source.result.shape[dim + 1];
  Value offset = b.add(b.add(rowOffset(distance, rowOf(i)), place.column),
                       columnOf(i));
  return hopperAddress(b, buffers[buffer], offset, type);
}

Value HopperEpilogue::isInside(int64_t i) {
  Value inside;
  if (!fullRows())
    inside = b.greater(b.number(source.rows),
                       b.add(place.row, 8 * rowOf(i)));
  if (!fullColumns()) {
    Value column = b.greater(b.number(source.columns),
                             b.add(place.column, columnOf(i)));
    inside = inside ? Value(arith::AndIOp::create(b, inside, column)) : column;
  }
  return inside;
}
