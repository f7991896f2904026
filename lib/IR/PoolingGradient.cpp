//===- PoolingGradient.cpp - Gradients of maxima --------------------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

/// The cotangent has the input's batch, channels and element type, and
/// `spatial` sizes.
template <typename OpT>
static LogicalResult verifyCotangent(OpT op, ArrayRef<int64_t> spatial) {
  auto expected = SpatialShape::of(sizesOf(op.getInput()), op.getLayout());
  expected.spatial.assign(spatial.begin(), spatial.end());
  if (failed(verify::element(op, "cotangent", op.getCotangent(),
                             op.getInput())))
    return failure();
  return verify::shape(op, "cotangent", op.getCotangent(),
                       expected.shape(op.getLayout()));
}

LogicalResult MaxPoolGradientOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "input", getInput(), 3, 5))) // C1
    return failure();
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  if (failed(verifyEntries(*this, "kernel", getKernel(), // C2
                           input.spatial.size(), 1)))
    return failure();
  FailureOr<SlidingWindow> window =
      SlidingWindow::from(*this, getKernel()); // C2
  if (failed(window))
    return failure();
  auto outputs = window->outputs(input.spatial, getCeilMode());
  if (!outputs)
    return emitOpError("the pool must have sizes of at most 2^40");
  if (failed(verifyCotangent(*this, *outputs))) // C3
    return failure();
  types.push_back(verify::typeOf(getInput()));
  return success();
}

LogicalResult
AdaptiveMaxPoolGradientOp::inferResultTypes(verify::Types &types) {
  Value x = getInput(), d = getCotangent();
  int64_t rank = sizesOf(x).size();
  if (failed(verify::rank(*this, "input", x, 3, 5)) || // C1
      failed(verify::rank(*this, "cotangent", d, rank, rank)))
    return failure();
  auto input = SpatialShape::of(sizesOf(x), getLayout());
  auto bins = SpatialShape::of(sizesOf(d), getLayout());
  if (failed(verifyCotangent(*this, bins.spatial))) // C2
    return failure();
  if (getWindows() == PyramidWindows::SPP) // C3
    for (auto [size, count] : llvm::zip_equal(input.spatial, bins.spatial))
      if (!ShapedType::isDynamic(size) && size < count)
        return emitOpError("spatial sizes must be at least the bins (")
               << count << "), got " << size;
  types.push_back(verify::typeOf(x));
  return success();
}
