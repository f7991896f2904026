//===- Loss.cpp - Rules of losses -----------------------------------------===//
// With f = g weight[label], divided by the sum of weights for a mean and 0
// where the label is ignored: f (softmax - one hot), and -f one hot for given
// log-probabilities.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// What both losses share; `scores` are (N, C, d...).
template <typename OpT> class LabelLoss {
public:
  LabelLoss(OpT op, OpBuilder &builder, Value scores)
      : op(op), builder(builder), loc(op.getLoc()), type(typeOf(scores)),
        labels(op.getLabels()),
        element(wideType(type.getElementType())) {}

  /// The cotangent of `logits`, or of log-probabilities if there are none.
  Value ofScores(Value g, Value logProbabilities);

private:
  Value isIgnored(ScalarBuilder &s, Value label);
  Value weights();
  Value factors(Value g);

  OpT op;
  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  Value labels;
  Type element;
};
} // namespace

/// Null without `ignore_index`.
template <typename OpT>
Value LabelLoss<OpT>::isIgnored(ScalarBuilder &s, Value label) {
  auto ignored = op.getIgnoreIndex();
  if (!ignored)
    return {};
  Value index = s.make<arith::ConstantOp>(
      s.builder.getIntegerAttr(label.getType(), int64_t(*ignored)));
  return s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, label, index);
}

/// The weight of each label, 0 where it is ignored.
template <typename OpT> Value LabelLoss<OpT>::weights() {
  RankedTensorType labelType = typeOf(labels);
  auto result = labelType.clone(element);
  SmallVector<Operand> operands{whole(labels)};
  if (Value weight = op.getWeight()) {
    Value inside = mapElements(
        builder, loc, labelType, {whole(labels)},
        [&](OpBuilder &b, Location at, ValueRange v) -> Value {
          ScalarBuilder s{b, at};
          Value ignored = isIgnored(s, v[0]);
          Value zero = s.make<arith::ConstantOp>(b.getZeroAttr(v[0].getType()));
          return ignored ? s.select(ignored, zero, v[0]) : v[0];
        });
    operands.push_back(whole(GatherOp::create(
        builder, loc, labelType.clone(type.getElementType()), weight, inside,
        0)));
  }
  return mapElements(builder, loc, result, operands,
                     [&](OpBuilder &b, Location at, ValueRange v) -> Value {
                       ScalarBuilder s{b, at};
                       Value one = s.make<arith::ConstantOp>(
                           b.getFloatAttr(element, 1));
                       Value value = v.size() > 1 ? v[1] : one;
                       Value ignored = isIgnored(s, v[0]);
                       return ignored ? s.select(ignored, s.number(one, 0), value)
                                      : value;
                     });
}

template <typename OpT> Value LabelLoss<OpT>::factors(Value g) {
  RankedTensorType labelType = typeOf(labels);
  Value weight = weights();
  SmallVector<Operand> operands{whole(weight),
                                spread(g, labelType.getShape())};
  bool mean = op.getReduction() == LossReduction::Mean;
  if (mean) {
    Value sum = sumOver(builder, loc, weight,
                        llvm::to_vector(llvm::seq(labelType.getRank())));
    operands.push_back(spread(sum, labelType.getShape()));
  }
  return mapElements(builder, loc, labelType.clone(element), operands,
                     [&](OpBuilder &b, Location at, ValueRange v) -> Value {
                       ScalarBuilder s{b, at};
                       Value product = s.mul(v[0], v[1]);
                       return mean ? s.div(product, v[2]) : product;
                     });
}

template <typename OpT>
Value LabelLoss<OpT>::ofScores(Value g, Value logProbabilities) {
  int64_t rank = type.getRank();
  Value factor = factors(g);
  SmallVector<Operand> operands{without(labels, rank, 1),
                                without(factor, rank, 1)};
  if (logProbabilities)
    operands.push_back(whole(logProbabilities));
  return mapElements(
      builder, loc, type, operands,
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value place = linalg::IndexOp::create(b, at, 1);
        if (!v[0].getType().isIndex())
          place = s.make<arith::IndexCastOp>(v[0].getType(), place);
        Value here =
            s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, place, v[0]);
        Value hot = s.select(here, s.number(v[1], 1), s.number(v[1], 0));
        Value slope = logProbabilities ? s.sub(s.exp(v[2]), hot) : s.neg(hot);
        return s.mul(v[1], slope);
      });
}

template <typename OpT>
static LogicalResult checkWeight(OpT op, const llvm::BitVector &wanted) {
  if (!op.getWeight() || !wanted[2])
    return success();
  return op.emitOpError("`weight` must be constant to be differentiated");
}

static LogicalResult adjointOf(NllLossOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (failed(checkWeight(op, wanted)))
    return failure();
  result[0] = LabelLoss<NllLossOp>(op, builder, op.getInput()).ofScores(g, {});
  return success();
}

namespace {
struct CrossEntropyRule
    : DifferentiableOpInterface::ExternalModel<CrossEntropyRule,
                                               CrossEntropyOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<CrossEntropyOp>(base);
    if (failed(checkWeight(op, wanted)))
      return failure();
    if (!cotangents[0] || (op.getLogProbabilities() && cotangents[1]))
      return op.emitOpError("must be differentiated by its loss alone");
    Value logProbabilities = op.getLogProbabilities();
    if (!logProbabilities)
      logProbabilities = SoftmaxOp::create(
          builder, op.getLoc(), op.getLogits().getType(), op.getLogits(),
          /*axis=*/1, /*log=*/true, /*negate=*/false);
    operandCotangents[0] =
        LabelLoss<CrossEntropyOp>(op, builder, op.getLogits())
            .ofScores(cotangents[0], logProbabilities);
    return success();
  }
};
} // namespace

void lacuna::attachLossRules(MLIRContext *context) {
  CrossEntropyOp::attachInterface<CrossEntropyRule>(*context);
  attachRule<NllLossOp, adjointOf>(context);
}
