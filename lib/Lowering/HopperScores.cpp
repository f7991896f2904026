//===- HopperScores.cpp - What changes scores in device kernels -----------===//
#include "HopperScores.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

bool lacuna::isHopperReadable(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Type element = type.getElementType();
  return hopperBuffer(tensor) >= 0 && type.getNumElements() > 0 &&
         type.getNumElements() < INT32_MAX &&
         (element.isF32() || element.isF16() || element.isBF16() ||
          element.isInteger(1) || element.isInteger(32) ||
          element.isInteger(64));
}

bool lacuna::isHopperComputable(Region &region) {
  if (region.empty())
    return true;
  return llvm::all_of(region.front().without_terminator(),
                      [](Operation &inner) {
                        if (auto extract = dyn_cast<tensor::ExtractOp>(inner))
                          return isHopperReadable(extract.getTensor());
                        return isHopperScalar(inner);
                      });
}

/// Collects what decides `value`; whether that is places and tables alone.
static bool collectTables(Value value, SmallVectorImpl<Operation *> &tables) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getArgNumber() >= 3; // a query or a key
  Operation *op = value.getDefiningOp();
  if (isKnownNumber(value))
    return true;
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    auto type = cast<RankedTensorType>(extract.getTensor().getType());
    if (type.getRank() != 1 || !type.getElementType().isInteger(32) ||
        !isa<BlockArgument>(extract.getIndices()[0]) ||
        !collectTables(extract.getIndices()[0], tables))
      return false;
    if (!llvm::is_contained(tables, op))
      tables.push_back(op);
    return true;
  }
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return collectTables(operand, tables);
  });
}

bool lacuna::hidesByPlace(const AttentionParts &op,
                          SmallVectorImpl<Operation *> &tables) {
  // A cap makes a number of -inf.
  if (op.score->empty() || op.softCap)
    return false;
  Value result = op.score->front().getTerminator()->getOperand(0);
  auto select = result.getDefiningOp<arith::SelectOp>();
  if (select && select.getCondition().getDefiningOp() &&
      collectTables(select.getCondition(), tables))
    return true;
  tables.clear();
  return false;
}

SmallVector<int64_t> lacuna::hopperMaskDistances(Value mask) {
  auto shape = cast<RankedTensorType>(mask.getType()).getShape();
  SmallVector<int64_t> result(shape.size());
  int64_t stride = 1;
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    result[dim] = shape[dim] == 1 ? 0 : stride;
    stride *= shape[dim];
  }
  result.insert(result.begin(), 4 - result.size(), 0);
  return result;
}

Value lacuna::addHopperMask(HopperBuilder &b, Value score, Value element,
                            Type type, double scale, bool keeps) {
  Value hidden = b.real(-INFINITY), factor = b.real(scale);
  if (type.isInteger(1)) {
    Value seen = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, element,
                                       arith::ConstantIntOp::create(b, 0, 8));
    return b.select(seen, b.fmul(score, factor), hidden);
  }
  if (!type.isF32())
    element = arith::ExtFOp::create(b, b.getF32Type(), element);
  Value sum = b.fma(score, factor, element);
  if (!keeps)
    return sum;
  Value isHidden =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, element, hidden);
  return b.select(isHidden, hidden, sum);
}
