//===- OnlineAttention.cpp - One tile of attention ------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;

LogicalResult OnlineAttentionOp::inferResultTypes(verify::Types &types) {
  for (auto [name, operand] : {std::pair("query", Value(getQuery())),
                               std::pair("key", Value(getKey())),
                               std::pair("value", Value(getValue()))}) // C1
    if (failed(verify::rank(*this, name, operand, 4, 4)) ||
        failed(verify::element(*this, name, operand, getQuery())))
      return failure();
  ArrayRef<int64_t> q = sizesOf(getQuery()), k = sizesOf(getKey()),
                    v = sizesOf(getValue());
  if (failed(verify::shape(*this, "key", getKey(), // C2
                           {q[0], k[1], k[2], q[3]})) ||
      failed(verify::shape(*this, "value", getValue(),
                           {k[0], k[1], k[2], v[3]})))
    return failure();
  if (!ShapedType::isDynamic(k[1]) && // C3
      failed(verify::divides(*this, "the heads of key", k[1],
                             "those of query", q[1])))
    return failure();
  if (Value mask = getMask()) { // C4
    SmallVector<int64_t> scores{q[0], q[1], q[2], k[2]};
    bool fits = elementOf(mask).isInteger(1) || isa<FloatType>(elementOf(mask));
    if (!fits || !broadcastsTo(sizesOf(mask), scores))
      return emitOpError("`mask` must be i1 or floating point and broadcast "
                         "to ")
             << verify::text(scores) << ", got " << mask.getType();
  }
  Type element = elementOf(getQuery());
  Type wide = element.isF64() ? element : Float32Type::get(getContext());
  auto rows = RankedTensorType::get(q.drop_back(), wide);
  auto sums = RankedTensorType::get({q[0], q[1], q[2], v[3]}, wide);
  types.append({rows, rows, sums});
  StringRef states[] = {"maximum", "sum", "accumulator"};
  for (auto [index, name] : llvm::enumerate(states)) { // C5
    Value state = getOperand(3 + index);
    if (failed(verify::shape(*this, name, state, types[index].getShape())))
      return failure();
    if (elementOf(state) != wide)
      return emitOpError("`")
             << name << "` must have elements of type " << wide << ", got "
             << elementOf(state);
  }
  if (!getScale().isFinite()) // C6
    return emitOpError("`scale` must be finite");
  if (auto cap = getSoftCap())
    return verify::positive(*this, "soft_cap", *cap);
  return success();
}
