//===- GuardDivisions.cpp - Integer divisions that cannot trap ------------===//
// Processors trap on x / 0 and on min / -1, which would end the process that
// calls a program. Such divisors become 1 and the quotient is chosen after.
//===----------------------------------------------------------------------===//
#include "GuardDivisions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

/// Whether dividing by `divisor` cannot trap, whatever is divided.
static bool isSafe(Value divisor, bool isSigned) {
  APInt value;
  return matchPattern(divisor, m_ConstantInt(&value)) && !value.isZero() &&
         !(isSigned && value.isAllOnes());
}

static void guard(Operation *op, bool isSigned, bool isRemainder) {
  Value x = op->getOperand(0), y = op->getOperand(1);
  if (isSafe(y, isSigned))
    return;
  ImplicitLocOpBuilder b(op->getLoc(), op);
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(y.getType()));
  Value one = arith::ConstantOp::create(b, b.getOneAttr(y.getType()));
  auto equals = [&](Value number) -> Value {
    return arith::CmpIOp::create(b, arith::CmpIPredicate::eq, y, number);
  };
  Value isZero = equals(zero), isMinusOne;
  Value divisor = arith::SelectOp::create(b, isZero, one, y);
  if (isSigned) {
    isMinusOne = equals(arith::SubIOp::create(b, zero, one));
    divisor = arith::SelectOp::create(b, isMinusOne, one, divisor);
  }
  op->setOperand(1, divisor);
  if (isRemainder) // x mod 1 is 0, as x mod -1 is
    return;
  b.setInsertionPointAfter(op);
  Value quotient = op->getResult(0);
  Value result = arith::SelectOp::create(b, isZero, zero, quotient);
  Operation *first = result.getDefiningOp();
  if (isSigned) {
    Value negated = arith::SubIOp::create(b, zero, x);
    result = arith::SelectOp::create(b, isMinusOne, negated, result);
  }
  quotient.replaceAllUsesExcept(result, first);
}

void lacuna::guardDivisions(Operation *root) {
  root->walk([](Operation *op) {
    if (isa<arith::DivSIOp, arith::FloorDivSIOp, arith::CeilDivSIOp>(op))
      guard(op, /*isSigned=*/true, /*isRemainder=*/false);
    else if (isa<arith::DivUIOp, arith::CeilDivUIOp>(op))
      guard(op, /*isSigned=*/false, /*isRemainder=*/false);
    else if (isa<arith::RemSIOp>(op))
      guard(op, /*isSigned=*/true, /*isRemainder=*/true);
    else if (isa<arith::RemUIOp>(op))
      guard(op, /*isSigned=*/false, /*isRemainder=*/true);
  });
}
