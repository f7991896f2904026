//===- Sampling.cpp - Rules of grids and of sampling ----------------------===//
// A sample is a sum over the corners around its place. Each corner is gathered
// for the grid's cotangent, and its share of the cotangent is scattered to the
// input, in an order that does not depend on threads.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// One sampling, with space flattened: input (N, C, Q), points (N, P).
class Sampling {
public:
  Sampling(OpBuilder &builder, GridSampleOp op, Value g);
  Value ofInput();
  Value ofGrid();

private:
  using Body = llvm::function_ref<Value(ScalarBuilder &, ValueRange)>;
  Value coordinate(int64_t dim);
  Value overPoints(ArrayRef<Value> inputs, Type element, Body body);
  Value place(ScalarBuilder &s, Value coordinate, int64_t dim);
  Value slope(ScalarBuilder &s, Value coordinate, int64_t dim);
  Value mirrored(ScalarBuilder &s, Value x, int64_t dim, bool derivative);
  Value unscaled(ScalarBuilder &s, Value coordinate, int64_t dim);
  Value position(ScalarBuilder &s, Value u, int64_t dim, int64_t corner);
  Value share(ScalarBuilder &s, Value u, int64_t dim, int64_t corner);
  Value isInside(ScalarBuilder &s, Value u, int64_t dim, int64_t corner);
  Value indexOf(int64_t corner);
  Value weightOf(int64_t corner, int64_t without);
  int64_t corners() const {
    return nearest ? 1 : int64_t(1) << sizes.size();
  }
  /// Whether a corner is the upper one along `dim`.
  static bool isUpper(int64_t corner, int64_t dim) { return corner >> dim & 1; }

  OpBuilder &builder;
  Location loc;
  GridSampleOp op;
  bool nearest;
  SmallVector<int64_t> sizes;
  int64_t batch, channels, plane = 1, points;
  Type wide;
  Value input, g;
  /// Where samples lie, in elements, one tensor a dimension.
  SmallVector<Value> places;
};
} // namespace

Sampling::Sampling(OpBuilder &builder, GridSampleOp op, Value cotangent)
    : builder(builder), loc(op.getLoc()), op(op),
      nearest(op.getMode() == ResizeMode::Nearest) {
  ArrayRef<int64_t> shape = typeOf(op.getInput()).getShape();
  batch = shape[0];
  channels = shape[1];
  sizes = llvm::to_vector(shape.drop_front(2));
  for (int64_t size : sizes)
    plane *= size;
  points = *elementCount(typeOf(cotangent).getShape().drop_front(2));
  wide = wideType(typeOf(cotangent).getElementType());
  auto flat = [&](Value value, int64_t last) {
    Value converted = convertElements(builder, loc, value, wide);
    return withShape(builder, loc, converted, {batch, channels, last});
  };
  input = flat(op.getInput(), plane);
  g = flat(cotangent, points);
  for (int64_t dim = 0; dim < int64_t(sizes.size()); ++dim)
    places.push_back(overPoints({coordinate(dim)}, wide,
                                [&](ScalarBuilder &s, ValueRange v) {
                                  return place(s, v[0], dim);
                                }));
}

Value Sampling::overPoints(ArrayRef<Value> inputs, Type element, Body body) {
  SmallVector<Operand> operands;
  for (Value value : inputs)
    operands.push_back(whole(value));
  return mapElements(builder, loc,
                     RankedTensorType::get({batch, points}, element), operands,
                     [&](OpBuilder &b, Location l, ValueRange values) {
                       ScalarBuilder s{b, l};
                       return body(s, values);
                     });
}

/// The grid's coordinate of `dim`; the last dimension's comes first.
Value Sampling::coordinate(int64_t dim) {
  int64_t rank = sizes.size();
  Value flat = withShape(builder, loc,
                         convertElements(builder, loc, op.getGrid(), wide),
                         {batch, points, rank});
  SmallVector<int64_t> offsets{0, 0, rank - 1 - dim}, shape{batch, points, 1},
      strides{1, 1, 1};
  Value slice = tensor::ExtractSliceOp::create(
      builder, loc, RankedTensorType::get(shape, wide), flat, ValueRange(),
      ValueRange(), ValueRange(), offsets, shape, strides);
  return withShape(builder, loc, slice, {batch, points});
}

Value Sampling::unscaled(ScalarBuilder &s, Value coordinate, int64_t dim) {
  double size = sizes[dim];
  double factor = (op.getAlignCorners() ? size - 1 : size) / 2;
  double shift = op.getAlignCorners() ? factor : factor - 0.5;
  return s.add(s.mul(coordinate, s.number(coordinate, factor)),
               s.number(coordinate, shift));
}

/// `x` mirrored at the edges as often as it takes; or the derivative, 1 or -1.
Value Sampling::mirrored(ScalarBuilder &s, Value x, int64_t dim,
                         bool derivative) {
  double low = op.getAlignCorners() ? 0 : -0.5;
  double span = op.getAlignCorners() ? sizes[dim] - 1 : sizes[dim];
  Value zero = s.number(x, 0), one = s.number(x, 1);
  if (span == 0)
    return zero;
  Value offset = s.sub(x, s.number(x, low));
  Value distance = s.make<math::AbsFOp>(offset), width = s.number(x, span);
  Value turns = s.make<math::FloorOp>(s.div(distance, width));
  Value rest = s.sub(distance, s.mul(turns, width));
  Value half = s.mul(turns, s.number(x, 0.5));
  Value isEven = s.compare(arith::CmpFPredicate::OEQ, half,
                           s.make<math::FloorOp>(half));
  if (!derivative)
    return s.add(s.select(isEven, rest, s.sub(width, rest)), s.number(x, low));
  Value below = s.compare(arith::CmpFPredicate::OLT, offset, zero);
  Value sign = s.select(below, s.neg(one), one);
  return s.select(isEven, sign, s.neg(sign));
}

Value Sampling::place(ScalarBuilder &s, Value coordinate, int64_t dim) {
  Value x = unscaled(s, coordinate, dim);
  if (op.getPadding() == SamplePadding::Zeros)
    return x;
  if (op.getPadding() == SamplePadding::Reflection)
    x = mirrored(s, x, dim, /*derivative=*/false);
  x = s.make<arith::MaxNumFOp>(x, s.number(x, 0));
  return s.make<arith::MinNumFOp>(x, s.number(x, sizes[dim] - 1));
}

/// The derivative of the place by the coordinate; 0 where it is clamped.
Value Sampling::slope(ScalarBuilder &s, Value coordinate, int64_t dim) {
  double size = sizes[dim];
  Value factor = s.number(coordinate,
                          (op.getAlignCorners() ? size - 1 : size) / 2);
  if (op.getPadding() == SamplePadding::Zeros)
    return factor;
  Value x = unscaled(s, coordinate, dim);
  if (op.getPadding() == SamplePadding::Reflection) {
    factor = s.mul(factor, mirrored(s, x, dim, /*derivative=*/true));
    x = mirrored(s, x, dim, /*derivative=*/false);
  }
  Value zero = s.number(x, 0);
  Value above = s.compare(arith::CmpFPredicate::OGT, x, zero);
  Value below =
      s.compare(arith::CmpFPredicate::OLT, x, s.number(x, size - 1));
  return s.select(s.make<arith::AndIOp>(above, below), factor, zero);
}

/// The index of a corner along `dim`, still a float.
Value Sampling::position(ScalarBuilder &s, Value u, int64_t dim,
                         int64_t corner) {
  if (nearest)
    return s.make<math::RoundEvenOp>(u);
  Value low = s.make<math::FloorOp>(u);
  return isUpper(corner, dim) ? s.add(low, s.number(u, 1)) : low;
}

/// What a corner counts along `dim`.
Value Sampling::share(ScalarBuilder &s, Value u, int64_t dim, int64_t corner) {
  Value part = s.sub(u, s.make<math::FloorOp>(u));
  return isUpper(corner, dim) ? part : s.sub(s.number(u, 1), part);
}

Value Sampling::isInside(ScalarBuilder &s, Value u, int64_t dim,
                         int64_t corner) {
  Value at = position(s, u, dim, corner);
  Value low = s.compare(arith::CmpFPredicate::OGE, at, s.number(u, 0));
  Value high = s.compare(arith::CmpFPredicate::OLE, at,
                         s.number(u, sizes[dim] - 1));
  return s.make<arith::AndIOp>(low, high);
}

/// Where the corner of each point stands in the plane, for each channel; any
/// place for corners outside.
Value Sampling::indexOf(int64_t corner) {
  Type type = builder.getI64Type();
  Value index = overPoints(places, type, [&](ScalarBuilder &s, ValueRange u) {
    Value linear;
    for (auto [dim, size] : llvm::enumerate(sizes)) {
      Value at = position(s, u[dim], dim, corner);
      at = s.make<arith::MaxNumFOp>(at, s.number(at, 0));
      at = s.make<arith::MinNumFOp>(at, s.number(at, size - 1));
      Value index = s.make<arith::FPToSIOp>(type, at);
      Value pitch = arith::ConstantIntOp::create(s.builder, s.loc, size, 64);
      linear = linear ? s.make<arith::AddIOp>(
                            s.make<arith::MulIOp>(linear, pitch), index)
                      : index;
    }
    return linear;
  });
  auto all = RankedTensorType::get({batch, channels, points}, type);
  return broadcastAlong(builder, loc, index, all, {1});
}

/// The weight of a corner, 0 outside; or its derivative by the place along
/// dimension `without`.
Value Sampling::weightOf(int64_t corner, int64_t without) {
  return overPoints(places, wide, [&](ScalarBuilder &s, ValueRange u) {
    Value weight = s.number(u[0], 1), inside;
    for (int64_t dim = 0; dim < int64_t(sizes.size()); ++dim) {
      Value here = isInside(s, u[dim], dim, corner);
      inside = inside ? s.make<arith::AndIOp>(inside, here) : here;
      if (dim == without)
        weight = isUpper(corner, dim) ? weight : s.neg(weight);
      else if (!nearest)
        weight = s.mul(weight, share(s, u[dim], dim, corner));
    }
    return s.select(inside, weight, s.number(u[0], 0));
  });
}

Value Sampling::ofInput() {
  auto type = RankedTensorType::get({batch, channels, plane}, wide);
  Value sum = zeros(builder, loc, type);
  for (int64_t corner = 0; corner < corners(); ++corner) {
    Value parts = mapElements(
        builder, loc, typeOf(g),
        {whole(g), without(weightOf(corner, -1), 3, {1})},
        [](OpBuilder &b, Location l, ValueRange v) -> Value {
          return arith::MulFOp::create(b, l, v[0], v[1]);
        });
    sum = ScatterElementsOp::create(builder, loc, type, sum, indexOf(corner),
                                    parts, 2, ScatterReduction::Add);
  }
  RankedTensorType inputType = typeOf(op.getInput());
  return convertElements(
      builder, loc, withShape(builder, loc, sum, inputType.getShape()),
      inputType.getElementType());
}

/// Along each dimension: slope times the sum over corners of the weight's
/// derivative times the sum over channels of cotangent and corner.
Value Sampling::ofGrid() {
  int64_t rank = sizes.size();
  SmallVector<Value> products;
  for (int64_t corner = 0; corner < corners(); ++corner) {
    Value picked = GatherElementsOp::create(builder, loc, typeOf(g), input,
                                            indexOf(corner), 2);
    Value terms = mapElements(
        builder, loc, typeOf(g), ValueRange{g, picked},
        [](OpBuilder &b, Location l, ValueRange v) -> Value {
          return arith::MulFOp::create(b, l, v[0], v[1]);
        });
    products.push_back(sumOver(builder, loc, terms, {1}));
  }
  SmallVector<Value> slices;
  for (int64_t dim = rank - 1; dim >= 0; --dim) {
    SmallVector<Value> inputs{coordinate(dim)};
    for (auto [corner, product] : llvm::enumerate(products)) {
      inputs.push_back(product);
      inputs.push_back(weightOf(corner, dim));
    }
    Value slice = overPoints(inputs, wide, [&](ScalarBuilder &s, ValueRange v) {
      Value sum = s.number(v[0], 0);
      for (size_t i = 1; i < v.size(); i += 2)
        sum = s.add(sum, s.mul(v[i], v[i + 1]));
      return s.mul(sum, slope(s, v[0], dim));
    });
    slices.push_back(withShape(builder, loc, slice, {batch, points, 1}));
  }
  Value all = slices.size() == 1
                  ? slices[0]
                  : Value(tensor::ConcatOp::create(builder, loc, 2, slices));
  RankedTensorType type = typeOf(op.getGrid());
  return convertElements(builder, loc,
                         withShape(builder, loc, all, type.getShape()),
                         type.getElementType());
}

static LogicalResult adjointOf(GridSampleOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (op.getMode() == ResizeMode::Cubic)
    return op.emitOpError("must be nearest or linear to be differentiated");
  if (typeOf(g).getNumElements() == 0 ||
      typeOf(op.getInput()).getNumElements() == 0)
    return success();
  Sampling sampling(builder, op, g);
  if (wanted[0])
    result[0] = sampling.ofInput();
  if (wanted[1] && op.getMode() == ResizeMode::Linear)
    result[1] = sampling.ofGrid();
  return success();
}

/// The grid of the identity map, with a coordinate more that is 1: (P, dims +
/// 1).
static Value baseGrid(OpBuilder &builder, AffineGridOp op) {
  Location loc = op.getLoc();
  int64_t rank = op.getSize().size();
  RankedTensorType type = typeOf(op.getResult());
  Type element = type.getElementType();
  SmallVector<Attribute> numbers;
  for (int64_t i = 0; i < rank; ++i)
    for (int64_t j = 0; j <= rank; ++j)
      numbers.push_back(builder.getFloatAttr(element, i == j));
  auto thetaType = RankedTensorType::get({1, rank, rank + 1}, element);
  Value theta = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(thetaType, numbers));
  SmallVector<int64_t> shape(type.getShape());
  shape[0] = 1;
  Value grid = AffineGridOp::create(builder, loc, type.clone(shape), theta,
                                    op.getSize(), op.getAlignCorners());
  int64_t points = *elementCount(op.getSize());
  auto oneType = RankedTensorType::get({points, 1}, element);
  Value ones = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(oneType, builder.getFloatAttr(element, 1)));
  Value flat = withShape(builder, loc, grid, {points, rank});
  return tensor::ConcatOp::create(builder, loc, 1, ValueRange{flat, ones});
}

/// theta' (n, i, j) = sum over points of g (n, p, i) x_j (p).
static LogicalResult adjointOf(AffineGridOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  RankedTensorType type = typeOf(op.getTheta());
  if (!wanted[0] || typeOf(g).getNumElements() == 0)
    return success();
  int64_t rank = op.getSize().size();
  Value flat = withShape(builder, op.getLoc(), g,
                         {type.getDimSize(0), *elementCount(op.getSize()), rank});
  MLIRContext *context = builder.getContext();
  auto map = [&](ArrayRef<unsigned> loops) {
    return AffineMap::getMultiDimMapWithTargets(4, loops, context);
  };
  result[0] = linalg::ContractOp::create(
                  builder, op.getLoc(), TypeRange(type),
                  ValueRange{flat, baseGrid(builder, op)},
                  ValueRange(zeros(builder, op.getLoc(), type)),
                  builder.getAffineMapArrayAttr(
                      {map({0, 3, 1}), map({3, 2}), map({0, 1, 2})}))
                  ->getResult(0);
  return success();
}

void lacuna::attachSamplingRules(MLIRContext *context) {
  attachRule<AffineGridOp, adjointOf>(context);
  attachRule<GridSampleOp, adjointOf>(context);
}
