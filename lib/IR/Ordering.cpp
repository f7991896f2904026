//===- Ordering.cpp - Extremes, running sums, reversal --------------------===//
// Checks and shapes of the ops that walk one axis.
//===----------------------------------------------------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;

LogicalResult OneHotOp::inferResultTypes(verify::Types &types) {
  int64_t rank = sizesOf(getIndices()).size() + 1;
  if (failed(verify::shape(*this, "values", getValues(), {2})) || // C1
      failed(verify::range(*this, "depth", getDepth(), 0,         // C2
                           maxWindowValue)))
    return failure();
  auto axis = axisFromFront(getAxis(), rank);
  if (!axis) // C3
    return emitOpError("`axis` must be a dimension of a rank ")
           << rank << " tensor, got " << int64_t(getAxis());
  SmallVector<int64_t> shape(sizesOf(getIndices()));
  shape.insert(shape.begin() + *axis, getDepth());
  types.push_back(RankedTensorType::get(shape, elementOf(getValues())));
  return success();
}

LogicalResult TopKOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getInput()); // C1
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(sizesOf(getInput()));
  int64_t most =
      ShapedType::isDynamic(shape[*axis]) ? INT64_MAX : shape[*axis];
  if (failed(verify::range(*this, "k", getK(), 0, most))) // C2
    return failure();
  shape[*axis] = getK();
  types.push_back(RankedTensorType::get(shape, elementOf(getInput())));
  types.push_back( // C3
      RankedTensorType::get(shape, IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult ArgExtremeOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getInput()); // C1
  if (failed(axis))
    return failure();
  SmallVector<int64_t> shape(sizesOf(getInput()));
  if (shape[*axis] == 0) // C2
    return emitOpError("the axis must have at least one element, got 0");
  int64_t rank = shape.size();
  if (failed(verify::rank(*this, "result", getResult(), rank - 1, rank))) // C3
    return failure();
  if (int64_t(sizesOf(getResult()).size()) == rank)
    shape[*axis] = 1;
  else
    shape.erase(shape.begin() + *axis);
  types.push_back(
      RankedTensorType::get(shape, IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult CumulativeOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::axis(*this, getAxis(), getInput()))) // C1
    return failure();
  if (elementOf(getInput()).isInteger(1)) // C2
    return emitOpError("`input` must not have elements of type i1");
  types.push_back(verify::typeOf(getInput()));
  return success();
}

OpFoldResult CumulativeOp::fold(FoldAdaptor) {
  auto axis = axisFromFront(getAxis(), sizesOf(getInput()).size());
  // One element is its own sum.
  bool single = axis && sizesOf(getInput())[*axis] == 1 && !getExclusive();
  return single && getInput().getType() == getResult().getType()
             ? getInput()
             : OpFoldResult();
}

LogicalResult ReverseSequenceOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> batch =
      verify::axis(*this, getBatchAxis(), getInput(), "batch_axis");
  FailureOr<int64_t> time =
      verify::axis(*this, getTimeAxis(), getInput(), "time_axis");
  if (failed(batch) || failed(time))
    return failure();
  if (*batch == *time) // C1
    return emitOpError("`batch_axis` and `time_axis` must be different, got ")
           << int64_t(getBatchAxis()) << " and " << int64_t(getTimeAxis());
  if (failed(verify::shape(*this, "lengths", getLengths(), // C2
                           sizesOf(getInput())[*batch])))
    return failure();
  types.push_back(verify::typeOf(getInput()));
  return success();
}
