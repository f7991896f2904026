//===- Shape.cpp - Constants, shapes and reshapes -------------------------===//
#include "NodeImporter.h"
#include "TensorData.h"

using namespace mlir;
using namespace lacuna;

static ImportResult importIdentity(NodeImporter &node) {
  if (!node.has(0))
    return node.error() << "operand 0 is missing";
  return SmallVector<Imported>{node.operand(0)};
}

static ImportResult importConstant(NodeImporter &node) {
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  if (const auto *value = node.attribute("value")) {
    bool isUnsigned;
    FailureOr<Value> constant = node.constant(value->t(), isUnsigned);
    if (failed(constant))
      return failure();
    return SmallVector<Imported>{{*constant, isUnsigned}};
  }
  if (node.attribute("value_int"))
    return SmallVector<Imported>{build.constant(DenseElementsAttr::get(
        RankedTensorType::get({}, b.getI64Type()), node.integer("value_int", 0)))};
  if (node.attribute("value_ints"))
    return SmallVector<Imported>{build.integers(node.list("value_ints"))};
  if (node.attribute("value_float"))
    return SmallVector<Imported>{
        build.scalar(b.getF32Type(), node.number("value_float", 0))};
  if (const auto *floats = node.attribute("value_floats")) {
    SmallVector<float> values(floats->floats().begin(), floats->floats().end());
    auto type = RankedTensorType::get({int64_t(values.size())}, b.getF32Type());
    return SmallVector<Imported>{
        build.constant(DenseElementsAttr::get(type, ArrayRef<float>(values)))};
  }
  return node.error() << "only tensors and numbers are supported";
}

static ImportResult importConstantOfShape(NodeImporter &node) {
  auto shape = node.integers(0);
  if (failed(shape))
    return failure();
  if (llvm::any_of(*shape, [](int64_t size) { return size < 0; }))
    return node.error() << "the shape must not be negative";
  Type element = node.build.builder.getF32Type();
  const auto *value = node.attribute("value");
  if (!value)
    return SmallVector<Imported>{node.build.splat(*shape, element, 0)};
  bool isUnsigned;
  FailureOr<Value> constant = node.constant(value->t(), isUnsigned);
  if (failed(constant))
    return failure();
  DenseElementsAttr elements = evaluateConstant(*constant);
  if (!elements || elements.getNumElements() != 1)
    return node.error() << "`value` must have one element";
  auto type = RankedTensorType::get(*shape, elements.getElementType());
  return SmallVector<Imported>{
      {node.build.constant(DenseElementsAttr::get(
           type, *elements.getValues<Attribute>().begin())),
       isUnsigned}};
}

static ImportResult importShape(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  int64_t rank = shape.size();
  auto clamp = [&](int64_t value) {
    return std::clamp<int64_t>(value < 0 ? value + rank : value, 0, rank);
  };
  int64_t start = clamp(node.integer("start", 0));
  int64_t end = clamp(node.integer("end", rank));
  return SmallVector<Imported>{node.build.integers(
      shape.slice(start, std::max<int64_t>(end - start, 0)))};
}

static ImportResult importSize(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  return SmallVector<Imported>{node.build.reshape(
      node.build.integers({typeOf(*x).getNumElements()}), {})};
}

static ImportResult reshapeTo(NodeImporter &node, ArrayRef<int64_t> shape) {
  const Imported &x = node.operand(0);
  int64_t count = 1;
  for (int64_t size : shape)
    if (size < 0 || llvm::MulOverflow(count, size, count))
      return node.error() << "impossible shape";
  if (count != typeOf(x.value).getNumElements())
    return node.error() << "the new shape has " << count
                        << " elements, the operand "
                        << typeOf(x.value).getNumElements();
  return SmallVector<Imported>{
      {node.build.reshape(x.value, shape), x.isUnsigned}};
}

static ImportResult importReshape(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto wanted = node.integers(1);
  if (failed(x) || failed(wanted))
    return failure();
  bool allowZero = node.integer("allowzero", 0);
  int64_t known = 1, open = -1;
  for (auto [i, size] : llvm::enumerate(*wanted)) {
    if (size == 0 && !allowZero) {
      if (i >= shapeOf(*x).size())
        return node.error() << "a 0 stands past the operand's dimensions";
      size = shapeOf(*x)[i];
    }
    if (size == -1) {
      if (open >= 0)
        return node.error() << "only one dimension may be -1";
      open = i;
    } else if (size < 0 || llvm::MulOverflow(known, size, known)) {
      return node.error() << "impossible shape";
    }
  }
  if (open >= 0) {
    if (known == 0)
      return node.error() << "-1 beside a dimension of 0";
    (*wanted)[open] = typeOf(*x).getNumElements() / known;
  }
  return reshapeTo(node, *wanted);
}

static ImportResult importFlatten(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  int64_t rank = shapeOf(*x).size(), axis = node.integer("axis", 1);
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis > rank)
    return node.error() << "`axis` is out of range";
  int64_t outer = 1, inner = 1;
  for (auto [dim, size] : llvm::enumerate(shapeOf(*x)))
    (int64_t(dim) < axis ? outer : inner) *= size;
  return reshapeTo(node, {outer, inner});
}

static FailureOr<SmallVector<int64_t>> axesOf(NodeImporter &node) {
  if (node.has(1))
    return node.integers(1);
  return node.list("axes");
}

static ImportResult importSqueeze(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto axes = axesOf(node);
  if (failed(x) || failed(axes))
    return failure();
  int64_t rank = shapeOf(*x).size();
  for (int64_t &axis : *axes) {
    FailureOr<int64_t> counted = node.axis(axis, rank);
    if (failed(counted))
      return failure();
    axis = *counted;
  }
  Ints shape;
  for (auto [dim, size] : llvm::enumerate(shapeOf(*x)))
    if (axes->empty() && !node.has(1) ? size != 1
                                      : !llvm::is_contained(*axes, int64_t(dim)))
      shape.push_back(size);
  return reshapeTo(node, shape);
}

static ImportResult importUnsqueeze(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto axes = axesOf(node);
  if (failed(x) || failed(axes))
    return failure();
  int64_t rank = shapeOf(*x).size() + axes->size();
  SmallVector<bool> added(rank, false);
  for (int64_t axis : *axes) {
    FailureOr<int64_t> counted = node.axis(axis, rank);
    if (failed(counted))
      return failure();
    if (added[*counted])
      return node.error() << "`axes` must be distinct";
    added[*counted] = true;
  }
  Ints shape;
  size_t next = 0;
  for (int64_t dim = 0; dim < rank; ++dim)
    shape.push_back(added[dim] ? 1 : shapeOf(*x)[next++]);
  return reshapeTo(node, shape);
}

static ImportResult importRange(NodeImporter &node) {
  auto start = node.numbers(0), limit = node.numbers(1), step = node.numbers(2);
  if (failed(start) || failed(limit) || failed(step))
    return failure();
  if (start->size() != 1 || limit->size() != 1 || step->size() != 1 ||
      (*step)[0] == 0)
    return node.error() << "start, limit and step must be scalars, step not 0";
  double count = std::ceil(((*limit)[0] - (*start)[0]) / (*step)[0]);
  if (!(count < 1e9))
    return node.error() << "too many elements";
  Type element = elementOf(node.operand(0).value);
  int64_t n = std::max<int64_t>(0, int64_t(count));
  TensorBuilder &build = node.build;
  Value index = build.generate(
      {n}, build.builder.getI64Type(),
      [](OpBuilder &b, Location l, ValueRange indices) -> Value {
        return arith::IndexCastOp::create(b, l, b.getI64Type(), indices[0]);
      });
  Value steps = build.cast(index, element, false, false);
  Value first = build.scalar(element, (*start)[0]);
  Value delta = build.scalar(element, (*step)[0]);
  Value result;
  if (isa<FloatType>(element))
    result = build.binary<arith::AddFOp>(
        build.binary<arith::MulFOp>(steps, delta), first);
  else
    result = build.binary<arith::AddIOp>(
        build.binary<arith::MulIOp>(steps, delta), first);
  return SmallVector<Imported>{result};
}

/// Saturates where ONNX says so is left to casts of 8-bit floats, which are
/// not supported; other casts are C's.
static ImportResult castTo(NodeImporter &node, int32_t onnxType) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  bool isUnsigned;
  FailureOr<Type> type =
      elementType(node.build.builder.getContext(), onnxType, isUnsigned);
  if (failed(type))
    return node.error() << "element type " << onnxType << " is not supported";
  return SmallVector<Imported>{
      {node.build.cast(*x, *type, node.operand(0).isUnsigned, isUnsigned),
       isUnsigned}};
}

static ImportResult importCast(NodeImporter &node) {
  return castTo(node, node.integer("to", 0));
}

static ImportResult importCastLike(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), like = node.value(1);
  if (failed(x) || failed(like))
    return failure();
  return SmallVector<Imported>{
      {node.build.cast(*x, elementOf(*like), node.operand(0).isUnsigned,
                       node.operand(1).isUnsigned),
       node.operand(1).isUnsigned}};
}

void lacuna::registerShapes(ImportTable &table) {
  table.add("Identity", importIdentity);
  table.add("Constant", importConstant);
  table.add("ConstantOfShape", importConstantOfShape);
  table.add("Shape", importShape);
  table.add("Size", importSize);
  table.add("Reshape", importReshape);
  table.add("Flatten", importFlatten);
  table.add("Squeeze", importSqueeze);
  table.add("Unsqueeze", importUnsqueeze);
  table.add("Range", importRange);
  table.add("Cast", importCast);
  table.add("CastLike", importCastLike);
}
