//===- DataMovement.cpp - Loops that only move elements -------------------===//
#include "DeviceGroup.h"
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
  int64_t vectorWidth() const;
  LogicalResult copyVector(unsigned operand, int64_t offset,
                           const Position &at);
  LogicalResult emitOnDevice();

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

/// Neighbours that lie in one operand, up to 128 bits.
int64_t ConcatEmitter::vectorWidth() const {
  int64_t last = shape.size() - 1, width = 1, common = shape[last];
  Type element = elementTypeOf(op->getResult(0));
  for (Value operand : op->getOperands())
    common = std::gcd(common, shapeOf(operand)[last]);
  if (element.isIndex() || element.isInteger(1))
    return 1;
  while (2 * width * element.getIntOrFloatBitWidth() <= 128 &&
         common % (2 * width) == 0)
    width *= 2;
  return width;
}

/// Copies the vector at `at` of the result from the operand it lies in, known
/// to be `operand` or a later one.
LogicalResult ConcatEmitter::copyVector(unsigned operand, int64_t offset,
                                        const Position &at) {
  Value source = op.getInputs()[operand];
  int64_t end = offset + shapeOf(source)[axis];
  auto here = [&]() -> LogicalResult {
    Position from(at);
    from.indices[axis] = arith::SubIOp::create(
        kernel.builder, kernel.loc, from.indices[axis], kernel.index(offset));
    FailureOr<Value> elements = kernel.load(source, from);
    if (failed(elements))
      return failure();
    return kernel.store(op.getResult(), *elements, at);
  };
  if (operand + 1 == op.getInputs().size())
    return here();
  return kernel.branch(kernel.less(at.indices[axis], kernel.index(end)), here,
                       [&] { return copyVector(operand + 1, end, at); });
}

/// Neighbouring threads copy neighbouring vectors.
LogicalResult ConcatEmitter::emitOnDevice() {
  int64_t width = vectorWidth(), last = shape.size() - 1;
  SmallVector<int64_t> steps(shape);
  steps.back() /= width;
  return kernel.parallelLoop(steps, 1, [&](ValueRange indices) {
    Position at(indices, width, last);
    at.indices.back() = kernel.mul(at.indices.back(), width);
    return copyVector(0, 0, at);
  });
}

LogicalResult ConcatEmitter::emit() {
  constexpr size_t fewOperands = 64;
  if (isOnDevice(kernel) && op.getInputs().size() <= fewOperands)
    return emitOnDevice();
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
