//===- FormKernels.cpp - Groups ops into kernels --------------------------===//
// Each group of ops moves into the body of one lacuna.kernel.
//===----------------------------------------------------------------------===//
#include "KernelGroups.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

namespace lacuna {
#define GEN_PASS_DEF_FORMKERNELS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Whether `op` reads its operand `value` from memory: roots of our own dialect
/// address their operands themselves, so even a splat must be a buffer there.
static bool readsBuffer(Operation *op, Value value) {
  return isa<LacunaDialect>(op->getDialect()) &&
         classify(op) == OpClass::Root &&
         value.getDefiningOp<arith::ConstantOp>() &&
         isa<RankedTensorType>(value.getType());
}

/// Copies free values read by the group (constants, fills) into its body.
static void cloneSources(Value value, OpBuilder &builder, IRMapping &mapping) {
  Operation *producer = value.getDefiningOp();
  if (!producer || mapping.contains(value) ||
      classify(producer) != OpClass::Source)
    return;
  for (Value operand : producer->getOperands())
    cloneSources(operand, builder, mapping);
  builder.clone(*producer, mapping);
}

static void emit(const KernelGroup &group, Block &block, OpBuilder &builder) {
  llvm::SmallPtrSet<Operation *, 8> inside(group.ops.begin(), group.ops.end());
  llvm::SetVector<Value> inputs, outputs;
  for (Operation *op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (producer ? inside.count(producer) ||
                           (classify(producer) == OpClass::Source &&
                            !readsBuffer(nested, operand)) ||
                           op->isProperAncestor(producer)
                     : operand.getParentBlock() != &block)
          continue;
        inputs.insert(operand);
      }
    });
    for (Value result : op->getResults())
      if (llvm::any_of(result.getUsers(),
                       [&](Operation *user) { return !inside.count(user); }))
        outputs.insert(result);
  }
  Operation *named = group.root ? group.root : group.ops.back();
  SmallVector<Location> locations;
  for (Operation *op : group.ops)
    locations.push_back(op->getLoc());
  SmallVector<Type> resultTypes(ValueRange(outputs.getArrayRef()).getTypes());
  auto kernel = KernelOp::create(
      builder, builder.getFusedLoc(locations), resultTypes,
      named->getName().stripDialect(), inputs.getArrayRef());
  Block *body = builder.createBlock(&kernel.getBody());
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  for (Operation *op : group.ops) {
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        if (operand.getParentBlock() == &block)
          cloneSources(operand, builder, mapping);
    });
    builder.clone(*op, mapping);
  }
  SmallVector<Value> yielded;
  for (Value output : outputs)
    yielded.push_back(mapping.lookup(output));
  YieldOp::create(builder, kernel.getLoc(), yielded);
  builder.setInsertionPointAfter(kernel);
  for (auto [from, result] : llvm::zip(outputs, kernel.getResults())) {
    Value output = from;
    output.replaceUsesWithIf(result, [&](OpOperand &use) {
      return !inside.count(use.getOwner()) && use.getOwner() != kernel;
    });
  }
}

/// Replaces every group by a lacuna.kernel, in an order that respects uses.
static void materialize(Block &block, const KernelGroups &groups) {
  Operation *terminator = block.getTerminator();
  OpBuilder builder(terminator);
  for (Operation *op : groups.order()) {
    if (op == terminator)
      continue;
    builder.setInsertionPoint(terminator);
    if (int group = groups.indexOf(op); group >= 0)
      emit(groups.groups()[group], block, builder);
    else
      op->moveBefore(terminator);
  }
  for (const KernelGroup &group : groups.groups())
    for (Operation *op : llvm::reverse(group.ops))
      op->erase();
}

/// `use` reads `op`, a tensor without data that is no constant, from memory:
/// it gets one.
static void materializeSource(OpOperand &use, Operation *op) {
  auto type = cast<RankedTensorType>(use.get().getType());
  Attribute value;
  if (isa<tensor::EmptyOp>(op))
    value = Builder(op->getContext()).getZeroAttr(type.getElementType());
  else if (!matchPattern(op->getOperand(0), m_Constant(&value)))
    return;
  OpBuilder builder(op);
  use.set(arith::ConstantOp::create(builder, op->getLoc(),
                                    SplatElementsAttr::get(type, value)));
}

/// What a function returns must have a place, also if nothing computes it.
static void materializeResults(Block &block) {
  for (OpOperand &result : block.getTerminator()->getOpOperands()) {
    OpOperand *use = &result;
    Operation *op = use->get().getDefiningOp();
    while (op && classify(op) == OpClass::View) {
      use = &op->getOpOperand(0);
      op = use->get().getDefiningOp();
    }
    if (op && isa<tensor::EmptyOp, tensor::SplatOp, linalg::FillOp>(op))
      materializeSource(*use, op);
  }
}

/// Kernels work on tensors; only constants may be anything else.
static LogicalResult checkResults(Operation &op) {
  for (Type type : op.getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!(tensor && tensor.hasStaticShape()) &&
        !op.hasTrait<OpTrait::ConstantLike>())
      return op.emitOpError("result must be a tensor of known shape, got ")
             << type;
  }
  return success();
}

namespace {
struct FormKernels : lacuna::impl::FormKernelsBase<FormKernels> {
  using FormKernelsBase::FormKernelsBase;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    Block &block = getOperation().getBody().front();
    for (Operation &op : block)
      if (failed(checkResults(op)))
        return signalPassFailure();
    materializeResults(block);
    materialize(block, KernelGroups(block, gates));
  }
};
} // namespace
