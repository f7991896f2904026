//===- Rewrites.cpp - Small pieces the rewrites share ---------------------===//
#include "Rewrites.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace lacuna;

Ints lacuna::toChannelsLast(int64_t rank) {
  Ints permutation{0};
  for (int64_t dim = 2; dim < rank; ++dim)
    permutation.push_back(dim);
  permutation.push_back(1);
  return permutation;
}

Ints lacuna::toChannelsFirst(int64_t rank) {
  return inversePermutation(toChannelsLast(rank));
}

Ints lacuna::inversePermutation(ArrayRef<int64_t> permutation) {
  Ints inverse(permutation.size());
  for (auto [to, from] : llvm::enumerate(permutation))
    inverse[from] = to;
  return inverse;
}

Value lacuna::transpose(OpBuilder &builder, Location loc, Value value,
                        ArrayRef<int64_t> permutation) {
  RankedTensorType type = typeOf(value);
  Ints shape;
  for (int64_t dim : permutation)
    shape.push_back(type.getDimSize(dim));
  Value target =
      tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
  return linalg::TransposeOp::create(builder, loc, value, target, permutation)
      ->getResult(0);
}

Value lacuna::reshape(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> shape) {
  RankedTensorType type = typeOf(value);
  if (type.getShape() == shape)
    return value;
  auto target = RankedTensorType::get(shape, type.getElementType());
  if (auto groups = getReassociationIndicesForReshape(type, target)) {
    if (type.getRank() > target.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, target, value,
                                             *groups);
    return tensor::ExpandShapeOp::create(builder, loc, target, value, *groups);
  }
  auto all = [](int64_t rank) {
    SmallVector<ReassociationIndices> groups(rank ? 1 : 0);
    for (int64_t dim = 0; dim < rank; ++dim)
      groups[0].push_back(dim);
    return groups;
  };
  auto line = RankedTensorType::get({type.getNumElements()}, type.getElementType());
  value = tensor::CollapseShapeOp::create(builder, loc, line, value,
                                          all(type.getRank()));
  return tensor::ExpandShapeOp::create(builder, loc, target, value,
                                       all(target.getRank()));
}

Value lacuna::addGeneric(OpBuilder &builder, Location loc, Value value,
                         Value other, AffineMap map) {
  RankedTensorType type = typeOf(value);
  int64_t rank = type.getRank();
  Value target = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                         type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, type, ValueRange{value, other}, target,
             ArrayRef<AffineMap>{identity, map, identity}, iterators,
             [](OpBuilder &b, Location l, ValueRange args) {
               Value sum = arith::AddFOp::create(b, l, args[0], args[1]);
               linalg::YieldOp::create(b, l, sum);
             })
      .getResult(0);
}

Value lacuna::addAlongLast(OpBuilder &builder, Location loc, Value value,
                           Value vector) {
  int64_t rank = typeOf(value).getRank();
  AffineMap last = AffineMap::get(rank, 0, builder.getAffineDimExpr(rank - 1));
  return addGeneric(builder, loc, value, vector, last);
}

Value lacuna::zeroFilled(OpBuilder &b, Location loc, RankedTensorType type) {
  Value zero = arith::ConstantOp::create(
      b, loc, b.getZeroAttr(type.getElementType()));
  Value target =
      tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  return linalg::FillOp::create(b, loc, zero, target).getResult(0);
}

ArrayRef<char> lacuna::constantBytes(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return {};
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue())) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? blob->getData() : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!dense || dense.isSplat() || dense.getElementType().isInteger(1))
    return {};
  return dense.getRawData();
}

std::vector<char> lacuna::copyConstant(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                        : SplatElementsAttr();
  constexpr int64_t most = 1 << 26; // beyond that a splat stays one number
  if (!splat || splat.getElementType().isInteger(1) ||
      splat.getNumElements() * int64_t(splat.getRawData().size()) > most) {
    ArrayRef<char> bytes = constantBytes(value);
    return {bytes.begin(), bytes.end()};
  }
  ArrayRef<char> element = splat.getRawData();
  std::vector<char> bytes;
  bytes.reserve(element.size() * splat.getNumElements());
  for (int64_t i = 0; i < splat.getNumElements(); ++i)
    bytes.insert(bytes.end(), element.begin(), element.end());
  return bytes;
}

Value lacuna::makeConstant(OpBuilder &builder, Location loc,
                           RankedTensorType type, std::vector<char> bytes,
                           StringRef name) {
  auto attr = DenseResourceElementsAttr::get(
      type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
  return arith::ConstantOp::create(builder, loc, llvm::cast<TypedAttr>(
                                                     Attribute(attr)));
}

/// The bf16 nearest to `number`, which is rounded once: the f32 between is odd
/// where it is not exact, so that it never looks like a tie.
static uint16_t roundToBFloat(double number) {
  float wide = float(number);
  uint32_t bits = llvm::bit_cast<uint32_t>(wide);
  if (std::isnan(wide))
    return bits >> 16 | 0x40;
  if (double(wide) != number) {
    if (std::abs(double(wide)) > std::abs(number))
      --bits;
    bits |= 1;
  }
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

static double numberOfBits(uint64_t bits, FloatType type) {
  if (type.isF64())
    return llvm::bit_cast<double>(bits);
  if (type.isF32())
    return llvm::bit_cast<float>(uint32_t(bits));
  if (type.isBF16())
    return llvm::bit_cast<float>(uint32_t(bits) << 16);
  bool lossy;
  APFloat number(type.getFloatSemantics(), APInt(type.getWidth(), bits));
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToDouble();
}

static uint64_t bitsOfNumber(double number, FloatType type) {
  if (type.isF64())
    return llvm::bit_cast<uint64_t>(number);
  if (type.isF32())
    return llvm::bit_cast<uint32_t>(float(number));
  if (type.isBF16())
    return roundToBFloat(number);
  bool lossy;
  APFloat narrow(number);
  narrow.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &lossy);
  return narrow.bitcastToAPInt().getZExtValue();
}

std::optional<std::vector<double>> lacuna::constantNumbers(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto element = type ? dyn_cast<FloatType>(type.getElementType()) : FloatType();
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (!element || !constant)
    return std::nullopt;
  std::vector<double> numbers(type.getNumElements());
  auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (dense && dense.isSplat()) {
    llvm::fill(numbers, FloatAttr::get(element, dense.getSplatValue<APFloat>())
                            .getValueAsDouble());
    return numbers;
  }
  ArrayRef<char> bytes = constantBytes(value);
  if (bytes.size() * 8 != numbers.size() * element.getWidth())
    return std::nullopt;
  int64_t width = element.getWidth() / 8;
  for (auto [index, number] : llvm::enumerate(numbers)) {
    uint64_t bits = 0;
    std::memcpy(&bits, &bytes[index * width], width);
    number = numberOfBits(bits, element);
  }
  return numbers;
}

Value lacuna::makeNumbers(OpBuilder &builder, Location loc,
                          RankedTensorType type, ArrayRef<double> numbers,
                          StringRef name) {
  auto element = cast<FloatType>(type.getElementType());
  int64_t width = element.getWidth() / 8;
  std::vector<char> bytes(numbers.size() * width);
  for (auto [index, number] : llvm::enumerate(numbers)) {
    uint64_t bits = bitsOfNumber(number, element);
    std::memcpy(&bytes[index * width], &bits, width);
  }
  return makeConstant(builder, loc, type, std::move(bytes), name);
}

Value lacuna::resizeFloat(OpBuilder &builder, Location loc, Value value,
                          Type type) {
  if (value.getType() == type)
    return value;
  unsigned from = getElementTypeOrSelf(value).getIntOrFloatBitWidth();
  unsigned to = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(builder, loc, type, value);
  return arith::TruncFOp::create(builder, loc, type, value);
}
