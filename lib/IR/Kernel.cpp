//===- Kernel.cpp - lacuna.kernel and lacuna.yield ------------------------===//
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

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

/// Whether a kernel's argument can be the buffer `given`. Emitted kernels hold
/// booleans as bytes, launches name them as they are.
static bool isArgumentFor(Type argument, Type given) {
  auto buffer = dyn_cast<MemRefType>(given);
  if (argument == given || !buffer || !buffer.getElementType().isInteger(1))
    return argument == given;
  return argument ==
         MemRefType::Builder(buffer).setElementType(
             IntegerType::get(given.getContext(), 8));
}

LogicalResult
lacuna::LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getKernelAttr());
  if (!callee)
    return emitOpError("`kernel` must name a function, got `")
           << getKernel() << "`";
  SmallVector<Type> expected(2, IndexType::get(getContext()));
  llvm::append_range(expected, getBuffers().getTypes());
  if (!llvm::equal(callee.getArgumentTypes(), expected, isArgumentFor)) { // C1
    auto error = emitOpError("`buffers` must match the kernel's arguments");
    error.attachNote(callee.getLoc()) << "kernel declared here";
    return error;
  }
  return success();
}
