//===- Metrics.cpp - Segmentation metrics ---------------------------------===//
// Checks and shapes of the metrics.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/Interfaces.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

LogicalResult ConfusionMatrixOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::shape(*this, "label", getLabel(), // C1
                           sizesOf(getPrediction()))) ||
      failed(verify::range(*this, "classes", getClasses(), 1, 65536))) // C2
    return failure();
  int64_t classes = getClasses();
  types.push_back(RankedTensorType::get({classes, classes},
                                        IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult SegmentationScoresOp::inferResultTypes(verify::Types &types) {
  Value matrix = getMatrix();
  if (failed(verify::rank(*this, "matrix", matrix, 2, 2))) // C1
    return failure();
  if (!verify::elementOf(matrix).isInteger(64)) // C1
    return emitOpError("`matrix` must have elements of type i64, got ")
           << verify::elementOf(matrix);
  ArrayRef<int64_t> sizes = sizesOf(matrix);
  if (!sizesAgree(sizes[0], sizes[1])) // C2
    return emitOpError("`matrix` must be square, got ") << verify::text(sizes);
  Type f64 = Float64Type::get(getContext());
  types.append(4, RankedTensorType::get({}, f64));
  types.push_back(
      RankedTensorType::get(mergedSize(sizes[0], sizes[1]), f64));
  return success();
}
