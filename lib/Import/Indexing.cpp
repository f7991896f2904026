//===- Indexing.cpp - Gathering, scattering, ordering ---------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

static FailureOr<std::pair<Value, Value>> dataAndIndices(NodeImporter &node) {
  FailureOr<Value> data = node.value(0), indices = node.value(1);
  if (failed(data) || failed(indices))
    return failure();
  if (!elementOf(*indices).isInteger())
    return node.error() << "indices must be integers";
  return std::pair(*data, *indices);
}

static ImportResult importGather(NodeImporter &node) {
  auto operands = dataAndIndices(node);
  if (failed(operands))
    return failure();
  auto [data, indices] = *operands;
  ArrayRef<int64_t> shape = shapeOf(data);
  FailureOr<int64_t> axis = node.axis(node.integer("axis", 0), shape.size());
  if (failed(axis))
    return failure();
  Ints result(shape.take_front(*axis));
  llvm::append_range(result, shapeOf(indices));
  llvm::append_range(result, shape.drop_front(*axis + 1));
  return SmallVector<Imported>{
      {GatherOp::create(node.build.builder, node.build.loc,
                        RankedTensorType::get(result, elementOf(data)), data,
                        indices, *axis)
           .getResult(),
       node.operand(0).isUnsigned}};
}

static ImportResult importGatherElements(NodeImporter &node) {
  auto operands = dataAndIndices(node);
  if (failed(operands))
    return failure();
  auto [data, indices] = *operands;
  FailureOr<int64_t> axis =
      node.axis(node.integer("axis", 0), shapeOf(data).size());
  if (failed(axis))
    return failure();
  if (shapeOf(indices).size() != shapeOf(data).size())
    return node.error() << "data and indices must have the same rank";
  return SmallVector<Imported>{
      {GatherElementsOp::create(
           node.build.builder, node.build.loc,
           RankedTensorType::get(shapeOf(indices), elementOf(data)), data,
           indices, *axis)
           .getResult(),
       node.operand(0).isUnsigned}};
}

static ImportResult importGatherNd(NodeImporter &node) {
  auto operands = dataAndIndices(node);
  if (failed(operands))
    return failure();
  auto [data, indices] = *operands;
  ArrayRef<int64_t> d = shapeOf(data), i = shapeOf(indices);
  int64_t batch = node.integer("batch_dims", 0);
  if (i.empty() || batch < 0 || batch >= int64_t(i.size()) ||
      batch + i.back() > int64_t(d.size()) ||
      d.take_front(batch) != i.take_front(batch))
    return node.error() << "data, indices and `batch_dims` do not fit";
  Ints result(i.drop_back());
  llvm::append_range(result, d.drop_front(batch + i.back()));
  return SmallVector<Imported>{
      {GatherNdOp::create(node.build.builder, node.build.loc,
                          RankedTensorType::get(result, elementOf(data)), data,
                          indices, batch)
           .getResult(),
       node.operand(0).isUnsigned}};
}

static FailureOr<ScatterReduction> reductionOf(NodeImporter &node) {
  auto reduction = symbolizeScatterReduction(node.text("reduction", "none"));
  if (!reduction)
    return node.error() << "`reduction` is unknown";
  return *reduction;
}

/// Whether a scatter compares unsigned numbers.
static bool comparesUnsigned(NodeImporter &node, ScatterReduction reduction) {
  return node.operand(0).isUnsigned && (reduction == ScatterReduction::Max ||
                                        reduction == ScatterReduction::Min);
}

static ImportResult importScatterElements(NodeImporter &node) {
  auto operands = dataAndIndices(node);
  FailureOr<Value> updates = node.value(2);
  auto reduction = reductionOf(node);
  if (failed(operands) || failed(updates) || failed(reduction))
    return failure();
  auto [data, indices] = *operands;
  FailureOr<int64_t> axis =
      node.axis(node.integer("axis", 0), shapeOf(data).size());
  if (failed(axis))
    return failure();
  if (shapeOf(indices) != shapeOf(*updates) ||
      shapeOf(indices).size() != shapeOf(data).size() ||
      elementOf(*updates) != elementOf(data))
    return node.error() << "data, indices and updates do not fit";
  TensorBuilder &build = node.build;
  bool flips = comparesUnsigned(node, *reduction);
  Value result = ScatterElementsOp::create(
      build.builder, build.loc, data.getType(), build.reorder(data, flips),
      indices, build.reorder(*updates, flips), *axis, *reduction);
  return SmallVector<Imported>{
      {build.reorder(result, flips), node.operand(0).isUnsigned}};
}

static ImportResult importScatterNd(NodeImporter &node) {
  auto operands = dataAndIndices(node);
  FailureOr<Value> updates = node.value(2);
  auto reduction = reductionOf(node);
  if (failed(operands) || failed(updates) || failed(reduction))
    return failure();
  auto [data, indices] = *operands;
  ArrayRef<int64_t> d = shapeOf(data), i = shapeOf(indices);
  if (i.empty() || i.back() > int64_t(d.size()) ||
      elementOf(*updates) != elementOf(data))
    return node.error() << "data, indices and updates do not fit";
  Ints expected(i.drop_back());
  llvm::append_range(expected, d.drop_front(i.back()));
  if (shapeOf(*updates) != ArrayRef(expected))
    return node.error() << "updates have the wrong shape";
  TensorBuilder &build = node.build;
  bool flips = comparesUnsigned(node, *reduction);
  Value result = ScatterNdOp::create(
      build.builder, build.loc, data.getType(), build.reorder(data, flips),
      indices, build.reorder(*updates, flips), *reduction);
  return SmallVector<Imported>{
      {build.reorder(result, flips), node.operand(0).isUnsigned}};
}

static ImportResult importOneHot(NodeImporter &node) {
  FailureOr<Value> indices = node.value(0), values = node.value(2);
  auto depth = node.numbers(1);
  if (failed(indices) || failed(values) || failed(depth))
    return failure();
  if (depth->size() != 1 || depth->front() < 0 || depth->front() > 1e9 ||
      shapeOf(*values) != ArrayRef<int64_t>(2))
    return node.error() << "`depth` must be a scalar, `values` a pair";
  Ints shape(shapeOf(*indices));
  FailureOr<int64_t> axis =
      node.axis(node.integer("axis", -1), shape.size() + 1);
  if (failed(axis))
    return failure();
  shape.insert(shape.begin() + *axis, int64_t(depth->front()));
  OpBuilder &b = node.build.builder;
  Value places =
      node.build.cast(*indices, b.getI64Type(), node.operand(0).isUnsigned, false);
  return SmallVector<Imported>{
      {OneHotOp::create(b, node.build.loc,
                        RankedTensorType::get(shape, elementOf(*values)),
                        places, *values, int64_t(depth->front()), *axis)
           .getResult(),
       node.operand(2).isUnsigned}};
}

static ImportResult importTopK(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto k = node.integers(1);
  if (failed(x) || failed(k))
    return failure();
  Ints shape(shapeOf(*x));
  FailureOr<int64_t> axis = node.axis(node.integer("axis", -1), shape.size());
  if (failed(axis))
    return failure();
  if (k->size() != 1 || k->front() < 0 || k->front() > shape[*axis])
    return node.error() << "`k` must be at most the size of the axis";
  shape[*axis] = k->front();
  OpBuilder &b = node.build.builder;
  bool isUnsigned = node.operand(0).isUnsigned;
  Value input = node.build.reorder(*x, isUnsigned);
  auto op = TopKOp::create(
      b, node.build.loc, RankedTensorType::get(shape, elementOf(*x)),
      RankedTensorType::get(shape, b.getI64Type()), input, k->front(), *axis,
      node.integer("largest", 1) ? Extreme::Max : Extreme::Min,
      node.integer("sorted", 1) != 0);
  return SmallVector<Imported>{
      {node.build.reorder(op.getValues(), isUnsigned), isUnsigned},
      op.getIndices()};
}

static ImportResult importReverseSequence(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), lengths = node.value(1);
  if (failed(x) || failed(lengths))
    return failure();
  int64_t batch = node.integer("batch_axis", 1);
  int64_t time = node.integer("time_axis", 0);
  if (shapeOf(*x).size() < 2 || batch < 0 || batch > 1 || time != 1 - batch ||
      shapeOf(*lengths) != ArrayRef<int64_t>(shapeOf(*x)[batch]))
    return node.error() << "axes and lengths do not fit";
  return SmallVector<Imported>{
      {ReverseSequenceOp::create(node.build.builder, node.build.loc,
                                 x->getType(), *x, *lengths, batch, time)
           .getResult(),
       node.operand(0).isUnsigned}};
}

static ImportResult importEyeLike(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (shapeOf(*x).size() != 2 || node.attribute("dtype"))
    return node.error() << "only matrices of the operand's type are supported";
  Type element = elementOf(*x);
  int64_t k = node.integer("k", 0);
  Value result = node.build.generate(
      shapeOf(*x), element, [&](OpBuilder &b, Location l, ValueRange at) -> Value {
        Value shifted = arith::AddIOp::create(
            b, l, at[0], arith::ConstantIndexOp::create(b, l, k));
        Value on = arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, shifted, at[1]);
        Value one = arith::ConstantOp::create(b, l, b.getOneAttr(element));
        Value zero = arith::ConstantOp::create(b, l, b.getZeroAttr(element));
        return arith::SelectOp::create(b, l, on, one, zero);
      });
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

void lacuna::registerIndexing(ImportTable &table) {
  table.add("Gather", importGather);
  table.add("GatherElements", importGatherElements);
  table.add("GatherND", importGatherNd);
  table.add("ScatterElements", importScatterElements);
  table.add("ScatterND", importScatterNd);
  table.add("OneHot", importOneHot);
  table.add("TopK", importTopK);
  table.add("ReverseSequence", importReverseSequence);
  table.add("EyeLike", importEyeLike);
}
