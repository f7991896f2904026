//===- DataMovement.cpp - Loops that only move elements -------------------===//
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

/// Elements a task should copy at least.
static constexpr int64_t elementsPerTask = 16384;

namespace {
/// Emits one concatenation.
class ConcatEmitter {
public:
  ConcatEmitter(KernelBuilder &kernel, tensor::ConcatOp op)
      : kernel(kernel), op(op), axis(op.getDim()),
        shape(shapeOf(op.getResult())) {}
  LogicalResult emit();

private:
  int64_t product(ArrayRef<int64_t> sizes) const {
    return std::accumulate(sizes.begin(), sizes.end(), int64_t(1),
                           std::multiplies<>());
  }
  LogicalResult copy(Value operand, int64_t offset, SmallVector<Value> at);
  LogicalResult copyPlane(unsigned operand, int64_t offset, ValueRange at);
  LogicalResult emitLines();
  LogicalResult emitPlanes();

  KernelBuilder &kernel;
  tensor::ConcatOp op;
  int64_t axis;
  ArrayRef<int64_t> shape;
};
} // namespace

/// Copies the part of an operand that begins with the indices `at` to where
/// the operand begins in the result.
LogicalResult ConcatEmitter::copy(Value operand, int64_t offset,
                                  SmallVector<Value> at) {
  if (at.size() < shape.size())
    return kernel.forLoop(kernel.index(0),
                          kernel.index(shapeOf(operand)[at.size()]), 1,
                          [&](Value i) {
                            SmallVector<Value> inner(at);
                            inner.push_back(i);
                            return copy(operand, offset, inner);
                          });
  FailureOr<Value> element = kernel.load(operand, at);
  if (failed(element))
    return failure();
  at[axis] = kernel.add(at[axis], offset);
  return kernel.store(op.getResult(), *element, at);
}

/// A step copies a line of every operand, one after the other.
LogicalResult ConcatEmitter::emitLines() {
  int64_t line = product(shape.drop_front(axis));
  return kernel.parallelLoop(
      shape.take_front(axis), elementsPerTask / std::max<int64_t>(line, 1),
      [&](ValueRange indices) -> LogicalResult {
        int64_t offset = 0;
        for (Value operand : op.getInputs()) {
          if (failed(copy(operand, offset, SmallVector<Value>(indices))))
            return failure();
          offset += shapeOf(operand)[axis];
        }
        return success();
      });
}

/// Copies the plane at `at` of the result from the operand it lies in, known
/// to be `operand` or a later one.
LogicalResult ConcatEmitter::copyPlane(unsigned operand, int64_t offset,
                                       ValueRange at) {
  Value source = op.getInputs()[operand];
  int64_t end = offset + shapeOf(source)[axis];
  auto here = [&] {
    SmallVector<Value> from(at);
    from[axis] = arith::SubIOp::create(kernel.builder, kernel.loc, from[axis],
                                       kernel.index(offset));
    return copy(source, offset, from);
  };
  if (operand + 1 == op.getInputs().size())
    return here();
  return kernel.branch(kernel.less(at[axis], kernel.index(end)), here,
                       [&] { return copyPlane(operand + 1, end, at); });
}

/// A step copies one index of the axis: more steps where few lie before it.
LogicalResult ConcatEmitter::emitPlanes() {
  int64_t plane = product(shape.drop_front(axis + 1));
  return kernel.parallelLoop(
      shape.take_front(axis + 1), elementsPerTask / plane,
      [&](ValueRange indices) { return copyPlane(0, 0, indices); });
}

LogicalResult ConcatEmitter::emit() {
  constexpr int64_t manyLines = 16, largePlane = 256, manyOperands = 16;
  bool planes = product(shape.take_front(axis)) < manyLines &&
                product(shape.drop_front(axis + 1)) >= largePlane &&
                op.getInputs().size() <= manyOperands;
  return planes ? emitPlanes() : emitLines();
}

static LogicalResult emitConcat(KernelBuilder &kernel, Operation *root) {
  return ConcatEmitter(kernel, cast<tensor::ConcatOp>(root)).emit();
}

void lacuna::registerDataMovementEmitters(EmitterTable &table) {
  table.add<tensor::ConcatOp>(emitConcat);
}
