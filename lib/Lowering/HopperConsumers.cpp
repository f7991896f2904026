//===- HopperConsumers.cpp - Whether a kernel fits behind a product -------===//
#include "HopperEpilogue.h"
#include "HopperScalars.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

static bool isScalarType(Type type) {
  return type.isF32() || type.isF16() || type.isBF16() || type.isInteger(1) ||
         type.isInteger(32);
}

static bool isScalarGeneric(linalg::GenericOp op) {
  for (Value input : op.getInputs())
    if (!isa<RankedTensorType>(input.getType()) && !isKnownNumber(input))
      return false;
  return llvm::all_of(*op.getBody(), [&](Operation &inner) {
    bool known = llvm::all_of(inner.getOperands(), [&](Value operand) {
      return operand.getParentBlock() == op.getBody() || isKnownNumber(operand);
    });
    return known && (isa<linalg::YieldOp>(inner) || isHopperScalar(inner));
  });
}

/// Whether `op` is half of the columns of `root`; sets which one.
static bool isHalf(tensor::ExtractSliceOp op, Operation *root, bool &second) {
  if (op.getSource() != root->getResult(0) || !op.hasUnitStride())
    return false;
  ArrayRef<int64_t> from = op.getSourceType().getShape();
  ArrayRef<int64_t> to = op.getType().getShape();
  ArrayRef<int64_t> offsets = op.getStaticOffsets();
  if (to.size() != from.size() || to.drop_back() != from.drop_back() ||
      2 * to.back() != from.back() ||
      llvm::any_of(offsets.drop_back(), [](int64_t o) { return o != 0; }))
    return false;
  second = offsets.back() == to.back();
  return second || offsets.back() == 0;
}

static bool isElementwise(Operation *op) {
  for (Type type : op->getOperandTypes())
    if (!isScalarType(getElementTypeOrSelf(type)))
      return false;
  return isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
             arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp, arith::SelectOp,
             arith::CmpFOp, arith::TruncFOp, arith::ExtFOp, math::ExpOp,
             math::FmaOp, math::AbsFOp, math::SqrtOp>(op);
}

static bool isStored(Type type) {
  return type.isF32() || type.isF16() || type.isBF16();
}

SmallVector<std::pair<Value, AffineMap>>
HopperConsumers::reads(Operation *op, AffineMap map) {
  SmallVector<std::pair<Value, AffineMap>> reads;
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(op)) {
    SmallVector<AffineExpr> kept;
    for (auto [dim, result] : llvm::enumerate(map.getResults()))
      if (!llvm::is_contained(broadcast.getDimensions(), int64_t(dim)))
        kept.push_back(result);
    reads.push_back({broadcast.getInput(),
                     AffineMap::get(map.getNumDims(), 0, kept,
                                    op->getContext())});
    return reads;
  }
  auto loops = dyn_cast<linalg::GenericOp>(op);
  if (!loops) {
    for (Value operand : op->getOperands())
      reads.push_back({operand, map});
    return reads;
  }
  for (OpOperand *input : loops.getDpsInputOperands()) {
    unsigned number = input->getOperandNumber();
    if (!loops.getBody()->getArgument(number).use_empty() &&
        isa<RankedTensorType>(input->get().getType()))
      reads.push_back({input->get(),
                       loops.getIndexingMapsArray()[number].compose(map)});
  }
  return reads;
}

/// Whether `tensor` at `map` of the result's place can be computed.
static bool isComputable(const HopperConsumers &consumers, Value tensor,
                         AffineMap map) {
  if (tensor == consumers.firstHalf || tensor == consumers.secondHalf)
    return map.isIdentity();
  Operation *op = tensor.getDefiningOp();
  if (op == consumers.root || !op)
    return false;
  auto type = cast<RankedTensorType>(tensor.getType());
  if (isa<bufferization::ToTensorOp>(op))
    return hopperBuffer(tensor) >= 0 && isStored(type.getElementType()) &&
           type.getNumElements() < INT32_MAX;
  if (classify(op) == OpClass::Source)
    return true;
  auto generic = dyn_cast<linalg::GenericOp>(op);
  if (generic ? classify(op) != OpClass::Pointwise || !isScalarGeneric(generic)
              : !isa<linalg::BroadcastOp>(op) && !isElementwise(op))
    return false;
  return llvm::all_of(HopperConsumers::reads(op, map), [&](auto &read) {
    return isComputable(consumers, read.first, read.second);
  });
}

/// Finds the halves of the root's columns, if those are all that is used.
static LogicalResult findHalves(HopperConsumers &consumers) {
  Value whole = consumers.root->getResult(0);
  consumers.firstHalf = whole;
  for (Operation *user : whole.getUsers()) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
    bool second = false;
    if (!slice)
      continue;
    if (!isHalf(slice, consumers.root, second))
      return failure();
    (second ? consumers.secondHalf : consumers.firstHalf) = slice.getResult();
  }
  bool gated = consumers.firstHalf != whole || consumers.gated();
  return success(!gated || (consumers.firstHalf != whole &&
                            consumers.gated() &&
                            llvm::hasNItems(whole.getUses(), 2)));
}

FailureOr<HopperConsumers> HopperConsumers::of(func::FuncOp kernel,
                                               Operation *root) {
  HopperConsumers consumers;
  consumers.root = root;
  if (failed(findHalves(consumers)))
    return failure();
  auto shape = cast<RankedTensorType>(consumers.firstHalf.getType());
  auto identity =
      AffineMap::getMultiDimIdentityMap(shape.getRank(), kernel.getContext());
  for (auto output : kernel.getBody()
                         .front()
                         .getOps<bufferization::MaterializeInDestinationOp>()) {
    Value tensor = output.getSource();
    auto type = cast<RankedTensorType>(tensor.getType());
    int64_t buffer = hopperBuffer(tensor);
    if (buffer < 0 || type.getShape() != shape.getShape() ||
        type.getNumElements() >= INT32_MAX || type.getNumElements() == 0 ||
        !isStored(type.getElementType()) ||
        !isComputable(consumers, tensor, identity))
      return failure();
    consumers.outputs.push_back({tensor, buffer, type.getElementType()});
  }
  if (consumers.outputs.empty())
    return failure();
  return consumers;
}
