//===- Pooling.cpp - Pooling and unpooling --------------------------------===//
#include "SpatialWindow.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
struct Pool {
  Value input;
  SpatialWindow window;
  RankedTensorType type;
  bool ceilMode;
};
} // namespace

static FailureOr<Pool> readPool(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x);
  if (in.size() < 3)
    return node.error() << "the input must have spatial dimensions";
  bool ceilMode = node.integer("ceil_mode", 0);
  auto window = SpatialWindow::of(node, in.drop_front(2), {}, ceilMode);
  if (failed(window))
    return failure();
  auto outputs = window->outputs(node, in.drop_front(2), ceilMode);
  if (failed(outputs))
    return failure();
  Ints shape{in[0], in[1]};
  llvm::append_range(shape, *outputs);
  return Pool{*x, *window, RankedTensorType::get(shape, elementOf(*x)), ceilMode};
}

static ImportResult importMaxPool(NodeImporter &node) {
  FailureOr<Pool> pool = readPool(node);
  if (failed(pool))
    return failure();
  bool isUnsigned = node.operand(0).isUnsigned;
  pool->input = node.build.reorder(pool->input, isUnsigned);
  OpBuilder &b = node.build.builder;
  Type indices;
  if (node.wants(1))
    indices = RankedTensorType::get(pool->type.getShape(), b.getI64Type());
  const SpatialWindow &w = pool->window;
  auto op = MaxPoolOp::create(b, node.build.loc, pool->type, indices,
                              pool->input, w.kernel, w.strides, w.dilations,
                              w.padsBegin, w.padsEnd, pool->ceilMode,
                              IndexMode::Whole,
                              node.integer("storage_order", 0) != 0,
                              Layout::ChannelsFirst);
  Value result = node.build.reorder(op.getResult(), isUnsigned);
  return SmallVector<Imported>{{result, isUnsigned}, op.getIndices()};
}

static ImportResult importAveragePool(NodeImporter &node) {
  FailureOr<Pool> pool = readPool(node);
  if (failed(pool))
    return failure();
  const SpatialWindow &w = pool->window;
  return SmallVector<Imported>{
      AveragePoolOp::create(node.build.builder, node.build.loc, pool->type,
                            pool->input, w.kernel, w.strides, w.dilations,
                            w.padsBegin, w.padsEnd, pool->ceilMode,
                            node.integer("count_include_pad", 0) != 0,
                            Layout::ChannelsFirst)
          .getResult()};
}

static ImportResult importLpPool(NodeImporter &node) {
  FailureOr<Pool> pool = readPool(node);
  if (failed(pool))
    return failure();
  const SpatialWindow &w = pool->window;
  return SmallVector<Imported>{
      LpPoolOp::create(node.build.builder, node.build.loc, pool->type,
                       pool->input, w.kernel, w.strides, w.dilations,
                       w.padsBegin, w.padsEnd, pool->ceilMode,
                       APFloat(double(node.integer("p", 2))),
                       Layout::ChannelsFirst)
          .getResult()};
}

template <PoolMode mode> static ImportResult importGlobal(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Ints shape(shapeOf(*x));
  if (shape.size() < 3)
    return node.error() << "the input must have spatial dimensions";
  for (size_t d = 2; d < shape.size(); ++d)
    shape[d] = 1;
  return SmallVector<Imported>{
      GlobalPoolOp::create(node.build.builder, node.build.loc,
                           RankedTensorType::get(shape, elementOf(*x)), *x,
                           mode, APFloat(double(node.integer("p", 2))),
                           Layout::ChannelsFirst)
          .getResult()};
}

/// The size a max pool was taken from, unless it is given.
static ImportResult importMaxUnpool(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), indices = node.value(1);
  if (failed(x) || failed(indices))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x);
  if (in.size() < 3)
    return node.error() << "the input must have spatial dimensions";
  auto window = SpatialWindow::of(node, in.drop_front(2), {}, false);
  if (failed(window))
    return failure();
  Ints natural(in.take_front(2));
  for (size_t d = 0; d + 2 < in.size(); ++d) {
    auto size = transposedOutputs(in[2 + d], window->dim(d), 0);
    if (!size)
      return node.error() << "impossible window";
    natural.push_back(*size);
  }
  Ints shape(natural);
  if (node.has(2)) {
    auto given = node.integers(2);
    if (failed(given))
      return failure();
    if (given->size() != in.size() ||
        llvm::any_of(*given, [](int64_t size) { return size < 0; }))
      return node.error() << "`output_shape` must have one size a dimension";
    shape = *given;
  }
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  Value places = *indices;
  if (shape != natural) {
    // Indices count in the natural shape: count them in the wanted one.
    places = build.elementwise(
        places, b.getI64Type(), [&](OpBuilder &b, Location l, ValueRange args) -> Value {
          Value linear = args[0];
          auto number = [&](int64_t value) -> Value {
            return arith::ConstantIntOp::create(b, l, value, 64);
          };
          Value result = number(0);
          int64_t pitch = 1;
          for (int64_t d = int64_t(shape.size()) - 1; d >= 0; --d) {
            Value size = number(std::max<int64_t>(natural[d], 1));
            Value index = arith::RemSIOp::create(b, l, linear, size);
            linear = arith::DivSIOp::create(b, l, linear, size);
            Value part = arith::MulIOp::create(b, l, index, number(pitch));
            result = arith::AddIOp::create(b, l, result, part);
            pitch *= shape[d];
          }
          return result;
        });
  }
  return SmallVector<Imported>{
      MaxUnpoolOp::create(b, build.loc,
                          RankedTensorType::get(shape, elementOf(*x)), *x,
                          places, IndexMode::Whole, Layout::ChannelsFirst)
          .getResult()};
}

void lacuna::registerPooling(ImportTable &table) {
  table.add("MaxPool", importMaxPool);
  table.add("AveragePool", importAveragePool);
  table.add("LpPool", importLpPool);
  table.add("GlobalMaxPool", importGlobal<PoolMode::Max>);
  table.add("GlobalAveragePool", importGlobal<PoolMode::Average>);
  table.add("GlobalLpPool", importGlobal<PoolMode::Lp>);
  table.add("MaxUnpool", importMaxUnpool);
}
