//===- Rewrites.cpp - Small pieces the rewrites share ---------------------===//
#include "Rewrites.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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
  auto type = cast<RankedTensorType>(value.getType());
  Ints shape;
  for (int64_t dim : permutation)
    shape.push_back(type.getDimSize(dim));
  Value target =
      tensor::EmptyOp::create(builder, loc, shape, type.getElementType());
  return linalg::TransposeOp::create(builder, loc, value, target, permutation)
      ->getResult(0);
}

Value lacuna::addAlongLast(OpBuilder &builder, Location loc, Value value,
                           Value vector) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t rank = type.getRank();
  Value target = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                         type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  AffineMap last = AffineMap::get(rank, 0, builder.getAffineDimExpr(rank - 1));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             builder, loc, type, ValueRange{value, vector}, target,
             ArrayRef<AffineMap>{identity, last, identity}, iterators,
             [](OpBuilder &b, Location l, ValueRange args) {
               Value sum = arith::AddFOp::create(b, l, args[0], args[1]);
               linalg::YieldOp::create(b, l, sum);
             })
      .getResult(0);
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

Value lacuna::makeConstant(OpBuilder &builder, Location loc,
                           RankedTensorType type, std::vector<char> bytes,
                           StringRef name) {
  auto attr = DenseResourceElementsAttr::get(
      type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
  return arith::ConstantOp::create(builder, loc, llvm::cast<TypedAttr>(
                                                     Attribute(attr)));
}
