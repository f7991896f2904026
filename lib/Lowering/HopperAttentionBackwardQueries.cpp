//===- HopperAttentionBackwardQueries.cpp - Gradients by deep queries -----===//
// Blocks that keep 128 queries with the cotangents of their results, and walk
// over the keys. The scores of the next keys are multiplied while this tile's
// cotangents are.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

/// Longest first; one tile of keys at least, of which nothing is seen.
HopperAttentionBackward::QueryTile
HopperAttentionBackward::queryTileAt(Value number) {
  QueryTile tile;
  int64_t blocks = shape.queryBlocks(), rows = shape.queryRows;
  int64_t width = shape.narrowKeys, tiles = shape.narrowTiles();
  Value zero = b.number(0);
  Value index = b.sub(b.number(blocks - 1), b.rem(number, blocks));
  tile.globalHead = b.div(number, blocks);
  tile.firstRow = b.mul(index, rows);
  tile.head = b.rem(tile.globalHead, shape.queryHeads);
  tile.batch = b.div(tile.globalHead, shape.queryHeads);
  tile.keyHead = b.div(tile.head, shape.group());
  tile.first = tile.firstWhole = zero;
  tile.end = b.number(tiles);
  Value whole = b.number(shape.keys / width);
  if (shape.left) {
    Value key = b.add(tile.firstRow, shape.offset - *shape.left);
    tile.first = b.smaller(b.div(b.larger(key, zero), width),
                           b.number(tiles - 1));
    tile.firstWhole = b.ceilDiv(b.larger(b.add(key, rows - 1), zero), width);
  }
  if (shape.right) {
    Value key = b.larger(
        b.add(tile.firstRow, shape.offset + *shape.right + 1), zero);
    whole = b.smaller(whole, b.div(key, width));
    tile.end = b.smaller(tile.end,
                         b.ceilDiv(b.add(key, rows - 1), width));
  }
  tile.end = b.larger(tile.end, b.add(tile.first, 1));
  tile.count = b.sub(tile.end, tile.first);
  tile.endWhole = whole;
  return tile;
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
                     ValueRange{b.number(box / 2 * 64),
                                b.add(tile.firstRow, box % 2 * 64), tile.head,
                                tile.batch},
                     b.add(address, box * 64 * 128), barrier, ValueRange());
  };
  auto loadNarrow = [&](Value number, Value step, bool isValue) {
    Barriers barriers = rowBarriers(isValue ? Outputs : Queries);
    Value stage = stageOf(step);
    BarrierWaitOp::create(b, slot(barriers.empty, stage),
                          b.bitXor(phaseOf(step), b.number(1)));
    loadPanels(isValue ? 7 : 4, narrowAddress(step, isValue),
               isValue ? shape.valuePanels : shape.keyPanels, shape.narrowKeys,
               b.mul(number, shape.narrowKeys), tile.keyHead, tile.batch,
               slot(barriers.full, stage), 0);
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
  CounterWaitOp::create(b, ownAddress(shape.preparedMemory(), tile.globalHead),
                        b.number(shape.preparedTiles()));
  Rows rows;
  Value start = b.mul(tile.globalHead, shape.paddedRows());
  for (int64_t r : {0, 1}) {
    Value query = b.add(b.add(tile.firstRow, groupRow), b.add(row, 8 * r));
    query = b.smaller(query, b.number(shape.paddedRows() - 1));
    Value line = b.add(start, query);
    rows.logarithms.push_back(
        LLVM::LoadOp::create(b, b.getF32Type(), ownAddress(0, line)));
    rows.products.push_back(LLVM::LoadOp::create(
        b, b.getF32Type(), ownAddress(shape.productMemory(), line)));
  }
  NamedBarrierOp::create(b, b.number(3), 256, /*arrive=*/false);
  b.branch(b.equal(thread, 0), [&] { finishHead(tile.globalHead); });
  Value mine = b.mul(group, 64 * 128);
  rows.queries = b.descriptor(b.add(base, mine), 16);
  rows.outputs = b.descriptor(b.add(at(shape.keptOutputs()), mine), 16);
  return rows;
}

std::pair<Value, Value>
HopperAttentionBackward::issueQueries(const Rows &rows, Value step) {
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

/// Cotangents of scores.
Values HopperAttentionBackward::queryChanges(const QueryTile &tile,
                                             const Rows &rows, Value number,
                                             bool masked, Value scores,
                                             Value cotangents) {
  constexpr double log2OfE = 1.4426950408889634;
  Value scale = b.real(shape.softCap.value_or(shape.scale) * log2OfE);
  Value firstKey = b.add(b.mul(number, shape.narrowKeys), column);
  Value place = b.add(b.add(b.add(tile.firstRow, groupRow), row), shape.offset);
  Value zero = b.real(0);
  Values all = b.elements(cotangents), result;
  for (auto [i, score] : llvm::enumerate(b.elements(scores))) {
    int64_t r = rowOf(i);
    Value bent = score;
    if (shape.softCap)
      bent = b.tanh(b.fmul(score, b.real(shape.scale / *shape.softCap)));
    Value chance = b.exp2(
        b.fma(bent, scale, b.fnegate(rows.logarithms[r])));
    if (masked) {
      Value key = b.add(firstKey, columnOf(i)), mine = b.add(place, 8 * r);
      Value last = b.number(shape.keys);
      if (shape.right)
        last = b.smaller(last, b.add(mine, *shape.right + 1));
      chance = b.select(b.greater(last, key), chance, zero);
      if (shape.left)
        chance = b.select(b.greater(b.add(mine, -*shape.left), key), zero,
                          chance);
    }
    if (shape.softCap)
      chance = b.fmul(chance, b.fma(b.fnegate(bent), bent, b.real(1)));
    result.push_back(
        b.fmul(chance, b.fadd(all[i], b.fnegate(rows.products[r]))));
  }
  return result;
}

/// Straight to memory: four threads write 32 bytes of a row.
void HopperAttentionBackward::writeQueries(const QueryTile &tile,
                                           ArrayRef<Value> sums) {
  Value scale = b.real(shape.scale);
  for (int64_t r : {0, 1}) {
    Value query = b.add(b.add(tile.firstRow, groupRow), b.add(row, 8 * r));
    b.branch(b.greater(b.number(shape.queries), query), [&] {
      Value start = b.add(
          rowOffset(tile.batch, tile.head, query, shape.depth), column);
      for (int64_t i = 2 * r; i < int64_t(sums.size()); i += 4) {
        if (columnOf(i) >= shape.depth)
          break;
        Value two = b.vectorOf(
            {b.fmul(sums[i], scale), b.fmul(sums[i + 1], scale)});
        Value address =
            hopperAddress(b, memory.queryCotangent,
                          b.add(start, columnOf(i)), b.getF32Type());
        LLVM::StoreOp::create(b, two, address, 8);
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
  bool tail = shape.keys % shape.narrowKeys;
  Value zero = b.number(0);
  auto [scores, cotangents] = issueQueries(rows, zero);
  Value both[] = {scores, cotangents};
  b.waitFor(both, {}, 0);
  Values carried(count, b.real(0));
  Value words = packed(
      changesAt(zero, shape.masked() || tail, both[0], both[1]));
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
