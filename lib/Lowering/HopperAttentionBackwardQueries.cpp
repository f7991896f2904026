//===- HopperAttentionBackwardQueries.cpp - Gradients by deep queries -----===//
// Blocks that keep 128 queries with the cotangents of their results, and walk
// over the keys. The scores of the next keys are multiplied while this tile's
// cotangents are.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

/// Longest first.
HopperAttentionBackward::QueryTile
HopperAttentionBackward::queryTileAt(Value number) {
  int64_t blocks = shape.queryBlocks();
  Value index = b.sub(b.number(blocks - 1), b.rem(number, blocks));
  Value head = b.div(number, blocks);
  QueryTile tile;
  tile.head = b.rem(head, shape.queryHeads);
  static_cast<Sequence &>(tile) =
      sequenceOf(b.div(head, shape.queryHeads), index);
  tile.firstRow = b.mul(index, shape.queryRows);
  tile.keyHead = b.div(tile.head, shape.group());
  seenKeys(tile);
  return tile;
}

/// One tile of keys at least, of which nothing is seen.
void HopperAttentionBackward::seenKeys(QueryTile &tile) {
  int64_t rows = shape.queryRows, width = shape.narrowKeys;
  Value zero = b.number(0), stands = b.add(tile.firstRow, tile.offset);
  tile.first = tile.firstWhole = zero;
  tile.end = b.ceilDiv(tile.keys, width);
  Value whole = b.div(tile.keys, width);
  if (shape.left) {
    Value key = b.add(stands, -*shape.left);
    tile.first = b.larger(
        b.smaller(b.div(b.larger(key, zero), width), b.add(tile.end, -1)),
        zero);
    tile.firstWhole = b.ceilDiv(b.larger(b.add(key, rows - 1), zero), width);
  }
  if (shape.right) {
    Value key = b.larger(b.add(stands, *shape.right + 1), zero);
    whole = b.smaller(whole, b.div(key, width));
    tile.end = b.smaller(tile.end, b.ceilDiv(b.add(key, rows - 1), width));
  }
  tile.end = b.larger(tile.end, b.add(tile.first, 1));
  tile.count = b.sub(tile.end, tile.first);
  tile.endWhole = whole;
}

Value HopperAttentionBackward::narrowAddress(Value step, bool isValue) {
  return b.add(at(shape.narrowOffset() + (isValue ? shape.narrowValues() : 0)),
               b.mul(stageOf(step), shape.narrowBytes()));
}

void HopperAttentionBackward::produceForQueries(const QueryTile &tile) {
  auto load = [&](int64_t map, Value address, int64_t panels, Value barrier) {
    BarrierExpectOp::create(b, barrier, panels * shape.queryRows * 128);
    for (int64_t box = 0; box < 2 * panels; ++box)
      LoadOp::create(b, memory.maps[map],
                     place(b.number(box / 2 * 64),
                           b.add(tile.firstRow, box % 2 * 64), tile.head, tile,
                           /*isKey=*/false),
                     b.add(address, box * 64 * 128), barrier, ValueRange());
  };
  auto loadNarrow = [&](Value number, Value step, bool isValue) {
    Barriers barriers = rowBarriers(isValue ? Outputs : Queries);
    Value stage = stageOf(step);
    BarrierWaitOp::create(b, slot(barriers.empty, stage),
                          b.bitXor(phaseOf(step), b.number(1)));
    loadPanels(isValue ? 7 : 4, narrowAddress(step, isValue),
               isValue ? shape.valuePanels : shape.keyPanels, shape.narrowKeys,
               slot(barriers.full, stage), 0, [&](Value column) {
                 return place(column, b.mul(number, shape.narrowKeys),
                              tile.keyHead, tile, /*isKey=*/true);
               });
  };
  Value isLoader = arith::AndIOp::create(b, b.equal(warp, 0), isLeader);
  b.branch(isLoader, [&] {
    load(0, base, shape.keyPanels, at(keyBarrier()));
    load(3, at(shape.keptOutputs()), shape.valuePanels, at(valueBarrier()));
    b.forLoop(b.number(0), tile.count, b.number(1), {},
              [&](Value i, ValueRange) -> Values {
                Value number = b.add(tile.first, i);
                loadNarrow(number, i, /*isValue=*/false);
                loadNarrow(number, i, /*isValue=*/true);
                return {};
              });
  });
}

/// The thread's two rows. Nobody waits for this head's rows again once the
/// last block has counted itself.
HopperAttentionBackward::Rows
HopperAttentionBackward::readRows(const QueryTile &tile) {
  Value wave = shape.sequences ? b.number(0) : globalHead(tile, tile.head);
  CounterWaitOp::create(b, ownAddress(shape.preparedMemory(), wave),
                        b.number(shape.preparedTiles()));
  Rows rows;
  Value start = lineOf(tile, tile.head, b.number(0));
  Value most = b.mul(b.larger(tile.queryTiles, b.number(1)), shape.queryTile);
  for (int64_t r : {0, 1}) {
    Value query = b.add(b.add(tile.firstRow, groupRow), b.add(row, 8 * r));
    query = b.smaller(query, b.add(most, -1));
    Value line = b.add(start, query);
    rows.logarithms.push_back(
        LLVM::LoadOp::create(b, b.getF32Type(), ownAddress(0, line)));
    rows.products.push_back(LLVM::LoadOp::create(
        b, b.getF32Type(), ownAddress(shape.productMemory(), line)));
  }
  NamedBarrierOp::create(b, b.number(3), 256, /*arrive=*/false);
  b.branch(b.equal(thread, 0), [&] { finishWave(wave); });
  Value mine = b.mul(group, 64 * 128);
  rows.queries = b.descriptor(b.add(base, mine), 16);
  rows.outputs = b.descriptor(b.add(at(shape.keptOutputs()), mine), 16);
  return rows;
}

std::pair<Value, Value> HopperAttentionBackward::issueQueries(const Rows &rows,
                                                              Value step) {
  Value stage = stageOf(step), phase = phaseOf(step);
  BarrierWaitOp::create(b, slot(rowBarriers(Queries).full, stage), phase);
  Value scores =
      multiplyRows(rows.queries, shape.queryRows, narrowAddress(step, false),
                   shape.narrowKeys, shape.keyPanels);
  BarrierWaitOp::create(b, slot(rowBarriers(Outputs).full, stage), phase);
  Value cotangents =
      multiplyRows(rows.outputs, shape.queryRows, narrowAddress(step, true),
                   shape.narrowKeys, shape.valuePanels);
  return {scores, cotangents};
}

HopperAttentionBackward::Spot
HopperAttentionBackward::spotOf(const QueryTile &tile, Value number) {
  Value query = b.add(b.add(tile.firstRow, groupRow), row);
  Value key = b.add(b.mul(number, shape.narrowKeys), column);
  return readSpot({tile.batch, tile.head, query, key}, shape.narrowKeys / 2,
                  /*keysAreRows=*/false, /*isShown=*/false);
}

/// Cotangents of scores.
Values HopperAttentionBackward::queryChanges(const QueryTile &tile,
                                             const Rows &rows, Value number,
                                             bool masked, Value scores,
                                             Value cotangents) {
  Spot spot = spotOf(tile, number);
  Value stands = b.add(spot.place.query, tile.offset), zero = b.real(0);
  Values chances, slopes;
  for (auto [i, score] : llvm::enumerate(b.elements(scores))) {
    int64_t r = rowOf(i);
    Value slope;
    Value seen = chance(spot, i, score, rows.logarithms[r], slope);
    if (masked) {
      Value key = b.add(spot.place.key, columnOf(i));
      Value mine = b.add(stands, 8 * r), last = tile.keys;
      if (shape.right)
        last = b.smaller(last, b.add(mine, *shape.right + 1));
      seen = b.select(b.greater(last, key), seen, zero);
      if (shape.left)
        seen = b.select(b.greater(b.add(mine, -*shape.left), key), zero, seen);
    }
    chances.push_back(seen);
    if (slope)
      slopes.push_back(slope);
  }
  Values result = sloped(chances, slopes), all = b.elements(cotangents);
  for (auto [i, change] : llvm::enumerate(result))
    change = b.fmul(change, b.fadd(all[i], b.fnegate(rows.products[rowOf(i)])));
  return result;
}

/// Straight to memory: four threads write 32 bytes of a row.
void HopperAttentionBackward::writeQueries(const QueryTile &tile,
                                           ArrayRef<Value> sums) {
  Value scale = b.real(shape.scale);
  for (int64_t r : {0, 1}) {
    Value query = b.add(b.add(tile.firstRow, groupRow), b.add(row, 8 * r));
    b.branch(b.greater(tile.queries, query), [&] {
      Value start =
          b.add(rowOffset(tile, tile.head, query, shape.depth), column);
      for (int64_t i = 2 * r; i < int64_t(sums.size()); i += 4) {
        if (columnOf(i) >= shape.depth)
          break;
        Values two = {b.fmul(sums[i], scale), b.fmul(sums[i + 1], scale)};
        // Rows behind the last sequence may hold anything.
        if (shape.sequences)
          for (Value &sum : two)
            sum = b.select(b.greater(tile.keys, b.number(0)), sum, b.real(0));
        Value address =
            hopperAddress(b, memory.buffers[hopperBuffer(op.getDQuery())],
                          b.add(start, columnOf(i)), b.getF32Type());
        LLVM::StoreOp::create(b, b.vectorOf(two), address, 8);
      }
    });
  }
}

void HopperAttentionBackward::emitQueries(const QueryTile &tile) {
  startThread(/*split=*/false);
  Rows rows = readRows(tile);
  BarrierWaitOp::create(b, at(keyBarrier()), b.number(0));
  BarrierWaitOp::create(b, at(valueBarrier()), b.number(0));
  int64_t count = shape.keyPanels * 32;
  auto changesAt = [&](Value step, bool masked, Value scores,
                       Value cotangents) {
    release(Outputs, stageOf(step));
    return queryChanges(tile, rows, b.add(tile.first, step), masked, scores,
                        cotangents);
  };
  auto split = [&](ValueRange all) {
    return std::pair(b.vectorOf(Values(all.take_front(count))),
                     b.vectorOf(Values(all.drop_front(count))));
  };
  auto sumUp = [&](Value sums, Value words, Value step) {
    return addProduct(sums, words, narrowAddress(step, false),
                      shape.narrowKeys);
  };
  bool tail = shape.hasTail(shape.narrowKeys);
  Value zero = b.number(0);
  auto [scores, cotangents] = issueQueries(rows, zero);
  Value both[] = {scores, cotangents};
  b.waitFor(both, {}, 0);
  Values carried(count, b.real(0));
  Value words =
      packed(changesAt(zero, shape.masked() || tail, both[0], both[1]));
  llvm::append_range(carried, b.elements(words));
  auto run = [&](Value from, Value to, bool masked) {
    from = b.larger(b.sub(from, tile.first), b.number(1));
    to = b.smaller(b.sub(to, tile.first), tile.count);
    carried = b.forLoop(
        from, to, b.number(1), carried, [&](Value step, ValueRange values) {
          auto [sums, words] = split(values);
          Value before = b.add(step, -1);
          auto [scores, cotangents] = issueQueries(rows, step);
          Value next = sumUp(sums, words, before);
          Value both[] = {scores, cotangents};
          b.waitFor(both, {}, 1);
          Values pieces = changesAt(step, masked, both[0], both[1]);
          b.waitFor(next, words, 0);
          release(Queries, stageOf(before));
          Values result = b.elements(next);
          llvm::append_range(result, b.elements(packed(pieces)));
          return result;
        });
  };
  Value whole = b.larger(tile.firstWhole, tile.first);
  if (shape.left)
    run(tile.first, whole, true);
  run(whole, tile.endWhole, false);
  if (shape.right || tail)
    run(b.larger(whole, tile.endWhole), tile.end, true);
  auto [sums, last] = split(carried);
  Value total = sumUp(sums, last, b.add(tile.count, -1));
  b.waitFor(total, last, 0);
  writeQueries(tile, b.elements(total));
}
