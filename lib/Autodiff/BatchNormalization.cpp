//===- BatchNormalization.cpp - Rules of batch normalisation --------------===//
// With n = (x - mean) r and r = 1 / sqrt(variance + epsilon), per channel:
// given statistics give x' = g scale r; those of the batch give
// r (h - sum h / m - n sum h n / m) with h = g scale over m elements, and what
// the running statistics add.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;

namespace {
using Body = llvm::function_ref<Value(ScalarBuilder &, ValueRange)>;

/// Loops over a tensor of data and over its channels. Statistics of f16 and
/// bf16 are kept in f32.
class Channels {
public:
  Channels(OpBuilder &builder, Location loc, Value x, Layout layout)
      : builder(builder), loc(loc), type(typeOf(x)) {
    channel = channelDim(layout, type.getRank());
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (dim != channel)
        others.push_back(dim);
    for (int64_t dim : others)
      count *= type.getDimSize(dim);
  }

  /// A vector with an element a channel, read at each element.
  Operand spread(Value vector) {
    return without(vector, type.getRank(), others);
  }
  Value map(ArrayRef<Operand> operands, Type element, Body body) {
    return mapElements(builder, loc, type.clone(element), operands,
                       [&](OpBuilder &b, Location l, ValueRange values) {
                         ScalarBuilder s{b, l};
                         return body(s, values);
                       });
  }
  /// The sum over each channel.
  Value sum(ArrayRef<Operand> operands, Body body) {
    return sumOver(builder, loc, map(operands, wide(), body), others);
  }
  /// Of vectors, element by element.
  Value combine(ValueRange vectors, Type element, Body body) {
    SmallVector<Operand> operands;
    for (Value vector : vectors)
      operands.push_back(whole(vector));
    auto to = RankedTensorType::get({type.getDimSize(channel)}, element);
    return mapElements(builder, loc, to, operands,
                       [&](OpBuilder &b, Location l, ValueRange values) {
                         ScalarBuilder s{b, l};
                         return body(s, values);
                       });
  }
  Value inverseDeviation(Value variance, double epsilon) {
    return combine(variance, wide(), [&](ScalarBuilder &s, ValueRange v) {
      return s.rsqrt(s.add(v[0], s.number(v[0], epsilon)));
    });
  }
  Type wide() const { return wideType(type.getElementType()); }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  int64_t channel, count = 1;
  SmallVector<int64_t> others;
};

/// What both forms need: sums over a channel of g and of g n.
struct Sums {
  Value plain, normal;

  Sums(Channels &c, Value x, Value g, Value mean, Value inverse) {
    plain = c.sum({whole(g)},
                  [](ScalarBuilder &, ValueRange v) { return v[0]; });
    normal = c.sum(
        {whole(x), whole(g), c.spread(mean), c.spread(inverse)},
        [](ScalarBuilder &s, ValueRange v) {
          return s.mul(v[1], s.mul(s.sub(v[0], v[2]), v[3]));
        });
  }
};
} // namespace

static LogicalResult adjointOf(BatchNormOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  Channels c(builder, op.getLoc(), op.getInput(), op.getLayout());
  Type element = c.type.getElementType();
  Value scale = op.getScale(), mean = op.getMean();
  Value inverse =
      c.inverseDeviation(op.getVariance(), op.getEpsilon().convertToDouble());
  auto product = [](ScalarBuilder &s, ValueRange v) {
    return s.mul(v[0], s.mul(v[1], v[2]));
  };
  if (wanted[0])
    result[0] = c.map({whole(g), c.spread(scale), c.spread(inverse)}, element,
                      product);
  if (!wanted[1] && !wanted[2] && !wanted[3] && !wanted[4])
    return success();
  Sums sums(c, op.getInput(), g, mean, inverse);
  if (wanted[1])
    result[1] = convertElements(builder, c.loc, sums.normal, element);
  if (wanted[2])
    result[2] = convertElements(builder, c.loc, sums.plain, element);
  if (wanted[3])
    result[3] = c.combine({sums.plain, scale, inverse}, element,
                          [&](ScalarBuilder &s, ValueRange v) {
                            return s.neg(product(s, v));
                          });
  if (wanted[4])
    result[4] = c.combine({sums.normal, scale, inverse}, element,
                          [](ScalarBuilder &s, ValueRange v) {
                            Value square = s.mul(v[2], v[2]);
                            Value half = s.number(v[0], -0.5);
                            return s.mul(half, s.mul(v[0], s.mul(v[1], square)));
                          });
  return success();
}

namespace {
struct BatchNormTrainingRule
    : DifferentiableOpInterface::ExternalModel<BatchNormTrainingRule,
                                               BatchNormTrainingOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const;

  static Value ofInput(Channels &c, BatchNormTrainingOp op, Value g,
                       const Sums &sums, Value mean, Value inverse);
  static Value ofStatistics(Channels &c, BatchNormTrainingOp op, Value mean,
                            Value byMean, Value byVariance);
};
} // namespace

Value BatchNormTrainingRule::ofInput(Channels &c, BatchNormTrainingOp op,
                                     Value g, const Sums &sums, Value mean,
                                     Value inverse) {
  double share = 1.0 / c.count;
  return c.map({whole(op.getInput()), whole(g), c.spread(mean),
                c.spread(inverse), c.spread(op.getScale()),
                c.spread(sums.plain), c.spread(sums.normal)},
               c.type.getElementType(), [&](ScalarBuilder &s, ValueRange v) {
                 Value normal = s.mul(s.sub(v[0], v[2]), v[3]);
                 Value sum = s.add(v[5], s.mul(normal, v[6]));
                 Value rest = s.sub(v[1], s.mul(sum, s.number(sum, share)));
                 return s.mul(rest, s.mul(v[3], v[4]));
               });
}

/// What the running statistics add to the cotangent of x: momentum / m times
/// the mean's, and 2 momentum (x - mean) / divisor times the variance's.
Value BatchNormTrainingRule::ofStatistics(Channels &c, BatchNormTrainingOp op,
                                          Value mean, Value byMean,
                                          Value byVariance) {
  double momentum = op.getMomentum().convertToDouble();
  bool biased = op.getRunning() == Variance::Biased;
  double divisor = biased ? c.count : c.count - 1;
  Value result;
  if (byMean)
    result = c.map({c.spread(byMean)}, c.wide(),
                   [&](ScalarBuilder &s, ValueRange v) {
                     return s.mul(v[0], s.number(v[0], momentum / c.count));
                   });
  if (!byVariance)
    return result;
  Value part = c.map(
      {whole(op.getInput()), c.spread(mean), c.spread(byVariance)}, c.wide(),
      [&](ScalarBuilder &s, ValueRange v) {
        Value factor = s.number(v[2], 2 * momentum / divisor);
        return s.mul(s.sub(v[0], v[1]), s.mul(v[2], factor));
      });
  if (!result)
    return part;
  return c.map({whole(result), whole(part)}, c.wide(),
               [](ScalarBuilder &s, ValueRange v) { return s.add(v[0], v[1]); });
}

LogicalResult BatchNormTrainingRule::buildAdjoint(
    Operation *base, OpBuilder &builder, ArrayRef<Value> cotangents,
    const llvm::BitVector &wanted,
    MutableArrayRef<Value> operandCotangents) const {
  auto op = cast<BatchNormTrainingOp>(base);
  Channels c(builder, op.getLoc(), op.getInput(), op.getLayout());
  Value x = op.getInput();
  auto divided = [&](ScalarBuilder &s, ValueRange v) {
    return s.mul(v[0], s.number(v[0], 1.0 / c.count));
  };
  Value mean = c.combine(
      c.sum({whole(x)}, [](ScalarBuilder &, ValueRange v) { return v[0]; }),
      c.wide(), divided);
  if (Value g = cotangents[0]) {
    Value squares =
        c.sum({whole(x), c.spread(mean)}, [](ScalarBuilder &s, ValueRange v) {
          Value centred = s.sub(v[0], v[1]);
          return s.mul(centred, centred);
        });
    Value inverse = c.inverseDeviation(c.combine(squares, c.wide(), divided),
                                       op.getEpsilon().convertToDouble());
    Sums sums(c, x, g, mean, inverse);
    if (wanted[0])
      operandCotangents[0] = ofInput(c, op, g, sums, mean, inverse);
    Type element = c.type.getElementType();
    if (wanted[1])
      operandCotangents[1] =
          convertElements(builder, c.loc, sums.normal, element);
    if (wanted[2])
      operandCotangents[2] =
          convertElements(builder, c.loc, sums.plain, element);
  }
  if (wanted[0])
    if (Value more = ofStatistics(c, op, mean, cotangents[1], cotangents[2])) {
      Value &sum = operandCotangents[0];
      SmallVector<Operand> parts{whole(more)};
      if (sum)
        parts.push_back(whole(sum));
      sum = c.map(parts, c.type.getElementType(),
                  [](ScalarBuilder &s, ValueRange v) {
                    return v.size() == 1 ? v[0] : s.add(v[0], v[1]);
                  });
    }
  double kept = 1 - op.getMomentum().convertToDouble();
  for (unsigned index : {3, 4})
    if (Value g = cotangents[index - 2]; g && wanted[index])
      operandCotangents[index] =
          c.combine(g, typeOf(g).getElementType(),
                    [&](ScalarBuilder &s, ValueRange v) {
                      return s.mul(v[0], s.number(v[0], kept));
                    });
  return success();
}

void lacuna::attachBatchNormalizationRules(MLIRContext *context) {
  attachRule<BatchNormOp, adjointOf>(context);
  BatchNormTrainingOp::attachInterface<BatchNormTrainingRule>(*context);
}
