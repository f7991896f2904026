//===- Pooling.cpp - Rules of pools and of unpooling ----------------------===//
// Maxima send the cotangent to where they stood. Means and norms are sums over
// windows, which are products of sums along each dimension: their rules are
// resamples with the tables turned.
//===----------------------------------------------------------------------===//
#include "ResampleAxes.h"
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/SlidingWindow.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

using Wanted = const llvm::BitVector &;
using Entries = SmallVector<ResizeTable::Entry>;

namespace {
/// What an output divides its sum by along one dimension.
enum class Divisor { One, Elements, ElementsAndPadding };
} // namespace

/// The inputs each output of a window reads.
static ResizeTable windowTable(const Window &w, int64_t inputs,
                               int64_t outputs, Divisor divisor) {
  std::vector<Entries> table(outputs);
  for (int64_t o = 0; o < outputs; ++o) {
    int64_t counted = 0;
    for (int64_t k = 0; k < w.kernel; ++k) {
      int64_t position = o * w.stride + k * w.dilation - w.padBegin;
      bool inside = position >= 0 && position < inputs;
      counted += inside || (divisor == Divisor::ElementsAndPadding &&
                            position < inputs + w.padEnd);
      if (inside)
        table[o].push_back({int32_t(position), 1});
    }
    for (auto &[position, weight] : table[o])
      weight = divisor == Divisor::One ? 1 : 1.0 / counted;
  }
  return ResizeTable::of(table);
}

static ResizeTable binTable(int64_t inputs, int64_t outputs,
                            PyramidWindows windows, Divisor divisor) {
  std::vector<Entries> table(outputs);
  for (int64_t o = 0; o < outputs; ++o) {
    Bin bin = windows == PyramidWindows::SPP ? sppBin(o, outputs, inputs)
                                             : adaptiveBin(o, outputs, inputs);
    double weight =
        divisor == Divisor::One ? 1 : 1.0 / (bin.end - bin.begin);
    for (int64_t i = bin.begin; i < bin.end; ++i)
      table[o].push_back({int32_t(i), weight});
  }
  return ResizeTable::of(table);
}

/// The tables of all spatial dimensions of a pool of windows.
template <typename OpT>
static SmallVector<TabledAxis> windowAxes(OpT op, Divisor divisor) {
  auto in = SpatialShape::of(typeOf(op.getInput()).getShape(), op.getLayout());
  auto out =
      SpatialShape::of(typeOf(op.getResult()).getShape(), op.getLayout());
  SmallVector<TabledAxis> axes;
  for (auto [d, size] : llvm::enumerate(in.spatial)) {
    Window window{op.getKernel()[d], op.getStrides()[d], op.getDilations()[d],
                  op.getPadsBegin()[d], op.getPadsEnd()[d]};
    axes.push_back({spatialDim(op.getLayout(), d),
                    windowTable(window, size, out.spatial[d], divisor)});
  }
  return axes;
}

/// Of bins, as many as `cotangent` has elements in space.
static SmallVector<TabledAxis> binAxes(Value input, Value cotangent,
                                       Layout layout, PyramidWindows windows,
                                       Divisor divisor) {
  auto in = SpatialShape::of(typeOf(input).getShape(), layout);
  auto out = SpatialShape::of(typeOf(cotangent).getShape(), layout);
  SmallVector<TabledAxis> axes;
  for (auto [d, size] : llvm::enumerate(in.spatial))
    axes.push_back({spatialDim(layout, d),
                    binTable(size, out.spatial[d], windows, divisor)});
  return axes;
}

static LogicalResult adjointOf(AveragePoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  Divisor divisor = op.getCountIncludePad() ? Divisor::ElementsAndPadding
                                            : Divisor::Elements;
  if (wanted[0])
    result[0] = transposeTables(builder, op.getLoc(), g, typeOf(op.getInput()),
                                windowAxes(op, divisor));
  return success();
}

/// y = (sum |x|^p)^(1/p): x' = |x|^(p-1) sign(x) times the sum over the windows
/// of x of y' y^(1-p).
static Value normCotangent(OpBuilder &builder, Location loc, Value x, Value y,
                           Value g, double p, ArrayRef<TabledAxis> axes) {
  Value scaled = mapElements(
      builder, loc, typeOf(y), {whole(y), whole(g)},
      [&](OpBuilder &b, Location l, ValueRange v) -> Value {
        ScalarBuilder s{b, l};
        Value zero = s.number(v[0], 0);
        Value power = s.make<math::PowFOp>(v[0], s.number(v[0], 1 - p));
        Value isZero = s.compare(arith::CmpFPredicate::OEQ, v[0], zero);
        return s.select(isZero, zero, s.mul(v[1], power));
      });
  Value sums = transposeTables(builder, loc, scaled, typeOf(x), axes);
  if (!sums)
    return {};
  return mapElements(
      builder, loc, typeOf(x), {whole(x), whole(sums)},
      [&](OpBuilder &b, Location l, ValueRange v) -> Value {
        ScalarBuilder s{b, l};
        if (p == 2)
          return s.mul(v[0], v[1]);
        Value zero = s.number(v[0], 0);
        Value power = s.make<math::PowFOp>(s.make<math::AbsFOp>(v[0]),
                                           s.number(v[0], p - 1));
        Value product = s.mul(power, v[1]);
        Value below = s.compare(arith::CmpFPredicate::OLT, v[0], zero);
        Value isZero = s.compare(arith::CmpFPredicate::OEQ, v[0], zero);
        return s.select(isZero, zero, s.select(below, s.neg(product), product));
      });
}

static LogicalResult adjointOf(LpPoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = normCotangent(builder, op.getLoc(), op.getInput(),
                              op.getResult(), g, op.getP().convertToDouble(),
                              windowAxes(op, Divisor::One));
  return success();
}

/// The cotangent of what was pooled into bins.
static Value binCotangent(OpBuilder &builder, Location loc, Value input,
                          Value g, PoolMode mode, PyramidWindows windows,
                          Layout layout) {
  if (mode == PoolMode::Max)
    return AdaptiveMaxPoolGradientOp::create(builder, loc, input.getType(),
                                             input, g, windows, layout);
  return transposeTables(
      builder, loc, g, typeOf(input),
      binAxes(input, g, layout, windows, Divisor::Elements));
}

static LogicalResult adjointOf(GlobalPoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  if (!wanted[0])
    return success();
  Value x = op.getInput();
  if (op.getMode() == PoolMode::Lp)
    result[0] = normCotangent(builder, op.getLoc(), x, op.getResult(), g,
                              op.getP().convertToDouble(),
                              binAxes(x, g, op.getLayout(),
                                      PyramidWindows::Adaptive, Divisor::One));
  else
    result[0] = binCotangent(builder, op.getLoc(), x, g, op.getMode(),
                             PyramidWindows::Adaptive, op.getLayout());
  return success();
}

static LogicalResult adjointOf(AdaptivePoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] =
        binCotangent(builder, op.getLoc(), op.getInput(), g, op.getMode(),
                     PyramidWindows::Adaptive, op.getLayout());
  return success();
}

static LogicalResult adjointOf(MaxPoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  if (wanted[0] && g)
    result[0] = MaxPoolGradientOp::create(
        builder, op.getLoc(), op.getInput().getType(), op.getInput(), g,
        op.getKernel(), op.getStrides(), op.getDilations(), op.getPadsBegin(),
        op.getPadsEnd(), op.getCeilMode(), op.getLayout());
  return success();
}

/// Channels first where they are last, as a permutation.
static SmallVector<int64_t> channelsForward(int64_t rank) {
  SmallVector<int64_t> permutation{0, rank - 1};
  for (int64_t dim = 1; dim + 1 < rank; ++dim)
    permutation.push_back(dim);
  return permutation;
}
static SmallVector<int64_t> channelsBackward(int64_t rank) {
  SmallVector<int64_t> permutation{0};
  for (int64_t dim = 2; dim < rank; ++dim)
    permutation.push_back(dim);
  permutation.push_back(1);
  return permutation;
}

/// The cotangent of level `bins` in the one result of all levels, which it
/// stands in from `offset` on.
static Value takeLevel(OpBuilder &builder, PoolingPyramidOp op, Value g,
                       int64_t bins, int64_t &offset) {
  Location loc = op.getLoc();
  auto shape =
      SpatialShape::of(typeOf(op.getInput()).getShape(), op.getLayout());
  shape.spatial.assign(shape.spatial.size(), bins);
  SmallVector<int64_t> first = shape.shape(Layout::ChannelsFirst);
  int64_t features = *elementCount(ArrayRef(first).drop_front());
  SmallVector<int64_t> offsets{0, offset}, sizes{shape.batch, features},
      strides{1, 1};
  Value flat = tensor::ExtractSliceOp::create(
      builder, loc, typeOf(g).clone(sizes), g, ValueRange(), ValueRange(),
      ValueRange(), offsets, sizes, strides);
  offset += features;
  Value level = withShape(builder, loc, flat, first);
  return op.getLayout() == Layout::ChannelsFirst
             ? level
             : permute(builder, loc, level, channelsBackward(first.size()));
}

namespace {
struct PyramidRule
    : DifferentiableOpInterface::ExternalModel<PyramidRule, PoolingPyramidOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents, Wanted wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<PoolingPyramidOp>(base);
    if (!wanted[0] || typeOf(op.getInput()).getNumElements() == 0)
      return success();
    SmallVector<Value> parts;
    int64_t offset = 0;
    for (auto [level, bins] : llvm::enumerate(op.getBins())) {
      Value g = op.getMaps() ? cotangents[level]
                             : takeLevel(builder, op, cotangents[0], bins,
                                         offset);
      if (g)
        parts.push_back(binCotangent(builder, op.getLoc(), op.getInput(), g,
                                     op.getMode(), op.getWindows(),
                                     op.getLayout()));
    }
    operandCotangents[0] = mapElements(
        builder, op.getLoc(), typeOf(op.getInput()), parts,
        [](OpBuilder &b, Location l, ValueRange values) {
          Value sum = values.front();
          for (Value next : values.drop_front())
            sum = arith::AddFOp::create(b, l, sum, next);
          return sum;
        });
    return success();
  }
};
} // namespace

/// `value` channels first, with its planes (or all of it) in one dimension.
static Value flattenPlanes(OpBuilder &builder, Location loc, Value value,
                           Layout layout, IndexMode mode) {
  int64_t rank = typeOf(value).getRank();
  if (layout == Layout::ChannelsLast)
    value = permute(builder, loc, value, channelsForward(rank));
  ArrayRef<int64_t> shape = typeOf(value).getShape();
  SmallVector<int64_t> flat{*elementCount(shape)};
  if (mode == IndexMode::Plane)
    flat = {shape[0], shape[1], *elementCount(shape.drop_front(2))};
  return withShape(builder, loc, value, flat);
}

/// The way back, to the shape of `type`.
static Value unflattenPlanes(OpBuilder &builder, Location loc, Value value,
                             RankedTensorType type, Layout layout) {
  auto shape = SpatialShape::of(type.getShape(), layout);
  value = withShape(builder, loc, value, shape.shape(Layout::ChannelsFirst));
  return layout == Layout::ChannelsFirst
             ? value
             : permute(builder, loc, value, channelsBackward(type.getRank()));
}

/// Linear in the cotangent, which has the value at its maximum; constant in the
/// input.
static LogicalResult adjointOf(MaxPoolGradientOp op, OpBuilder &builder,
                               Value g, Wanted wanted,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getCotangent());
  if (!wanted[1] || type.getNumElements() == 0)
    return success();
  auto pool = MaxPoolOp::create(
      builder, loc, type, type.clone(builder.getI64Type()), op.getInput(),
      op.getKernel(), op.getStrides(), op.getDilations(), op.getPadsBegin(),
      op.getPadsEnd(), op.getCeilMode(), IndexMode::Plane,
      /*column_major=*/false, op.getLayout());
  auto flatten = [&](Value value) {
    return flattenPlanes(builder, loc, value, op.getLayout(), IndexMode::Plane);
  };
  Value indices = flatten(pool.getIndices());
  Value picked = GatherElementsOp::create(
      builder, loc, typeOf(indices).clone(type.getElementType()), flatten(g),
      indices, 2);
  result[1] = unflattenPlanes(builder, loc, picked, type, op.getLayout());
  return success();
}

/// Numbers from 0 on, in the order of the elements.
static Value countElements(OpBuilder &builder, Location loc,
                           RankedTensorType type) {
  return mapElements(
      builder, loc, type.clone(builder.getI64Type()), ValueRange(),
      [&](OpBuilder &b, Location l, ValueRange) -> Value {
        Value number = arith::ConstantIndexOp::create(b, l, 0);
        for (auto [dim, size] : llvm::enumerate(type.getShape())) {
          Value pitch = arith::ConstantIndexOp::create(b, l, size);
          number = arith::MulIOp::create(b, l, number, pitch);
          Value index = linalg::IndexOp::create(b, l, dim);
          number = arith::AddIOp::create(b, l, number, index);
        }
        return arith::IndexCastOp::create(b, l, b.getI64Type(), number);
      });
}

/// An element has the cotangent of the place it was put at, unless a later one
/// was put there too.
static LogicalResult adjointOf(MaxUnpoolOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  if (!wanted[0] || type.getNumElements() == 0)
    return success();
  Value numbers = countElements(builder, loc, type);
  Value winners = MaxUnpoolOp::create(
      builder, loc, typeOf(g).clone(builder.getI64Type()), numbers,
      op.getIndices(), op.getIndexMode(), op.getLayout());
  auto flatten = [&](Value value) {
    return flattenPlanes(builder, loc, value, op.getLayout(),
                         op.getIndexMode());
  };
  Value indices = flatten(op.getIndices());
  int64_t axis = typeOf(indices).getRank() - 1;
  auto pick = [&](Value data) -> Value {
    return GatherElementsOp::create(
        builder, loc, typeOf(indices).clone(typeOf(data).getElementType()),
        flatten(data), indices, axis);
  };
  Value chosen = mapElements(
      builder, loc, typeOf(indices).clone(type.getElementType()),
      {pick(g), pick(winners), flatten(numbers)},
      [](OpBuilder &b, Location l, ValueRange v) -> Value {
        Value last = arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq,
                                           v[1], v[2]);
        Value zero = scalar(b, l, v[0].getType(), 0);
        return arith::SelectOp::create(b, l, last, v[0], zero);
      });
  result[0] = unflattenPlanes(builder, loc, chosen, type, op.getLayout());
  return success();
}

void lacuna::attachPoolingRules(MLIRContext *context) {
  attachRule<MaxPoolOp, adjointOf>(context);
  attachRule<MaxPoolGradientOp, adjointOf>(context);
  attachRule<AveragePoolOp, adjointOf>(context);
  attachRule<LpPoolOp, adjointOf>(context);
  attachRule<GlobalPoolOp, adjointOf>(context);
  attachRule<AdaptivePoolOp, adjointOf>(context);
  attachRule<MaxUnpoolOp, adjointOf>(context);
  PoolingPyramidOp::attachInterface<PyramidRule>(*context);
}
