//===- HopperProduct.cpp - A product on tensor cores: its frame -----------===//
// Barriers, the walk over the table and the producer.
//===----------------------------------------------------------------------===//
#include "HopperProduct.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// A stage is full by one arrival and its bytes; empty by one of each warp
/// that reads it, in all blocks that it was sent to.
void HopperProduct::initBarriers() {
  b.branch(b.equal(thread, 0), [&] {
    for (int64_t stage = 0; stage < tile.stages; ++stage) {
      BarrierInitOp::create(b, full(b.number(stage)), 1);
      BarrierInitOp::create(b, empty(b.number(stage)),
                            4 * tile.consumers * tile.cluster);
    }
    FenceOp::create(b, /*init=*/true);
  });
  if (tile.cluster > 1)
    ClusterBarrierOp::create(b);
  else
    NamedBarrierOp::create(b, b.number(0), tile.threads(), /*arrive=*/false);
}

void HopperProduct::emit() {
  base = SharedBaseOp::create(b, b.getI32Type());
  auto special = [&](StringRef name) -> Value {
    return SpecialRegisterOp::create(b, b.getI32Type(), name);
  };
  thread = special("tid.x");
  worker = special("ctaid.x");
  rank = b.number(0);
  if (tile.cluster > 1) {
    rank = special("cluster_ctarank");
    worker = b.div(worker, tile.cluster);
  }
  // The shuffle tells ptxas that the number is the same in a whole warp.
  group = ShuffleOp::create(b, b.getI32Type(), b.div(thread, 128), 0,
                            /*broadcast=*/true);
  initBarriers();
  bool wide = tile.consumers == 2;
  auto roles = SpecializeOp::create(b, group, tile.consumers,
                                    wide ? 232 : 240, 40);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&roles.getConsumer().emplaceBlock());
  emitConsumer();
  b.setInsertionPointToStart(&roles.getProducer().emplaceBlock());
  emitProducer();
}

HopperProduct::Unit HopperProduct::readUnit(Value turn) {
  Value line = b.add(b.mul(turn, plan.schedule.workers), worker);
  Value index = arith::ExtUIOp::create(b, b.getI64Type(), b.mul(line, 32));
  Value address = LLVM::GEPOp::create(b, memory.units.getType(), b.getI8Type(),
                                      memory.units,
                                      ArrayRef<LLVM::GEPArg>{index});
  auto type = VectorType::get({4}, b.getI32Type());
  Values words;
  for (int32_t half : {0, 16}) {
    Value from = LLVM::GEPOp::create(b, address.getType(), b.getI8Type(),
                                     address, ArrayRef<LLVM::GEPArg>{half});
    Value four = LLVM::LoadOp::create(b, type, from, 16);
    llvm::append_range(words, b.elements(four));
  }
  return {words[0], words[1], words[2], words[3],
          words[4], words[5], words[6], words[7]};
}

/// `body(unit, step)` for the units of this worker; steps go on over units, as
/// the stages do. A unit is read while the one before it is computed.
void HopperProduct::forUnits(
    llvm::function_ref<void(const Unit &, Value)> body) {
  auto pack = [](const Unit &u) -> Values {
    return {u.row,   u.column, u.batch, u.first,
            u.count, u.role,   u.slot,  u.slots};
  };
  Values initial = pack(readUnit(b.number(0)));
  initial.push_back(b.number(0));
  b.forLoop(b.number(0), b.number(plan.schedule.turns), b.number(1), initial,
            [&](Value turn, ValueRange c) -> Values {
              auto uniform = [&](Value value) -> Value {
                return ShuffleOp::create(b, value.getType(), value, 0,
                                         /*broadcast=*/true);
              };
              Unit unit{c[0], c[1], c[2], c[3], uniform(c[4]),
                        c[5], c[6], c[7]};
              Values next = pack(readUnit(b.add(turn, 1)));
              b.branch(b.greater(unit.count, b.number(0)),
                       [&] { body(unit, uniform(c[8])); });
              next.push_back(b.add(c[8], unit.count));
              return next;
            });
}

HopperPlace HopperProduct::placeOf(const Unit &unit) {
  Value first = unit.row;
  if (tile.cluster > 1)
    first = b.add(first, b.mul(rank, tile.rows()));
  return {first, unit.column, unit.batch};
}

void HopperProduct::loadStep(const Unit &unit, Value step, Value number) {
  Value stage = stageOf(number);
  // Nobody has used a stage before its first turn: its wait returns at once.
  BarrierWaitOp::create(b, empty(stage),
                        b.bitXor(phaseOf(number), b.number(1)));
  Value barrier = full(stage);
  BarrierExpectOp::create(b, barrier, tile.stageBytes());
  Value left = b.add(base, b.mul(stage, tile.stageBytes()));
  Value right = b.add(left, tile.leftBytes());
  HopperPlace place = placeOf(unit);
  source.loadLeft(b, tile, place, step, memory.maps[0], left, barrier);
  auto load = [&](Value part) {
    source.loadRight(b, tile, place, step, memory.maps[1], part,
                     b.add(right, b.mul(part, tile.partColumns() * 128)),
                     barrier);
  };
  // Each block of a cluster brings one part to both.
  if (tile.cluster > 1)
    return load(rank);
  for (int64_t part = 0; part < tile.parts(); ++part)
    load(b.number(part));
}

void HopperProduct::emitProducer() {
  forUnits([&](const Unit &unit, Value step) {
    b.forLoop(b.number(0), unit.count, b.number(1), {},
              [&](Value i, ValueRange) -> Values {
                loadStep(unit, b.add(unit.first, i), b.add(step, i));
                return {};
              });
  });
  // Shared memory must outlive what the other block sends to it.
  if (tile.cluster > 1)
    ClusterBarrierOp::create(b);
}
