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
    FenceOp::create(b, /*init=*/true);
  });
  NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
}

void HopperAttentionBackward::emit() {
  base = SharedBaseOp::create(b, b.getI32Type());
  auto uniform = [&](Value value) -> Value {
    return ShuffleOp::create(b, b.getI32Type(), value, 0, /*broadcast=*/true);
  };
  thread = SpecialRegisterOp::create(b, b.getI32Type(), "tid.x");
  block = SpecialRegisterOp::create(b, b.getI32Type(), "ctaid.x");
  group = uniform(b.div(thread, 128));
  warp = uniform(b.bitAnd(b.div(thread, 32), 3));
  lane = b.bitAnd(thread, 31);
  isLeader = b.equal(lane, 0);
  isFirst = b.equal(b.bitAnd(thread, 127), 0);
  initBarriers();
  Value computing = b.sub(block, b.number(shape.preparingBlocks()));
  auto roles = SpecializeOp::create(b, group, shape.consumers, 240, 24,
                                    /*whole=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&roles.getConsumer().emplaceBlock());
  b.branch(b.greater(b.number(0), computing), [&] { prepareRows(); });
  b.branch(b.greater(computing, b.number(-1)),
           [&] { emitConsumer(tileAt(computing)); });
  b.setInsertionPointToStart(&roles.getProducer().emplaceBlock());
  b.branch(b.greater(computing, b.number(-1)),
           [&] { emitProducer(tileAt(computing)); });
}

/// Turns that come in the order in which blocks start can only wait for blocks
/// that run: those of the last keys start first, in sections of heads whose
/// rows stay in the L2.
HopperAttentionBackward::Tile HopperAttentionBackward::tileAt(Value number) {
  Tile tile;
  Value head;
  int64_t tiles = shape.keyTiles(), section = shape.sectionHeads;
  if (shape.cyclic) {
    tile.number = b.rem(number, tiles);
    head = b.div(number, tiles);
    tile.start = b.div(b.mul(tile.number, shape.queryTiles()), tiles);
  } else {
    Value start = b.mul(b.div(number, tiles * section), section);
    Value inside = b.rem(number, tiles * section);
    Value heads =
        b.smaller(b.number(section),
                  b.sub(b.number(shape.batches * shape.keyHeads), start));
    Value turn = arith::DivUIOp::create(b, inside, heads);
    tile.number = b.sub(b.number(tiles - 1), turn);
    head = b.add(start, Value(arith::RemUIOp::create(b, inside, heads)));
    tile.start = b.number(0);
  }
  tile.firstKey = b.mul(tile.number, shape.keyTile);
  tile.keyHead = b.rem(head, shape.keyHeads);
  tile.batch = b.div(head, shape.keyHeads);
  seenTiles(tile);
  return tile;
}

void HopperAttentionBackward::seenTiles(Tile &tile) {
  Value zero = b.number(0), all = b.number(shape.queryTiles());
  int64_t rows = shape.queryTile;
  tile.first = tile.firstWhole = zero;
  tile.end = tile.endWhole = all;
  auto clamp = [&](Value value, Value least, Value most) {
    return b.smaller(b.larger(value, least), most);
  };
  if (shape.right) {
    Value key = b.add(tile.firstKey, -*shape.right - shape.offset);
    tile.first = clamp(b.div(b.larger(key, zero), rows), zero, all);
    key = b.larger(b.add(key, shape.keyTile - 1), zero);
    tile.firstWhole = b.ceilDiv(key, rows);
  }
  if (shape.left) {
    Value key = b.add(tile.firstKey, *shape.left - shape.offset);
    Value end = b.larger(b.add(key, shape.keyTile), zero);
    tile.end = clamp(b.ceilDiv(end, rows), tile.first, all);
    tile.endWhole = b.div(b.larger(b.add(key, 1), zero), rows);
  }
  if (shape.keys % shape.keyTile) {
    Value isLast = b.equal(tile.number, shape.keyTiles() - 1);
    tile.firstWhole = b.select(isLast, tile.end, tile.firstWhole);
  }
  tile.firstWhole = clamp(tile.firstWhole, tile.first, tile.end);
  tile.endWhole = clamp(tile.endWhole, tile.firstWhole, tile.end);
  tile.count = b.sub(tile.end, tile.first);
}

Values HopperAttentionBackward::forSteps(
    const Tile &tile, bool split, ValueRange initial,
    llvm::function_ref<Values(Step, bool, ValueRange)> body) {
  Value one = b.number(1);
  auto ofMember = [&](Value member, ValueRange carried) -> Values {
    Step step;
    step.head = b.add(b.mul(tile.keyHead, shape.group()), member);
    Value before = arith::MulIOp::create(b, member, tile.count);
    auto run = [&](Value from, Value to, bool masked, ValueRange values) {
      return b.forLoop(from, to, one, values, [&](Value i, ValueRange now) {
        step.step = b.add(before, b.sub(i, tile.first));
        step.number = i;
        if (shape.cyclic) {
          Value moved = b.add(i, tile.start);
          Value end = b.number(shape.queryTiles());
          step.number = b.select(b.greater(end, moved), moved,
                                 b.sub(moved, end));
        }
        return body(step, masked, now);
      });
    };
    if (!split)
      return run(tile.first, tile.end, false, carried);
    Values values(carried);
    if (shape.right || shape.keys % shape.keyTile)
      values = run(tile.first, tile.firstWhole, true, values);
    values = run(tile.firstWhole, tile.endWhole, false, values);
    if (shape.left)
      values = run(tile.endWhole, tile.end, true, values);
    return values;
  };
  if (shape.group() == 1)
    return ofMember(b.number(0), initial);
  return b.forLoop(b.number(0), b.number(shape.group()), one, initial,
                   ofMember);
}

Value HopperAttentionBackward::globalHead(const Tile &tile, Value head) {
  return b.add(b.mul(tile.batch, shape.queryHeads), head);
}

Value HopperAttentionBackward::ownAddress(int64_t offset, Value index) {
  return hopperAddress(b, memory.own, b.add(index, offset / 4),
                       b.getI32Type());
}

void HopperAttentionBackward::emitProducer(const Tile &tile) {
  Value isLoader = arith::AndIOp::create(b, b.equal(warp, 0), isLeader);
  b.branch(isLoader, [&] { loadAll(tile); });
  Value part = b.add(warp, -1);
  Value isAdder = arith::AndIOp::create(b, b.greater(part, b.number(-1)),
                                        b.greater(b.number(2), part));
  b.branch(isAdder, [&] { addInTurn(tile, part); });
}

void HopperAttentionBackward::loadPanels(int64_t map, Value address,
                                         int64_t rows, Value firstRow,
                                         Value head, Value batch,
                                         Value barrier, int64_t more) {
  BarrierExpectOp::create(b, barrier, shape.panels * rows * 128 + more);
  for (int64_t panel = 0; panel < shape.panels; ++panel)
    LoadOp::create(b, memory.maps[map],
                   ValueRange{b.number(64 * panel), firstRow, head, batch},
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
  loadPanels(queries ? 0 : 3, b.add(at(rows), b.mul(stage, shape.queryBytes())),
             shape.queryTile, firstRow, step.head, tile.batch, full,
             shape.lineBytes());
  Value index = b.add(
      b.mul(globalHead(tile, step.head), shape.paddedRows()), firstRow);
  LoadLineOp::create(b, ownAddress(queries ? 0 : shape.productMemory(), index),
                     b.add(at(line), b.mul(stage, shape.lineBytes())), full,
                     shape.lineBytes());
}

void HopperAttentionBackward::waitForRows(const Tile &tile) {
  for (int64_t member = 0; member < shape.group(); ++member) {
    Value head = b.add(b.mul(tile.keyHead, shape.group()), member);
    CounterWaitOp::create(
        b, ownAddress(shape.preparedMemory(), globalHead(tile, head)),
        b.number(shape.preparedTiles()));
  }
  FenceOp::create(b, /*init=*/false, /*global=*/true);
}

/// The last block of a head makes its counters ready for the next launch.
void HopperAttentionBackward::finishHeads(const Tile &tile) {
  for (int64_t member = 0; member < shape.group(); ++member) {
    Value head = globalHead(
        tile, b.add(b.mul(tile.keyHead, shape.group()), member));
    Value before = CounterNextOp::create(
        b, b.getI32Type(), ownAddress(shape.doneMemory(), head),
        b.number(shape.keyTiles() - 1));
    b.branch(b.equal(before, shape.keyTiles() - 1), [&] {
      LLVM::StoreOp::create(b, b.number(0),
                            ownAddress(shape.preparedMemory(), head));
    });
  }
}

void HopperAttentionBackward::loadAll(const Tile &tile) {
  for (bool value : {false, true})
    loadPanels(value ? 2 : 1, at(value ? shape.valueOffset() : 0),
               shape.keyTile, tile.firstKey, tile.keyHead, tile.batch,
               at(value ? valueBarrier() : keyBarrier()), 0);
  waitForRows(tile);
  forSteps(tile, /*split=*/false, {},
           [&](Step step, bool, ValueRange) -> Values {
             loadRows(tile, step, Queries);
             loadRows(tile, step, Outputs);
             return {};
           });
  finishHeads(tile);
}

/// The place of this block among those that add to a tile of queries, and the
/// place of the last one.
Value HopperAttentionBackward::turnOf(const Tile &tile, const Step &step,
                                      Value &lastTurn) {
  int64_t tiles = shape.keyTiles(), rows = shape.queryTile;
  Value last = b.number(tiles - 1), first = b.number(0);
  if (shape.right) {
    Value key = b.add(b.mul(step.number, rows),
                      rows - 1 + *shape.right + shape.offset);
    last = b.smaller(b.div(b.larger(key, first), shape.keyTile), last);
  }
  if (shape.left) {
    Value key = b.add(b.mul(step.number, rows), shape.offset - *shape.left);
    first = b.div(b.larger(key, first), shape.keyTile);
  }
  lastTurn = b.sub(last, first);
  if (!shape.cyclic)
    return b.sub(last, tile.number);
  // Of the blocks that have started at or before this tile, the latest.
  last = b.add(b.ceilDiv(b.mul(b.add(step.number, 1), tiles),
                         shape.queryTiles()),
               -1);
  Value turn = b.sub(last, tile.number);
  return b.select(b.greater(b.number(0), turn), b.add(turn, tiles), turn);
}

/// The first to come stores, the others add.
void HopperAttentionBackward::storePart(const Tile &tile, const Step &step,
                                        Value part, Value source) {
  Value lastTurn;
  Value turn = turnOf(tile, step, lastTurn);
  Value index = b.add(b.mul(globalHead(tile, step.head), shape.queryTiles()),
                      step.number);
  Value counter =
      ownAddress(shape.turnMemory(), b.add(b.mul(index, 2), part));
  CounterWaitOp::create(b, counter, turn);
  FenceOp::create(b, /*init=*/false, /*global=*/true);
  Value firstRow = b.mul(step.number, shape.queryTile), column = b.number(0);
  if (shape.panels == 1)
    firstRow = b.add(firstRow, b.mul(part, 64));
  else
    column = b.mul(part, 64);
  auto store = [&](bool add) {
    for (int64_t half = 0; half < 2; ++half)
      StoreOp::create(b, b.add(source, half * shape.partBytes / 2),
                      memory.maps[4],
                      ValueRange{b.add(column, 32 * half), firstRow, step.head,
                                 tile.batch},
                      add);
  };
  Value isFirstTurn = b.equal(turn, 0);
  b.branch(isFirstTurn, [&] { store(/*add=*/false); });
  b.branch(b.greater(turn, b.number(0)), [&] { store(/*add=*/true); });
  StoreCommitOp::create(b);
  StoreWaitOp::create(b, 0, /*written=*/true);
  FenceOp::create(b, /*init=*/false, /*global=*/true);
  CounterNextOp::create(b, b.getI32Type(), counter, lastTurn);
}

/// One warp for each consumer: full barriers are 1, 2 and 5, 6, empty ones 10,
/// 11 and 12, 13.
void HopperAttentionBackward::addInTurn(const Tile &tile, Value part) {
  for (int64_t buffer : {0, 1})
    NamedBarrierOp::create(b, b.add(part, 10 + 2 * buffer), 160,
                           /*arrive=*/true);
  forSteps(tile, /*split=*/false, {},
           [&](Step step, bool, ValueRange) -> Values {
             Value buffer = b.bitAnd(step.step, 1);
             NamedBarrierOp::create(
                 b, b.add(b.add(part, 1), b.mul(buffer, 4)), 160,
                 /*arrive=*/false);
             Value source = b.add(
                 at(shape.sumOffset()),
                 b.mul(b.add(b.mul(buffer, 2), part), shape.partBytes));
             b.branch(isLeader, [&] { storePart(tile, step, part, source); });
             // All lanes arrive once the first is through.
             ShuffleOp::create(b, b.getI32Type(), part, 0, /*broadcast=*/true);
             NamedBarrierOp::create(
                 b, b.add(b.add(part, 10), b.mul(buffer, 2)), 160,
                 /*arrive=*/true);
             return {};
           });
}
