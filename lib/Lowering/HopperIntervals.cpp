//===- HopperIntervals.cpp - What a score region hides by place -----------===//
// Interval arithmetic on the comparison by which the region hides keys.
//===----------------------------------------------------------------------===//
#include "HopperIntervals.h"
#include "HopperKernel.h"
#include "HopperRegion.h"
#include "HopperScalars.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

bool lacuna::isReadByKey(Operation *table) {
  Value index = cast<tensor::ExtractOp>(table).getIndices()[0];
  return cast<BlockArgument>(index).getArgNumber() == 4;
}

HopperRange lacuna::rangeInWarp(HopperBuilder &b, Operation *table,
                                Value pointer, Value lane, Value number,
                                int64_t width, int64_t places) {
  Value tensor = cast<tensor::ExtractOp>(table).getTensor();
  int64_t last =
      std::min(places, cast<RankedTensorType>(tensor.getType()).getDimSize(0));
  Value low, high;
  Value start = b.mul(number, width);
  for (int64_t i = 0; i < width; i += 32) {
    Value place =
        b.smaller(b.add(start, b.add(lane, i)), b.add(start, width - 1));
    place = b.smaller(place, b.number(last - 1));
    Value element = loadHopperElement(b, pointer, place, b.getI32Type());
    low = low ? b.smaller(low, element) : element;
    high = high ? b.larger(high, element) : element;
  }
  for (int64_t distance : {16, 8, 4, 2, 1}) {
    auto other = [&](Value value) -> Value {
      return ShuffleOp::create(b, value.getType(), value, distance,
                               /*broadcast=*/false);
    };
    low = b.smaller(low, other(low));
    high = b.larger(high, other(high));
  }
  return {low, high};
}

/// Whether `op` is computed from a captured tensor.
static bool readsTable(Operation *op) {
  return isa<tensor::ExtractOp>(op) ||
         llvm::any_of(op->getOperands(), [](Value operand) {
           Operation *from = operand.getDefiningOp();
           return from && readsTable(from);
         });
}

namespace {
/// Evaluates the region's comparison on intervals. Nothing: not known.
class Intervals {
public:
  using Range = HopperRange;
  struct Truth {
    Value mayHold, mayFail;
  };
  Intervals(HopperBuilder &builder,
            llvm::function_ref<std::optional<Range>(Value)> source)
      : b(builder), source(source) {}

  std::optional<Range> range(Value value) {
    if (auto known = source(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (!op)
      return std::nullopt;
    if (isKnownNumber(value)) {
      Value number = hopperConstant(b, op);
      if (!number.getType().isInteger(32))
        return std::nullopt;
      return Range{number, number};
    }
    auto first = op->getNumOperands() ? range(op->getOperand(0)) : std::nullopt;
    if (!first)
      return std::nullopt;
    if (isa<arith::IndexCastOp>(op) && op->getResult(0).getType().isInteger(32))
      return first;
    auto second =
        op->getNumOperands() == 2 ? range(op->getOperand(1)) : std::nullopt;
    // Sums of places do not overflow; those of any numbers may.
    if (!second || readsTable(op))
      return std::nullopt;
    if (isa<arith::AddIOp>(op))
      return Range{b.add(first->low, second->low),
                   b.add(first->high, second->high)};
    if (isa<arith::SubIOp>(op))
      return Range{b.sub(first->low, second->high),
                   b.sub(first->high, second->low)};
    return std::nullopt;
  }

  std::optional<Truth> truth(Value value) {
    Operation *op = value.getDefiningOp();
    if (auto compare = dyn_cast_or_null<arith::CmpIOp>(op))
      return comparison(compare);
    if (!isa_and_nonnull<arith::AndIOp, arith::OrIOp>(op))
      return std::nullopt;
    auto first = truth(op->getOperand(0)), second = truth(op->getOperand(1));
    if (!first || !second)
      return std::nullopt;
    bool both = isa<arith::AndIOp>(op);
    return Truth{combine(first->mayHold, second->mayHold, both),
                 combine(first->mayFail, second->mayFail, !both)};
  }

private:
  Value combine(Value a, Value c, bool both) {
    if (both)
      return arith::AndIOp::create(b, a, c);
    return arith::OrIOp::create(b, a, c);
  }
  Value notGreater(Value a, Value c) {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::sle, a, c);
  }
  /// a <= c for some pair, and a > c for some.
  Truth ordered(Range a, Range c) {
    return {notGreater(a.low, c.high), b.greater(a.high, c.low)};
  }
  static Truth negated(Truth truth) { return {truth.mayFail, truth.mayHold}; }

  std::optional<Truth> comparison(arith::CmpIOp op) {
    auto left = range(op.getLhs()), right = range(op.getRhs());
    if (!left || !right)
      return std::nullopt;
    using Is = arith::CmpIPredicate;
    Is is = op.getPredicate();
    if (is == Is::sle || is == Is::sgt) {
      Truth truth = ordered(*left, *right);
      return is == Is::sle ? truth : negated(truth);
    }
    if (is == Is::sge || is == Is::slt) {
      Truth truth = ordered(*right, *left);
      return is == Is::sge ? truth : negated(truth);
    }
    if (is != Is::eq && is != Is::ne)
      return std::nullopt;
    Value meet = combine(notGreater(left->low, right->high),
                         notGreater(right->low, left->high), true);
    Value moreThanOne = combine(b.greater(left->high, right->low),
                                b.greater(right->high, left->low), false);
    Truth truth{meet, moreThanOne};
    return is == Is::eq ? truth : negated(truth);
  }

  HopperBuilder &b;
  llvm::function_ref<std::optional<Range>(Value)> source;
};
} // namespace

HopperRange lacuna::loadRange(HopperBuilder &b, Value address) {
  return {b.loadWord(address), b.loadWord(b.add(address, 4))};
}

void lacuna::storeRange(HopperBuilder &b, HopperRange range, Value address) {
  b.storeWord(range.low, address);
  b.storeWord(range.high, b.add(address, 4));
}

HopperSight lacuna::hopperSight(HopperBuilder &b, Block &score,
                                HopperTileRange queries, HopperTileRange keys,
                                ArrayRef<Operation *> tables,
                                function_ref<Value(size_t)> addressOf) {
  auto places = [&](HopperTileRange tile) -> HopperRange {
    Value first = b.mul(tile.number, tile.width);
    return {first, b.add(first, tile.width - 1)};
  };
  HopperRange ofQueries = places(queries), ofKeys = places(keys);
  auto source = [&](Value value) -> std::optional<HopperRange> {
    if (value == score.getArgument(3))
      return ofQueries;
    if (value == score.getArgument(4))
      return ofKeys;
    auto table = value.getDefiningOp<tensor::ExtractOp>();
    if (!table)
      return std::nullopt;
    Value number = isReadByKey(table) ? keys.number : queries.number;
    Value begin = addressOf(llvm::find(tables, table) - tables.begin());
    return loadRange(b, b.add(begin, b.mul(number, 8)));
  };
  auto select =
      score.getTerminator()->getOperand(0).getDefiningOp<arith::SelectOp>();
  auto truth = Intervals(b, source).truth(select.getCondition());
  auto known = [&](bool value) -> Value {
    return arith::ConstantIntOp::create(b, value, 1);
  };
  bool hiddenIf;
  if (!truth || !shownValue(score, hiddenIf))
    return {known(true), known(false)};
  Value mayHide = hiddenIf ? truth->mayHold : truth->mayFail;
  return {hiddenIf ? truth->mayFail : truth->mayHold,
          arith::XOrIOp::create(b, mayHide, known(true))};
}
