//===- Reduction.cpp - Reductions, extremes, running sums -----------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
enum class Fold { Sum, Product, Max, Min, And };
/// How a reduction is put together: before, the fold, after.
enum class Shape { Plain, Mean, L1, L2, SumSquare, LogSum, LogSumExp };
} // namespace

static TypedAttr startOf(OpBuilder &b, Type element, Fold fold, bool isUnsigned) {
  if (auto floating = dyn_cast<FloatType>(element)) {
    double inf = std::numeric_limits<double>::infinity();
    double start = fold == Fold::Product ? 1
                   : fold == Fold::Max   ? -inf
                   : fold == Fold::Min   ? inf
                                         : 0;
    return b.getFloatAttr(floating, start);
  }
  unsigned bits = element.getIntOrFloatBitWidth();
  APInt start(bits, fold == Fold::Product ? 1 : 0);
  if (bits == 1)
    start = APInt(1, fold == Fold::Min);
  else if (fold == Fold::Max)
    start = isUnsigned ? APInt::getZero(bits) : APInt::getSignedMinValue(bits);
  else if (fold == Fold::Min)
    start = isUnsigned ? APInt::getMaxValue(bits) : APInt::getSignedMaxValue(bits);
  return b.getIntegerAttr(element, start);
}

static Value combine(OpBuilder &b, Location l, Fold fold, bool isUnsigned,
                     ValueRange args) {
  Value x = args[0], y = args[1];
  bool floating = isa<FloatType>(x.getType());
  bool bits = isUnsigned || x.getType().isInteger(1);
  switch (fold) {
  case Fold::Sum:
    return floating ? Value(arith::AddFOp::create(b, l, x, y))
                    : Value(arith::AddIOp::create(b, l, x, y));
  case Fold::Product:
    return floating ? Value(arith::MulFOp::create(b, l, x, y))
                    : Value(arith::MulIOp::create(b, l, x, y));
  case Fold::Max:
    if (floating)
      return arith::MaximumFOp::create(b, l, x, y);
    return bits ? Value(arith::MaxUIOp::create(b, l, x, y))
                : Value(arith::MaxSIOp::create(b, l, x, y));
  case Fold::Min:
    if (floating)
      return arith::MinimumFOp::create(b, l, x, y);
    return bits ? Value(arith::MinUIOp::create(b, l, x, y))
                : Value(arith::MinSIOp::create(b, l, x, y));
  case Fold::And:
    return arith::AndIOp::create(b, l, x, y);
  }
  return {};
}

/// The axes of a reduction: an operand or an attribute; none means all, or
/// nothing with `noop_with_empty_axes`.
static FailureOr<Ints> axesOf(NodeImporter &node, int64_t rank, bool &noop) {
  Ints axes = node.list("axes");
  if (node.has(1)) {
    auto given = node.integers(1);
    if (failed(given))
      return failure();
    axes = *given;
  }
  noop = axes.empty() && node.integer("noop_with_empty_axes", 0);
  if (axes.empty())
    axes = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  for (int64_t &axis : axes) {
    FailureOr<int64_t> counted = node.axis(axis, rank);
    if (failed(counted))
      return failure();
    axis = *counted;
  }
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  return axes;
}

/// log sum exp, shifted by the maximum.
static Value logSumExp(TensorBuilder &build, Value x, ArrayRef<int64_t> axes,
                       bool keep) {
  OpBuilder &b = build.builder;
  Value top = build.reduce(
      x, axes, true, startOf(b, elementOf(x), Fold::Max, false),
      [](OpBuilder &b, Location l, ValueRange args) {
        return combine(b, l, Fold::Max, false, args);
      });
  // A maximum of infinity would give NaN.
  Value shift = build.elementwise(
      top, elementOf(top), [](OpBuilder &b, Location l, ValueRange args) -> Value {
        auto type = cast<FloatType>(args[0].getType());
        Value inf = arith::ConstantOp::create(
            b, l, b.getFloatAttr(type, std::numeric_limits<double>::infinity()));
        Value size = math::AbsFOp::create(b, l, args[0]);
        Value finite = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OLT, size, inf);
        Value zero = arith::ConstantOp::create(b, l, b.getZeroAttr(type));
        return arith::SelectOp::create(b, l, finite, args[0], zero);
      });
  Value e = build.unary<math::ExpOp>(build.binary<arith::SubFOp>(x, shift));
  Value sum = build.unary<math::LogOp>(build.sum(e, axes, true));
  Value result = build.binary<arith::AddFOp>(sum, shift);
  if (keep)
    return result;
  Ints shape;
  for (auto [dim, size] : llvm::enumerate(shapeOf(result)))
    if (!llvm::is_contained(axes, int64_t(dim)))
      shape.push_back(size);
  return build.reshape(result, shape);
}

/// The root of a sum of squares. At 0 it is a constant: the gradient of a
/// length of 0 is 0, where that of a root would be infinite.
static Value lengthOf(TensorBuilder &build, Value squares) {
  Type element = elementOf(squares);
  return build.elementwise(
      squares, element, [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value zero = arith::ConstantOp::create(b, l, b.getZeroAttr(element));
        Value one =
            arith::ConstantOp::create(b, l, b.getFloatAttr(element, 1));
        Value none = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ,
                                           args[0], zero);
        Value safe = arith::SelectOp::create(b, l, none, one, args[0]);
        Value root = math::SqrtOp::create(b, l, safe);
        return arith::SelectOp::create(b, l, none, zero, root);
      });
}

template <Fold fold, Shape form>
static ImportResult importReduce(NodeImporter &node) {
  FailureOr<Value> operand = node.value(0);
  if (failed(operand))
    return failure();
  TensorBuilder &build = node.build;
  OpBuilder &b = build.builder;
  bool isUnsigned = node.operand(0).isUnsigned, noop;
  FailureOr<Ints> axes = axesOf(node, shapeOf(*operand).size(), noop);
  if (failed(axes))
    return failure();
  bool keep = node.integer("keepdims", 1);
  if (noop)
    axes = Ints();
  Type element = elementOf(*operand);
  // Half precision accumulates in single.
  Type wide = element.isF16() || element.isBF16() ? Type(b.getF32Type()) : element;
  if (!isa<FloatType>(element) && (form == Shape::L2 || form == Shape::LogSum ||
                                   form == Shape::LogSumExp))
    wide = b.getF64Type();
  Value x = build.cast(*operand, wide, isUnsigned, false);
  bool floating = isa<FloatType>(wide);
  if (form == Shape::L1)
    x = floating ? build.unary<math::AbsFOp>(x) : build.unary<math::AbsIOp>(x);
  if (form == Shape::L2 || form == Shape::SumSquare)
    x = floating ? build.binary<arith::MulFOp>(x, x) : build.binary<arith::MulIOp>(x, x);
  Value result;
  if (form == Shape::LogSumExp) {
    result = logSumExp(build, x, *axes, keep);
  } else {
    result = axes->empty()
                 ? x
                 : build.reduce(x, *axes, keep, startOf(b, wide, fold, isUnsigned),
                                [&](OpBuilder &b, Location l, ValueRange args) {
                                  return combine(b, l, fold, isUnsigned, args);
                                });
  }
  if (form == Shape::Mean) {
    int64_t count = 1;
    for (int64_t axis : *axes)
      count *= shapeOf(*operand)[axis];
    Value divisor = build.scalar(wide, count);
    result = floating ? build.binary<arith::DivFOp>(result, divisor)
                      : build.binary<arith::DivSIOp>(result, divisor);
  }
  if (form == Shape::L2)
    result = lengthOf(build, result);
  if (form == Shape::LogSum)
    result = build.unary<math::LogOp>(result);
  return SmallVector<Imported>{
      {build.cast(result, element, false, isUnsigned), isUnsigned}};
}

template <Extreme kind> static ImportResult importArg(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Ints shape(shapeOf(*x));
  FailureOr<int64_t> axis = node.axis(node.integer("axis", 0), shape.size());
  if (failed(axis))
    return failure();
  if (node.integer("keepdims", 1))
    shape[*axis] = 1;
  else
    shape.erase(shape.begin() + *axis);
  OpBuilder &b = node.build.builder;
  Value input = node.build.reorder(*x, node.operand(0).isUnsigned);
  return SmallVector<Imported>{
      ArgExtremeOp::create(b, node.build.loc,
                           RankedTensorType::get(shape, b.getI64Type()), input,
                           kind, *axis, node.integer("select_last_index", 0) != 0)
          .getResult()};
}

template <CumulativeKind kind>
static ImportResult importCumulative(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto given = node.integers(1);
  if (failed(x) || failed(given))
    return failure();
  if (given->size() != 1)
    return node.error() << "`axis` must be a scalar";
  FailureOr<int64_t> axis = node.axis(given->front(), shapeOf(*x).size());
  if (failed(axis))
    return failure();
  return SmallVector<Imported>{
      {CumulativeOp::create(node.build.builder, node.build.loc, x->getType(),
                            *x, kind, *axis, node.integer("exclusive", 0) != 0,
                            node.integer("reverse", 0) != 0)
           .getResult(),
       node.operand(0).isUnsigned}};
}

void lacuna::registerReductions(ImportTable &table) {
  table.add("ReduceSum", importReduce<Fold::Sum, Shape::Plain>);
  table.add("ReduceProd", importReduce<Fold::Product, Shape::Plain>);
  table.add("ReduceMax", importReduce<Fold::Max, Shape::Plain>);
  table.add("ReduceMin", importReduce<Fold::Min, Shape::Plain>);
  table.add("ReduceMean", importReduce<Fold::Sum, Shape::Mean>);
  table.add("ReduceL1", importReduce<Fold::Sum, Shape::L1>);
  table.add("ReduceL2", importReduce<Fold::Sum, Shape::L2>);
  table.add("ReduceSumSquare", importReduce<Fold::Sum, Shape::SumSquare>);
  table.add("ReduceLogSum", importReduce<Fold::Sum, Shape::LogSum>);
  table.add("ReduceLogSumExp", importReduce<Fold::Sum, Shape::LogSumExp>);
  table.add("ArgMax", importArg<Extreme::Max>);
  table.add("ArgMin", importArg<Extreme::Min>);
  table.add("CumSum", importCumulative<CumulativeKind::Sum>);
  table.add("CumProd", importCumulative<CumulativeKind::Prod>);
}
