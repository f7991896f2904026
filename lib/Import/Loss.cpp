//===- Loss.cpp - Losses --------------------------------------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
struct LossOperands {
  Value scores, labels, weight;
  LossReduction reduction;
  IntegerAttr ignore;
  RankedTensorType type;
};
} // namespace

static FailureOr<LossOperands> readOperands(NodeImporter &node) {
  FailureOr<Value> scores = node.value(0), labels = node.value(1);
  if (failed(scores) || failed(labels))
    return failure();
  ArrayRef<int64_t> s = shapeOf(*scores);
  auto reduction = symbolizeLossReduction(node.text("reduction", "mean"));
  if (s.size() < 2 || !reduction)
    return node.error() << "scores must be (N, C, ...), `reduction` known";
  Ints expected(s);
  expected.erase(expected.begin() + 1);
  if (shapeOf(*labels) != ArrayRef(expected) || !elementOf(*labels).isInteger())
    return node.error() << "labels must be integers (N, ...)";
  if (node.has(2) && shapeOf(node.operand(2).value) != ArrayRef<int64_t>(s[1]))
    return node.error() << "weights must have one element a class";
  LossOperands operands;
  operands.scores = *scores;
  operands.labels = *labels;
  operands.weight = node.has(2) ? node.operand(2).value : Value();
  operands.reduction = *reduction;
  if (node.attribute("ignore_index"))
    operands.ignore =
        node.build.builder.getI64IntegerAttr(node.integer("ignore_index", 0));
  operands.type = RankedTensorType::get(
      *reduction == LossReduction::None ? expected : Ints(),
      elementOf(*scores));
  return operands;
}

static ImportResult importCrossEntropy(NodeImporter &node) {
  auto operands = readOperands(node);
  if (failed(operands))
    return failure();
  auto op = CrossEntropyOp::create(
      node.build.builder, node.build.loc, operands->type,
      node.wants(1) ? operands->scores.getType() : Type(), operands->scores,
      operands->labels, operands->weight, operands->reduction,
      operands->ignore);
  return SmallVector<Imported>{op.getLoss(), op.getLogProbabilities()};
}

static ImportResult importNll(NodeImporter &node) {
  auto operands = readOperands(node);
  if (failed(operands))
    return failure();
  return SmallVector<Imported>{
      NllLossOp::create(node.build.builder, node.build.loc, operands->type,
                        operands->scores, operands->labels, operands->weight,
                        operands->reduction, operands->ignore)
          .getLoss()};
}

void lacuna::registerLosses(ImportTable &table) {
  table.add("SoftmaxCrossEntropyLoss", importCrossEntropy);
  table.add("NegativeLogLikelihoodLoss", importNll);
}
