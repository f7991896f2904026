//===- HopperScalars.cpp - Scalar ops in device kernels -------------------===//
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

Type lacuna::hopperType(Type type) {
  if (type.isF16() || type.isBF16())
    return Float32Type::get(type.getContext());
  if (type.isIndex())
    return IntegerType::get(type.getContext(), 32);
  return type;
}

static bool isScalarType(Type type) {
  return type.isF32() || type.isF16() || type.isBF16() || type.isIndex() ||
         type.isInteger(1) || type.isInteger(32) || type.isInteger(64);
}

bool lacuna::isKnownNumber(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant && isa<FloatAttr, IntegerAttr>(constant.getValue());
}

static bool isDivision(Operation &op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
             arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op);
}

bool lacuna::isHopperScalar(Operation &op) {
  if (op.getNumRegions() || op.getNumResults() != 1)
    return false;
  auto isNarrow = [](Type type) { return type.isF16() || type.isBF16(); };
  for (Type type : op.getOperandTypes())
    if (!isScalarType(type) || (isa<arith::BitcastOp>(op) && isNarrow(type)))
      return false;
  Type type = op.getResult(0).getType();
  if (isa<arith::BitcastOp>(op) && isNarrow(type))
    return false;
  // Without a divisor known to be no zero it is a call, or a trap.
  if (isDivision(op) && (!isKnownNumber(op.getOperand(1)) ||
                         matchPattern(op.getOperand(1), m_Zero())))
    return false;
  return isScalarType(type) && !isa<arith::RemFOp>(op) &&
         (isa<arith::ArithDialect>(op.getDialect()) ||
          isa<math::FmaOp, math::AbsFOp, math::AbsIOp, math::ExpOp,
              math::Exp2Op, math::SqrtOp, math::FloorOp, math::CeilOp,
              math::TruncOp>(op));
}

Value lacuna::hopperConstant(HopperBuilder &b, Operation *op) {
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    op = fill.value().getDefiningOp();
  else if (auto splat = dyn_cast<tensor::SplatOp>(op))
    op = splat.getInput().getDefiningOp();
  TypedAttr value = cast<arith::ConstantOp>(op).getValue();
  if (auto elements = dyn_cast<DenseElementsAttr>(value))
    value = cast<TypedAttr>(elements.getSplatValue<Attribute>());
  Type type = hopperType(value.getType());
  if (auto number = dyn_cast<FloatAttr>(value))
    value = b.getFloatAttr(type, number.getValueAsDouble());
  else if (value.getType().isIndex())
    value = b.getIntegerAttr(type, cast<IntegerAttr>(value).getInt());
  return arith::ConstantOp::create(b, value);
}

/// Between i32, as which indices are computed, and other integers.
static Value castIndex(HopperBuilder &b, Value value, Type type,
                       bool isSigned) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from == to)
    return value;
  if (from > to)
    return arith::TruncIOp::create(b, type, value);
  if (isSigned)
    return arith::ExtSIOp::create(b, type, value);
  return arith::ExtUIOp::create(b, type, value);
}

Value lacuna::cloneHopperScalar(HopperBuilder &b, Operation &op,
                                ValueRange operands) {
  Type type = hopperType(getElementTypeOrSelf(op.getResult(0).getType()));
  if (isa<arith::ConstantOp>(op))
    return hopperConstant(b, &op);
  if (isa<arith::ExtFOp, arith::TruncFOp>(op) && operands[0].getType() == type)
    return operands[0];
  if (isa<arith::IndexCastOp, arith::IndexCastUIOp>(op))
    return castIndex(b, operands[0], type, isa<arith::IndexCastOp>(op));
  if (isa<math::ExpOp>(op))
    return b.exp2(b.fmul(operands[0], b.real(1.4426950408889634)));
  OperationState state(b.getLoc(), op.getName());
  state.addOperands(operands);
  state.addTypes(type);
  state.attributes = op.getAttrs();
  state.propertiesAttr = op.getPropertiesAsAttribute();
  Operation *copy = b.create(state);
  if (isa<arith::DivFOp, math::SqrtOp, math::Exp2Op>(op))
    copy->setAttr("fastmath", arith::FastMathFlagsAttr::get(
                                  b.getContext(), arith::FastMathFlags::afn));
  return copy->getResult(0);
}

Value lacuna::hopperAddress(HopperBuilder &b, Value pointer, Value offset,
                            Type type) {
  Value wide = arith::ExtUIOp::create(b, b.getI64Type(), offset);
  return LLVM::GEPOp::create(b, pointer.getType(), type, pointer,
                             ArrayRef<LLVM::GEPArg>{wide});
}

Value lacuna::loadHopperElement(HopperBuilder &b, Value pointer, Value offset,
                                Type type) {
  Type stored = type.isInteger(1) ? Type(b.getI8Type()) : type;
  Value value = LLVM::LoadOp::create(
      b, stored, hopperAddress(b, pointer, offset, stored));
  if (stored != type)
    return arith::TruncIOp::create(b, type, value);
  if (value.getType() != hopperType(type))
    value = arith::ExtFOp::create(b, hopperType(type), value);
  return value;
}

Value lacuna::loadHopperLength(HopperBuilder &b, Value pointer, Value offset,
                               Value tensor, int64_t most, int64_t least) {
  Type type = cast<RankedTensorType>(tensor.getType()).getElementType();
  Value length = loadHopperElement(b, pointer, offset, type);
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(type, value));
  };
  length = b.smaller(b.larger(length, number(least)), number(most));
  return castIndex(b, length, b.getI32Type(), /*isSigned=*/true);
}
