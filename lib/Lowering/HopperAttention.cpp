//===- HopperAttention.cpp - Attention on tensor cores: its frame ---------===//
// Barriers, tiles and the producer; HopperAttentionLoops.cpp computes.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

HopperAttention::Barriers HopperAttention::queryBarriers() const {
  int64_t first = shape.barrierOffset();
  return {first, first + 8};
}

HopperAttention::Barriers HopperAttention::keyBarriers() const {
  int64_t first = shape.barrierOffset() + 16;
  return {first, first + 8 * shape.stages};
}

HopperAttention::Barriers HopperAttention::valueBarriers() const {
  int64_t first = shape.barrierOffset() + 16 + 16 * shape.stages;
  return {first, first + 8 * shape.stages};
}

HopperAttention::Barriers HopperAttention::maskBarriers() const {
  int64_t first = shape.barrierOffset() + 16 + 32 * shape.stages;
  return {first, first + 8};
}

/// A tile is full by one arrival and its bytes, empty by one of each warp.
void HopperAttention::initBarriers() {
  b.branch(b.equal(thread, 0), [&] {
    auto make = [&](Barriers barriers, int64_t stages) {
      for (int64_t stage = 0; stage < stages; ++stage) {
        BarrierInitOp::create(b, at(barriers.full + 8 * stage), 1);
        BarrierInitOp::create(b, at(barriers.empty + 8 * stage),
                              4 * shape.consumers);
      }
    };
    make(queryBarriers(), 1);
    make(keyBarriers(), shape.stages);
    make(valueBarriers(), shape.stages);
    if (shape.maskTiles)
      make(maskBarriers(), 1);
    FenceOp::create(b, /*init=*/true);
  });
  NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
}

void HopperAttention::emit() {
  base = SharedBaseOp::create(b, b.getI32Type());
  auto special = [&](StringRef name) -> Value {
    return SpecialRegisterOp::create(b, b.getI32Type(), name);
  };
  thread = special("tid.x");
  block = special("ctaid.x");
  gridSize = special("nctaid.x");
  // The shuffle tells ptxas that the number is the same in a whole warp.
  group = ShuffleOp::create(b, b.getI32Type(), b.div(thread, 128), 0,
                            /*broadcast=*/true);
  initBarriers();
  if (shape.hidesByPlace)
    findSeenBlocks();
  auto roles = SpecializeOp::create(b, group, shape.consumers,
                                    shape.consumerRegisters,
                                    shape.producerRegisters);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&roles.getConsumer().emplaceBlock());
  emitConsumer();
  b.setInsertionPointToStart(&roles.getProducer().emplaceBlock());
  emitProducer();
}

/// Without masks neighbours share keys; with them the longest tiles of a
/// section of heads come first, so that the last ones are short.
HopperAttention::Tile HopperAttention::tileAt(Value number) {
  Tile tile;
  Value index, head;
  int64_t tiles = shape.tilesPerHead();
  if (shape.masked()) {
    int64_t section = shape.sectionHeads;
    Value start = b.mul(b.div(number, tiles * section), section);
    Value inside = b.rem(number, tiles * section);
    Value heads = b.smaller(b.number(section),
                            b.sub(b.number(shape.heads()), start));
    Value turn = arith::DivUIOp::create(b, inside, heads);
    index = b.sub(b.number(tiles - 1), turn);
    head = b.add(start, Value(arith::RemUIOp::create(b, inside, heads)));
  } else {
    index = b.rem(number, tiles);
    head = b.div(number, tiles);
  }
  tile.firstRow = b.mul(index, shape.rows());
  tile.head = b.rem(head, shape.queryHeads);
  tile.batch = b.div(head, shape.queryHeads);
  tile.keyHead = b.div(tile.head, shape.queryHeads / shape.keyHeads);
  seenBlocks(tile);
  return tile;
}

/// Intervals of keys that some row of the tile sees; one block at least, whose
/// mask makes zeros of rows that see none.
void HopperAttention::seenBlocks(Tile &tile) {
  Value zero = b.number(0);
  tile.firstBlock = zero;
  tile.lastBlock = b.number(shape.keyBlocks());
  tile.keys = b.number(shape.keys);
  if (Value lengths = op.getKeyLengths()) {
    Value length = loadHopperElement(
        b, buffers[hopperBuffer(lengths)], tile.batch,
        cast<RankedTensorType>(lengths.getType()).getElementType());
    if (length.getType().isInteger(64))
      length = arith::TruncIOp::create(b, b.getI32Type(), length);
    // The same in a whole warp, as all that depends on the tile.
    length = ShuffleOp::create(b, length.getType(), length, 0,
                               /*broadcast=*/true);
    tile.keys = b.smaller(b.larger(length, zero), tile.keys);
    tile.lastBlock =
        b.larger(b.ceilDiv(tile.keys, shape.keyTile), b.number(1));
  }
  if (shape.left) {
    Value first =
        b.larger(b.add(tile.firstRow, shape.offset - *shape.left), zero);
    tile.firstBlock =
        b.smaller(b.div(first, shape.keyTile), b.add(tile.lastBlock, -1));
  }
  if (shape.right) {
    Value last = b.add(tile.firstRow,
                       shape.rows() + shape.offset + *shape.right);
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
Values HopperAttention::forTiles(
    llvm::function_ref<void(Tile, Value, Value)> body) {
  Value zero = b.number(0);
  if (!shape.persistent) {
    body(tileAt(block), zero, zero);
    return {};
  }
  Value total = b.number(shape.tilesPerHead() * shape.heads());
  return b.forLoop(block, total, gridSize, {zero, zero},
                   [&](Value number, ValueRange carried) -> Values {
                     Tile tile = tileAt(number);
                     body(tile, carried[0], carried[1]);
                     return {b.add(carried[0], tile.count),
                             b.add(carried[1], 1)};
                   });
}

void HopperAttention::loadPanels(Value map, Value address, int64_t rows,
                                 int64_t panels, Value row, Value head,
                                 Value batch, Value barrier) {
  BarrierExpectOp::create(b, barrier, panels * rows * 128);
  for (int64_t panel = 0; panel < panels; ++panel)
    LoadOp::create(b, map,
                   ValueRange{b.number(64 * panel), row, head, batch},
                   b.add(address, panel * rows * 128), barrier, ValueRange());
}

void HopperAttention::loadBlock(const Tile &tile, Value number, Value step,
                                bool isValue) {
  Barriers barriers = isValue ? valueBarriers() : keyBarriers();
  Value stage = stageOf(step);
  // Nobody has used a stage before its first turn: its wait returns at once.
  Value parity = b.bitXor(phaseOf(step), b.number(1));
  BarrierWaitOp::create(b, slot(barriers.empty, stage), parity);
  int64_t bytes = isValue ? shape.valueBytes() : shape.keyBytes();
  Value address = b.add(at(isValue ? shape.valueOffset() : shape.keyOffset()),
                        b.mul(stage, bytes));
  loadPanels(maps[isValue ? 2 : 1], address, shape.keyTile,
             isValue ? shape.valuePanels() : shape.keyPanels(),
             b.mul(number, shape.keyTile), tile.keyHead, tile.batch,
             slot(barriers.full, stage));
}

/// The only piece of shared memory for masks is free again once all have read
/// the one before.
void HopperAttention::loadMask(const Tile &tile, Value block, Value step) {
  Value parity = b.bitXor(b.bitAnd(step, 1), b.number(1));
  BarrierWaitOp::create(b, at(maskBarriers().empty), parity);
  Value barrier = at(maskBarriers().full);
  BarrierExpectOp::create(b, barrier, shape.maskBytes());
  auto sizes = cast<RankedTensorType>(op.getMask().getType()).getShape();
  Values outer;
  if (sizes.size() >= 3 && sizes[sizes.size() - 3] > 1)
    outer.push_back(tile.head);
  if (sizes.size() == 4 && sizes[0] > 1)
    outer.push_back(tile.batch);
  for (int64_t panel = 0; panel < shape.maskPanels(); ++panel) {
    Values indices = {b.add(b.mul(block, shape.keyTile), 64 * panel),
                      tile.firstRow};
    llvm::append_range(indices, outer);
    LoadOp::create(b, maps[4], indices,
                   at(shape.maskOffset() + panel * shape.rows() * 128),
                   barrier, ValueRange());
  }
}

void HopperAttention::emitProducer() {
  forTiles([&](Tile tile, Value step, Value tileCount) {
    Value parity = b.bitXor(b.bitAnd(tileCount, 1), b.number(1));
    BarrierWaitOp::create(b, at(queryBarriers().empty), parity);
    loadPanels(maps[0], at(0), shape.rows(), shape.keyPanels(), tile.firstRow,
               tile.head, tile.batch, at(queryBarriers().full));
    b.forLoop(b.number(0), tile.count, b.number(1), {},
              [&](Value i, ValueRange) -> Values {
                Value number = b.sub(b.add(tile.lastBlock, -1), i);
                loadBlock(tile, number, b.add(step, i), /*isValue=*/false);
                if (shape.maskTiles)
                  loadMask(tile, number, b.add(step, i));
                loadBlock(tile, number, b.add(step, i), /*isValue=*/true);
                return {};
              });
  });
}
