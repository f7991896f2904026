//===- HopperAttentionTiles.cpp - Tiles of attention, and who takes them --===//
// Tiles of queries in an order that keeps keys in the L2 and puts long ones
// first. A block computes one, or every n-th, or takes the next by a counter:
// then its producer, which runs ahead, tells the consumers which one.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// The longest tiles of a section of heads come first, so that the last ones
/// are short.
void HopperAttention::placeInSection(Tile &tile, Value number, Value tiles,
                                     Value section) {
  auto divide = [&](Value x, Value y) -> Value {
    return arith::DivUIOp::create(b, x, y);
  };
  auto times = [&](Value x, Value y) -> Value {
    return arith::MulIOp::create(b, x, y);
  };
  Value together = times(tiles, section);
  Value turn = divide(number, together);
  Value start = times(turn, section);
  Value inside = b.sub(number, times(turn, together));
  Value heads = b.smaller(section, b.sub(b.number(shape.heads()), start));
  Value level = divide(inside, heads);
  Value index = b.sub(b.add(tiles, -1), level);
  tile.firstRow = b.mul(index, shape.rows());
  tile.head = b.add(start, b.sub(inside, times(level, heads)));
}

/// Without masks neighbours share keys.
HopperAttention::Tile HopperAttention::tileAt(Value number) {
  if (shape.sequences)
    return packedTileAt(number);
  Tile tile;
  int64_t tiles = shape.tilesPerHead();
  if (shape.masked()) {
    placeInSection(tile, number, b.number(tiles),
                   b.number(shape.sectionHeads));
  } else {
    tile.firstRow = b.mul(b.rem(number, tiles), shape.rows());
    tile.head = b.div(number, tiles);
  }
  tile.batch = b.div(tile.head, shape.queryHeads);
  tile.head = b.rem(tile.head, shape.queryHeads);
  tile.keyHead = b.div(tile.head, shape.queryHeads / shape.keyHeads);
  tile.queries = b.number(shape.queries);
  tile.keys = keyLength(tile.batch);
  tile.offset = b.number(shape.offset);
  seenBlocks(tile);
  return tile;
}

/// How many keys the batch entry has.
Value HopperAttention::keyLength(Value batch) {
  Value lengths = op.getKeyLengths(), all = b.number(shape.keys);
  if (!lengths)
    return all;
  Value length = loadHopperLength(b, memory.buffers[hopperBuffer(lengths)],
                                  batch, lengths, shape.keys);
  // The same in a whole warp, as all that depends on the tile.
  if (!isAlone)
    length = ShuffleOp::create(b, length.getType(), length, 0,
                               /*broadcast=*/true);
  return length;
}

/// Intervals of keys that some row of the tile sees; one block at least, whose
/// mask makes zeros of rows that see none.
void HopperAttention::seenBlocks(Tile &tile) {
  Value zero = b.number(0);
  tile.firstBlock = zero;
  tile.lastBlock = b.number(shape.keyBlocks());
  if (shape.hasLengths || shape.sequences)
    tile.lastBlock =
        b.larger(b.ceilDiv(tile.keys, shape.keyTile), b.number(1));
  Value stands = b.add(tile.firstRow, tile.offset);
  if (shape.left) {
    Value first = b.larger(b.add(stands, -*shape.left), zero);
    tile.firstBlock =
        b.smaller(b.div(first, shape.keyTile), b.add(tile.lastBlock, -1));
  }
  if (shape.right) {
    Value last = b.add(stands, shape.rows() + *shape.right);
    last = b.ceilDiv(b.larger(last, zero), shape.keyTile);
    last = b.smaller(last, tile.lastBlock);
    tile.lastBlock = b.larger(last, b.add(tile.firstBlock, 1));
  }
  if (shape.hidesByPlace)
    narrow(tile);
  tile.count = b.sub(tile.lastBlock, tile.firstBlock);
}

/// `body(tile, step, tileCount)` for the tiles of this block; steps count key
/// blocks and go on over tiles, as the stages do.
void HopperAttention::forTiles(TileBody body) {
  Value zero = b.number(0);
  if (shape.inTurn)
    return isAlone ? giveTurns(body) : followTurns(body);
  if (shape.parts > 1)
    return body(partAt(block), zero, zero);
  if (!shape.persistent)
    return body(tileAt(block), zero, zero);
  b.forLoop(block, tileTotal(), gridSize, {zero, zero},
            [&](Value number, ValueRange carried) -> Values {
              Tile tile = tileAt(number);
              body(tile, carried[0], carried[1]);
              return {b.add(carried[0], tile.count), b.add(carried[1], 1)};
            });
}

HopperAttention::Barriers HopperAttention::turnBarriers() const {
  return {shape.turnOffset(), shape.turnOffset() + 8};
}

/// What consumers cannot know of a tile otherwise.
SmallVector<Value HopperAttention::Tile::*>
HopperAttention::toldWords() const {
  SmallVector<Value Tile::*> words = {&Tile::firstRow, &Tile::head,
                                      &Tile::batch, &Tile::firstBlock,
                                      &Tile::lastBlock};
  if (shape.hasLengths || shape.sequences)
    words.push_back(&Tile::keys);
  if (shape.hidesByPlace)
    words.append({&Tile::firstShown, &Tile::lastShown});
  if (shape.sequences)
    words.append({&Tile::queries, &Tile::queryStart, &Tile::offset});
  return words;
}

Value HopperAttention::tileTotal() {
  if (!shape.sequences)
    return b.number(shape.tilesPerHead() * shape.heads());
  Value tiles = sequenceWord(2, b.number(*shape.sequences + 1));
  return b.mul(tiles, shape.queryHeads);
}

/// The first tiles are those of the blocks' numbers. Whoever takes the last
/// number leaves the counter as it was.
Value HopperAttention::takeNumber(Value total) {
  Value taken = LLVM::AtomicRMWOp::create(
      b, LLVM::AtomicBinOp::add, memory.counter, b.number(1),
      LLVM::AtomicOrdering::monotonic, "device");
  Value isLast = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, taken,
                                       b.add(total, -1));
  b.branch(isLast,
           [&] { LLVM::StoreOp::create(b, b.number(0), memory.counter); });
  return b.add(taken, gridSize);
}

void HopperAttention::tell(const Tile &tile, Value tileCount) {
  Value parity = b.bitXor(b.bitAnd(tileCount, 1), b.number(1));
  BarrierWaitOp::create(b, at(turnBarriers().empty), parity);
  for (auto [i, word] : llvm::enumerate(toldWords()))
    b.storeWord(tile.*word, at(shape.turnOffset() + 16 + 4 * i));
  Value always = arith::ConstantIntOp::create(b, 1, 1);
  BarrierArriveOp::create(b, at(turnBarriers().full), always, Value());
}

HopperAttention::Tile HopperAttention::hear(Value tileCount) {
  BarrierWaitOp::create(b, at(turnBarriers().full), b.bitAnd(tileCount, 1));
  Tile tile;
  tile.queries = b.number(shape.queries);
  tile.keys = b.number(shape.keys);
  tile.offset = b.number(shape.offset);
  for (auto [i, word] : llvm::enumerate(toldWords()))
    tile.*word = ShuffleOp::create(
        b, b.getI32Type(), b.loadWord(at(shape.turnOffset() + 16 + 4 * i)), 0,
        /*broadcast=*/true);
  WarpBarrierOp::create(b);
  BarrierArriveOp::create(b, at(turnBarriers().empty), isLeader, Value());
  tile.count = b.sub(tile.lastBlock, tile.firstBlock);
  return tile;
}

/// The number of the next tile is taken before this one is loaded, which hides
/// how long that takes.
void HopperAttention::giveTurns(TileBody body) {
  Value zero = b.number(0), total = tileTotal();
  Values ended = b.whileLoop(
      {block, zero, zero},
      [&](ValueRange carried) { return b.greater(total, carried[0]); },
      [&](ValueRange carried) -> Values {
        Value next = takeNumber(total);
        Tile tile = tileAt(carried[0]);
        tell(tile, carried[2]);
        body(tile, carried[1], carried[2]);
        return {next, b.add(carried[1], tile.count), b.add(carried[2], 1)};
      });
  Tile none;
  for (Value Tile::*word : toldWords())
    none.*word = zero;
  tell(none, ended[2]);
}

/// A tile without key blocks is the end.
void HopperAttention::followTurns(TileBody body) {
  SmallVector<Value Tile::*> words = toldWords();
  auto carry = [&](Value step, Value tileCount) {
    Tile tile = hear(tileCount);
    Values all = {step, tileCount, tile.count};
    for (Value Tile::*word : words)
      all.push_back(tile.*word);
    return all;
  };
  b.whileLoop(
      carry(b.number(0), b.number(0)),
      [&](ValueRange carried) { return b.greater(carried[2], b.number(0)); },
      [&](ValueRange carried) {
        Tile tile;
        tile.queries = b.number(shape.queries);
        tile.keys = b.number(shape.keys);
        tile.offset = b.number(shape.offset);
        tile.count = carried[2];
        for (auto [i, word] : llvm::enumerate(words))
          tile.*word = carried[3 + i];
        body(tile, carried[0], carried[1]);
        return carry(b.add(carried[0], tile.count), b.add(carried[1], 1));
      });
}
