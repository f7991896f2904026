//===- HopperAttentionBackwardTiles.cpp - Gradient: who does what, when ---===//
// Which tiles of queries a block's keys are seen by, whom it waits for, and
// when it adds.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackwardState.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

Value HopperAttentionBackwardState::ownAddress(int64_t offset, Value index) {
  return hopperAddress(b, memory.own, b.add(index, offset / 4), b.getI32Type());
}

/// The blocks that start together, one on each processor, have of this head
/// [piece, piece + pieceCount). They begin evenly spread over the queries.
void HopperAttentionBackwardState::startInPiece(Tile &tile, Value number,
                                                Value head) {
  int64_t tiles = shape.keyTiles(), processors = shape.processors;
  Value first = b.mul(b.div(number, processors), processors);
  Value behind = b.sub(first, b.mul(head, tiles));
  tile.piece = b.larger(behind, b.number(0));
  tile.pieceCount =
      b.sub(b.smaller(b.add(behind, processors), b.number(tiles)), tile.piece);
  Value turn = b.mul(b.sub(tile.number, tile.piece), shape.queryTiles());
  tile.start = arith::DivUIOp::create(b, turn, tile.pieceCount);
}

/// Turns that come in the order in which blocks start can only wait for blocks
/// that run: those of the last keys start first, in sections of heads whose
/// rows stay in the L2.
HopperAttentionBackwardState::Tile
HopperAttentionBackwardState::placeOf(Value number) {
  Tile tile;
  Value head;
  int64_t tiles = shape.keyTiles(), section = shape.sectionHeads;
  tile.start = b.number(0);
  if (shape.sequences) {
    head = b.rem(number, shape.keyHeads);
  } else if (shape.cyclic()) {
    tile.number = b.rem(number, tiles);
    head = b.div(number, tiles);
    startInPiece(tile, number, head);
  } else {
    Value start = b.mul(b.div(number, tiles * section), section);
    Value inside = b.rem(number, tiles * section);
    Value heads =
        b.smaller(b.number(section),
                  b.sub(b.number(shape.batches * shape.keyHeads), start));
    Value turn = arith::DivUIOp::create(b, inside, heads);
    // Longest first where nobody waits.
    tile.number = shape.split ? turn : b.sub(b.number(tiles - 1), turn);
    head = b.add(start, Value(arith::RemUIOp::create(b, inside, heads)));
  }
  static_cast<Sequence &>(tile) =
      sequenceOf(b.div(head, shape.keyHeads), tile.number);
  tile.firstKey = b.mul(tile.number, shape.keyTile);
  tile.keyHead = b.rem(head, shape.keyHeads);
  return tile;
}

HopperAttentionBackwardState::Tile
HopperAttentionBackwardState::tileAt(Value number) {
  Tile tile = placeOf(number);
  if (shape.hidesByPlace)
    hearHull(tile);
  else
    seenTiles(tile);
  return tile;
}

void HopperAttentionBackwardState::seenTiles(Tile &tile) {
  Value zero = b.number(0), all = tile.queryTiles;
  int64_t rows = shape.queryTile;
  tile.first = tile.firstWhole = zero;
  tile.end = tile.endWhole = all;
  auto clamp = [&](Value value, Value least, Value most) {
    return b.smaller(b.larger(value, least), most);
  };
  Value stands = b.sub(tile.firstKey, tile.offset);
  if (shape.right) {
    Value key = b.add(stands, -*shape.right);
    tile.first = clamp(b.div(b.larger(key, zero), rows), zero, all);
    key = b.larger(b.add(key, shape.keyTile - 1), zero);
    tile.firstWhole = b.ceilDiv(key, rows);
  }
  if (shape.left) {
    Value key = b.add(stands, *shape.left);
    Value end = b.larger(b.add(key, shape.keyTile), zero);
    tile.end = clamp(b.ceilDiv(end, rows), tile.first, all);
    tile.endWhole = b.div(b.larger(b.add(key, 1), zero), rows);
  }
  // A tile of no keys has no turn to add.
  if (shape.hasLengths || shape.sequences)
    tile.end =
        b.select(b.greater(tile.keys, tile.firstKey), tile.end, tile.first);
  if (shape.split) {
    // One tile at least, of which nothing is seen.
    tile.first = clamp(tile.first, zero, b.larger(b.add(all, -1), zero));
    tile.end = b.larger(tile.end, b.add(tile.first, 1));
  }
  if (shape.hasTail(shape.keyTile)) {
    Value isCut = b.greater(b.add(tile.firstKey, shape.keyTile), tile.keys);
    tile.firstWhole = b.select(isCut, tile.end, tile.firstWhole);
  }
  tile.firstWhole = clamp(tile.firstWhole, tile.first, tile.end);
  tile.endWhole = clamp(tile.endWhole, tile.firstWhole, tile.end);
  tile.count = b.sub(tile.end, tile.first);
}

/// `body` for the counters of the tile's query heads.
void HopperAttentionBackwardState::forWaves(
    const Tile &tile, llvm::function_ref<void(Value)> body) {
  if (shape.sequences)
    return body(b.number(0));
  for (int64_t member = 0; member < shape.group(); ++member)
    body(globalHead(tile, b.add(b.mul(tile.keyHead, shape.group()), member)));
}

void HopperAttentionBackwardState::waitForRows(const Tile &tile) {
  forWaves(tile, [&](Value wave) {
    CounterWaitOp::create(
        b, ownAddress(shape.preparedMemory(), wave),
        b.number(shape.preparedTiles() + shape.findingBlocks()));
  });
  FenceOp::create(b, /*init=*/false, /*global=*/true);
}

/// The last block of a wave makes its counters ready for the next launch.
void HopperAttentionBackwardState::finishWave(Value wave) {
  int64_t last = shape.waiting() - 1;
  Value before = CounterNextOp::create(
      b, b.getI32Type(), ownAddress(shape.doneMemory(), wave), b.number(last));
  b.branch(b.equal(before, last), [&] {
    LLVM::StoreOp::create(b, b.number(0),
                          ownAddress(shape.preparedMemory(), wave));
  });
}

/// The place of this block among those that add to a tile of queries, and the
/// place of the last one.
Value HopperAttentionBackwardState::turnOf(const Tile &tile, const Step &step,
                                           Value &lastTurn) {
  if (shape.hidesByPlace)
    return foundTurn(tile, step, lastTurn);
  int64_t rows = shape.queryTile;
  Value last = b.add(b.ceilDiv(tile.keys, shape.keyTile), -1);
  Value first = b.number(0);
  Value stands = b.add(b.mul(step.number, rows), tile.offset);
  if (shape.right) {
    Value key = b.add(stands, rows - 1 + *shape.right);
    last = b.smaller(b.div(b.larger(key, first), shape.keyTile), last);
  }
  if (shape.left) {
    Value key = b.add(stands, -*shape.left);
    first = b.div(b.larger(key, first), shape.keyTile);
  }
  lastTurn = b.sub(last, first);
  if (!shape.cyclic())
    return b.sub(last, tile.number);
  // Of the blocks that have begun at or before this tile, the latest; blocks
  // that started earlier have been there.
  Value begun =
      arith::MulIOp::create(b, b.add(step.number, 1), tile.pieceCount);
  last = b.add(b.ceilDiv(begun, shape.queryTiles()), -1);
  Value turn = b.sub(last, b.sub(tile.number, tile.piece));
  turn = b.select(b.greater(b.number(0), turn), b.add(turn, tile.pieceCount),
                  turn);
  return b.add(turn, tile.piece);
}
