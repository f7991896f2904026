//===- HopperAttentionBackward.cpp - Gradient on tensor cores: its frame --===//
// Barriers, tiles, the producer and who adds when;
// HopperAttentionBackwardLoops.cpp computes.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

HopperAttentionBackward::Barriers
HopperAttentionBackward::rowBarriers(Loaded which) const {
  int64_t first =
      shape.barrierOffset() + 16 + (which == Outputs ? 16 * shape.stages : 0);
  return {first, first + 8 * shape.stages};
}

HopperAttentionBackward::Barriers HopperAttentionBackward::sumBarriers() const {
  int64_t first = shape.barrierOffset() + 16 + 32 * shape.stages;
  return {first, first + 16};
}

void HopperAttentionBackward::initBarriers() {
  b.branch(b.equal(thread, 0), [&] {
    BarrierInitOp::create(b, at(keyBarrier()), 1);
    BarrierInitOp::create(b, at(valueBarrier()), 1);
    for (Loaded which : {Queries, Outputs})
      for (int64_t stage = 0; stage < shape.stages; ++stage) {
        Barriers barriers = rowBarriers(which);
        BarrierInitOp::create(b, at(barriers.full + 8 * stage), 1);
        BarrierInitOp::create(b, at(barriers.empty + 8 * stage),
                              4 * shape.consumers);
      }
    // From both warpgroups to a thread, or from one to the other.
    for (int64_t buffer : {0, 8}) {
      BarrierInitOp::create(b, at(sumBarriers().full + buffer),
                            shape.split ? 4 : 8);
      BarrierInitOp::create(b, at(sumBarriers().empty + buffer),
                            shape.split ? 4 : 1);
    }
    if (shape.sequences)
      for (int64_t word = 0; word < 8; ++word)
        b.storeWord(b.number(0), at(shape.sequenceOffset() + 4 * word));
    FenceOp::create(b, /*init=*/true);
  });
  NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
}

HopperAttentionBackward::HopperAttentionBackward(
    HopperBuilder &builder, AttentionBackwardOp op,
    const HopperAttentionBackwardShape &shape, Memory memory)
    : HopperAttentionBackwardState(builder, op, shape, std::move(memory)),
      region(b, AttentionParts::of(op), op.getScore(), this->memory.buffers),
      regionBackward(b, AttentionParts::of(op), op.getScoreBackward(),
                     this->memory.buffers) {}

void HopperAttentionBackward::emit() {
  base = SharedBaseOp::create(b, b.getI32Type());
  thread = SpecialRegisterOp::create(b, b.getI32Type(), "tid.x");
  block = SpecialRegisterOp::create(b, b.getI32Type(), "ctaid.x");
  block = b.add(block, -shape.findingBlocks());
  group = uniform(b.div(thread, 128));
  warp = uniform(b.bitAnd(b.div(thread, 32), 3));
  lane = b.bitAnd(thread, 31);
  isLeader = b.equal(lane, 0);
  isFirst = b.equal(b.bitAnd(thread, 127), 0);
  initBarriers();
  Value computing = b.sub(block, b.number(shape.preparingBlocks()));
  Value onKeys =
      b.sub(computing, b.number(shape.heads() * shape.queryBlocks()));
  if (shape.sequences)
    findSequence(computing, onKeys);
  if (shape.hidesByPlace)
    readHull(onKeys);
  emitRoles(computing, onKeys);
}

void HopperAttentionBackward::emitRoles(Value computing, Value onKeys) {
  auto roles = SpecializeOp::create(b, group, shape.consumers, 240, 24,
                                    /*whole=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&roles.getConsumer().emplaceBlock());
  Value prepares = b.greater(b.number(0), computing);
  if (shape.hidesByPlace) {
    Value finds = b.greater(b.number(0), block);
    b.branch(finds, [&] { findHidden(); });
    prepares =
        arith::AndIOp::create(b, prepares, b.greater(block, b.number(-1)));
  }
  b.branch(prepares, [&] { prepareRows(); });
  b.branch(b.greater(onKeys, b.number(-1)), [&] {
    Tile tile = tileAt(onKeys);
    shape.split ? emitHalves(tile) : emitConsumer(tile);
  });
  auto onQueries = [&](llvm::function_ref<void(const QueryTile &)> body) {
    Value isKept = arith::AndIOp::create(b, b.greater(computing, b.number(-1)),
                                         b.greater(b.number(0), onKeys));
    if (shape.split)
      b.branch(isKept, [&] { body(queryTileAt(computing)); });
  };
  onQueries([&](const QueryTile &tile) { emitQueries(tile); });
  b.setInsertionPointToStart(&roles.getProducer().emplaceBlock());
  b.branch(b.greater(onKeys, b.number(-1)),
           [&] { emitProducer(tileAt(onKeys)); });
  onQueries([&](const QueryTile &tile) { produceForQueries(tile); });
}

Values HopperAttentionBackward::forSteps(
    const Tile &tile, bool split, ValueRange initial,
    llvm::function_ref<Values(Step, bool, ValueRange)> body, bool skipFirst) {
  Value one = b.number(1);
  auto ofMember = [&](Value member, ValueRange carried) -> Values {
    Step step;
    step.head = b.add(b.mul(tile.keyHead, shape.group()), member);
    Value first = tile.first;
    if (skipFirst)
      first = b.add(first, b.select(b.equal(member, 0), one, b.number(0)));
    Value before = arith::MulIOp::create(b, member, tile.count);
    auto run = [&](Value from, Value to, bool masked, ValueRange values) {
      return b.forLoop(from, to, one, values, [&](Value i, ValueRange now) {
        step.step = b.add(before, b.sub(i, tile.first));
        step.number = i;
        if (shape.cyclic()) {
          Value moved = b.add(i, tile.start);
          Value end = b.number(shape.queryTiles());
          step.number =
              b.select(b.greater(end, moved), moved, b.sub(moved, end));
        }
        return body(step, masked, now);
      });
    };
    if (!split)
      return run(first, tile.end, false, carried);
    Values values(carried);
    bool hides = shape.hidesByPlace;
    if (shape.right || hides || shape.hasTail(shape.keyTile))
      values = run(first, tile.firstWhole, true, values);
    Value whole = b.larger(first, tile.firstWhole);
    values = run(whole, tile.endWhole, false, values);
    if (shape.left || hides)
      values = run(b.larger(whole, tile.endWhole), tile.end, true, values);
    return values;
  };
  if (shape.group() == 1)
    return ofMember(b.number(0), initial);
  return b.forLoop(b.number(0), b.number(shape.group()), one, initial,
                   ofMember);
}

void HopperAttentionBackward::emitProducer(const Tile &tile) {
  auto withWarp = [&](int64_t number, llvm::function_ref<void()> body) {
    Value isMine = arith::AndIOp::create(b, b.equal(warp, number), isLeader);
    b.branch(isMine, body);
  };
  withWarp(0, [&] { loadAll(tile); });
  if (shape.split)
    return;
  for (int64_t buffer : {0, 1})
    withWarp(1 + buffer, [&] { addInTurn(tile, b.number(buffer)); });
}

void HopperAttentionBackward::loadPanels(
    int64_t map, Value address, int64_t panels, int64_t rows, Value barrier,
    int64_t more, llvm::function_ref<Values(Value)> place) {
  BarrierExpectOp::create(b, barrier, panels * rows * 128 + more);
  for (int64_t panel = 0; panel < panels; ++panel)
    LoadOp::create(b, memory.maps[map], place(b.number(64 * panel)),
                   b.add(address, panel * rows * 128), barrier, ValueRange());
}

/// Queries with their logarithms, or cotangents of results with their products.
void HopperAttentionBackward::loadRows(const Tile &tile, const Step &step,
                                       Loaded which) {
  Barriers barriers = rowBarriers(which);
  Value stage = stageOf(step.step);
  // Nobody has used a stage before its first turn: its wait returns at once.
  BarrierWaitOp::create(b, slot(barriers.empty, stage),
                        b.bitXor(phaseOf(step.step), b.number(1)));
  bool queries = which == Queries;
  int64_t rows = queries ? shape.queryOffset() : shape.outputOffset();
  int64_t line = queries ? shape.logarithmOffset() : shape.productOffset();
  Value full = slot(barriers.full, stage);
  Value firstRow = b.mul(step.number, shape.queryTile);
  int64_t bytes = queries ? shape.queryBytes() : shape.outputBytes();
  loadPanels(queries ? 0 : 3, b.add(at(rows), b.mul(stage, bytes)),
             queries ? shape.keyPanels : shape.valuePanels, shape.queryTile,
             full, shape.lineBytes(), [&](Value column) {
               return place(column, firstRow, step.head, tile,
                            /*isKey=*/false);
             });
  Value index = lineOf(tile, step.head, firstRow);
  LoadLineOp::create(b, ownAddress(queries ? 0 : shape.productMemory(), index),
                     b.add(at(line), b.mul(stage, shape.lineBytes())), full,
                     shape.lineBytes());
}

void HopperAttentionBackward::loadAll(const Tile &tile) {
  for (bool value : {false, true})
    loadPanels(value ? 2 : 1, at(value ? shape.valueOffset() : 0),
               value ? shape.valuePanels : shape.keyPanels, shape.keyTile,
               at(value ? valueBarrier() : keyBarrier()), 0, [&](Value column) {
                 return place(column, tile.firstKey, tile.keyHead, tile,
                              /*isKey=*/true);
               });
  waitForRows(tile);
  forSteps(tile, /*split=*/false, {},
           [&](Step step, bool, ValueRange) -> Values {
             loadRows(tile, step, Queries);
             loadRows(tile, step, Outputs);
             return {};
           });
  forWaves(tile, [&](Value wave) { finishWave(wave); });
}

/// The first to come stores, the others add.
void HopperAttentionBackward::storeSums(const Tile &tile, const Step &step,
                                        Value buffer) {
  Value lastTurn;
  Value turn = turnOf(tile, step, lastTurn);
  Value index = b.add(b.mul(globalHead(tile, step.head), shape.queryTiles()),
                      b.add(tile.firstSlot, step.number));
  Value counter = ownAddress(shape.turnMemory(), index);
  CounterWaitOp::create(b, counter, turn);
  FenceOp::create(b, /*init=*/false, /*global=*/true);
  Value firstRow = b.mul(step.number, shape.queryTile);
  Value source =
      b.add(at(shape.sumOffset()), b.mul(buffer, 2 * shape.partBytes));
  // Boxes of 64 rows and 32 columns.
  auto store = [&](bool add) {
    for (int64_t box = 0; box < 4; ++box) {
      int64_t part = box / 2, half = box % 2;
      bool below = part && shape.keyPanels == 1;
      int64_t column = 32 * half + (part && !below ? 64 : 0);
      StoreOp::create(b, b.add(source, box * shape.partBytes / 2),
                      memory.maps[4],
                      place(b.number(column), b.add(firstRow, below ? 64 : 0),
                            step.head, tile,
                            /*isKey=*/false),
                      add);
    }
  };
  b.branch(b.equal(turn, 0), [&] { store(/*add=*/false); });
  b.branch(b.greater(turn, b.number(0)), [&] { store(/*add=*/true); });
  StoreCommitOp::create(b);
  StoreWaitOp::create(b);
  BarrierArriveOp::create(b, slot(sumBarriers().empty, buffer), isLeader,
                          Value());
  StoreWaitOp::create(b, 0, /*written=*/true);
  FenceOp::create(b, /*init=*/false, /*global=*/true);
  CounterNextOp::create(b, b.getI32Type(), counter, lastTurn);
}

/// A thread for each buffer: to add takes longer than a step.
void HopperAttentionBackward::addInTurn(const Tile &tile, Value buffer) {
  forSteps(tile, /*split=*/false, {},
           [&](Step step, bool, ValueRange) -> Values {
             Value other = b.bitXor(b.bitAnd(step.step, 1), buffer);
             b.branch(b.equal(other, 0), [&] {
               BarrierWaitOp::create(b, slot(sumBarriers().full, buffer),
                                     b.bitAnd(b.div(step.step, 2), 1));
               storeSums(tile, step, buffer);
             });
             return {};
           });
}
