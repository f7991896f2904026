//===- AxisLines.cpp - Loops along one axis of a tensor --------------------===//
#include "AxisLines.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace lacuna;

LogicalResult
lacuna::forAxisLines(KernelBuilder &kernel, ArrayRef<int64_t> shape, int64_t axis,
                 int64_t lanes,
                 llvm::function_ref<LogicalResult(Position)> body) {
  int64_t last = shape.size() - 1;
  int64_t width =
      axis == last ? 1 : std::max<int64_t>(std::min(lanes, shape[last]), 1);
  SmallVector<int64_t> sizes(shape);
  sizes.erase(sizes.begin() + axis);
  if (width > 1)
    sizes.back() = llvm::divideCeil(sizes.back(), width);
  int64_t work = std::max<int64_t>(shape[axis] * width, 1);
  return kernel.parallelLoop(sizes, 16384 / work, [&](ValueRange outer) {
    SmallVector<Value> indices(outer);
    // The last group is moved back to end at the edge: some lines are walked
    // twice, with the same result.
    if (width > 1)
      indices.back() = arith::MinUIOp::create(
          kernel.builder, kernel.loc, kernel.mul(indices.back(), width),
          kernel.index(shape[last] - width));
    indices.insert(indices.begin() + axis, Value());
    return body(Position(indices, width, last));
  });
}

Value lacuna::widenElement(KernelBuilder &kernel, Value element) {
  Type type = getElementTypeOrSelf(element.getType());
  if (!type.isF16() && !type.isBF16())
    return element;
  Type wide = kernel.builder.getF32Type();
  if (auto vector = dyn_cast<VectorType>(element.getType()))
    wide = vector.clone(wide);
  return arith::ExtFOp::create(kernel.builder, kernel.loc, wide, element);
}

Value lacuna::narrowElement(KernelBuilder &kernel, Value element, Type type) {
  if (getElementTypeOrSelf(element.getType()) == type)
    return element;
  Type narrow = type;
  if (auto vector = dyn_cast<VectorType>(element.getType()))
    narrow = vector.clone(type);
  return arith::TruncFOp::create(kernel.builder, kernel.loc, narrow, element);
}
