//===- DataMovement.cpp - Loops that only move elements -------------------===//
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// Copies the operands one after the other, each into its range.
static LogicalResult emitConcat(KernelBuilder &kernel, Operation *root) {
  auto concat = cast<tensor::ConcatOp>(root);
  int64_t axis = concat.getDim();
  ArrayRef<int64_t> shape = shapeOf(concat.getResult());
  SmallVector<int64_t> outer(shape.take_front(axis));
  int64_t inner = 1;
  for (int64_t size : shape.drop_front(axis))
    inner *= size;
  return kernel.parallelLoop(outer, 16384 / std::max<int64_t>(inner, 1),
                             [&](ValueRange indices) -> LogicalResult {
    int64_t offset = 0;
    for (Value operand : concat.getInputs()) {
      SmallVector<Value> at(indices);
      std::function<LogicalResult(unsigned)> nest =
          [&](unsigned dim) -> LogicalResult {
        if (dim == shape.size()) {
          FailureOr<Value> element = kernel.load(operand, at);
          if (failed(element))
            return failure();
          SmallVector<Value> to(at);
          to[axis] = kernel.add(to[axis], offset);
          return kernel.store(concat.getResult(), *element, to);
        }
        return kernel.forLoop(kernel.index(0),
                              kernel.index(shapeOf(operand)[dim]), 1,
                              [&](Value i) {
                                at.resize(dim);
                                at.push_back(i);
                                return nest(dim + 1);
                              });
      };
      at.resize(axis);
      if (failed(nest(axis)))
        return failure();
      offset += shapeOf(operand)[axis];
    }
    return success();
  });
}

void lacuna::registerDataMovementEmitters(EmitterTable &table) {
  table.add<tensor::ConcatOp>(emitConcat);
}
