//===- HopperProductLoops.cpp - A product on tensor cores: consumers ------===//
#include "HopperProduct.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

void HopperProduct::emitConsumer() {
  lane = b.bitAnd(thread, 31);
  isLeader = b.equal(lane, 0);
  isFirst = b.equal(b.bitAnd(thread, 127), 0);
  Value warp = b.bitAnd(b.div(thread, 32), 3);
  row = b.add(b.mul(group, 64), b.add(b.mul(warp, 16), b.div(lane, 4)));
  column = b.mul(b.bitAnd(lane, 3), 2);
  // A warpgroup's 64 rows are 8 KiB, whichever way they lie.
  leftMatrix = b.descriptor(b.add(base, b.mul(group, 8192)),
                            source.leftTransposed ? 8192 : 16);
  rightMatrix = b.descriptor(at(tile.leftBytes()),
                             source.rightTransposed ? 8192 : 16);
  forUnits([&](const Unit &unit, Value step) {
    Value sums = accumulate(unit, step);
    HopperPlace place = placeOf(unit);
    place.row = b.add(place.row, row);
    place.column = b.add(place.column, column);
    if (!plan.schedule.slots)
      return writeTile(place, sums);
    sums = addPartials(unit, sums);
    Value gives = b.equal(unit.role, HopperUnit::Contribute);
    auto branch = scf::IfOp::create(b, gives, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(branch.thenYield());
    givePartials(unit, sums);
    b.setInsertionPoint(branch.elseYield());
    writeTile(place, sums);
  });
  // Shared memory must outlive the stores that read it.
  b.branch(isFirst, [&] { StoreWaitOp::create(b); });
  if (tile.cluster > 1)
    ClusterBarrierOp::create(b);
}

Value HopperProduct::multiply(Value number, Value sums) {
  auto unitsOf = [](bool transposed) {
    SmallVector<int64_t> units;
    for (int64_t k = 0; k < 4; ++k)
      units.push_back(transposed ? k * 128 : k * 2);
    return units;
  };
  Value stage = stageOf(number);
  BarrierWaitOp::create(b, full(stage), phaseOf(number));
  Value offset = b.mul(stage, tile.stageBytes());
  auto type = VectorType::get({tile.columns / 2}, b.getF32Type());
  return MultiplyOp::create(
      b, type, b.advance(leftMatrix, offset), b.advance(rightMatrix, offset),
      sums, unitsOf(source.leftTransposed), unitsOf(source.rightTransposed),
      source.element, source.rightTransposed, source.leftTransposed);
}

Value HopperProduct::wait(Value sums, int64_t pending) {
  return MultiplyWaitOp::create(b, TypeRange(sums.getType()), sums,
                                ValueRange(), pending)
      .getResult(0);
}

/// Gives a stage back to the producers that fill it.
void HopperProduct::release(Value step) {
  Value barrier = empty(stageOf(step));
  if (tile.cluster == 1) {
    BarrierArriveOp::create(b, barrier, isLeader, Value());
    return;
  }
  // Lane i tells block i.
  Value tells = b.greater(b.number(tile.cluster), lane);
  BarrierArriveOp::create(b, barrier, tells, lane);
}

/// The products of a step are issued while those of the last one run.
Value HopperProduct::accumulate(const Unit &unit, Value step) {
  Value sums = multiply(step, Value());
  Values initial = b.elements(sums);
  Values all = b.forLoop(
      b.number(1), unit.count, b.number(1), initial,
      [&](Value i, ValueRange carried) -> Values {
        Value number = b.add(step, i);
        Value next = multiply(number, b.vectorOf(Values(carried)));
        next = wait(next, 1);
        release(b.add(number, -1));
        return b.elements(next);
      });
  sums = wait(b.vectorOf(all), 0);
  release(b.add(b.add(step, unit.count), -1));
  return sums;
}

/// One flag for each warpgroup of a slot.
Value HopperProduct::flag(Value slot) {
  int64_t groups = tile.consumers * tile.cluster;
  Value index = b.add(b.mul(slot, groups),
                      b.add(b.mul(rank, tile.consumers), group));
  Value wide = arith::ExtUIOp::create(b, b.getI64Type(), index);
  return LLVM::GEPOp::create(b, memory.partials.getType(), b.getI32Type(),
                             memory.partials, ArrayRef<LLVM::GEPArg>{wide});
}

/// The address of the thread's sums `i` to i + 3 in a slot: threads lie
/// together.
Value HopperProduct::partial(Value slot, int64_t i) {
  int64_t groups = tile.consumers * tile.cluster;
  int64_t groupBytes = 64 * tile.columns * 4;
  Value index = b.add(b.mul(slot, groups),
                      b.add(b.mul(rank, tile.consumers), group));
  Value wide = arith::ExtUIOp::create(b, b.getI64Type(), index);
  wide = arith::MulIOp::create(
      b, wide, arith::ConstantIntOp::create(b, groupBytes, 64));
  Value mine = arith::ExtUIOp::create(
      b, b.getI64Type(), b.mul(b.bitAnd(thread, 127), 16));
  wide = arith::AddIOp::create(b, wide, mine);
  Value start = LLVM::GEPOp::create(
      b, memory.partials.getType(), b.getI8Type(), memory.partials,
      ArrayRef<LLVM::GEPArg>{wide});
  return LLVM::GEPOp::create(
      b, start.getType(), b.getI8Type(), start,
      ArrayRef<LLVM::GEPArg>{int32_t(plan.flagBytes() + i / 4 * 2048)});
}

void HopperProduct::givePartials(const Unit &unit, Value sums) {
  Values all = b.elements(sums);
  for (size_t i = 0; i < all.size(); i += 4) {
    Value four = b.vectorOf(ArrayRef(all).slice(i, 4));
    LLVM::StoreOp::create(b, four, partial(unit.slot, i), 16);
  }
  NamedBarrierOp::create(b, b.add(group, 8), 128, /*arrive=*/false);
  b.branch(isFirst, [&] { FlagSetOp::create(b, flag(unit.slot)); });
}

Value HopperProduct::addPartials(const Unit &unit, Value sums) {
  auto type = VectorType::get({4}, b.getF32Type());
  Values all = b.forLoop(
      b.number(0), unit.slots, b.number(1), b.elements(sums),
      [&](Value i, ValueRange carried) -> Values {
        Value slot = b.add(unit.slot, i);
        FlagWaitOp::create(b, flag(slot));
        Values next;
        for (size_t k = 0; k < carried.size(); k += 4) {
          Values part =
              b.elements(LLVM::LoadOp::create(b, type, partial(slot, k), 16));
          for (size_t j = 0; j < 4; ++j)
            next.push_back(b.fadd(carried[k + j], part[j]));
        }
        // All have seen the flag: it is down again for the next launch.
        NamedBarrierOp::create(b, b.add(group, 8), 128, /*arrive=*/false);
        b.branch(isFirst, [&] {
          LLVM::StoreOp::create(b, b.number(0), flag(slot));
        });
        return next;
      });
  return b.vectorOf(all);
}

void HopperProduct::writeTile(const HopperPlace &place, Value sums) {
  HopperEpilogue epilogue(b, consumers, source, tile, memory.buffers);
  epilogue.start(place, b.elements(sums));
  int64_t panels = (tile.results() + 63) / 64, turn = 0;
  for (int64_t panel = 0; panel < panels; ++panel)
    for (size_t output = 0; output < consumers.outputs.size(); ++output) {
      if (memory.maps[2 + output])
        storePanel(epilogue, place, output, panel, turn++);
      else
        storeDirect(epilogue, output, panel);
    }
}

/// 64 columns, through one of two pieces of shared memory in turn, in the
/// swizzle that TMA undoes.
void HopperProduct::storePanel(HopperEpilogue &epilogue,
                               const HopperPlace &place, size_t output,
                               int64_t panel, int64_t turn) {
  const HopperOutput &out = consumers.outputs[output];
  Value barrier = b.add(group, 8);
  Value piece = b.add(at(tile.panelOffset() + turn % 2 * tile.panelBytes()),
                      b.mul(group, 8192));
  Value low = b.bitAnd(lane, 7), half = b.bitAnd(b.div(lane, 8), 1);
  Value warp = b.bitAnd(b.div(thread, 32), 3);
  Value line = b.add(b.mul(warp, 16), b.add(low, b.mul(half, 8)));
  Value start = b.add(piece, b.mul(line, 128));
  epilogue.prefetch(32 * panel, 32 * panel + 32);
  SmallVector<Values> words(4);
  for (int64_t k = 0; k < 4; ++k)
    for (int64_t i = 32 * panel + 8 * k, end = i + 8; i < end; i += 2)
      words[k].push_back(b.pack(epilogue.element(out.tensor, i),
                                epilogue.element(out.tensor, i + 1),
                                out.element));
  b.branch(isFirst, [&] { StoreWaitOp::create(b, 1); });
  NamedBarrierOp::create(b, barrier, 128, /*arrive=*/false);
  for (int64_t k = 0; k < 4; ++k) {
    Value chunk = b.bitXor(b.add(b.div(lane, 16), k * 2), low);
    StoreMatrixOp::create(b, b.vectorOf(words[k]),
                          b.add(start, b.mul(chunk, 16)));
  }
  FenceOp::create(b, /*init=*/false);
  NamedBarrierOp::create(b, barrier, 128, /*arrive=*/false);
  b.branch(isFirst, [&] {
    // The first thread's own place is the group's.
    Values indices = {b.add(place.column, 64 * panel), place.row};
    llvm::append_range(indices, source.batchIndices(b, place.batch));
    StoreOp::create(b, piece, memory.maps[2 + output], indices);
    StoreCommitOp::create(b);
  });
}

void HopperProduct::storeDirect(HopperEpilogue &epilogue, size_t output,
                                int64_t panel) {
  const HopperOutput &out = consumers.outputs[output];
  epilogue.prefetch(32 * panel, 32 * panel + 32);
  for (int64_t i = 32 * panel; i < 32 * panel + 32; ++i) {
    Value value = epilogue.element(out.tensor, i);
    if (value.getType() != out.element)
      value = arith::TruncFOp::create(b, out.element, value);
    Value address = epilogue.resultAddress(out.buffer, out.element, i);
    auto store = [&] { LLVM::StoreOp::create(b, value, address); };
    if (Value inside = epilogue.isInside(i))
      b.branch(inside, store);
    else
      store();
  }
}
