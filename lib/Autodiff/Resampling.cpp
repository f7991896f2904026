//===- Resampling.cpp - Rules of resizes and shuffles ---------------------===//
// A resize multiplies each axis by a matrix, of which a table holds what is not
// 0. Its rule multiplies by the transposes: each input sums over the outputs
// that read it, so nothing is added to in place.
//===----------------------------------------------------------------------===//
#include "ResampleAxes.h"
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace lacuna;

static Value positionsOf(OpBuilder &builder, Location loc,
                         const ResizeTable &table) {
  auto type = RankedTensorType::get({table.taps, table.outputs},
                                    builder.getI32Type());
  return arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type, ArrayRef<int32_t>(table.positions)));
}

static Value weightsOf(OpBuilder &builder, Location loc,
                       const ResizeTable &table, Type element) {
  SmallVector<APFloat> numbers;
  const auto &semantics = cast<FloatType>(element).getFloatSemantics();
  for (double weight : table.weights) {
    bool inexact;
    numbers.emplace_back(weight);
    numbers.back().convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
  }
  auto type = RankedTensorType::get({table.taps, table.outputs}, element);
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, numbers));
}

/// Multiplies one or two axes.
static Value resample(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<TabledAxis> axes) {
  RankedTensorType type = typeOf(value);
  SmallVector<int64_t> dims, shape(type.getShape());
  SmallVector<Value> positions, weights;
  for (const TabledAxis &axis : axes) {
    dims.push_back(axis.dim);
    shape[axis.dim] = axis.table.outputs;
    positions.push_back(positionsOf(builder, loc, axis.table));
    weights.push_back(
        weightsOf(builder, loc, axis.table, wideType(type.getElementType())));
  }
  return ResampleOp::create(builder, loc, type.clone(shape), value, positions,
                            weights, dims, /*row_block=*/0, /*row_span=*/0,
                            /*extrapolates=*/false, APFloat(0.0));
}

Value lacuna::transposeTables(OpBuilder &builder, Location loc, Value value,
                              RankedTensorType type,
                              ArrayRef<TabledAxis> axes) {
  if (type.getNumElements() == 0)
    return {};
  if (typeOf(value).getNumElements() == 0)
    return zeros(builder, loc, type);
  SmallVector<TabledAxis> turned;
  for (const TabledAxis &axis : axes)
    turned.push_back(
        {axis.dim, axis.table.transposed(type.getDimSize(axis.dim))});
  ArrayRef<TabledAxis> rest = turned;
  for (; rest.size() > 2; rest = rest.drop_front())
    value = resample(builder, loc, value, rest.take_front());
  return rest.empty() ? value : resample(builder, loc, value, rest);
}

static LogicalResult adjointOf(ResizeOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  RankedTensorType type = op.getInput().getType();
  if (!wanted[0] || type.getNumElements() == 0)
    return success();
  SmallVector<TabledAxis> axes;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    ResizeTable table = ResizeTable::of(op, dim);
    if (!table.isIdentity(size))
      axes.push_back({int64_t(dim), std::move(table)});
  }
  result[0] = transposeTables(builder, op.getLoc(), g, type, axes);
  return success();
}

/// The numbers of a constant table; nothing of any other value.
template <typename T>
static std::optional<std::vector<T>> readTable(Value value) {
  ElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)))
    return std::nullopt;
  std::vector<T> numbers;
  if (auto dense = dyn_cast<DenseIntElementsAttr>(elements))
    for (const APInt &number : dense)
      numbers.push_back(number.getSExtValue());
  else if (auto dense = dyn_cast<DenseFPElementsAttr>(elements))
    for (APFloat number : dense)
      numbers.push_back(number.convertToDouble());
  else
    return std::nullopt;
  return numbers;
}

static std::optional<ResizeTable> tableOf(ResampleOp op, unsigned axis) {
  ResizeTable table;
  Value positions = op.getPositions()[axis];
  table.taps = typeOf(positions).getDimSize(0);
  table.outputs = typeOf(positions).getDimSize(1);
  auto places = readTable<int32_t>(positions);
  if (!places)
    return std::nullopt;
  table.positions = *places;
  table.weights.assign(places->size(), 1);
  if (op.getWeights().empty())
    return table;
  auto weights = readTable<double>(op.getWeights()[axis]);
  if (!weights)
    return std::nullopt;
  table.weights = *weights;
  return table;
}

static LogicalResult adjointOf(ResampleOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  for (unsigned index = 1; index < wanted.size(); ++index)
    if (wanted[index])
      return op.emitOpError("must have constant tables to be differentiated");
  SmallVector<TabledAxis> axes;
  for (auto [index, dim] : llvm::enumerate(op.getAxes())) {
    std::optional<ResizeTable> table = tableOf(op, index);
    if (!table)
      return op.emitOpError("must have constant tables to be differentiated");
    axes.push_back({dim, std::move(*table)});
  }
  if (wanted[0])
    result[0] = transposeTables(builder, op.getLoc(), g,
                                typeOf(op.getInput()), axes);
  return success();
}

static LogicalResult adjointOf(PixelShuffleOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = PixelUnshuffleOp::create(builder, op.getLoc(),
                                         op.getInput().getType(), g,
                                         op.getBlock(), op.getOrder(),
                                         op.getLayout());
  return success();
}

static LogicalResult adjointOf(PixelUnshuffleOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = PixelShuffleOp::create(builder, op.getLoc(),
                                       op.getInput().getType(), g,
                                       op.getBlock(), op.getOrder(),
                                       op.getLayout());
  return success();
}

void lacuna::attachResamplingRules(MLIRContext *context) {
  attachRule<ResizeOp, adjointOf>(context);
  attachRule<ResampleOp, adjointOf>(context);
  attachRule<PixelShuffleOp, adjointOf>(context);
  attachRule<PixelUnshuffleOp, adjointOf>(context);
}
