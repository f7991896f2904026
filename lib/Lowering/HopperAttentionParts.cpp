//===- HopperAttentionParts.cpp - Few queries, many keys ------------------===//
// Several blocks share the keys of a tile (Dao et al., "Flash-Decoding", 2023).
// Each leaves its sums in global memory; the one that is done last puts all
// together, in the order of parts, so that repeats are bit-equal.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Results of so many parts are read before the first is used.
static constexpr int64_t readTogether = 16;

/// The key blocks of a tile, cut into runs. A run without blocks computes one
/// of which it sees no key.
HopperAttention::Tile HopperAttention::partAt(Value number) {
  Value index = b.div(number, shape.parts);
  Tile tile = tileAt(index);
  tile.number = index;
  tile.part = b.rem(number, shape.parts);
  Value first = tile.firstBlock, count = tile.count;
  auto cut = [&](Value part) {
    Value blocks = arith::MulIOp::create(b, part, count);
    return b.add(first, b.div(blocks, shape.parts));
  };
  Value from = cut(tile.part), to = cut(b.add(tile.part, 1));
  if (shape.mayBeEmpty()) {
    Value isNone = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, from, to);
    from = b.smaller(from, b.add(tile.lastBlock, -1));
    to = b.larger(to, b.add(from, 1));
    tile.keys = b.select(isNone, b.number(0), tile.keys);
  }
  tile.firstBlock = from;
  tile.lastBlock = to;
  tile.count = b.sub(to, from);
  return tile;
}

/// The address of a number among the results of parts.
Value HopperAttention::partial(Value index) {
  return hopperAddress(b, memory.partials, index, b.getF32Type());
}

/// Stores the thread's sums; the block that is last goes on.
void HopperAttention::writePart(const Tile &tile, const State &state) {
  Value slot = b.add(b.mul(tile.number, shape.parts), tile.part);
  for (int64_t r : {0, 1}) {
    Value line = b.add(b.add(b.mul(group, 64), row), 8 * r);
    Value place = b.add(b.mul(slot, shape.partRows()), line);
    Value exists = b.greater(b.number(shape.queries),
                             b.add(tile.firstRow, line));
    b.branch(exists, [&] {
      Value start = b.add(b.mul(place, shape.valueDepth), column);
      for (int64_t i = 2 * r; i < int64_t(state.sums.size()); i += 4)
        LLVM::StoreOp::create(b, b.vectorOf({state.sums[i], state.sums[i + 1]}),
                              partial(b.add(start, i / 4 * 8)));
      b.branch(b.equal(column, 0), [&] {
        LLVM::StoreOp::create(
            b, b.vectorOf({state.maxima[r], state.totals[r]}),
            partial(b.add(b.mul(place, 2), shape.partStates())));
      });
    });
  }
  auto meet = [&] {
    NamedBarrierOp::create(b, b.number(8), 128 * shape.consumers,
                           /*arrive=*/false);
  };
  meet();
  Value flag = at(shape.turnOffset());
  b.branch(b.equal(thread, 0), [&] {
    Value isLast = countPart(tile);
    b.storeWord(b.select(isLast, b.number(1), b.number(0)), flag);
  });
  meet();
  b.branch(b.equal(b.loadWord(flag), 1), [&] { mergeParts(tile); });
}

/// Whether the tile's other parts are there. One thread asks; its fences also
/// cover what the others have written before a barrier, or read behind one.
Value HopperAttention::countPart(const Tile &tile) {
  auto fence = [&] {
    LLVM::FenceOp::create(b, LLVM::AtomicOrdering::acq_rel, "device");
  };
  fence();
  Value counter =
      hopperAddress(b, memory.counter, tile.number, b.getI32Type());
  Value done = LLVM::AtomicRMWOp::create(
      b, LLVM::AtomicBinOp::add, counter, b.number(1),
      LLVM::AtomicOrdering::acq_rel, "device");
  fence();
  Value isLast = b.equal(done, shape.parts - 1);
  // Launches find the counter as it was.
  b.branch(isLast, [&] { LLVM::StoreOp::create(b, b.number(0), counter); });
  return isLast;
}

/// Four or eight columns of a row by each thread: all reads of a thread are on
/// their way at once.
void HopperAttention::mergeParts(const Tile &tile) {
  int64_t threads = 128 * shape.consumers;
  int64_t width = shape.partRows() * shape.valueDepth > 4 * threads ? 8 : 4;
  int64_t chunks = shape.valueDepth / width;
  b.forLoop(thread, b.number(shape.partRows() * chunks), b.number(threads), {},
            [&](Value index, ValueRange) -> Values {
              Value line = b.div(index, chunks);
              Value exists = b.greater(b.number(shape.queries),
                                       b.add(tile.firstRow, line));
              b.branch(exists, [&] {
                Value column = b.mul(b.rem(index, chunks), width);
                mergeElements(tile, line, column, width);
              });
              return {};
            });
}

/// Numbers `offset` behind the `stride` of a line of each of `count` parts.
SmallVector<Values> HopperAttention::readParts(Value firstSlot, Value line,
                                               int64_t count, int64_t stride,
                                               Value offset, int64_t width) {
  SmallVector<Values> all(count);
  int64_t atOnce = std::min<int64_t>(width, 4);
  auto type = VectorType::get({atOnce}, b.getF32Type());
  for (int64_t i = 0; i < count; ++i) {
    Value place = b.add(b.mul(b.add(firstSlot, i), shape.partRows()), line);
    Value start = b.add(b.mul(place, stride), offset);
    for (int64_t j = 0; j < width; j += atOnce)
      llvm::append_range(all[i],
                         b.elements(LLVM::LoadOp::create(
                             b, type, partial(b.add(start, j)))));
  }
  return all;
}

/// sum_p w_p sums_p / sum_p w_p totals_p, w_p = exp(maximum_p - maximum), the
/// maximum being that of the parts so far.
void HopperAttention::mergeElements(const Tile &tile, Value line, Value column,
                                    int64_t width) {
  int64_t together = std::min(shape.parts, readTogether);
  Value firstSlot = b.mul(tile.number, shape.parts);
  Value hidden = b.real(-INFINITY), zero = b.real(0);
  Value scale = b.real(shape.exponentScale());
  auto body = [&](Value i, ValueRange carried) {
    Value slot = b.add(firstSlot, b.mul(i, together));
    auto states = readParts(slot, line, together, 2,
                            b.number(shape.partStates()), 2);
    auto values =
        readParts(slot, line, together, shape.valueDepth, column, width);
    Value maximum = carried.back();
    for (const Values &state : states)
      maximum = b.fmax(maximum, state[0]);
    Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, maximum,
                                       hidden);
    Value shift = b.fnegate(b.select(none, zero, b.fmul(maximum, scale)));
    auto weigh = [&](Value of) { return b.exp2(b.fma(of, scale, shift)); };
    Values sums(carried.drop_back());
    Value factor = weigh(carried.back());
    for (Value &sum : sums)
      sum = b.fmul(sum, factor);
    for (auto [state, numbers] : llvm::zip_equal(states, values)) {
      Value weight = weigh(state[0]);
      for (int64_t n = 0; n < width; ++n)
        sums[n] = b.fma(weight, numbers[n], sums[n]);
      sums[width] = b.fma(weight, state[1], sums[width]);
    }
    sums.push_back(maximum);
    return sums;
  };
  Values initial(width + 1, zero);
  initial.push_back(hidden);
  writeElements(tile, line, column,
                b.forLoop(b.number(0), b.number(shape.parts / together),
                          b.number(1), initial, body));
}

/// `sums`: of columns, of exponentials, and the maximum.
void HopperAttention::writeElements(const Tile &tile, Value line, Value column,
                                    Values sums) {
  Value zero = b.real(0);
  Value maximum = sums.pop_back_val(), total = sums.pop_back_val();
  Value isNone = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, total,
                                       zero);
  Value inverse = b.select(isNone, zero, b.reciprocal(total));
  Values words;
  for (size_t i = 0; i < sums.size(); i += 2)
    words.push_back(b.pack(b.fmul(sums[i], inverse),
                           b.fmul(sums[i + 1], inverse), shape.element));
  Value query = b.add(tile.firstRow, line);
  bool headsFirst = op.getLayout() == AttentionLayout::BHSD;
  Value heads = b.add(b.mul(tile.batch, shape.queryHeads), tile.head);
  Value byHead = b.add(b.mul(heads, shape.queries), query);
  Value byRow =
      b.add(b.mul(b.add(b.mul(tile.batch, shape.queries), query),
                  shape.queryHeads),
            tile.head);
  Value place = b.mul(headsFirst ? byHead : byRow, shape.valueDepth);
  Value buffer = memory.buffers[hopperBuffer(op.getResults())];
  Value address =
      hopperAddress(b, buffer, b.add(place, column), shape.element);
  LLVM::StoreOp::create(b, b.vectorOf(words), address);
  Value result = op.getLogSumExp();
  if (!result)
    return;
  b.branch(b.equal(column, 0), [&] {
    Value there = hopperAddress(b, memory.buffers[hopperBuffer(result)], byHead,
                                b.getF32Type());
    LLVM::StoreOp::create(b, logarithm(maximum, total), there);
  });
}
