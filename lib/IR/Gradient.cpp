//===- Gradient.cpp - Derivatives as values -------------------------------===//
// Checks and shapes of lacuna.gradient.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/Interfaces.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

LogicalResult GradientOp::inferResultTypes(verify::Types &types) {
  for (int64_t size : sizesOf(getLoss()))
    if (!sizesAgree(size, 1)) // C1
      return emitOpError("`loss` must have one element, got ")
             << verify::text(sizesOf(getLoss()));
  for (Value source : getSources())
    types.push_back(cast<RankedTensorType>(source.getType()));
  return success();
}
