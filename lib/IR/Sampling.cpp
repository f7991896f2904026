//===- Sampling.cpp - Sampling at given places ----------------------------===//
// Checks and shapes of grid sampling.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

LogicalResult GridSampleOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> input = sizesOf(getInput());
  int64_t rank = input.size();
  if (failed(verify::rank(*this, "input", getInput(), 3, 5)) || // C1
      failed(verify::rank(*this, "grid", getGrid(), rank, rank)))
    return failure();
  SmallVector<int64_t> expected(sizesOf(getGrid()));
  expected.front() = input.front();
  expected.back() = rank - 2;
  if (failed(verify::shape(*this, "grid", getGrid(), expected))) // C2
    return failure();
  if (getMode() == ResizeMode::Cubic && rank > 4) // C3
    return emitOpError("`input` must have at most 2 spatial dimensions for "
                       "mode cubic, got ")
           << rank - 2;
  SpatialShape shape{mergedSize(input[0], sizesOf(getGrid())[0]), input[1], {}};
  llvm::append_range(shape.spatial,
                     sizesOf(getGrid()).drop_front().drop_back());
  types.push_back(RankedTensorType::get(shape.shape(Layout::ChannelsFirst),
                                        verify::elementOf(getInput())));
  return success();
}

LogicalResult AffineGridOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> size = getSize();
  int64_t dims = size.size();
  if (dims < 2 || dims > 3) // C1
    return emitOpError("`size` must have 2 or 3 entries, got ") << dims;
  if (failed(verifyEntries(*this, "size", size, dims, 1)) || // C1
      failed(verify::rank(*this, "theta", getTheta(), 3, 3)))
    return failure();
  int64_t batch = sizesOf(getTheta())[0];
  if (failed(verify::shape(*this, "theta", getTheta(), // C2
                           {batch, dims, dims + 1})))
    return failure();
  SmallVector<int64_t> shape{batch};
  llvm::append_range(shape, size);
  shape.push_back(dims);
  types.push_back(
      RankedTensorType::get(shape, verify::elementOf(getTheta())));
  return success();
}
