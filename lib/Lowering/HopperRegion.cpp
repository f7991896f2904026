//===- HopperRegion.cpp - Score regions in device kernels -----------------===//
#include "HopperRegion.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

HopperRegion::HopperRegion(HopperBuilder &builder, const AttentionParts &op,
                           Region &region, ArrayRef<Value> buffers)
    : b(builder), buffers(buffers) {
  if (region.empty())
    return;
  body = &region.front();
  constexpr int64_t tileRows = 256;
  int64_t row = op.cuSeqlensQuery                   ? 0
                : op.layout == AttentionLayout::BHSD ? 2
                                                     : 1;
  for (Value side : {op.query, op.key})
    extent = std::max(extent, tileRows + cast<ShapedType>(side.getType())
                                             .getDimSize(row));
  constexpr size_t most = 2; // columns take registers
  for (Operation &inner : body->without_terminator()) {
    if (!isa<tensor::ExtractOp>(inner))
      continue;
    int depending = depends(inner.getResult(0));
    if (!depending)
      reads.push_back(&inner);
    else if (!(depending & (OnScore | OnKey)))
      rowReads.push_back(&inner);
    else if (depending == OnKey && columnReads.size() < most)
      columnReads.push_back(&inner);
  }
}

int HopperRegion::depends(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    constexpr int of[] = {OnScore, 0, 0, OnQuery, OnKey, OnScore};
    return of[argument.getArgNumber()];
  }
  Operation *from = value.getDefiningOp();
  if (from->getBlock() != body)
    return 0;
  auto extract = dyn_cast<tensor::ExtractOp>(from);
  int all = 0;
  for (Value operand : extract ? ValueRange(extract.getIndices())
                               : ValueRange(from->getOperands()))
    all |= depends(operand);
  return all;
}

/// Places, and sums of them: they are far from overflowing.
std::optional<HopperRegion::Affine>
HopperRegion::affine(Value value, const Element &element) {
  if (value == body->getArgument(3))
    return Affine{element.place.query, element.row, extent};
  if (value == body->getArgument(4))
    return Affine{element.place.key, element.column, extent};
  Operation *from = value.getDefiningOp();
  if (!from || !hopperType(value.getType()).isInteger(32))
    return std::nullopt;
  if (isKnownNumber(value)) {
    int64_t number =
        cast<IntegerAttr>(cast<arith::ConstantOp>(from).getValue()).getInt();
    constexpr int64_t far = 1 << 28;
    if (std::abs(number) > far)
      return std::nullopt;
    return Affine{Value(), number};
  }
  if (isa<arith::IndexCastOp>(from) &&
      hopperType(from->getOperand(0).getType()).isInteger(32))
    return affine(from->getOperand(0), element);
  if (!isa<arith::AddIOp, arith::SubIOp>(from))
    return std::nullopt;
  auto left = affine(from->getOperand(0), element);
  auto right = affine(from->getOperand(1), element);
  if (!left || !right)
    return std::nullopt;
  bool minus = isa<arith::SubIOp>(from);
  int64_t offset = left->offset + (minus ? -right->offset : right->offset);
  if (!right->base)
    return Affine{left->base, offset, left->most};
  Value base = left->base ? left->base : b.number(0);
  return Affine{minus ? b.sub(base, right->base) : b.add(base, right->base),
                offset, left->most + right->most};
}

/// Of two places: their distance and a constant.
Value HopperRegion::compare(Operation *from, const Element &element) {
  auto compare = cast<arith::CmpIOp>(from);
  using Is = arith::CmpIPredicate;
  for (Is unsignedOne : {Is::ult, Is::ule, Is::ugt, Is::uge})
    if (compare.getPredicate() == unsignedOne)
      return Value();
  auto left = affine(compare.getLhs(), element);
  auto right = affine(compare.getRhs(), element);
  if (!left || !right)
    return Value();
  Value zero = b.number(0);
  Value base = left->base ? left->base : zero;
  if (right->base)
    base = b.sub(base, right->base);
  return arith::CmpIOp::create(b, compare.getPredicate(), base,
                               b.number(right->offset - left->offset));
}

/// The element of a captured tensor. Rows and columns beyond the last ones
/// compute with indices of their own; they are held inside.
Value HopperRegion::read(Operation *from, Element &element) {
  auto extract = cast<tensor::ExtractOp>(from);
  Value tensor = extract.getTensor();
  auto type = cast<RankedTensorType>(tensor.getType());
  Value offset = b.number(0);
  int64_t stride = 1;
  for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
    int64_t size = type.getDimSize(dim);
    Value inside = arith::MinUIOp::create(
        b, evaluate(extract.getIndices()[dim], element), b.number(size - 1));
    offset = b.add(offset, b.mul(inside, stride));
    stride *= size;
  }
  return loadHopperElement(b, buffers[hopperBuffer(tensor)], offset,
                           type.getElementType());
}

Value HopperRegion::compute(Operation *from, Element &element) {
  if (from->getBlock() != body || isKnownNumber(from->getResult(0)))
    return hopperConstant(b, from);
  if (isa<tensor::ExtractOp>(from)) {
    if (Value value = ofAll.lookup(from))
      return value;
    if (Value value = ofRows.lookup({from, element.row}))
      return value;
    if (Value value = ofColumns.lookup({from, element.column}))
      return value;
    return read(from, element);
  }
  if (isa<arith::CmpIOp>(from))
    if (Value result = compare(from, element))
      return result;
  // f32 has 24 bits: such a sum is exact.
  if (isa<arith::SIToFPOp>(from) &&
      hopperType(from->getResult(0).getType()).isF32())
    if (auto place = affine(from->getOperand(0), element);
        place && place->base &&
        place->most + std::abs(place->offset) < 1 << 24) {
      Value base = arith::SIToFPOp::create(b, b.getF32Type(), place->base);
      return b.fadd(base, b.real(double(place->offset)));
    }
  Values operands;
  for (Value operand : from->getOperands())
    operands.push_back(evaluate(operand, element));
  return cloneHopperScalar(b, *from, operands);
}

Value HopperRegion::evaluate(Value value, Element &element) {
  if (Value known = element.known.lookup(value))
    return known;
  Value result;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    const Place &place = element.place;
    Value of[] = {element.score, place.batch, place.head,
                  b.add(place.query, element.row),
                  b.add(place.key, element.column), element.cotangent};
    result = of[argument.getArgNumber()];
  } else {
    result = compute(value.getDefiningOp(), element);
  }
  element.known[value] = result;
  return result;
}

void HopperRegion::readRows(const Place &place, ArrayRef<int64_t> rows) {
  Element any(place, Value(), 0, 0);
  for (Operation *extract : reads)
    ofAll[extract] = read(extract, any);
  for (int64_t row : rows) {
    Element element(place, Value(), row, 0);
    for (Operation *extract : rowReads)
      ofRows[{extract, row}] = read(extract, element);
  }
}

void HopperRegion::readColumns(const Place &place, ArrayRef<int64_t> columns) {
  for (int64_t column : columns) {
    Element element(place, Value(), 0, column);
    for (Operation *extract : columnReads)
      ofColumns[{extract, column}] = read(extract, element);
  }
}

Value HopperRegion::apply(const Place &place, Value score, int64_t row,
                          int64_t column, bool shown, Value cotangent) {
  Element element(place, score, row, column);
  element.cotangent = cotangent;
  bool hiddenIf;
  Value result = shown ? shownValue(*body, hiddenIf) : Value();
  return evaluate(result ? result : body->getTerminator()->getOperand(0),
                  element);
}

Value lacuna::shownValue(Block &score, bool &hiddenIf) {
  Value result = score.getTerminator()->getOperand(0);
  auto select = result.getDefiningOp<arith::SelectOp>();
  if (!select)
    return Value();
  auto isHidden = [](Value value) {
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    auto number = constant ? dyn_cast<FloatAttr>(constant.getValue())
                           : FloatAttr();
    return number && number.getValue().isInfinity() &&
           number.getValue().isNegative();
  };
  hiddenIf = isHidden(select.getTrueValue());
  if (hiddenIf)
    return select.getFalseValue();
  return isHidden(select.getFalseValue()) ? select.getTrueValue() : Value();
}
