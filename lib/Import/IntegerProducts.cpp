//===- IntegerProducts.cpp - MatMulInteger and ConvInteger ----------------===//
// Products of bytes less their zero points. They are computed in f64, which
// holds every sum of fewer than 2^37 of them exactly.
//===----------------------------------------------------------------------===//
#include "IntegerProducts.h"

using namespace mlir;
using namespace lacuna;

/// Operand `index` less its zero point, in f64. A zero point of many elements
/// stands along dimension `dim`.
static FailureOr<Value> centred(NodeImporter &node, size_t index, int64_t dim) {
  FailureOr<Value> x = node.value(index);
  if (failed(x))
    return failure();
  TensorBuilder &build = node.build;
  Type wide = build.builder.getF64Type();
  Value result = build.cast(*x, wide, node.operand(index).isUnsigned, false);
  if (!node.has(index + 2))
    return result;
  const Imported &point = node.operand(index + 2);
  Value zero = build.cast(point.value, wide, point.isUnsigned, false);
  ArrayRef<int64_t> shape = shapeOf(zero), whole = shapeOf(result);
  if (shape.size() == 1 && shape[0] != 1) {
    int64_t at = dim < 0 ? dim + int64_t(whole.size()) : dim;
    if (at < 0 || at >= int64_t(whole.size()) || whole[at] != shape[0])
      return node.error() << "a zero point must have one element or one for "
                             "each row or filter, got "
                          << shape[0];
    Ints aligned(whole.size(), 1);
    aligned[at] = shape[0];
    zero = build.reshape(zero, aligned);
  }
  FailureOr<Ints> together = TensorBuilder::broadcastShape({result, zero});
  if (failed(together) || ArrayRef(*together) != whole)
    return node.error() << "a zero point must broadcast to its operand";
  return build.binary<arith::SubFOp>(result, zero);
}

ImportResult lacuna::importIntegerProduct(NodeImporter &node,
                                          ImportFunction product,
                                          int64_t leftDim, int64_t rightDim) {
  FailureOr<Value> left = centred(node, 0, leftDim);
  FailureOr<Value> right = centred(node, 1, rightDim);
  if (failed(left) || failed(right))
    return failure();
  NodeImporter plain(node.build, node.node, {Imported(*left), Imported(*right)},
                     node.opset, "", node.graph);
  ImportResult results = product(plain);
  if (failed(results))
    return failure();
  Type narrow = node.build.builder.getI32Type();
  return SmallVector<Imported>{
      node.build.cast(results->front().value, narrow, false, false)};
}
