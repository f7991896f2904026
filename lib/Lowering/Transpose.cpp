//===- Transpose.cpp - Transposes in square tiles -------------------------===//
// An element-wise kernel around a transpose that moves the last dimension
// reads or writes with a stride, whichever way it loops. Square tiles read
// along the contiguous dimension of the input, turn in registers, and write
// along that of the result.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "RegisterTile.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;

/// Elements a task should move at least.
static constexpr int64_t elementsPerTask = 16384;

namespace {
class TransposeEmitter {
public:
  TransposeEmitter(KernelBuilder &kernel, linalg::TransposeOp op)
      : kernel(kernel), result(op->getResult(0)), input(op.getInput()),
        permutation(op.getPermutation()), shape(shapeOf(result)),
        last(shape.size() - 1),
        across(llvm::find(permutation, last) - permutation.begin()) {}
  LogicalResult emit(int64_t size);
  LogicalResult emitOnDevice();

private:
  Position inputPosition(ValueRange at, int64_t lanes) const;
  LogicalResult emitTile(ValueRange outer, Value row, Value column,
                         int64_t size);
  LogicalResult emitElements(ValueRange outer, Value row0, Value row1,
                             Value column0, Value column1);
  SmallVector<Value> indices(ValueRange outer, Value row, Value column) const;

  KernelBuilder &kernel;
  Value result, input;
  ArrayRef<int64_t> permutation, shape;
  /// The contiguous dimension of the result, and where that of the input went.
  int64_t last, across;
};
} // namespace

/// The result's indices: `row` along `across`, `column` along `last`.
SmallVector<Value> TransposeEmitter::indices(ValueRange outer, Value row,
                                             Value column) const {
  SmallVector<Value> at;
  auto next = outer.begin();
  for (int64_t dim = 0; dim <= last; ++dim)
    at.push_back(dim == last ? column : dim == across ? row : *next++);
  return at;
}

Position TransposeEmitter::inputPosition(ValueRange at, int64_t lanes) const {
  SmallVector<Value> from(at.size());
  for (auto [to, dim] : llvm::enumerate(permutation))
    from[dim] = at[to];
  return Position(from, lanes, last);
}

LogicalResult TransposeEmitter::emitTile(ValueRange outer, Value row,
                                         Value column, int64_t size) {
  SmallVector<Value> tile;
  for (int64_t i = 0; i < size; ++i) {
    auto at = indices(outer, row, kernel.add(column, i));
    FailureOr<Value> line = kernel.load(input, inputPosition(at, size));
    if (failed(line))
      return failure();
    tile.push_back(kernel.broadcast(*line, size));
  }
  turnTile(kernel, tile);
  for (int64_t i = 0; i < size; ++i) {
    auto at = indices(outer, kernel.add(row, i), column);
    if (failed(kernel.store(result, tile[i], Position(at, size, last))))
      return failure();
  }
  return success();
}

/// What fills no tile.
LogicalResult TransposeEmitter::emitElements(ValueRange outer, Value row0,
                                             Value row1, Value column0,
                                             Value column1) {
  return kernel.forLoop(row0, row1, 1, [&](Value row) {
    return kernel.forLoop(column0, column1, 1, [&](Value column) {
      auto at = indices(outer, row, column);
      FailureOr<Value> element = kernel.load(input, inputPosition(at, 1));
      return failed(element) ? failure() : kernel.store(result, *element, at);
    });
  });
}

/// A block of threads brings a square tile to shared memory along the rows of
/// the input, and takes it from there along those of the result.
LogicalResult TransposeEmitter::emitOnDevice() {
  constexpr int64_t size = 32, threads = 256, turns = size * size / threads;
  DeviceGroup group(kernel, threads);
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  // One element more: columns of the tile use all banks.
  Value tile = group.shared({size, size + 1}, elementTypeOf(result));
  Value fast =
      arith::RemUIOp::create(b, loc, group.thread(), kernel.index(size));
  Value slow =
      arith::DivUIOp::create(b, loc, group.thread(), kernel.index(size));
  SmallVector<int64_t> steps;
  for (int64_t dim = 0; dim < last; ++dim)
    if (dim != across)
      steps.push_back(shape[dim]);
  steps.push_back(llvm::divideCeil(shape[across], size));
  steps.push_back(llvm::divideCeil(shape[last], size));
  auto inside = [&](Value row, Value column) -> Value {
    return arith::AndIOp::create(
        b, loc, kernel.less(row, kernel.index(shape[across])),
        kernel.less(column, kernel.index(shape[last])));
  };
  return kernel.parallelLoop(steps, 1, [&](ValueRange at) -> LogicalResult {
    ValueRange outer = at.drop_back(2);
    Value row0 = kernel.mul(at[at.size() - 2], size);
    Value column0 = kernel.mul(at.back(), size);
    group.barrier();
    for (int64_t turn = 0; turn < turns; ++turn) {
      Value line = kernel.add(slow, turn * (threads / size));
      Value row = kernel.add(row0, fast), column = kernel.add(column0, line);
      auto bring = [&]() -> LogicalResult {
        FailureOr<Value> element = kernel.load(
            input, inputPosition(indices(outer, row, column), 1));
        if (failed(element))
          return failure();
        memref::StoreOp::create(b, loc, *element, tile, ValueRange{line, fast});
        return success();
      };
      if (failed(kernel.branch(inside(row, column), bring)))
        return failure();
    }
    group.barrier();
    for (int64_t turn = 0; turn < turns; ++turn) {
      Value line = kernel.add(slow, turn * (threads / size));
      Value row = kernel.add(row0, line), column = kernel.add(column0, fast);
      auto take = [&]() -> LogicalResult {
        Value element =
            memref::LoadOp::create(b, loc, tile, ValueRange{fast, line});
        return kernel.store(result, element, indices(outer, row, column));
      };
      if (failed(kernel.branch(inside(row, column), take)))
        return failure();
    }
    return success();
  });
}

LogicalResult TransposeEmitter::emit(int64_t size) {
  int64_t rows = shape[across], columns = shape[last];
  SmallVector<int64_t> steps;
  for (int64_t dim = 0; dim < last; ++dim)
    if (dim != across)
      steps.push_back(shape[dim]);
  steps.push_back(llvm::divideCeil(rows, size));
  Value zero = kernel.index(0), end = kernel.index(columns);
  int64_t wholeRows = rows / size, wholeColumns = columns / size * size;
  return kernel.parallelLoop(
      steps, elementsPerTask / (size * columns),
      [&](ValueRange at) -> LogicalResult {
        ValueRange outer = at.drop_back();
        Value row = kernel.mul(at.back(), size);
        auto whole = [&] {
          if (failed(kernel.forLoop(
                  zero, kernel.index(wholeColumns), size, [&](Value column) {
                    return emitTile(outer, row, column, size);
                  })))
            return failure();
          return emitElements(outer, row, kernel.add(row, size),
                              kernel.index(wholeColumns), end);
        };
        auto rest = [&] {
          return emitElements(outer, row, kernel.index(rows), zero, end);
        };
        if (rows % size == 0)
          return whole();
        return kernel.branch(
            kernel.less(at.back(), kernel.index(wholeRows)), whole, rest);
      });
}

/// The one transpose all results come from at their own place, if it moves
/// the last dimension and tiles fit.
static linalg::TransposeOp findTranspose(KernelBuilder &kernel) {
  linalg::TransposeOp found;
  for (Operation *op : kernel.ops()) {
    if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
      if (found)
        return {};
      found = transpose;
    } else if (classify(op) != OpClass::Pointwise &&
               classify(op) != OpClass::Source) {
      return {};
    }
  }
  if (!found || found.getPermutation().empty() ||
      found.getPermutation().back() + 1 == int64_t(found.getPermutation().size()))
    return {};
  return kernel.reachesYields(found->getResult(0)) ? found : linalg::TransposeOp();
}

std::optional<LogicalResult> lacuna::emitTransposed(KernelBuilder &kernel) {
  linalg::TransposeOp op = findTranspose(kernel);
  if (!op)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  // Booleans lie in bytes but are computed with as bits: leave them.
  if (!type.getElementType().isIntOrFloat() || type.getElementType().isInteger(1) ||
      type.getNumElements() == 0)
    return std::nullopt;
  int64_t bits = type.getElementTypeBitWidth();
  int64_t size = kernel.target.lanes(std::max<int64_t>(bits, 32));
  if (isOnDevice(kernel))
    return TransposeEmitter(kernel, op).emitOnDevice();
  return TransposeEmitter(kernel, op).emit(size);
}
