//===- Hardmax.cpp - Loops of hardmax -------------------------------------===//
// One walk finds the first maximum of a line, a second one writes zeros and
// ones.
//===----------------------------------------------------------------------===//
#include "Expression.h"
#include "LineLoops.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;

namespace {
class HardmaxEmitter {
public:
  HardmaxEmitter(KernelBuilder &kernel, HardmaxOp op)
      : kernel(kernel), op(op),
        axis(*axisFromFront(op.getAxis(), shapeOf(op.getInput()).size())),
        lines(LineLoops::along(kernel, op, axis, /*registers=*/1)),
        input(kernel, lines, op.getInput()) {}
  LogicalResult emit() {
    return lines.forEach([&] { return emitLine(); });
  }

private:
  LogicalResult emitLine();
  FailureOr<Value> firstMaximum();
  /// The indices along the axis at `at`, one a lane.
  Value indicesAt(const Position &at);
  Values better(ValueRange left, ValueRange right);

  KernelBuilder &kernel;
  HardmaxOp op;
  int64_t axis;
  LineLoops lines;
  LineInput input;
};
} // namespace

Value HardmaxEmitter::indicesAt(const Position &at) {
  OpBuilder &b = kernel.builder;
  Value first = kernel.broadcast(at.indices[axis], at.lanes);
  if (at.lanes == 1 || at.laneDim != axis)
    return first;
  Value step =
      vector::StepOp::create(b, kernel.loc, cast<VectorType>(first.getType()));
  return arith::AddIOp::create(b, kernel.loc, first, step);
}

/// Of two (element, index) pairs the one with the larger element, or the
/// smaller index where both are equal.
Values HardmaxEmitter::better(ValueRange left, ValueRange right) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto compare = [&](arith::CmpFPredicate predicate) -> Value {
    return arith::CmpFOp::create(b, loc, predicate, right[0], left[0]);
  };
  Value larger = compare(arith::CmpFPredicate::OGT);
  Value equal = compare(arith::CmpFPredicate::OEQ);
  Value earlier = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult,
                                        right[1], left[1]);
  Value both = arith::AndIOp::create(b, loc, equal, earlier);
  Value take = arith::OrIOp::create(b, loc, larger, both);
  return {arith::SelectOp::create(b, loc, take, right[0], left[0]),
          arith::SelectOp::create(b, loc, take, right[1], left[1])};
}

FailureOr<Value> HardmaxEmitter::firstMaximum() {
  Value lowest = kernel.constant(lines.computeType(),
                                 -std::numeric_limits<double>::infinity());
  // A line without numbers has its maximum at 0.
  FailureOr<Values> best = lines.fold(
      {lowest, kernel.index(0)},
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> x = input.first(at);
        if (failed(x))
          return failure();
        Value element = kernel.broadcast(*x, at.lanes);
        return better(carried, {element, indicesAt(at)});
      },
      [&](ValueRange left, ValueRange right) { return better(left, right); });
  if (failed(best))
    return failure();
  return (*best)[1];
}

LogicalResult HardmaxEmitter::emitLine() {
  FailureOr<Value> best = firstMaximum();
  if (failed(best))
    return failure();
  return lines.walk([&](const Position &at) {
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    Value here = indicesAt(at);
    Value same =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, here,
                              kernel.broadcast(*best, at.lanes));
    Type type = withElement(same.getType(), lines.computeType());
    Value result =
        arith::SelectOp::create(b, same, kernel.constant(type, 1),
                                kernel.constant(type, 0));
    return storeAs(kernel, op.getResult(), result, at);
  });
}

static LogicalResult emitHardmax(KernelBuilder &kernel, Operation *root) {
  return HardmaxEmitter(kernel, cast<HardmaxOp>(root)).emit();
}

void lacuna::registerHardmaxEmitters(EmitterTable &table) {
  table.add<HardmaxOp>(emitHardmax);
}
