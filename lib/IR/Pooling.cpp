//===- Pooling.cpp - Pooling, pyramids and unpooling ----------------------===//
// Checks, shapes and simplifications of the pooling family.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

/// The type of `input` with other spatial sizes.
static RankedTensorType withSpatial(Value input, Layout layout,
                                    ArrayRef<int64_t> spatial) {
  auto shape = SpatialShape::of(sizesOf(input), layout);
  shape.spatial.assign(spatial.begin(), spatial.end());
  return RankedTensorType::get(shape.shape(layout), verify::elementOf(input));
}

/// The type of a pool of windows.
template <typename OpT> static FailureOr<RankedTensorType> inferPool(OpT op) {
  if (failed(verify::rank(op, "input", op.getInput(), 3, 5))) // C1
    return failure();
  auto input = SpatialShape::of(sizesOf(op.getInput()), op.getLayout());
  if (failed(verifyEntries(op, "kernel", op.getKernel(), // C2
                           input.spatial.size(), 1)))
    return failure();
  FailureOr<SlidingWindow> window =
      SlidingWindow::from(op, op.getKernel()); // C2
  if (failed(window))
    return failure();
  auto outputs = window->outputs(input.spatial, op.getCeilMode());
  if (!outputs)
    return op.emitOpError("the result must have sizes of at most 2^40");
  return withSpatial(op.getInput(), op.getLayout(), *outputs);
}

/// Whether each window of a verified pool is one element of the input.
template <typename OpT> static bool isIdentityPool(OpT op) {
  auto all = [](ArrayRef<int64_t> values, int64_t wanted) {
    return llvm::all_of(values, [&](int64_t v) { return v == wanted; });
  };
  return op.getInput().getType() == op.getResult().getType() &&
         all(op.getKernel(), 1) && all(op.getStrides(), 1) &&
         all(op.getPadsBegin(), 0) && all(op.getPadsEnd(), 0);
}

LogicalResult MaxPoolOp::inferResultTypes(verify::Types &types) {
  FailureOr<RankedTensorType> type = inferPool(*this); // C1, C2
  if (failed(type))
    return failure();
  types.push_back(*type);
  if (getIndices()) // C3
    types.push_back(type->clone(IntegerType::get(getContext(), 64)));
  return success();
}

LogicalResult MaxPoolOp::fold(FoldAdaptor,
                              SmallVectorImpl<OpFoldResult> &results) {
  if (getIndices() || !isIdentityPool(*this))
    return failure();
  results.push_back(getInput());
  return success();
}

LogicalResult AveragePoolOp::inferResultTypes(verify::Types &types) {
  FailureOr<RankedTensorType> type = inferPool(*this); // C1, C2
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

OpFoldResult AveragePoolOp::fold(FoldAdaptor) {
  return isIdentityPool(*this) ? getInput() : OpFoldResult();
}

LogicalResult LpPoolOp::inferResultTypes(verify::Types &types) {
  FailureOr<RankedTensorType> type = inferPool(*this); // C1, C2
  if (failed(type) || failed(verify::positive(*this, "p", getP()))) // C3
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult GlobalPoolOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "input", getInput(), 3, 5)) || // C1
      failed(verify::positive(*this, "p", getP())))             // C2
    return failure();
  if (getMode() != PoolMode::Max &&
      !isa<FloatType>(verify::elementOf(getInput()))) // C3
    return emitOpError("means and norms must be of floating-point elements");
  SmallVector<int64_t> ones(sizesOf(getInput()).size() - 2, 1);
  types.push_back(withSpatial(getInput(), getLayout(), ones));
  return success();
}

OpFoldResult GlobalPoolOp::fold(FoldAdaptor) {
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  bool single = llvm::all_of(input.spatial, [](int64_t d) { return d == 1; });
  if (!single || getMode() == PoolMode::Lp ||
      getInput().getType() != getResult().getType())
    return {};
  return getInput();
}

LogicalResult AdaptivePoolOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "input", getInput(), 3, 5)) || // C1
      failed(verifyEntries(*this, "output_size", getOutputSize(), // C2
                           sizesOf(getInput()).size() - 2, 0)))
    return failure();
  if (getMode() == PoolMode::Lp) // C3
    return emitOpError("`mode` must be max or average, got lp");
  types.push_back(withSpatial(getInput(), getLayout(), getOutputSize()));
  return success();
}

OpFoldResult AdaptivePoolOp::fold(FoldAdaptor) {
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  // Bins as many as elements hold one element each.
  if (getOutputSize() != ArrayRef<int64_t>(input.spatial) ||
      getInput().getType() != getResult().getType())
    return {};
  return getInput();
}

LogicalResult AdaptivePoolOp::canonicalize(AdaptivePoolOp op,
                                           PatternRewriter &rewriter) {
  if (llvm::any_of(op.getOutputSize(), [](int64_t n) { return n != 1; }))
    return rewriter.notifyMatchFailure(op, "more than one bin");
  auto global = GlobalPoolOp::create(rewriter, op.getLoc(), op.getType(),
                                     op.getInput(), op.getMode(), APFloat(2.0),
                                     op.getLayout());
  rewriter.replaceOp(op, global);
  return success();
}

/// Bins of one level over all spatial dimensions, summed over levels, times
/// channels.
static std::optional<int64_t>
flattenedFeatures(int64_t channels, ArrayRef<int64_t> bins, size_t rank) {
  int64_t total = 0;
  for (int64_t n : bins)
    total += *elementCount(SmallVector<int64_t>(rank, n));
  return sizeProduct(channels, total);
}

LogicalResult PoolingPyramidOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> bins = getBins();
  if (failed(verify::rank(*this, "input", getInput(), 3, 5))) // C1
    return failure();
  if (bins.empty() || bins.size() > 64) // C2
    return emitOpError("`bins` must have 1 to 64 entries, got ") << bins.size();
  if (failed(verifyEntries(*this, "bins", bins, bins.size(), 1, 1024))) // C2
    return failure();
  if (getMode() == PoolMode::Lp) // C3
    return emitOpError("`mode` must be max or average, got lp");
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  int64_t most = *llvm::max_element(bins);
  if (getWindows() == PyramidWindows::SPP) // C4
    for (int64_t size : input.spatial)
      if (!ShapedType::isDynamic(size) && size < most)
        return emitOpError("spatial sizes must be at least the bins (")
               << most << "), got " << size;
  if (getMaps()) {
    for (int64_t n : bins)
      types.push_back(
          withSpatial(getInput(), getLayout(),
                      SmallVector<int64_t>(input.spatial.size(), n)));
    return success();
  }
  auto features = flattenedFeatures(input.channels, bins, input.spatial.size());
  if (!features)
    return emitOpError("the result must have sizes of at most 2^62");
  types.push_back(RankedTensorType::get({input.batch, *features},
                                        verify::elementOf(getInput())));
  return success();
}

LogicalResult MaxUnpoolOp::inferResultTypes(verify::Types &types) {
  Value input = getInput();
  int64_t rank = sizesOf(input).size();
  if (failed(verify::rank(*this, "input", input, 3, 5)) || // C1
      failed(verify::shape(*this, "indices", getIndices(), sizesOf(input))))
    return failure();
  if (failed(verify::rank(*this, "result", getResult(), rank, rank))) // C2
    return failure();
  auto result = SpatialShape::of(sizesOf(getResult()), getLayout());
  types.push_back(withSpatial(input, getLayout(), result.spatial));
  return success();
}
