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
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

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
  Value isInside(Value row, Value column);
  LogicalResult bringLine(ValueRange outer, Value row, Value column,
                          Value line);
  LogicalResult takeLines(ValueRange outer, Value row, Value column,
                          Value line);
  Value loadWord(const Values &at);
  LogicalResult storeWord(Value word, const Values &at);

  static constexpr int64_t warp = DeviceGroup::warp, threads = 8 * warp;
  KernelBuilder &kernel;
  Value result, input;
  ArrayRef<int64_t> permutation, shape;
  /// The contiguous dimension of the result, and where that of the input went.
  int64_t last, across;
  /// On a GPU: elements of a word; a tile, and a thread's place in a line of
  /// words.
  int64_t lanes = 1;
  Value tile, slow, fast;
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
/// the input, and takes it from there along those of the result, in words of 32
/// bits where lines are of such.
LogicalResult TransposeEmitter::emitOnDevice() {
  int64_t bits = elementTypeOf(result).getIntOrFloatBitWidth();
  lanes = std::max<int64_t>(32 / bits, 1);
  if (shape[across] % lanes != 0 || shape[last] % lanes != 0)
    lanes = 1;
  int64_t size = warp * lanes;
  DeviceGroup group(kernel, threads);
  // A word more: columns of the tile use all banks.
  tile = group.shared({size, size + lanes}, elementTypeOf(result));
  Values thread = kernel.delinearize(group.thread(), {threads / warp, warp});
  slow = thread[0];
  fast = thread[1];
  SmallVector<int64_t> steps;
  for (int64_t dim = 0; dim < last; ++dim)
    if (dim != across)
      steps.push_back(shape[dim]);
  steps.push_back(llvm::divideCeil(shape[across], size));
  steps.push_back(llvm::divideCeil(shape[last], size));
  return kernel.parallelLoop(steps, 1, [&](ValueRange at) -> LogicalResult {
    ValueRange outer = at.drop_back(2);
    Value row = kernel.mul(at[at.size() - 2], size);
    Value column = kernel.mul(at.back(), size);
    group.barrier();
    for (int64_t line = 0; line < size; line += threads / warp)
      if (failed(bringLine(outer, row, column, kernel.add(slow, line))))
        return failure();
    group.barrier();
    for (int64_t line = 0; line < warp; line += threads / warp)
      if (failed(takeLines(outer, row, column, kernel.add(slow, line))))
        return failure();
    return success();
  });
}

Value TransposeEmitter::isInside(Value row, Value column) {
  return arith::AndIOp::create(
      kernel.builder, kernel.loc,
      kernel.less(row, kernel.index(shape[across])),
      kernel.less(column, kernel.index(shape[last])));
}

/// A line of the input. Lines that will be neighbours in a word lie in
/// different parts of the tile.
LogicalResult TransposeEmitter::bringLine(ValueRange outer, Value row,
                                          Value column, Value line) {
  row = kernel.add(row, kernel.mul(fast, lanes));
  column = kernel.add(column, line);
  return kernel.branch(isInside(row, column), [&]() -> LogicalResult {
    FailureOr<Value> word = kernel.load(
        input, inputPosition(indices(outer, row, column), lanes));
    if (failed(word))
      return failure();
    Value place = line;
    if (lanes > 1) {
      Values part = kernel.delinearize(line, {warp, lanes});
      place = kernel.add(part[0], kernel.mul(part[1], warp));
    }
    Values at{place, kernel.mul(fast, lanes)};
    return storeWord(kernel.broadcast(*word, lanes), at);
  });
}

/// As many lines of the result as a word has elements.
LogicalResult TransposeEmitter::takeLines(ValueRange outer, Value row,
                                          Value column, Value line) {
  line = kernel.mul(line, lanes);
  row = kernel.add(row, line);
  column = kernel.add(column, kernel.mul(fast, lanes));
  return kernel.branch(isInside(row, column), [&]() -> LogicalResult {
    Values words;
    for (int64_t part = 0; part < lanes; ++part)
      words.push_back(loadWord({kernel.add(fast, part * warp), line}));
    if (lanes > 1)
      turnTile(kernel, words);
    for (auto [i, word] : llvm::enumerate(words)) {
      auto at = indices(outer, kernel.add(row, i), column);
      if (failed(kernel.store(result, word, Position(at, lanes, last))))
        return failure();
    }
    return success();
  });
}

Value TransposeEmitter::loadWord(const Values &at) {
  OpBuilder &b = kernel.builder;
  if (lanes == 1)
    return memref::LoadOp::create(b, kernel.loc, tile, at);
  auto type = VectorType::get({lanes}, elementTypeOf(result));
  return vector::LoadOp::create(b, kernel.loc, type, tile, at);
}

LogicalResult TransposeEmitter::storeWord(Value word, const Values &at) {
  if (lanes == 1)
    memref::StoreOp::create(kernel.builder, kernel.loc, word, tile, at);
  else
    vector::StoreOp::create(kernel.builder, kernel.loc, word, tile, at);
  return success();
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
