//===- Movement.cpp - Transposing, slicing, joining, padding --------------===//
#include "NodeImporter.h"

using namespace mlir;
using namespace lacuna;

static ImportResult importTranspose(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Ints perm = node.list("perm");
  int64_t rank = shapeOf(*x).size();
  if (perm.empty())
    for (int64_t dim = rank; dim-- > 0;)
      perm.push_back(dim);
  Ints sorted(perm);
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return node.error() << "`perm` must be a permutation of the dimensions";
  return SmallVector<Imported>{
      {node.build.transpose(*x, perm), node.operand(0).isUnsigned}};
}

static ImportResult importConcat(NodeImporter &node) {
  SmallVector<Value> operands;
  for (size_t i = 0; i < node.operandCount(); ++i) {
    FailureOr<Value> operand = node.value(i);
    if (failed(operand))
      return failure();
    operands.push_back(*operand);
  }
  if (operands.empty())
    return node.error() << "there must be an operand";
  int64_t rank = shapeOf(operands[0]).size();
  FailureOr<int64_t> axis = node.axis(node.integer("axis", 0), rank);
  if (failed(axis))
    return failure();
  for (Value operand : operands) {
    Ints a(shapeOf(operand)), c(shapeOf(operands[0]));
    if (a.size() == c.size())
      a[*axis] = c[*axis] = 0;
    if (a != c || elementOf(operand) != elementOf(operands[0]))
      return node.error() << "operands must agree but for `axis`";
  }
  return SmallVector<Imported>{
      {node.build.concat(operands, *axis), node.operand(0).isUnsigned}};
}

static ImportResult importSplit(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  FailureOr<int64_t> axis = node.axis(node.integer("axis", 0), shape.size());
  if (failed(axis))
    return failure();
  int64_t size = shape[*axis], parts = node.node.output_size();
  Ints sizes = node.list("split");
  if (node.has(1)) {
    auto given = node.integers(1);
    if (failed(given))
      return failure();
    sizes = *given;
  }
  if (sizes.empty()) {
    parts = node.integer("num_outputs", parts);
    if (parts <= 0 || parts != node.node.output_size())
      return node.error() << "`num_outputs` must be "
                          << node.node.output_size() << ", got " << parts;
    int64_t each = llvm::divideCeil(size, parts);
    for (int64_t i = 0; i < parts; ++i)
      sizes.push_back(std::clamp<int64_t>(size - i * each, 0, each));
  }
  int64_t total = 0;
  for (int64_t part : sizes)
    total = part < 0 || part > size - total ? size + 1 : total + part;
  if (total != size || int64_t(sizes.size()) < node.node.output_size())
    return node.error() << "the parts must sum up to " << size;
  SmallVector<Imported> results;
  Ints starts(shape.size(), 0), counts(shape), steps(shape.size(), 1);
  for (int64_t part : sizes) {
    counts[*axis] = part;
    results.push_back({node.build.slice(*x, starts, counts, steps),
                       node.operand(0).isUnsigned});
    starts[*axis] += part;
  }
  return results;
}

static ImportResult importSlice(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto begin = node.integers(1), end = node.integers(2);
  if (failed(x) || failed(begin) || failed(end))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  int64_t rank = shape.size();
  Ints axes = llvm::to_vector(llvm::seq<int64_t>(0, begin->size()));
  Ints step(begin->size(), 1);
  if (node.has(3)) {
    auto given = node.integers(3);
    if (failed(given))
      return failure();
    axes = *given;
  }
  if (node.has(4)) {
    auto given = node.integers(4);
    if (failed(given))
      return failure();
    step = *given;
  }
  if (begin->size() != end->size() || axes.size() != begin->size() ||
      step.size() != begin->size())
    return node.error() << "starts, ends, axes and steps must agree";
  Ints starts(rank, 0), counts(shape), steps(rank, 1);
  for (size_t i = 0; i < axes.size(); ++i) {
    FailureOr<int64_t> axis = node.axis(axes[i], rank);
    if (failed(axis))
      return failure();
    int64_t size = shape[*axis], stride = step[i];
    if (stride == 0)
      return node.error() << "steps must not be 0";
    auto clamp = [&](int64_t value, bool isStart) {
      if (value < 0)
        value = value < -size ? -1 : value + size;
      if (stride > 0)
        return std::clamp<int64_t>(value, 0, size);
      return std::clamp<int64_t>(value, isStart ? 0 : -1, size - 1);
    };
    int64_t from = clamp((*begin)[i], true), to = clamp((*end)[i], false);
    int64_t distance = stride > 0 ? to - from : from - to;
    if (size == 0)
      distance = 0;
    stride = std::clamp<int64_t>(stride, -size - 1, size + 1);
    counts[*axis] = distance <= 0 ? 0 : llvm::divideCeil(distance, std::abs(stride));
    starts[*axis] = counts[*axis] == 0 ? 0 : from;
    steps[*axis] = counts[*axis] <= 1 ? 1 : stride;
  }
  return SmallVector<Imported>{{node.build.slice(*x, starts, counts, steps),
                                node.operand(0).isUnsigned}};
}

/// Where an index past the edge reads, for the modes that repeat the input.
static Value foldIndex(OpBuilder &b, Location l, Value index, int64_t size,
                       StringRef mode) {
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, l, value);
  };
  if (mode == "edge") {
    Value low = arith::MaxSIOp::create(b, l, index, number(0));
    return arith::MinSIOp::create(b, l, low, number(size - 1));
  }
  int64_t period = mode == "wrap" ? size : std::max<int64_t>(2 * (size - 1), 1);
  Value rest = arith::RemSIOp::create(b, l, index, number(period));
  Value shifted = arith::AddIOp::create(b, l, rest, number(period));
  Value inside = arith::RemSIOp::create(b, l, shifted, number(period));
  if (mode == "wrap")
    return inside;
  Value mirrored = arith::SubIOp::create(b, l, number(period), inside);
  return arith::MinSIOp::create(b, l, inside, mirrored);
}

/// What an ONNX pad adds to each dimension; negative numbers cut.
struct Pads {
  Ints low, high;
};

static FailureOr<Pads> readPads(NodeImporter &node, ArrayRef<int64_t> shape) {
  auto given = node.integers(1);
  if (failed(given))
    return failure();
  int64_t rank = shape.size();
  Ints axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (node.has(3)) {
    auto named = node.integers(3);
    if (failed(named))
      return failure();
    axes = *named;
  }
  if (given->size() != 2 * axes.size())
    return FailureOr<Pads>(node.error() << "`pads` must have two entries an axis");
  Pads pads{Ints(rank, 0), Ints(rank, 0)};
  for (size_t i = 0; i < axes.size(); ++i) {
    FailureOr<int64_t> axis = node.axis(axes[i], rank);
    if (failed(axis))
      return failure();
    int64_t low = pads.low[*axis] = (*given)[i];
    int64_t high = pads.high[*axis] = (*given)[axes.size() + i];
    int64_t added;
    if (llvm::AddOverflow(low, high, added) || added > (int64_t(1) << 40) ||
        shape[*axis] + added < 0 || std::min(low, high) < -shape[*axis])
      return FailureOr<Pads>(node.error() << "impossible pads");
  }
  return pads;
}

/// Pads with elements of `x` itself.
static ImportResult padRepeating(NodeImporter &node, Value x, const Pads &pads,
                                 StringRef mode) {
  if (mode != "edge" && mode != "reflect" && mode != "wrap")
    return node.error() << "mode `" << mode << "` is unknown";
  if (typeOf(x).getNumElements() == 0)
    return node.error() << "an empty operand cannot be repeated";
  Ints shape;
  for (auto [size, low, high] : llvm::zip(shapeOf(x), pads.low, pads.high))
    shape.push_back(size + low + high);
  auto element = [&](OpBuilder &b, Location l, ValueRange indices) -> Value {
    SmallVector<Value> from;
    for (auto [dim, index] : llvm::enumerate(indices)) {
      int64_t low = pads.low[dim];
      Value moved = arith::SubIOp::create(
          b, l, index, arith::ConstantIndexOp::create(b, l, low));
      from.push_back(low == 0 && pads.high[dim] == 0
                         ? index
                         : foldIndex(b, l, moved, shapeOf(x)[dim], mode));
    }
    return tensor::ExtractOp::create(b, l, x, from);
  };
  Value result = node.build.generate(shape, elementOf(x), element);
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

/// What is cut, cut off; what is left of `pads` adds.
static Value cropForPads(TensorBuilder &build, Value x, Pads &pads) {
  Ints starts, counts;
  for (auto [size, low, high] : llvm::zip(shapeOf(x), pads.low, pads.high)) {
    starts.push_back(std::max<int64_t>(-low, 0));
    counts.push_back(size - starts.back() - std::max<int64_t>(-high, 0));
    low = std::max<int64_t>(low, 0);
    high = std::max<int64_t>(high, 0);
  }
  if (counts == Ints(shapeOf(x)))
    return x;
  return build.slice(x, starts, counts, Ints(starts.size(), 1));
}

/// The scalar that operand 2 is, 0 without it.
static FailureOr<Value> padValue(NodeImporter &node, Type element) {
  TensorBuilder &build = node.build;
  if (!node.has(2))
    return Value(arith::ConstantOp::create(
        build.builder, build.loc, build.builder.getZeroAttr(element)));
  FailureOr<Value> given = node.value(2);
  if (failed(given))
    return failure();
  if (typeOf(*given).getNumElements() != 1 || elementOf(*given) != element)
    return FailureOr<Value>(node.error() << "the value must be a scalar of the "
                                            "operand's type");
  if (DenseElementsAttr constant = evaluateConstant(*given))
    return Value(arith::ConstantOp::create(
        build.builder, build.loc,
        cast<TypedAttr>(*constant.getValues<Attribute>().begin())));
  Value first = arith::ConstantIndexOp::create(build.builder, build.loc, 0);
  SmallVector<Value> indices(shapeOf(*given).size(), first);
  return Value(tensor::ExtractOp::create(build.builder, build.loc, *given,
                                         indices));
}

static ImportResult importPad(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  FailureOr<Pads> pads = readPads(node, shapeOf(*x));
  if (failed(pads))
    return failure();
  std::string mode = node.text("mode", "constant");
  if (mode != "constant")
    return padRepeating(node, *x, *pads, mode);
  FailureOr<Value> value = padValue(node, elementOf(*x));
  if (failed(value))
    return failure();
  Value cropped = cropForPads(node.build, *x, *pads);
  return SmallVector<Imported>{
      {node.build.pad(cropped, pads->low, pads->high, *value),
       node.operand(0).isUnsigned}};
}

static ImportResult importExpand(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto wanted = node.integers(1);
  if (failed(x) || failed(wanted))
    return failure();
  Ints shape(*wanted);
  ArrayRef<int64_t> own = shapeOf(*x);
  if (own.size() > shape.size())
    shape.insert(shape.begin(), own.size() - shape.size(), 1);
  for (auto [i, size] : llvm::enumerate(own)) {
    int64_t &target = shape[shape.size() - own.size() + i];
    if (target == 1)
      target = size;
    if (size != 1 && size != target)
      return node.error() << "the operand does not broadcast to the shape";
  }
  if (llvm::any_of(shape, [](int64_t size) { return size < 0; }))
    return node.error() << "impossible shape";
  return SmallVector<Imported>{
      {node.build.broadcast(*x, shape), node.operand(0).isUnsigned}};
}

static ImportResult importTile(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto repeats = node.integers(1);
  if (failed(x) || failed(repeats))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  if (repeats->size() != shape.size())
    return node.error() << "`repeats` must have one entry a dimension";
  // [a, b] -> [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]
  Ints spread, repeated, result;
  for (auto [size, times] : llvm::zip(shape, *repeats)) {
    if (times < 0)
      return node.error() << "`repeats` must not be negative";
    spread.append({1, size});
    repeated.append({times, size});
    result.push_back(times * size);
  }
  Value wide = node.build.broadcast(node.build.reshape(*x, spread), repeated);
  return SmallVector<Imported>{
      {node.build.reshape(wide, result), node.operand(0).isUnsigned}};
}

static ImportResult importTrilu(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  int64_t k = 0, rank = shapeOf(*x).size();
  if (node.has(1)) {
    auto given = node.integers(1);
    if (failed(given) || given->size() != 1)
      return failure();
    k = given->front();
  }
  if (rank < 2)
    return node.error() << "the operand must be a matrix";
  bool upper = node.integer("upper", 1);
  Value result = node.build.elementwise(
      *x, elementOf(*x), [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value row = linalg::IndexOp::create(b, l, rank - 2);
        Value column = linalg::IndexOp::create(b, l, rank - 1);
        Value shifted = arith::AddIOp::create(
            b, l, row, arith::ConstantIndexOp::create(b, l, k));
        Value keep = arith::CmpIOp::create(b, l,
                                           upper ? arith::CmpIPredicate::sge
                                                 : arith::CmpIPredicate::sle,
                                           column, shifted);
        Value zero = arith::ConstantOp::create(b, l, b.getZeroAttr(args[0].getType()));
        return arith::SelectOp::create(b, l, keep, args[0], zero);
      });
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

void lacuna::registerMovement(ImportTable &table) {
  table.add("Transpose", importTranspose);
  table.add("Concat", importConcat);
  table.add("Split", importSplit);
  table.add("Slice", importSlice);
  table.add("Pad", importPad);
  table.add("Expand", importExpand);
  table.add("Tile", importTile);
  table.add("Trilu", importTrilu);
}
