//===- HopperAttentionBackwardLoops.cpp - Gradient: its consumers ---------===//
#include "HopperAttentionBackward.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

/// The named barrier of both warpgroups.
static constexpr int64_t bothGroups = 3;

void HopperAttentionBackward::release(Loaded which, Value stage) {
  BarrierArriveOp::create(b, slot(rowBarriers(which).empty, stage), isLeader,
                          Value());
}

/// 64 rows of a matrix of `leftRows` times those at `right`, transposed.
Value HopperAttentionBackward::multiplyRows(Value left, int64_t leftRows,
                                            Value right, int64_t rightRows,
                                            int64_t panels) {
  SmallVector<int64_t> leftUnits, rightUnits;
  for (int64_t k = 0; k < 4 * panels; ++k) {
    leftUnits.push_back(k % 4 * 2 + k / 4 * leftRows * 8);
    rightUnits.push_back(k % 4 * 2 + k / 4 * rightRows * 8);
  }
  auto type = VectorType::get({rightRows / 2}, b.getF32Type());
  return MultiplyOp::create(b, type, left, b.descriptor(right, 16), Value(),
                            leftUnits, rightUnits, shape.element,
                            /*transpose_b=*/false);
}

/// `sums` and what `words` make of the `rows` at `right`.
Value HopperAttentionBackward::addProduct(Value sums, Value words, Value right,
                                          int64_t rows) {
  SmallVector<int64_t> units;
  for (int64_t k = 0; k < rows / 16; ++k)
    units.push_back(k * 16 * 8);
  return MultiplyOp::create(b, sums.getType(), words,
                            b.descriptor(right, rows * 128), sums,
                            ArrayRef<int64_t>{}, units, shape.element,
                            /*transpose_b=*/true);
}

/// Cotangents of scores times keys: the warpgroup's half of the queries'
/// sums, of their columns or, in one panel, of their rows.
Value HopperAttentionBackward::multiplyQueries(Value stage) {
  SmallVector<int64_t> leftUnits, rightUnits;
  for (int64_t k = 0; k < shape.keyTile / 16; ++k) {
    leftUnits.push_back(k % 4 * 2 + k / 4 * shape.queryTile * 8);
    rightUnits.push_back(k * 16 * 8);
  }
  bool rows = shape.keyPanels == 1;
  Value left = b.add(at(shape.scoreOffset()), b.mul(stage, shape.scoreBytes()));
  Value right = base;
  if (rows)
    left = b.add(left, b.mul(group, 64 * 128));
  else
    right = b.add(right, b.mul(group, shape.keyTile * 128));
  auto type = VectorType::get({32}, b.getF32Type());
  return MultiplyOp::create(b, type, b.descriptor(left, 16),
                            b.descriptor(right, shape.keyTile * 128), Value(),
                            leftUnits, rightUnits, shape.element,
                            /*transpose_b=*/true);
}

/// What belongs to the thread's columns, in pairs.
Values HopperAttentionBackward::readLine(int64_t offset, Value stage) {
  Value start = b.add(b.add(at(offset), b.mul(stage, shape.lineBytes())),
                      b.mul(column, 4));
  auto type = VectorType::get({2}, b.getF32Type());
  Values result;
  for (int64_t i = 0; i < shape.queryTile / 8; ++i)
    llvm::append_range(result,
                       b.elements(LLVM::LoadOp::create(
                           b, type, b.sharedPointer(b.add(start, 32 * i)), 8)));
  return result;
}

/// Zeroes probabilities of what the key of the row does not see.
void HopperAttentionBackward::mask(const Tile &tile, const Step &step,
                                   Values &elements) {
  Value zero = b.real(0);
  Value firstKey = b.add(b.add(tile.firstKey, groupRow), row);
  Value firstQuery = b.add(b.mul(step.number, shape.queryTile), column);
  for (int64_t r : {0, 1}) {
    Value key = b.add(firstKey, 8 * r);
    Value place = b.sub(b.sub(key, tile.offset), firstQuery);
    Value least = b.number(-1), most;
    if (shape.right)
      least = b.add(place, -*shape.right);
    if (shape.left)
      most = b.add(place, *shape.left);
    if (shape.hasTail(shape.keyTile))
      least = b.select(b.greater(tile.keys, key), least, b.number(INT32_MAX));
    for (auto [i, element] : llvm::enumerate(elements)) {
      if (rowOf(i) != r)
        continue;
      Value place = b.number(columnOf(i));
      element = b.select(b.greater(least, place), zero, element);
      if (shape.left)
        element = b.select(b.greater(place, most), zero, element);
    }
  }
}

HopperAttentionBackward::Spot HopperAttentionBackward::spotOf(const Tile &tile,
                                                              const Step &step,
                                                              bool masked) {
  Value key = b.add(b.add(tile.firstKey, groupRow), row);
  Value query = b.add(b.mul(step.number, shape.queryTile), column);
  return readSpot({tile.batch, step.head, query, key}, shape.queryTile / 2,
                  /*keysAreRows=*/true, shape.hidesByPlace && !masked);
}

/// `slopes`: what cotangents are multiplied by, none for 1.
Values HopperAttentionBackward::probabilities(const Tile &tile,
                                              const Step &step,
                                              const Spot &spot, bool masked,
                                              Value scores, Values &slopes) {
  Values logarithms = readLine(shape.logarithmOffset(), stageOf(step.step));
  Values result;
  for (auto [i, score] : llvm::enumerate(b.elements(scores))) {
    Value slope;
    result.push_back(
        chance(spot, i, score, logarithms[i / 4 * 2 + i % 2], slope));
    if (slope)
      slopes.push_back(slope);
  }
  if (masked)
    mask(tile, step, result);
  return result;
}

/// An accumulator's layout is that of the next product's left side.
Value HopperAttentionBackward::packed(ArrayRef<Value> elements) {
  Values words;
  for (size_t i = 0; i < elements.size(); i += 2)
    words.push_back(b.pack(elements[i], elements[i + 1], shape.element));
  return b.vectorOf(words);
}

/// Queries become rows: a panel of 64 keys for each warpgroup.
void HopperAttentionBackward::storeScores(Value words, Value stage) {
  Value low = b.bitAnd(lane, 7), matrix = b.div(lane, 8);
  Value line = b.add(low, b.mul(b.div(matrix, 2), 8));
  Value chunk = b.bitXor(b.add(b.mul(warp, 2), b.bitAnd(matrix, 1)), low);
  Value start =
      b.add(at(shape.scoreOffset()), b.mul(stage, shape.scoreBytes()));
  start = b.add(start, b.mul(group, shape.queryTile * 128));
  start = b.add(start, b.add(b.mul(line, 128), b.mul(chunk, 16)));
  Values all = b.elements(words);
  for (int64_t k = 0; k < shape.queryTile / 16; ++k)
    StoreMatrixOp::create(b, b.vectorOf(ArrayRef(all).slice(4 * k, 4)),
                          b.add(start, k * 16 * 128), /*transpose=*/true);
  FenceOp::create(b, /*init=*/false);
}

/// To the thread that adds: two boxes of 32 columns, in the swizzle that TMA
/// undoes.
void HopperAttentionBackward::giveSums(const Step &step, Value sums) {
  Value buffer = b.bitAnd(step.step, 1);
  Value parity = b.bitAnd(b.div(step.step, 2), 1);
  BarrierWaitOp::create(b, slot(sumBarriers().empty, buffer),
                        b.bitXor(parity, b.number(1)));
  Value start = b.add(at(shape.sumOffset()),
                      b.mul(b.add(b.mul(buffer, 2), group), shape.partBytes));
  start = b.add(start, b.add(b.mul(row, 128), b.mul(b.bitAnd(lane, 1), 8)));
  Value turn = b.div(lane, 4), chunk = b.div(b.bitAnd(lane, 3), 2);
  Values starts;
  for (int64_t j = 0; j < 4; ++j)
    starts.push_back(
        b.add(start, b.mul(b.bitXor(b.add(chunk, 2 * j), turn), 16)));
  Values all = b.elements(sums);
  Value scale = b.real(shape.scale);
  for (size_t i = 0; i < all.size(); i += 2) {
    int64_t eight = i / 4;
    Value pair = b.vectorOf({b.fmul(all[i], scale), b.fmul(all[i + 1], scale)});
    Value address = b.add(starts[eight % 4],
                          eight / 4 * shape.partBytes / 2 + rowOf(i) * 8 * 128);
    LLVM::StoreOp::create(b, pair, b.sharedPointer(address), 8);
  }
  FenceOp::create(b, /*init=*/false);
  WarpBarrierOp::create(b);
  BarrierArriveOp::create(b, slot(sumBarriers().full, buffer), isLeader,
                          Value());
}

/// Cotangents of scores, before slopes.
Values HopperAttentionBackward::changes(ArrayRef<Value> chances,
                                        Value cotangents, const Step &step) {
  Values products = readLine(shape.productOffset(), stageOf(step.step));
  Values result;
  for (auto [i, cotangent] : llvm::enumerate(b.elements(cotangents))) {
    Value product = products[i / 4 * 2 + i % 2];
    result.push_back(b.fmul(chances[i], b.fadd(cotangent, b.fnegate(product))));
  }
  return result;
}

/// One tile of queries; carried are the sums for keys, then those for values.
Values HopperAttentionBackward::nextStep(const Tile &tile, const Step &step,
                                         bool masked, ValueRange carried) {
  Value stage = stageOf(step.step), phase = phaseOf(step.step);
  Value buffer = b.bitAnd(step.step, 1);
  size_t count = carried.size() / 2;
  Value keySums = b.vectorOf(Values(carried.take_front(count)));
  Value valueSums = b.vectorOf(Values(carried.drop_front(count)));
  BarrierWaitOp::create(b, slot(rowBarriers(Queries).full, stage), phase);
  Value queries =
      b.add(at(shape.queryOffset()), b.mul(stage, shape.queryBytes()));
  Value outputs =
      b.add(at(shape.outputOffset()), b.mul(stage, shape.outputBytes()));
  int64_t rows = shape.queryTile, panels = shape.keyPanels;
  Value scores = multiplyRows(keyMatrix, shape.keyTile, queries, rows, panels);
  BarrierWaitOp::create(b, slot(rowBarriers(Outputs).full, stage), phase);
  Value cotangents =
      multiplyRows(valueMatrix, shape.keyTile, outputs, rows, panels);
  Spot spot = spotOf(tile, step, masked);
  b.waitFor(scores, {}, 1);
  Values slopes;
  Values chances = probabilities(tile, step, spot, masked, scores, slopes);
  // Words need fewer registers.
  Value early = slopes.empty() ? Value() : packed(chances);
  Values given = sloped(chances, slopes);
  b.waitFor(cotangents, {}, 0);
  Values changed = changes(given, cotangents, step);
  Value words = early ? early : packed(chances);
  valueSums = addProduct(valueSums, words, outputs, rows);
  Value changeWords = packed(changed);
  storeScores(changeWords, buffer);
  NamedBarrierOp::create(b, b.number(bothGroups), 256, /*arrive=*/false);
  Value querySums = multiplyQueries(buffer);
  keySums = addProduct(keySums, changeWords, queries, rows);
  Value both[] = {querySums, valueSums};
  b.waitFor(both, words, 1);
  release(Outputs, stage);
  giveSums(step, both[0]);
  b.waitFor(keySums, changeWords, 0);
  release(Queries, stage);
  Values next = b.elements(keySums);
  llvm::append_range(next, b.elements(both[1]));
  return next;
}

/// Over the warpgroup's own rows of what was read, 16 columns at a time, in
/// the swizzle that TMA undoes.
void HopperAttentionBackward::writePanels(const Tile &tile,
                                          ArrayRef<Value> sums, int64_t offset,
                                          int64_t map) {
  Value low = b.bitAnd(lane, 7), half = b.bitAnd(b.div(lane, 8), 1);
  Value line = b.add(b.mul(warp, 16), b.add(low, b.mul(half, 8)));
  Value mine = b.add(at(offset), b.mul(groupRow, 128));
  Value start = b.add(mine, b.mul(line, 128));
  Value all = packed(sums);
  Values words = b.elements(all);
  int64_t panelBytes = shape.keyTile * 128;
  for (size_t k = 0; k < words.size() / 4; ++k) {
    Value chunk = b.bitXor(b.add(b.div(lane, 16), k % 4 * 2), low);
    StoreMatrixOp::create(
        b, b.vectorOf(ArrayRef(words).slice(4 * k, 4)),
        b.add(b.add(start, b.mul(chunk, 16)), k / 4 * panelBytes));
  }
  FenceOp::create(b, /*init=*/false);
  NamedBarrierOp::create(b, b.add(group, 8), 128, /*arrive=*/false);
  b.branch(isFirst, [&] {
    Value firstRow = b.add(tile.firstKey, groupRow);
    for (int64_t panel = 0; panel < int64_t(sums.size()) / 32; ++panel)
      StoreOp::create(b, b.add(mine, panel * panelBytes), memory.maps[map],
                      place(b.number(64 * panel), firstRow, tile.keyHead, tile,
                            /*isKey=*/true));
    StoreCommitOp::create(b);
  });
}

void HopperAttentionBackward::startThread(bool split) {
  row = b.add(b.mul(warp, 16), b.div(lane, 4));
  column = b.mul(b.bitAnd(lane, 3), 2);
  groupRow = split ? b.number(0) : b.mul(group, 64);
}

void HopperAttentionBackward::emitConsumer(const Tile &tile) {
  startThread(/*split=*/false);
  Value mine = b.add(base, b.mul(group, 64 * 128));
  keyMatrix = b.descriptor(mine, 16);
  valueMatrix = b.descriptor(b.add(mine, shape.valueOffset()), 16);
  BarrierWaitOp::create(b, at(keyBarrier()), b.number(0));
  BarrierWaitOp::create(b, at(valueBarrier()), b.number(0));
  int64_t count = shape.keyPanels * 32;
  Values sums(2 * count, b.real(0));
  sums = forSteps(tile, /*split=*/true, sums,
                  [&](Step step, bool masked, ValueRange carried) {
                    return nextStep(tile, step, masked, carried);
                  });
  writePanels(tile, ArrayRef(sums).drop_front(count), shape.valueOffset(), 6);
  Values keySums;
  for (Value sum : ArrayRef(sums).take_front(count))
    keySums.push_back(b.fmul(sum, b.real(shape.scale)));
  // The other warpgroup multiplies this one's keys until here.
  NamedBarrierOp::create(b, b.number(bothGroups), 256, /*arrive=*/false);
  writePanels(tile, keySums, 0, 5);
  b.branch(isFirst, [&] { StoreWaitOp::create(b); });
}
