//===- Loss.cpp - Losses --------------------------------------------------===//
// Checks, shapes and simplifications of the losses.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/Interfaces.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;
using verify::typeOf;

/// Checks scores (N, C, d...), labels and weights; the type of the loss.
static FailureOr<RankedTensorType>
inferLoss(Operation *op, StringRef name, Value scores, Value labels,
          Value weight, LossReduction reduction) {
  if (failed(verify::rank(op, name, scores, 2, 8))) // C1
    return failure();
  SmallVector<int64_t> shape(sizesOf(scores));
  int64_t classes = shape[1];
  shape.erase(shape.begin() + 1);
  if (failed(verify::shape(op, "labels", labels, shape)) || // C2
      failed(verify::element(op, "weight", weight, scores)) || // C3
      failed(verify::shape(op, "weight", weight, classes)))
    return failure();
  for (auto [size, other] : llvm::zip_equal(shape, sizesOf(labels)))
    size = mergedSize(size, other);
  if (reduction != LossReduction::None)
    shape.clear();
  return RankedTensorType::get(shape, elementOf(scores));
}

LogicalResult CrossEntropyOp::inferResultTypes(verify::Types &types) {
  auto loss = inferLoss(*this, "logits", getLogits(), getLabels(), // C1 to C3
                        getWeight(), getReduction());
  if (failed(loss))
    return failure();
  types.push_back(*loss);
  if (getLogProbabilities())
    types.push_back(typeOf(getLogits()));
  return success();
}

LogicalResult CrossEntropyOp::canonicalize(CrossEntropyOp op,
                                           PatternRewriter &rewriter) {
  Value second = op.getLogProbabilities();
  if (!second || !second.use_empty())
    return rewriter.notifyMatchFailure(op, "all results are used");
  auto slim = CrossEntropyOp::create(
      rewriter, op.getLoc(), op.getLoss().getType(), Type(), op.getLogits(),
      op.getLabels(), op.getWeight(), op.getReduction(),
      op.getIgnoreIndexAttr());
  rewriter.replaceAllUsesWith(op.getLoss(), slim.getLoss());
  rewriter.eraseOp(op);
  return success();
}

LogicalResult NllLossOp::inferResultTypes(verify::Types &types) {
  auto loss = inferLoss(*this, "input", getInput(), getLabels(), // C1 to C3
                        getWeight(), getReduction());
  if (failed(loss))
    return failure();
  types.push_back(*loss);
  return success();
}
