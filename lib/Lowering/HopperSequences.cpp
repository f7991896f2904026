//===- HopperSequences.cpp - Bounds of packed sequences -------------------===//
#include "HopperSequences.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

using namespace mlir;
using namespace lacuna;

HopperBounds lacuna::hopperBounds(HopperBuilder &b, Value pointer,
                                  Value lengths, int64_t total,
                                  int64_t sequences, Value sequence) {
  Value last = b.number(sequences), all = b.number(total);
  // One less and one more than there may be are kept, to be found wrong.
  Value from = loadHopperLength(b, pointer, sequence, lengths, total + 1, -1);
  Value to = loadHopperLength(b, pointer, b.smaller(b.add(sequence, 1), last),
                              lengths, total + 1, -1);
  Value isFirst = b.equal(sequence, 0);
  Value isRest = b.equal(sequence, sequences);
  Value start = b.smaller(b.larger(from, b.number(0)),
                          b.select(isFirst, b.number(0), all));
  to = b.select(isRest, all, to);
  Value end = b.smaller(b.larger(to, start), all);
  auto same = [&](Value x, Value y) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, x, y);
  };
  Value valid = arith::AndIOp::create(b, same(from, start), same(to, end));
  return {start, b.sub(end, start), valid};
}

void lacuna::checkHopperBounds(HopperBuilder &b, Value valid, Value failure,
                               Value message) {
  Value broken = arith::XOrIOp::create(
      b, valid, arith::ConstantIntOp::create(b, 1, 1).getResult());
  b.branch(broken, [&] {
    constexpr int32_t checkFailed = 2;
    auto swap = LLVM::AtomicCmpXchgOp::create(
        b, failure, b.number(0), b.number(checkFailed),
        LLVM::AtomicOrdering::monotonic, LLVM::AtomicOrdering::monotonic);
    Value isFirst = LLVM::ExtractValueOp::create(b, swap, ArrayRef<int64_t>{1});
    b.branch(isFirst, [&] {
      Value slot = LLVM::GEPOp::create(b, failure.getType(), b.getI8Type(),
                                       failure, ArrayRef<LLVM::GEPArg>{8});
      LLVM::StoreOp::create(b, message, slot);
    });
  });
}

Values lacuna::hopperPackedPlace(HopperBuilder &b, Value column, Value row,
                                 Value head, Value start, Value count) {
  Value rows = b.number(hopperRaggedRows);
  return {column, b.add(b.sub(rows, count), row), head, b.add(start, count),
          rows};
}
