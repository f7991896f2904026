//===- Hopper.cpp - The hopper dialect ------------------------------------===//
// Verifiers: they refuse what would hang, overrun or be serialised.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Hopper.h"

#include "mlir/IR/Builders.h"

#include "lacuna/IR/HopperDialect.cpp.inc"
#define GET_OP_CLASSES
#include "lacuna/IR/Hopper.cpp.inc"

using namespace mlir;
using namespace lacuna::hopper;

void HopperDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "lacuna/IR/Hopper.cpp.inc"
      >();
}

/// An error unless `value` is in [least, most] and a multiple of `step`.
static LogicalResult checkNumber(Operation *op, StringRef name, int64_t value,
                                 int64_t least, int64_t most,
                                 int64_t step = 1) {
  if (value >= least && value <= most && value % step == 0)
    return success();
  InFlightDiagnostic error = op->emitOpError("`") << name << "` must be ";
  if (step > 1)
    error << "a multiple of " << step << " from ";
  return error << least << " to " << most << ", got `" << value << "`";
}

LogicalResult SpecializeOp::verify() {
  int64_t consumers = getConsumers();
  if (failed(checkNumber(*this, "consumers", consumers, 1, 3))) // C1
    return failure();
  int64_t each = getConsumerRegisters(), rest = getProducerRegisters();
  if (failed(checkNumber(*this, "consumer_registers", each, 24, 240, 8)) ||
      failed(checkNumber(*this, "producer_registers", rest, 24, 240, 8)))
    return failure(); // C2
  int64_t most = (consumers + 1) * launchRegisters(consumers + 1);
  if (consumers * each + rest > most) // C3
    return emitOpError("`registers` of all warpgroups must be at most ")
           << most << ", got `" << consumers * each + rest << "`";
  return success();
}

LogicalResult SpecialRegisterOp::verify() {
  if (!llvm::is_contained({"tid.x", "ctaid.x", "nctaid.x", "cluster_ctarank"},
                          getName())) // C1
    return emitOpError("`name` must be tid.x, ctaid.x, nctaid.x or "
                       "cluster_ctarank, got `")
           << getName() << "`";
  return success();
}

LogicalResult ShuffleOp::verify() {
  return checkNumber(*this, "lane", getLane(), 0, 31); // C1
}

LogicalResult BarrierInitOp::verify() {
  return checkNumber(*this, "count", getCount(), 1, (1 << 20) - 1); // C1
}

LogicalResult BarrierExpectOp::verify() {
  return checkNumber(*this, "bytes", getBytes(), 1, (1 << 20) - 1); // C1
}

LogicalResult NamedBarrierOp::verify() {
  return checkNumber(*this, "threads", getThreads(), 32, 1024, 32); // C1
}

LogicalResult LoadOp::verify() {
  int64_t rank = getIndices().size(), offsets = getOffsets().size();
  if (failed(checkNumber(*this, "indices", rank, 1, 5))) // C1
    return failure();
  if (offsets && offsets != rank - 2) // C2
    return emitOpError("`offsets` must be ")
           << rank - 2 << ", two less than the indices, got `" << offsets
           << "`";
  return checkNumber(*this, "multicast", getMulticast(), 0, 65535); // C3
}

LogicalResult LoadLineOp::verify() {
  return checkNumber(*this, "bytes", getBytes(), 16, 1 << 16, 16); // C1
}

LogicalResult StoreWaitOp::verify() {
  return checkNumber(*this, "pending", getPending(), 0, 7); // C1
}

LogicalResult StoreOp::verify() {
  return checkNumber(*this, "indices", getIndices().size(), 1, 5); // C1
}

LogicalResult MultiplyOp::verify() {
  int64_t columns = 2 * getResult().getType().getNumElements();
  if (failed(checkNumber(*this, "n", columns, 8, 256, 8))) // C1
    return failure();
  int64_t steps = getBSteps().size();
  auto fragment = dyn_cast<VectorType>(getA().getType());
  int64_t given =
      fragment ? fragment.getNumElements() : int64_t(getASteps().size());
  if (steps == 0 || given != (fragment ? 4 * steps : steps)) // C2
    return emitOpError("`a` must have a part for each of the ")
           << steps << " steps, got `" << given << "`";
  if (getAccumulator() &&
      getAccumulator().getType() != getResult().getType()) // C3
    return emitOpError("`accumulator` must have the type of the result, got ")
           << getAccumulator().getType();
  if (!getElement().isBF16() && !getElement().isF16()) // C4
    return emitOpError("`element` must be bf16 or f16, got ")
           << getElement();
  if (fragment && getTransposeA()) // C5
    return emitOpError("`transpose_a` needs `a` to be a descriptor");
  return success();
}

LogicalResult MultiplyWaitOp::verify() {
  if (getValues().getTypes() != getResultTypes()) // C1
    return emitOpError("`results` must have the types of `values`");
  return checkNumber(*this, "pending", getPending(), 0, 7); // C2
}
