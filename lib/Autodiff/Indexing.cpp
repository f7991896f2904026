//===- Indexing.cpp - Rules of gathers ------------------------------------===//
// The cotangent of a gather is scattered into zeros by addition, in the order
// of the updates: the same sum on any number of threads.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace lacuna;
using Wanted = const llvm::BitVector &;
using Shape = SmallVector<int64_t>;

/// zeros[indices[i..., :], ...] += updates[i..., ...].
static Value scatterAdd(OpBuilder &builder, Location loc, RankedTensorType type,
                        Value indices, Value updates) {
  return ScatterNdOp::create(builder, loc, type, zeros(builder, loc, type),
                             indices, updates, ScatterReduction::Add);
}

/// Indices (I...) as tuples of one, (I..., 1).
static Value asTuples(OpBuilder &builder, Location loc, Value indices) {
  Shape shape(typeOf(indices).getShape());
  shape.push_back(1);
  return withShape(builder, loc, indices, shape);
}

/// The axis comes first for the scatter, and goes back.
static LogicalResult adjointOf(GatherOp op, OpBuilder &builder, Value g, Wanted,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getData());
  int64_t rank = type.getRank(), axis = *axisFromFront(op.getAxis(), rank);
  int64_t picked = typeOf(op.getIndices()).getRank();
  Shape order;
  for (int64_t dim = 0; dim < picked; ++dim)
    order.push_back(axis + dim);
  for (int64_t dim = 0; dim < typeOf(g).getRank(); ++dim)
    if (dim < axis || dim >= axis + picked)
      order.push_back(dim);
  Shape forward{axis}, shape;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != axis)
      forward.push_back(dim);
  for (int64_t dim : forward)
    shape.push_back(type.getDimSize(dim));
  Value sum = scatterAdd(builder, loc, type.clone(shape),
                         asTuples(builder, loc, op.getIndices()),
                         permute(builder, loc, g, order));
  result[0] = permute(builder, loc, sum, invertPermutationVector(forward));
  return success();
}

/// Rows of the padding get nothing.
static Value maskPadding(OpBuilder &builder, EmbeddingOp op, Value g) {
  RankedTensorType type = typeOf(g);
  int64_t padding = *op.getPaddingIndex();
  int64_t rows = typeOf(op.getTable()).getDimSize(0), rank = type.getRank();
  return mapElements(
      builder, op.getLoc(), type, {without(op.getIds(), rank, rank - 1), whole(g)},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        auto is = [&](int64_t row) {
          Value constant = s.make<arith::ConstantOp>(
              b.getIntegerAttr(v[0].getType(), row));
          return s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, v[0], constant);
        };
        Value padded = s.make<arith::OrIOp>(is(padding), is(padding - rows));
        return s.select(padded, s.number(v[1], 0), v[1]);
      });
}

static LogicalResult adjointOf(EmbeddingOp op, OpBuilder &builder, Value g,
                               Wanted, MutableArrayRef<Value> result) {
  if (op.getPaddingIndex())
    g = maskPadding(builder, op, g);
  result[0] = scatterAdd(builder, op.getLoc(), typeOf(op.getTable()),
                         asTuples(builder, op.getLoc(), op.getIds()), g);
  return success();
}

static LogicalResult adjointOf(GatherElementsOp op, OpBuilder &builder, Value g,
                               Wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getData());
  result[0] = ScatterElementsOp::create(
      builder, loc, type, zeros(builder, loc, type), op.getIndices(), g,
      op.getAxis(), ScatterReduction::Add);
  return success();
}

/// The place along dimension `dim` of each element, as a tensor of `type`.
static Value places(OpBuilder &builder, Location loc, RankedTensorType type,
                    int64_t dim) {
  return mapElements(builder, loc, type, ArrayRef<Operand>(),
                     [&](OpBuilder &b, Location at, ValueRange) -> Value {
                       Value index = linalg::IndexOp::create(b, at, dim);
                       if (type.getElementType().isIndex())
                         return index;
                       return arith::IndexCastOp::create(
                           b, at, type.getElementType(), index);
                     });
}

/// With batch dimensions, tuples begin with the places along them.
static LogicalResult adjointOf(GatherNdOp op, OpBuilder &builder, Value g,
                               Wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getIndices());
  Value tuples = op.getIndices();
  if (int64_t batch = op.getBatchDims()) {
    Shape column(type.getShape()), full(column);
    column.back() = 1;
    full.back() += batch;
    SmallVector<Value> parts;
    for (int64_t dim = 0; dim < batch; ++dim)
      parts.push_back(places(builder, loc, type.clone(column), dim));
    parts.push_back(tuples);
    tuples = tensor::ConcatOp::create(builder, loc, type.clone(full),
                                      type.getRank() - 1, parts);
  }
  result[0] = scatterAdd(builder, loc, typeOf(op.getData()), tuples, g);
  return success();
}

void lacuna::attachIndexingRules(MLIRContext *context) {
  attachRule<GatherOp, adjointOf>(context);
  attachRule<EmbeddingOp, adjointOf>(context);
  attachRule<GatherElementsOp, adjointOf>(context);
  attachRule<GatherNdOp, adjointOf>(context);
}
