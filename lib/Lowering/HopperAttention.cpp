//===- HopperAttention.cpp - Attention on tensor cores: its frame ---------===//
// Barriers and the producer; HopperAttentionTiles.cpp says which tiles there
// are, HopperAttentionLoops.cpp computes.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"

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
    if (shape.inTurn)
      make(turnBarriers(), 1);
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
  if (shape.sequences)
    findSequences();
  if (shape.hidesByPlace)
    findSeenBlocks();
  auto roles = SpecializeOp::create(b, group, shape.consumers,
                                    shape.consumerRegisters,
                                    shape.producerRegisters);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&roles.getConsumer().emplaceBlock());
  emitConsumer();
  isAlone = true;
  b.setInsertionPointToStart(&roles.getProducer().emplaceBlock());
  emitProducer();
}

/// Where row `row` of the tile's sequence stands in a map.
Values HopperAttention::place(int64_t panel, Value row, Value head,
                              const Tile &tile, bool isKey) {
  Value column = b.number(64 * panel);
  if (!shape.sequences)
    return {column, row, head, tile.batch};
  return hopperPackedPlace(b, column, row, head,
                           isKey ? tile.keyStart : tile.queryStart,
                           isKey ? tile.keys : tile.queries);
}

void HopperAttention::loadPanels(Value map, Value address, int64_t rows,
                                 int64_t panels, Value barrier,
                                 llvm::function_ref<Values(int64_t)> place) {
  BarrierExpectOp::create(b, barrier, panels * rows * 128);
  for (int64_t panel = 0; panel < panels; ++panel)
    LoadOp::create(b, map, place(panel), b.add(address, panel * rows * 128),
                   barrier, ValueRange());
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
  Value row = b.mul(number, shape.keyTile);
  loadPanels(memory.maps[isValue ? 2 : 1], address, shape.keyTile,
             isValue ? shape.valuePanels() : shape.keyPanels(),
             slot(barriers.full, stage), [&](int64_t panel) {
               return place(panel, row, tile.keyHead, tile, /*isKey=*/true);
             });
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
    LoadOp::create(b, memory.maps[4], indices,
                   at(shape.maskOffset() + panel * shape.rows() * 128),
                   barrier, ValueRange());
  }
}

void HopperAttention::emitProducer() {
  forTiles([&](Tile tile, Value step, Value tileCount) {
    Value parity = b.bitXor(b.bitAnd(tileCount, 1), b.number(1));
    BarrierWaitOp::create(b, at(queryBarriers().empty), parity);
    loadPanels(memory.maps[0], at(0), shape.rows(), shape.keyPanels(),
               at(queryBarriers().full), [&](int64_t panel) {
                 return place(panel, tile.firstRow, tile.head, tile,
                              /*isKey=*/false);
               });
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
