//===- Kernel.cpp - lacuna.kernel and lacuna.yield ------------------------===//
#include "lacuna/IR/Dialect.h"

using namespace mlir;

LogicalResult lacuna::KernelOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes()) // C1
    return emitOpError("block arguments must have the types of the inputs");
  auto yielded = block.getTerminator()->getOperandTypes();
  if (yielded != getResultTypes()) // C2
    return emitOpError("yielded types must be the result types");
  return success();
}
