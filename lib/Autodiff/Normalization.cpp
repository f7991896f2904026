//===- Normalization.cpp - Rules of normalisations ------------------------===//
// With r = 1 / deviation, n = (x - mean) r and h = scale g over a line of m
// elements: x' = r (h - sum h / m - n sum h n / m). Mean and deviation are
// those of the op where it gives them, else computed again.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// x normalised over the dimensions `dims`, and its cotangents.
class Lines {
public:
  Lines(OpBuilder &builder, Location loc, Value x, Value g,
        ArrayRef<int64_t> dims)
      : builder(builder), loc(loc), type(typeOf(x)),
        wide(type.clone(wideType(type.getElementType()))), dims(dims),
        x(whole(x)), g(whole(g)) {
    for (int64_t dim : dims)
      count *= type.getDimSize(dim);
  }

  /// Computes 1 / sqrt(variance + epsilon), and the mean of `centred` lines.
  void measure(double epsilon, bool centred);
  /// The cotangents of x, and of a factor and addend read through `map`.
  Value ofInput();
  Value ofScale(AffineMap map, RankedTensorType scaleType);
  Value ofBias(AffineMap map, RankedTensorType biasType);

  /// Statistics of the lines; no mean for lines that are not centred.
  Operand mean{}, inverse{};
  /// The factor; none: 1.
  Operand scale{};
  /// Cotangents of the mean and of `inverse`, if these are results.
  Operand meanCotangent{}, inverseCotangent{};

private:
  using Term = llvm::function_ref<Value(ScalarBuilder &, const Lines &)>;
  Value map(RankedTensorType to, ArrayRef<Operand> from, Term term);
  Value map(RankedTensorType to, Term term) {
    return map(to, {x, g, mean, inverse, scale, meanCotangent,
                    inverseCotangent, sumOfScaled, sumOfProducts},
               term);
  }
  Operand sum(Value terms) {
    return without(sumOver(builder, loc, terms, dims), type.getRank(), dims);
  }
  Value statistic(Operand value, llvm::function_ref<Value(ScalarBuilder &, Value)> body);
  /// (x - mean) r and scale g at the current element.
  Value normal(ScalarBuilder &s) const {
    return s.mul(at(mean) ? s.sub(at(x), at(mean)) : at(x), at(inverse));
  }
  Value scaled(ScalarBuilder &s) const {
    return at(scale) ? s.mul(at(g), at(scale)) : at(g);
  }
  Value at(const Operand &operand) const { return current.lookup(operand.value); }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type, wide;
  SmallVector<int64_t> dims;
  int64_t count = 1;
  Operand x, g, sumOfScaled{}, sumOfProducts{};
  DenseMap<Value, Value> current;
};
} // namespace

/// A loop over all elements with those operands at hand that there are.
Value Lines::map(RankedTensorType to, ArrayRef<Operand> from, Term term) {
  SmallVector<Operand> operands;
  for (const Operand &operand : from)
    if (operand.value)
      operands.push_back(operand);
  return mapElements(builder, loc, to, operands,
                     [&](OpBuilder &b, Location l, ValueRange values) {
                       current.clear();
                       for (auto [operand, value] : llvm::zip(operands, values))
                         current[operand.value] = value;
                       ScalarBuilder s{b, l};
                       return term(s, *this);
                     });
}

Value Lines::statistic(
    Operand value, llvm::function_ref<Value(ScalarBuilder &, Value)> body) {
  return mapElements(builder, loc, typeOf(value.value), {whole(value.value)},
                     [&](OpBuilder &b, Location l, ValueRange values) {
                       ScalarBuilder s{b, l};
                       return body(s, values[0]);
                     });
}

void Lines::measure(double epsilon, bool centred) {
  auto divided = [&](ScalarBuilder &s, Value v) {
    return s.div(v, s.number(v, count));
  };
  if (centred) {
    mean = sum(map(wide, {x}, [](ScalarBuilder &, const Lines &l) {
      return l.at(l.x);
    }));
    mean.value = statistic(mean, divided);
  }
  inverse = sum(map(wide, {x, mean}, [](ScalarBuilder &s, const Lines &l) {
    Value x = l.at(l.x);
    Value centre = l.at(l.mean) ? s.sub(x, l.at(l.mean)) : x;
    return s.mul(centre, centre);
  }));
  inverse.value = statistic(inverse, [&](ScalarBuilder &s, Value v) {
    return s.rsqrt(s.add(divided(s, v), s.number(v, epsilon)));
  });
}

Value Lines::ofInput() {
  if (mean.value)
    sumOfScaled =
        sum(map(wide, {g, scale}, [](ScalarBuilder &s, const Lines &l) {
          return l.scaled(s);
        }));
  sumOfProducts = sum(map(wide, [](ScalarBuilder &s, const Lines &l) {
    return s.mul(l.scaled(s), l.normal(s));
  }));
  double share = 1 / double(count);
  return map(type, [&](ScalarBuilder &s, const Lines &l) {
    Value r = l.at(l.inverse), part = s.number(r, share);
    Value product = l.at(l.sumOfProducts);
    if (Value byInverse = l.at(l.inverseCotangent))
      product = s.add(product, s.mul(byInverse, r));
    Value result = s.sub(l.scaled(s), s.mul(l.normal(s), s.mul(product, part)));
    if (l.mean.value)
      result = s.sub(result, s.mul(l.at(l.sumOfScaled), part));
    result = s.mul(result, r);
    if (Value byMean = l.at(l.meanCotangent))
      result = s.add(result, s.mul(byMean, part));
    return result;
  });
}

Value Lines::ofScale(AffineMap read, RankedTensorType scaleType) {
  Value terms = map(wide, [](ScalarBuilder &s, const Lines &l) {
    return s.mul(l.at(l.g), l.normal(s));
  });
  Value sum = sumToOperand(builder, loc, terms, read,
                           scaleType.clone(wide.getElementType()));
  return convertElements(builder, loc, sum, scaleType.getElementType());
}

Value Lines::ofBias(AffineMap read, RankedTensorType biasType) {
  Value terms = convertElements(builder, loc, g.value, wide.getElementType());
  Value sum = sumToOperand(builder, loc, terms, read,
                           biasType.clone(wide.getElementType()));
  return convertElements(builder, loc, sum, biasType.getElementType());
}

static SmallVector<int64_t> dimsFrom(int64_t axis, Value x) {
  int64_t rank = typeOf(x).getRank();
  return llvm::to_vector(llvm::seq(*axisFromFront(axis, rank), rank));
}

/// A statistic that keeps the dimensions `dims` as 1.
static Operand kept(Value value, ArrayRef<int64_t> shape) {
  return value ? spread(value, shape) : Operand{};
}

namespace {
struct LayerNormRule
    : DifferentiableOpInterface::ExternalModel<LayerNormRule, LayerNormOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<LayerNormOp>(base);
    RankedTensorType type = typeOf(op.getInput());
    ArrayRef<int64_t> shape = type.getShape();
    Value g = cotangents[0] ? cotangents[0]
                            : zeros(builder, op.getLoc(), type);
    Lines lines(builder, op.getLoc(), op.getInput(), g,
                dimsFrom(op.getAxis(), op.getInput()));
    if (op.getMean() && op.getInverseDeviation()) {
      lines.mean = spread(op.getMean(), shape);
      lines.inverse = spread(op.getInverseDeviation(), shape);
    } else {
      lines.measure(op.getEpsilon().convertToDouble(), /*centred=*/true);
    }
    unsigned next = 1;
    if (op.getMean())
      lines.meanCotangent = kept(cotangents[next++], shape);
    if (op.getInverseDeviation())
      lines.inverseCotangent = kept(cotangents[next], shape);
    Value scale = op.getScale(), bias = op.getBias();
    if (scale && wanted[1])
      operandCotangents[1] =
          lines.ofScale(spread(scale, shape).map, typeOf(scale));
    unsigned last = op->getNumOperands() - 1;
    if (bias && wanted[last])
      operandCotangents[last] =
          lines.ofBias(spread(bias, shape).map, typeOf(bias));
    if (!wanted[0])
      return success();
    if (scale)
      lines.scale = spread(scale, shape);
    operandCotangents[0] = lines.ofInput();
    return success();
  }
};
} // namespace

static LogicalResult adjointOf(RmsNormOp op, OpBuilder &builder,
                               Value cotangent, const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  ArrayRef<int64_t> shape = typeOf(op.getInput()).getShape();
  Lines lines(builder, op.getLoc(), op.getInput(), cotangent,
              dimsFrom(op.getAxis(), op.getInput()));
  lines.measure(op.getEpsilon().convertToDouble(), /*centred=*/false);
  Value scale = op.getScale();
  if (scale && wanted[1])
    result[1] = lines.ofScale(spread(scale, shape).map, typeOf(scale));
  if (scale)
    lines.scale = spread(scale, shape);
  if (wanted[0])
    result[0] = lines.ofInput();
  return success();
}

/// Channels as `groups` of neighbours, a dimension of their own.
template <typename OpT>
static LogicalResult adjointOfGroups(OpT op, int64_t groups, OpBuilder &builder,
                                     Value cotangent,
                                     const llvm::BitVector &wanted,
                                     MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  bool first = op.getLayout() == Layout::ChannelsFirst;
  int64_t rank = type.getRank(), channel = first ? 1 : rank - 1;
  int64_t channels = type.getDimSize(channel);
  if (type.getNumElements() == 0)
    return success();
  SmallVector<int64_t> split(type.getShape()), dims;
  split[channel] = groups;
  split.insert(split.begin() + channel + 1, channels / groups);
  for (int64_t dim = 1; dim <= rank; ++dim)
    if (dim != channel)
      dims.push_back(dim);
  Lines lines(builder, loc, withShape(builder, loc, op.getInput(), split),
              withShape(builder, loc, cotangent, split), dims);
  lines.measure(op.getEpsilon().convertToDouble(), /*centred=*/true);
  AffineMap read = AffineMap::get(rank + 1, 0,
                                  {builder.getAffineDimExpr(channel),
                                   builder.getAffineDimExpr(channel + 1)},
                                  builder.getContext());
  auto vector = type.clone({groups, channels / groups});
  Value scale = op.getScale(), bias = op.getBias();
  if (scale && wanted[1])
    result[1] =
        withShape(builder, loc, lines.ofScale(read, vector), channels);
  unsigned last = op->getNumOperands() - 1;
  if (bias && wanted[last])
    result[last] = withShape(builder, loc, lines.ofBias(read, vector), channels);
  if (scale)
    lines.scale = {withShape(builder, loc, scale, vector.getShape()), read};
  if (wanted[0])
    result[0] = withShape(builder, loc, lines.ofInput(), type.getShape());
  return success();
}

static LogicalResult adjointOf(GroupNormOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  return adjointOfGroups(op, op.getGroups(), builder, g, wanted, result);
}

static LogicalResult adjointOf(InstanceNormOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  RankedTensorType type = typeOf(op.getInput());
  bool first = op.getLayout() == Layout::ChannelsFirst;
  return adjointOfGroups(op, type.getDimSize(first ? 1 : type.getRank() - 1),
                         builder, g, wanted, result);
}

/// With the norm d: g / d - f sum(g y) / d, f = y (p = 2) or sign x; lines of
/// zeros have none.
static LogicalResult adjointOf(LpNormalizeOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  auto wide = type.clone(wideType(type.getElementType()));
  int64_t rank = type.getRank(), axis = *axisFromFront(op.getAxis(), rank);
  bool euclidean = op.getP() == 2;
  Operand x = whole(op.getInput()), y = whole(op.getResult());
  auto total = [&](ArrayRef<Operand> of, ScalarBody body) {
    Value terms = mapElements(builder, loc, wide, of, body);
    return without(sumOver(builder, loc, terms, axis), rank, axis);
  };
  Operand size = total({x}, [&](OpBuilder &b, Location at, ValueRange v) {
    return euclidean ? ScalarBuilder{b, at}.mul(v[0], v[0])
                     : Value(math::AbsFOp::create(b, at, v[0]));
  });
  Operand dot = total({whole(g), y}, [](OpBuilder &b, Location at, ValueRange v) {
    return ScalarBuilder{b, at}.mul(v[0], v[1]);
  });
  result[0] = mapElements(
      builder, loc, type, {whole(g), x, y, size, dot},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        using enum arith::CmpFPredicate;
        Value zero = s.number(v[3], 0), one = s.number(v[3], 1);
        Value none = s.compare(OEQ, v[3], zero);
        Value safe = s.select(none, one, v[3]);
        Value norm = euclidean ? Value(math::SqrtOp::create(b, at, safe)) : safe;
        Value sign = s.select(s.compare(OLT, v[1], zero), s.number(v[3], -1),
                              s.select(s.compare(OGT, v[1], zero), one, zero));
        Value part = s.mul(euclidean ? v[2] : sign, v[4]);
        return s.select(none, zero, s.div(s.sub(v[0], part), norm));
      });
  return success();
}

void lacuna::attachNormalizationRules(MLIRContext *context) {
  LayerNormOp::attachInterface<LayerNormRule>(*context);
  attachRule<RmsNormOp, adjointOf>(context);
  attachRule<GroupNormOp, adjointOf>(context);
  attachRule<InstanceNormOp, adjointOf>(context);
  attachRule<LpNormalizeOp, adjointOf>(context);
}
