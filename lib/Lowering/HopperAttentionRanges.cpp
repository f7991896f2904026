//===- HopperAttentionRanges.cpp - Key blocks that a score region hides ---===//
// Interval arithmetic on the comparison by which the region hides keys: for a
// tile of queries and a block of keys it tells whether some pair may be seen.
// Captured tensors have the least and largest of their elements in a block.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperIntervals.h"
#include "HopperKernel.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Least and largest elements by block; a warp takes one at a time.
void HopperAttention::findRanges(size_t table) {
  Operation *extract = shape.rangeTables[table];
  bool byKey = isReadByKey(extract);
  int64_t width = byKey ? shape.keyTile : shape.rows();
  int64_t blocks = byKey ? shape.keyBlocks() : shape.tilesPerHead();
  Value tensor = cast<tensor::ExtractOp>(extract).getTensor();
  Value inWarp = b.bitAnd(thread, 31);
  auto body = [&](Value number, ValueRange) -> Values {
    HopperRange range =
        rangeInWarp(b, extract, memory.buffers[hopperBuffer(tensor)], inWarp,
                    number, width, byKey ? shape.keys : shape.queries);
    b.branch(b.equal(inWarp, 0), [&] {
      storeRange(b, range,
                 b.add(at(shape.rangeTable(table)), b.mul(number, 8)));
    });
    return {};
  };
  b.forLoop(b.div(thread, 32), b.number(blocks), b.number(shape.threads() / 32),
            {}, body);
}

/// What the region shows of `block` to the queries of `tile`.
HopperSight HopperAttention::sightOf(Value tile, Value block) {
  return hopperSight(b, op.getScore().front(), {tile, shape.rows()},
                     {block, shape.keyTile}, shape.rangeTables,
                     [&](size_t table) { return at(shape.rangeTable(table)); });
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
            b.select(some, next, found[1]), b.select(isLonger, start, found[2]),
            b.select(isLonger, next, found[3]), start};
  };
  auto body = [&](Value tile, ValueRange) -> Values {
    Values found =
        b.forLoop(zero, blocks, b.number(1), {blocks, zero, zero, zero, zero},
                  [&](Value block, ValueRange carried) {
                    return look(tile, block, carried);
                  });
    Value address = b.add(at(shape.rangeOffset()), b.mul(tile, 16));
    for (int64_t i = 0; i < 4; ++i)
      b.storeWord(found[i], b.add(address, 4 * i));
    return {};
  };
  b.forLoop(thread, b.number(shape.tilesPerHead()), b.number(shape.threads()),
            {}, body);
  meet();
}

/// Keeps to what the region shows; one block at least.
void HopperAttention::narrow(Tile &tile) {
  Value number = b.div(tile.firstRow, shape.rows());
  Value address = b.add(at(shape.rangeOffset()), b.mul(number, 16));
  tile.firstBlock = b.larger(tile.firstBlock, b.loadWord(address));
  tile.firstBlock = b.smaller(tile.firstBlock, b.number(shape.keyBlocks() - 1));
  tile.lastBlock = b.smaller(tile.lastBlock, b.loadWord(b.add(address, 4)));
  tile.lastBlock = b.larger(tile.lastBlock, b.add(tile.firstBlock, 1));
  tile.firstShown = b.loadWord(b.add(address, 8));
  tile.lastShown = b.loadWord(b.add(address, 12));
}
