//===- HopperAttentionRanges.cpp - Key blocks that a score region hides ---===//
// Interval arithmetic on the comparison by which the region hides keys: for a
// tile of queries and a block of keys it tells whether some pair may be seen.
// Captured tensors have the least and largest of their elements in a block.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

void HopperAttention::storeShared(Value value, Value address) {
  auto type = LLVM::LLVMPointerType::get(b.getContext(), 3);
  LLVM::StoreOp::create(b, value, LLVM::IntToPtrOp::create(b, type, address));
}

Value HopperAttention::loadShared(Value address) {
  auto type = LLVM::LLVMPointerType::get(b.getContext(), 3);
  return LLVM::LoadOp::create(b, b.getI32Type(),
                              LLVM::IntToPtrOp::create(b, type, address));
}

/// Whether the table is read at the key, rather than at the query.
static bool isByKey(Operation *table) {
  Value index = cast<tensor::ExtractOp>(table).getIndices()[0];
  return cast<BlockArgument>(index).getArgNumber() == 4;
}

/// Least and largest elements by block; a warp takes one at a time.
void HopperAttention::findRanges(size_t table) {
  auto extract = cast<tensor::ExtractOp>(shape.rangeTables[table]);
  bool byKey = isByKey(extract);
  int64_t width = byKey ? shape.keyTile : shape.rows();
  int64_t blocks = byKey ? shape.keyBlocks() : shape.tilesPerHead();
  Value tensor = extract.getTensor();
  int64_t last = std::min(
      byKey ? shape.keys : shape.queries,
      cast<RankedTensorType>(tensor.getType()).getDimSize(0));
  Value pointer = memory.buffers[hopperBuffer(tensor)];
  Value inWarp = b.bitAnd(thread, 31);
  auto body = [&](Value number, ValueRange) -> Values {
    Value low, high;
    for (int64_t i = 0; i < width; i += 32) {
      Value place = b.add(b.mul(number, width), b.add(inWarp, i));
      Value end = b.add(b.mul(number, width), width - 1);
      place = b.smaller(b.smaller(place, end), b.number(last - 1));
      Value element = loadHopperElement(b, pointer, place, b.getI32Type());
      low = low ? b.smaller(low, element) : element;
      high = high ? b.larger(high, element) : element;
    }
    for (int64_t lane : {16, 8, 4, 2, 1}) {
      auto other = [&](Value value) -> Value {
        return ShuffleOp::create(b, value.getType(), value, lane,
                                 /*broadcast=*/false);
      };
      low = b.smaller(low, other(low));
      high = b.larger(high, other(high));
    }
    b.branch(b.equal(inWarp, 0), [&] {
      Value address = b.add(at(shape.rangeTable(table)), b.mul(number, 8));
      storeShared(low, address);
      storeShared(high, b.add(address, 4));
    });
    return {};
  };
  b.forLoop(b.div(thread, 32), b.number(blocks),
            b.number(shape.threads() / 32), {}, body);
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
  struct Range {
    Value low, high;
  };
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
    auto second = op->getNumOperands() == 2 ? range(op->getOperand(1))
                                            : std::nullopt;
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

/// What the region shows of `block` to the queries of `tile`.
HopperAttention::Sight HopperAttention::sightOf(Value tile, Value block) {
  Block &body = op.getScore().front();
  auto source = [&](Value value) -> std::optional<Intervals::Range> {
    bool query = value == body.getArgument(3);
    if (query || value == body.getArgument(4)) {
      int64_t width = query ? shape.rows() : shape.keyTile;
      Value first = b.mul(query ? tile : block, width);
      return Intervals::Range{first, b.add(first, width - 1)};
    }
    auto found = llvm::find(shape.rangeTables, value.getDefiningOp());
    if (found == shape.rangeTables.end())
      return std::nullopt;
    Value number = isByKey(*found) ? block : tile;
    Value address =
        b.add(at(shape.rangeTable(found - shape.rangeTables.begin())),
              b.mul(number, 8));
    return Intervals::Range{loadShared(address), loadShared(b.add(address, 4))};
  };
  auto select =
      body.getTerminator()->getOperand(0).getDefiningOp<arith::SelectOp>();
  auto truth = Intervals(b, source).truth(select.getCondition());
  auto known = [&](bool value) -> Value {
    return arith::ConstantIntOp::create(b, value, 1);
  };
  bool hiddenIf;
  if (!truth || !shownValue(op, hiddenIf))
    return {known(true), known(false)};
  Value mayHide = hiddenIf ? truth->mayHold : truth->mayFail;
  return {hiddenIf ? truth->mayFail : truth->mayHold,
          arith::XOrIOp::create(b, mayHide, known(true))};
}

/// The first and the last key block that each tile may see, and the longest run
/// of those it sees all of; a thread a tile.
void HopperAttention::findSeenBlocks() {
  for (size_t table = 0; table < shape.rangeTables.size(); ++table)
    findRanges(table);
  auto meet = [&] {
    NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
  };
  meet();
  Value zero = b.number(0), blocks = b.number(shape.keyBlocks());
  auto look = [&](Value tile, Value block, ValueRange found) -> Values {
    auto [some, all] = sightOf(tile, block);
    Value next = b.add(block, 1);
    Value start = b.select(all, found[4], next);
    Value isLonger = b.greater(b.sub(next, start), b.sub(found[3], found[2]));
    return {b.select(some, b.smaller(found[0], block), found[0]),
            b.select(some, next, found[1]),
            b.select(isLonger, start, found[2]),
            b.select(isLonger, next, found[3]), start};
  };
  auto body = [&](Value tile, ValueRange) -> Values {
    Values found = b.forLoop(zero, blocks, b.number(1),
                             {blocks, zero, zero, zero, zero},
                             [&](Value block, ValueRange carried) {
                               return look(tile, block, carried);
                             });
    Value address = b.add(at(shape.rangeOffset()), b.mul(tile, 16));
    for (int64_t i = 0; i < 4; ++i)
      storeShared(found[i], b.add(address, 4 * i));
    return {};
  };
  b.forLoop(thread, b.number(shape.tilesPerHead()),
            b.number(shape.threads()), {}, body);
  meet();
}

/// Keeps to what the region shows; one block at least.
void HopperAttention::narrow(Tile &tile) {
  Value number = b.div(tile.firstRow, shape.rows());
  Value address = b.add(at(shape.rangeOffset()), b.mul(number, 16));
  tile.firstBlock = b.larger(tile.firstBlock, loadShared(address));
  tile.firstBlock =
      b.smaller(tile.firstBlock, b.number(shape.keyBlocks() - 1));
  tile.lastBlock = b.smaller(tile.lastBlock, loadShared(b.add(address, 4)));
  tile.lastBlock = b.larger(tile.lastBlock, b.add(tile.firstBlock, 1));
  tile.firstShown = loadShared(b.add(address, 8));
  tile.lastShown = loadShared(b.add(address, 12));
}
