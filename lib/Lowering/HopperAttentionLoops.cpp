//===- HopperAttentionLoops.cpp - Attention on tensor cores: consumers ----===//
#include "HopperAttention.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

void HopperAttention::release(Barriers barriers, Value stage) {
  BarrierArriveOp::create(b, slot(barriers.empty, stage), isLeader,
                          Value());
}

/// Ping-pong: warpgroups issue their products in turn, so that the softmax of
/// one runs beside the products of another.
void HopperAttention::takeTurn(bool arrive) {
  if (!shape.pingPong)
    return;
  Value next = b.rem(b.add(group, 1), shape.consumers);
  NamedBarrierOp::create(b, b.add(arrive ? next : group, 1), 256, arrive);
}

void HopperAttention::emitConsumer() {
  lane = b.bitAnd(thread, 31);
  isLeader = b.equal(lane, 0);
  isFirst = b.equal(b.bitAnd(thread, 127), 0);
  Value warp = b.bitAnd(b.div(thread, 32), 3);
  row = b.add(b.mul(warp, 16), b.div(lane, 4));
  column = b.mul(b.bitAnd(lane, 3), 2);
  queryMatrix = b.descriptor(b.add(base, b.mul(group, 64 * 128)), 16);
  keyMatrix = b.descriptor(at(shape.keyOffset()), 16);
  valueMatrix =
      b.descriptor(at(shape.valueOffset()), shape.keyTile * 128);
  if (shape.pingPong)
    b.branch(b.equal(group, shape.consumers - 1), [&] {
      NamedBarrierOp::create(b, b.number(1), 256, /*arrive=*/true);
    });
  forTiles([&](Tile tile, Value step, Value tileCount) {
    emitTile(tile, step, tileCount);
  });
  // Shared memory must outlive the stores that read it.
  b.branch(isFirst, [&] { StoreWaitOp::create(b); });
}

Value HopperAttention::multiplyKeys(Value stage) {
  SmallVector<int64_t> queryUnits, keyUnits;
  for (int64_t k = 0; k < (shape.depth + 15) / 16; ++k) {
    queryUnits.push_back(k % 4 * 2 + k / 4 * shape.rows() * 8);
    keyUnits.push_back(k % 4 * 2 + k / 4 * shape.keyTile * 8);
  }
  auto type = VectorType::get({shape.keyTile / 2}, b.getF32Type());
  Value keys = b.advance(keyMatrix, b.mul(stage, shape.keyBytes()));
  return MultiplyOp::create(b, type, queryMatrix, keys, Value(), queryUnits,
                            keyUnits, shape.element, /*transpose_b=*/false);
}

Value HopperAttention::multiplyValues(Value sums, Value probabilities,
                                      Value stage) {
  SmallVector<int64_t> units;
  for (int64_t k = 0; k < shape.keyTile / 16; ++k)
    units.push_back(k * 16 * 8);
  Value values = b.advance(valueMatrix, b.mul(stage, shape.valueBytes()));
  return MultiplyOp::create(b, sums.getType(), probabilities, values, sums,
                            ArrayRef<int64_t>{}, units, shape.element,
                            /*transpose_b=*/true);
}

void HopperAttention::mask(Values &scores, const Tile &tile, Value block,
                           Hiding hiding) {
  auto [right, left, byRegion] = hiding;
  if (!right && !left)
    return;
  Value hidden = b.real(-INFINITY);
  Value firstKey = b.add(b.mul(block, shape.keyTile), column);
  Value position = firstQuery(tile);
  for (int64_t r : {0, 1}) {
    Value last = tile.keys, first;
    Value mine = b.add(b.add(position, tile.offset), 8 * r);
    if (shape.right)
      last = b.smaller(last, b.add(mine, *shape.right + 1));
    last = b.sub(last, firstKey);
    if (left)
      first = b.sub(b.add(mine, -*shape.left - 1), firstKey);
    for (auto [i, score] : llvm::enumerate(scores)) {
      if (rowOf(i) != r)
        continue;
      Value key = b.number(columnOf(i));
      if (right)
        score = b.select(b.greater(last, key), score, hidden);
      if (left)
        score = b.select(b.greater(key, first), score, hidden);
    }
  }
}

/// Turns scores into probabilities relative to the new maxima. Returns the
/// factors of earlier sums.
Values HopperAttention::softmax(Values &scores, State &state, bool first) {
  Value scale = b.real(shape.exponentScale());
  Values factors;
  for (int64_t r : {0, 1}) {
    Values mine;
    for (auto [i, score] : llvm::enumerate(scores))
      if (rowOf(i) == r)
        mine.push_back(score);
    Values candidates = mine;
    if (!first)
      candidates.insert(candidates.begin(), state.maxima[r]);
    Value maximum = b.reduceQuad(
        b.reduce(candidates, &HopperBuilder::fmax), &HopperBuilder::fmax);
    Value scaled = b.fmul(maximum, scale);
    if (shape.needsGuard()) {
      // Of -inf in a row without keys yet: exp(-inf - 0) is 0, not NaN.
      Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, maximum,
                                         b.real(-INFINITY));
      scaled = b.select(none, b.real(0), scaled);
    }
    Value shift = b.fnegate(scaled);
    if (!first)
      factors.push_back(b.exp2(b.fma(state.maxima[r], scale, shift)));
    Values exponentials;
    for (auto [i, score] : llvm::enumerate(scores))
      if (rowOf(i) == r)
        exponentials.push_back(score = b.exp2(b.fma(score, scale, shift)));
    Value total = b.reduce(exponentials, &HopperBuilder::fadd);
    state.totals[r] =
        first ? total : b.fma(state.totals[r], factors[r], total);
    state.maxima[r] = maximum;
  }
  return factors;
}

/// An accumulator's layout is that of the next product's left side.
Value HopperAttention::packed(ArrayRef<Value> probabilities) {
  Values words;
  for (size_t i = 0; i < probabilities.size(); i += 2)
    words.push_back(
        b.pack(probabilities[i], probabilities[i + 1], shape.element));
  return b.vectorOf(words);
}

void HopperAttention::rescale(Values &sums, ArrayRef<Value> factors) {
  for (auto [i, sum] : llvm::enumerate(sums))
    sum = b.fmul(sum, factors[rowOf(i)]);
}

HopperAttention::State HopperAttention::firstBlock(const Tile &tile,
                                                   Value step) {
  Value stage = stageOf(step);
  BarrierWaitOp::create(b, slot(keyBarriers().full, stage), phaseOf(step));
  takeTurn(/*arrive=*/false);
  Value product = multiplyKeys(stage);
  takeTurn(/*arrive=*/true);
  Value number = b.add(tile.lastBlock, -1);
  Values maskValues = readMask(tile, number);
  readRegion(tile, number);
  Value done = MultiplyWaitOp::create(b, TypeRange(product.getType()), product,
                                      ValueRange(), 0)
                   .getResult(0);
  release(keyBarriers(), stage);
  Values scores = b.elements(done);
  if (shape.maskTiles)
    maskValues = readMaskTile(step);
  adjust(scores, tile, number, maskValues, /*shown=*/false);
  mask(scores, tile, number,
       {shape.hasTail() || shape.right, shape.left.has_value(), shape.hasScore});
  State state;
  state.maxima.resize(2);
  state.totals.resize(2);
  softmax(scores, state, /*first=*/true);
  state.probabilities = b.elements(packed(scores));
  state.sums.assign(shape.valueDepth / 2, b.real(0));
  return state;
}

/// The scores of the block at `step` + 1 are multiplied while the values of
/// the one at `step` are.
HopperAttention::State
HopperAttention::nextBlock(const Tile &tile, Value step, Value number,
                           State state, Hiding hiding) {
  Value next = b.add(step, 1);
  Value stage = stageOf(step), nextStage = stageOf(next);
  BarrierWaitOp::create(b, slot(keyBarriers().full, nextStage), phaseOf(next));
  takeTurn(/*arrive=*/false);
  Value product = multiplyKeys(nextStage);
  BarrierWaitOp::create(b, slot(valueBarriers().full, stage), phaseOf(step));
  Value probabilities = b.vectorOf(state.probabilities);
  Value sums =
      multiplyValues(b.vectorOf(state.sums), probabilities, stage);
  takeTurn(/*arrive=*/true);
  Values maskValues = readMask(tile, number);
  if (hiding.region)
    readRegion(tile, number);
  Value done = MultiplyWaitOp::create(b, TypeRange(product.getType()), product,
                                      ValueRange(), 1)
                   .getResult(0);
  release(keyBarriers(), nextStage);
  Values scores = b.elements(done);
  if (shape.maskTiles)
    maskValues = readMaskTile(next);
  adjust(scores, tile, number, maskValues, !hiding.region);
  mask(scores, tile, number, hiding);
  Values factors = softmax(scores, state, /*first=*/false);
  sums = MultiplyWaitOp::create(b, TypeRange(sums.getType()), sums,
                                probabilities, 0)
             .getResult(0);
  release(valueBarriers(), stage);
  state.sums = b.elements(sums);
  rescale(state.sums, factors);
  state.probabilities = b.elements(packed(scores));
  return state;
}

/// Behind its last block, a tile's blocks [0, right) are those the right limit
/// may cut, or what the region hides; [full, steps) those the left one may.
HopperAttention::Cuts HopperAttention::cutsOf(const Tile &tile) {
  Value zero = b.number(0), steps = b.add(tile.count, -1);
  auto clamp = [&](Value value) {
    return b.smaller(b.larger(value, zero), steps);
  };
  Cuts cuts{zero, steps, steps};
  Value last = b.add(tile.lastBlock, -1), stands = b.add(tile.firstRow,
                                                         tile.offset);
  if (shape.right) {
    Value seen = b.add(stands, *shape.right + 1);
    Value all = b.div(b.larger(seen, zero), shape.keyTile);
    cuts.right = clamp(b.sub(last, all));
  }
  if (shape.left) {
    Value hidden = b.add(stands, shape.rows() - 1 - *shape.left);
    Value all = b.ceilDiv(b.larger(hidden, zero), shape.keyTile);
    Value cut = clamp(b.sub(all, tile.firstBlock));
    cuts.full = b.sub(steps, cut);
  }
  if (shape.hidesByPlace) {
    cuts.right = b.larger(cuts.right, clamp(b.sub(last, tile.lastShown)));
    cuts.full =
        b.smaller(cuts.full, clamp(b.sub(last, tile.firstShown)));
  }
  cuts.full = b.larger(cuts.full, cuts.right);
  return cuts;
}

/// From the last block down: those the right limit cuts, full ones, those the
/// left limit cuts.
HopperAttention::State HopperAttention::blocks(const Tile &tile, Value step,
                                               State state) {
  int64_t count = state.sums.size();
  auto run = [&](Value from, Value to, Hiding hiding) {
    Values initial = state.sums;
    llvm::append_range(initial, state.maxima);
    llvm::append_range(initial, state.totals);
    llvm::append_range(initial, state.probabilities);
    auto split = [&](ValueRange all) {
      State part;
      part.sums.assign(all.begin(), all.begin() + count);
      part.maxima.assign(all.begin() + count, all.begin() + count + 2);
      part.totals.assign(all.begin() + count + 2, all.begin() + count + 4);
      part.probabilities.assign(all.begin() + count + 4, all.end());
      return part;
    };
    auto body = [&](Value i, ValueRange carried) {
      Value number = b.sub(b.add(tile.lastBlock, -2), i);
      State next = nextBlock(tile, b.add(step, i), number, split(carried),
                             hiding);
      Values all = next.sums;
      llvm::append_range(all, next.maxima);
      llvm::append_range(all, next.totals);
      llvm::append_range(all, next.probabilities);
      return all;
    };
    state = split(b.forLoop(from, to, b.number(1), initial, body));
  };
  Cuts cuts = cutsOf(tile);
  bool right = shape.right.has_value(), left = shape.left.has_value();
  bool region = shape.hasScore, cut = shape.hidesByPlace;
  // Where the region hides by place, nothing is hidden in the middle.
  if (right || cut)
    run(b.number(0), cuts.right, {right, left, region});
  run(cuts.right, cuts.full, {false, false, region && !cut});
  if (left || cut)
    run(cuts.full, cuts.steps, {cut && right, left, region});
  return state;
}

void HopperAttention::emitTile(const Tile &tile, Value step, Value tileCount) {
  BarrierWaitOp::create(b, at(queryBarriers().full), b.bitAnd(tileCount, 1));
  if (shape.hasScore)
    region.readRows(regionPlace(tile, b.number(0)), {0, 8});
  State state = blocks(tile, step, firstBlock(tile, step));
  if (shape.separateOutput)
    BarrierArriveOp::create(b, at(queryBarriers().empty), isLeader, Value());
  Value last = b.add(b.add(step, tile.count), -1);
  Value stage = stageOf(last);
  BarrierWaitOp::create(b, slot(valueBarriers().full, stage), phaseOf(last));
  Value probabilities = b.vectorOf(state.probabilities);
  Value sums = multiplyValues(b.vectorOf(state.sums), probabilities, stage);
  sums = MultiplyWaitOp::create(b, TypeRange(sums.getType()), sums,
                                probabilities, 0)
             .getResult(0);
  release(valueBarriers(), stage);
  state.sums = b.elements(sums);
  writeTile(tile, state);
}

void HopperAttention::writeTile(const Tile &tile, State state) {
  Values inverses;
  for (Value &total : state.totals)
    total = b.reduceQuad(total, &HopperBuilder::fadd);
  if (shape.parts > 1)
    return writePart(tile, state);
  if (op.getLogSumExp())
    writeLogarithms(tile, state);
  for (Value total : state.totals) {
    Value inverse = b.reciprocal(total);
    if (shape.masked() || shape.needsGuard()) {
      Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, total,
                                         b.real(0));
      inverse = b.select(none, b.real(0), inverse);
    }
    inverses.push_back(inverse);
  }
  rescale(state.sums, inverses);
  Value barrier = b.add(group, 8);
  if (shape.stays() && shape.separateOutput) {
    b.branch(isFirst, [&] { StoreWaitOp::create(b); });
    NamedBarrierOp::create(b, barrier, 128, /*arrive=*/false);
  }
  storeFragments(state.sums);
  FenceOp::create(b, /*init=*/false);
  NamedBarrierOp::create(b, barrier, 128, /*arrive=*/false);
  b.branch(isFirst, [&] { storeTile(tile); });
  if (!shape.separateOutput)
    BarrierArriveOp::create(b, at(queryBarriers().empty), isLeader, Value());
}

/// 16 columns at a time, in the swizzle that TMA undoes.
void HopperAttention::storeFragments(ArrayRef<Value> sums) {
  Value warp = b.bitAnd(b.div(thread, 32), 3), low = b.bitAnd(lane, 7);
  Value half = b.bitAnd(b.div(lane, 8), 1);
  Value line = b.add(b.mul(warp, 16), b.add(low, b.mul(half, 8)));
  Value start = b.add(at(shape.outputOffset()),
                      b.add(b.mul(group, 64 * 128), b.mul(line, 128)));
  for (int64_t k = 0; k * 16 < shape.valueDepth; ++k) {
    Value chunk = b.bitXor(b.add(b.div(lane, 16), k % 4 * 2), low);
    Value address = b.add(b.add(start, b.mul(chunk, 16)),
                          k / 4 * shape.rows() * 128);
    Values words;
    for (int64_t i = 8 * k; i < 8 * k + 8; i += 2)
      words.push_back(i < int64_t(sums.size())
                          ? b.pack(sums[i], sums[i + 1], shape.element)
                          : b.number(0));
    StoreMatrixOp::create(b, b.vectorOf(words), address);
  }
}

void HopperAttention::storeTile(const Tile &tile) {
  Value firstRow = b.add(tile.firstRow, b.mul(group, 64));
  for (int64_t panel = 0; panel < shape.valuePanels(); ++panel) {
    Value address = b.add(at(shape.outputOffset() + panel * shape.rows() * 128),
                          b.mul(group, 64 * 128));
    StoreOp::create(b, address, memory.maps[3],
                    place(panel, firstRow, tile.head, tile, /*isKey=*/false));
  }
  StoreCommitOp::create(b);
  if (!shape.separateOutput)
    StoreWaitOp::create(b);
}
