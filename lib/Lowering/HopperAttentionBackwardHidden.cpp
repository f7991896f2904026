//===- HopperAttentionBackwardHidden.cpp - Gradient: what a region hides --===//
// One block finds, by intervals, which tiles of queries see each tile of keys,
// and numbers the tiles of keys that add to each tile of queries: the last keys
// first, as blocks start. What no keys are seen by gets zeros here.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackwardState.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Threads of the warpgroups that do it.
static constexpr int64_t finders = 256;

void HopperAttentionBackwardState::findRanges(size_t table) {
  Operation *extract = shape.rangeTables[table];
  bool byKey = isReadByKey(extract);
  int64_t width = byKey ? shape.keyTile : shape.queryTile;
  int64_t tiles = byKey ? shape.keyTiles() : shape.queryTiles();
  Value tensor = cast<tensor::ExtractOp>(extract).getTensor();
  auto body = [&](Value number, ValueRange) -> Values {
    HopperRange range =
        rangeInWarp(b, extract, memory.buffers[hopperBuffer(tensor)], lane,
                    number, width, byKey ? shape.keys : shape.queries);
    b.branch(isLeader, [&] {
      storeRange(b, range,
                 b.add(at(shape.rangeOffset(table)), b.mul(number, 8)));
    });
    return {};
  };
  b.forLoop(b.div(thread, 32), b.number(tiles), b.number(finders / 32), {},
            body);
}

HopperSight HopperAttentionBackwardState::sightOf(Value keyTile,
                                                  Value queryTile) {
  return hopperSight(b, op.getScore().front(), {queryTile, shape.queryTile},
                     {keyTile, shape.keyTile}, shape.rangeTables,
                     [&](size_t table) { return at(shape.rangeOffset(table)); });
}

/// The first and the last tile of queries that may see some of the keys, and
/// the longest run of those that see all.
void HopperAttentionBackwardState::findHull(Value keyTile) {
  Value none = b.number(0);
  Tile tile;
  static_cast<Sequence &>(tile) = sequenceOf(none, keyTile);
  tile.number = keyTile;
  tile.firstKey = b.mul(keyTile, shape.keyTile);
  seenTiles(tile);
  Values found = b.forLoop(
      tile.first, tile.end, b.number(1),
      {tile.end, tile.first, none, none, tile.first},
      [&](Value query, ValueRange now) -> Values {
        auto [some, all] = sightOf(keyTile, query);
        Value next = b.add(query, 1), start = b.select(all, now[4], next);
        Value isLonger = b.greater(b.sub(next, start), b.sub(now[3], now[2]));
        return {b.select(some, b.smaller(now[0], query), now[0]),
                b.select(some, next, now[1]), b.select(isLonger, start, now[2]),
                b.select(isLonger, next, now[3]), start};
      });
  // Of what the limits hide nothing either.
  Value first = b.smaller(found[0], found[1]), end = found[1];
  Value whole = b.smaller(b.larger(found[2], tile.firstWhole), end);
  Value words[] = {
      first, end, b.larger(whole, first),
      b.larger(b.smaller(found[3], tile.endWhole), b.larger(whole, first))};
  for (auto [i, word] : llvm::enumerate(words))
    LLVM::StoreOp::create(
        b, word, ownAddress(shape.hullMemory(), b.add(b.mul(keyTile, 4), i)));
  Value address = b.add(at(shape.hullOffset()), b.mul(keyTile, 8));
  b.storeWord(first, address);
  b.storeWord(end, b.add(address, 4));
}

void HopperAttentionBackwardState::findTurns(Value queryTile) {
  int64_t tiles = shape.keyTiles();
  auto body = [&](Value i, ValueRange now) -> Values {
    Value key = b.sub(b.number(tiles - 1), i);
    Value address = b.add(at(shape.hullOffset()), b.mul(key, 8));
    Value seen = arith::AndIOp::create(
        b, b.greater(b.add(queryTile, 1), b.loadWord(address)),
        b.greater(b.loadWord(b.add(address, 4)), queryTile));
    Value index = b.add(b.mul(key, shape.queryTiles()), queryTile);
    LLVM::StoreOp::create(b, now[0], ownAddress(shape.orderMemory(), index));
    return {b.add(now[0], b.select(seen, b.number(1), b.number(0)))};
  };
  Value count = b.forLoop(b.number(0), b.number(tiles), b.number(1),
                          {b.number(0)}, body)[0];
  LLVM::StoreOp::create(b, b.add(count, -1),
                        ownAddress(shape.lastMemory(), queryTile));
}

/// All threads; a row of a head each.
void HopperAttentionBackwardState::clearBlind(Value queryTile) {
  Value last = LLVM::LoadOp::create(b, b.getI32Type(),
                                    ownAddress(shape.lastMemory(), queryTile));
  Value firstRow = b.mul(queryTile, shape.queryTile);
  auto body = [&](Value i, ValueRange) -> Values {
    Value row = b.add(firstRow, b.rem(i, shape.queryTile));
    Value head = b.div(i, shape.queryTile);
    Sequence sequence;
    sequence.batch = b.div(head, shape.queryHeads);
    b.branch(b.greater(b.number(shape.queries), row), [&] {
      Value offset =
          rowOffset(sequence, b.rem(head, shape.queryHeads), row, shape.depth);
      b.forLoop(b.number(0), b.number(16), b.number(1), {},
                [&](Value part, ValueRange) -> Values {
                  clearRow(offset, part);
                  return {};
                });
    });
    return {};
  };
  b.branch(b.greater(b.number(0), last), [&] {
    b.forLoop(thread, b.number(shape.heads() * shape.queryTile),
              b.number(finders), {}, body);
  });
}

void HopperAttentionBackwardState::findHidden() {
  auto meet = [&] {
    NamedBarrierOp::create(b, b.number(1), finders, /*arrive=*/false);
  };
  auto forTiles = [&](int64_t count, llvm::function_ref<void(Value)> body) {
    b.forLoop(thread, b.number(count), b.number(finders), {},
              [&](Value number, ValueRange) -> Values {
                body(number);
                return {};
              });
  };
  for (size_t table = 0; table < shape.rangeTables.size(); ++table)
    findRanges(table);
  meet();
  forTiles(shape.keyTiles(), [&](Value tile) { findHull(tile); });
  meet();
  forTiles(shape.queryTiles(), [&](Value tile) { findTurns(tile); });
  meet();
  b.forLoop(b.number(0), b.number(shape.queryTiles()), b.number(1), {},
            [&](Value tile, ValueRange) -> Values {
              clearBlind(tile);
              return {};
            });
  meet();
  forTiles(shape.waves(), [&](Value wave) {
    CounterNextOp::create(b, b.getI32Type(),
                          ownAddress(shape.preparedMemory(), wave),
                          b.number(INT32_MAX));
  });
}

/// One thread waits for what its block needs and shows it to the others.
void HopperAttentionBackwardState::readHull(Value onKeys) {
  Value reads = arith::AndIOp::create(b, b.greater(onKeys, b.number(-1)),
                                      b.equal(thread, 0));
  b.branch(reads, [&] {
    Tile tile = placeOf(onKeys);
    waitForRows(tile);
    for (int64_t i = 0; i < 4; ++i) {
      Value word = LLVM::LoadOp::create(
          b, b.getI32Type(),
          ownAddress(shape.hullMemory(), b.add(b.mul(tile.number, 4), i)));
      b.storeWord(word, at(shape.sequenceOffset() + 4 * i));
    }
  });
  NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
}

void HopperAttentionBackwardState::hearHull(Tile &tile) {
  auto word = [&](int64_t i) {
    return uniform(b.loadWord(at(shape.sequenceOffset() + 4 * i)));
  };
  tile.first = word(0);
  tile.end = word(1);
  tile.firstWhole = word(2);
  tile.endWhole = word(3);
  tile.count = b.sub(tile.end, tile.first);
}

Value HopperAttentionBackwardState::foundTurn(const Tile &tile,
                                              const Step &step,
                                              Value &lastTurn) {
  auto word = [&](int64_t offset, Value index) -> Value {
    return LLVM::LoadOp::create(b, b.getI32Type(), ownAddress(offset, index));
  };
  lastTurn = word(shape.lastMemory(), step.number);
  Value place = b.add(b.mul(tile.number, shape.queryTiles()), step.number);
  return word(shape.orderMemory(), place);
}
