//===- Indexing.cpp - Gathering and scattering ----------------------------===//
// Checks and shapes of the ops that read or write at indices from data.
//===----------------------------------------------------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;

LogicalResult GatherOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getData()); // C1
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> data = sizesOf(getData());
  SmallVector<int64_t> shape(data.take_front(*axis));
  llvm::append_range(shape, sizesOf(getIndices()));
  llvm::append_range(shape, data.drop_front(*axis + 1));
  types.push_back(RankedTensorType::get(shape, elementOf(getData())));
  return success();
}

/// Whether indices along `axis` of `data` cover at most what there is.
static LogicalResult verifyCover(Operation *op, Value data, Value indices,
                                 int64_t axis) {
  int64_t rank = sizesOf(data).size();
  if (failed(verify::rank(op, "indices", indices, rank, rank)))
    return failure();
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t size = sizesOf(data)[dim], used = sizesOf(indices)[dim];
    if (dim != axis && !ShapedType::isDynamic(size) && used > size)
      return op->emitOpError("`indices` must have at most size ")
             << size << " in dimension " << dim << ", got " << used;
  }
  return success();
}

LogicalResult GatherElementsOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getData()); // C1
  if (failed(axis) ||
      failed(verifyCover(*this, getData(), getIndices(), *axis))) // C2
    return failure();
  types.push_back(
      RankedTensorType::get(sizesOf(getIndices()), elementOf(getData())));
  return success();
}

/// The length of the index tuples in `indices`, at most `limit`.
static FailureOr<int64_t> tupleLength(Operation *op, Value indices,
                                      int64_t limit) {
  int64_t length = sizesOf(indices).back();
  if (length < 0 || length > limit) {
    auto error = op->emitOpError("`indices` must have a last size of at most ")
                 << limit << ", got ";
    if (ShapedType::isDynamic(length))
      return error << "?";
    return error << length;
  }
  return length;
}

LogicalResult GatherNdOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> data = sizesOf(getData()), indices = sizesOf(getIndices());
  int64_t batch = getBatchDims();
  if (batch < 0 || batch >= int64_t(indices.size())) // C1
    return emitOpError("`batch_dims` must be 0 to the rank of `indices` less "
                       "one, got ")
           << batch;
  if (batch > int64_t(data.size()) ||
      !shapesAgree(data.take_front(batch), indices.take_front(batch))) // C2
    return emitOpError("the first ")
           << batch << " sizes of `data` and `indices` must agree, got "
           << verify::text(data) << " and " << verify::text(indices);
  FailureOr<int64_t> tuple =
      tupleLength(*this, getIndices(), int64_t(data.size()) - batch); // C3
  if (failed(tuple))
    return failure();
  SmallVector<int64_t> shape(indices.drop_back());
  llvm::append_range(shape, data.drop_front(batch + *tuple));
  for (int64_t dim = 0; dim < batch; ++dim)
    shape[dim] = mergedSize(indices[dim], data[dim]);
  types.push_back(RankedTensorType::get(shape, elementOf(getData())));
  return success();
}

/// Booleans can only be replaced.
static LogicalResult verifyReduction(Operation *op, ScatterReduction reduction,
                                     Value data) {
  if (reduction == ScatterReduction::None || !elementOf(data).isInteger(1))
    return success();
  return op->emitOpError("`reduction` must be none for i1, got ")
         << stringifyScatterReduction(reduction);
}

LogicalResult ScatterElementsOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getData()); // C1
  if (failed(axis) ||
      failed(verifyCover(*this, getData(), getIndices(), *axis)) || // C2
      failed(verify::shape(*this, "updates", getUpdates(),          // C3
                           sizesOf(getIndices()))) ||
      failed(verify::element(*this, "updates", getUpdates(), getData())) ||
      failed(verifyReduction(*this, getReduction(), getData()))) // C4
    return failure();
  types.push_back(verify::typeOf(getData()));
  return success();
}

LogicalResult ScatterNdOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> data = sizesOf(getData()), indices = sizesOf(getIndices());
  if (failed(verify::rank(*this, "indices", getIndices(), 1, 64))) // C1
    return failure();
  FailureOr<int64_t> tuple = tupleLength(*this, getIndices(), data.size());
  if (failed(tuple))
    return failure();
  SmallVector<int64_t> expected(indices.drop_back());
  llvm::append_range(expected, data.drop_front(*tuple));
  if (failed(verify::shape(*this, "updates", getUpdates(), expected)) || // C2
      failed(verify::element(*this, "updates", getUpdates(), getData())) ||
      failed(verifyReduction(*this, getReduction(), getData()))) // C3
    return failure();
  types.push_back(verify::typeOf(getData()));
  return success();
}

LogicalResult EmbeddingOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "table", getTable(), 2, 2))) // C1
    return failure();
  int64_t rows = sizesOf(getTable())[0];
  int64_t last = ShapedType::isDynamic(rows) ? INT64_MAX : rows - 1;
  if (auto padding = getPaddingIndex())
    if (failed(verify::range(*this, "padding_index", *padding, 0, last))) // C2
      return failure();
  SmallVector<int64_t> shape(sizesOf(getIds()));
  shape.push_back(sizesOf(getTable())[1]);
  types.push_back(RankedTensorType::get(shape, elementOf(getTable())));
  return success();
}
