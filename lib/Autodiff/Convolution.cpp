//===- Convolution.cpp - Rules of convolutions ----------------------------===//
// Convolution, its transpose and the gradient by the filter are the three ways
// to read one trilinear form, so each one's cotangents are the other two.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/SlidingWindow.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// The form sum small[n, o, p] filter[o, i, k] large[n, i, p s + k d - pad]:
/// `small` is a convolution's result, `large` its input.
class Form {
public:
  template <typename OpT>
  Form(OpBuilder &builder, OpT op, RankedTensorType small,
       RankedTensorType large, ArrayRef<int64_t> kernel)
      : builder(builder), loc(op.getLoc()), layout(op.getLayout()),
        groups(op.getGroups()), smallType(small), largeType(large),
        window{llvm::to_vector(kernel), llvm::to_vector(op.getStrides()),
               llvm::to_vector(op.getDilations()),
               llvm::to_vector(op.getPadsBegin()), {}} {
    auto from = SpatialShape::of(large.getShape(), layout);
    auto to = SpatialShape::of(small.getShape(), layout);
    // The padding that makes the windows end where they do.
    for (auto [d, outputs] : llvm::enumerate(to.spatial))
      window.padsEnd.push_back((outputs - 1) * window.strides[d] +
                               window.dilations[d] * (kernel[d] - 1) + 1 -
                               from.spatial[d] - window.padsBegin[d]);
  }

  Value small(Value large, Value filter);
  Value large(Value small, Value filter);
  Value filter(Value large, Value small);

private:
  Value crop(Value large, SmallVectorImpl<int64_t> &begin,
             SmallVectorImpl<int64_t> &end);

  OpBuilder &builder;
  Location loc;
  Layout layout;
  int64_t groups;
  RankedTensorType smallType, largeType;
  SlidingWindow window;
};
} // namespace

/// `large` without what negative pads take off; the pads left are not
/// negative.
Value Form::crop(Value large, SmallVectorImpl<int64_t> &begin,
                 SmallVectorImpl<int64_t> &end) {
  SmallVector<int64_t> offsets(largeType.getRank(), 0),
      sizes(largeType.getShape()), strides(largeType.getRank(), 1);
  for (auto [d, low, high] : llvm::enumerate(begin, end)) {
    int64_t dim = spatialDim(layout, d);
    offsets[dim] = std::max<int64_t>(-low, 0);
    sizes[dim] -= offsets[dim] + std::max<int64_t>(-high, 0);
    low = std::max<int64_t>(low, 0);
    high = std::max<int64_t>(high, 0);
  }
  if (ArrayRef(sizes) == largeType.getShape())
    return large;
  return tensor::ExtractSliceOp::create(
      builder, loc, largeType.clone(sizes), large, ValueRange(), ValueRange(),
      ValueRange(), offsets, sizes, strides);
}

Value Form::small(Value large, Value filter) {
  SmallVector<int64_t> begin = window.padsBegin, end = window.padsEnd;
  Value input = crop(large, begin, end);
  return ConvolutionOp::create(builder, loc, smallType, input, filter, Value(),
                               window.strides, window.dilations, begin, end,
                               groups, layout);
}

Value Form::large(Value small, Value filter) {
  SmallVector<int64_t> none(window.rank(), 0);
  return TransposedConvolutionOp::create(
      builder, loc, largeType, small, filter, Value(), window.strides,
      window.dilations, window.padsBegin, window.padsEnd, none, groups, layout);
}

Value Form::filter(Value large, Value small) {
  auto channels = [&](RankedTensorType type) {
    return SpatialShape::of(type.getShape(), layout).channels;
  };
  SmallVector<int64_t> shape{channels(smallType), channels(largeType) / groups};
  llvm::append_range(shape, window.kernel);
  return ConvolutionFilterGradientOp::create(
      builder, loc, largeType.clone(shape), large, small, window.kernel,
      window.strides, window.dilations, window.padsBegin, window.padsEnd,
      groups, layout);
}

static Value sumToChannels(OpBuilder &builder, Location loc, Value cotangent,
                           Layout layout) {
  int64_t rank = typeOf(cotangent).getRank();
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != channelDim(layout, rank))
      dims.push_back(dim);
  return sumOver(builder, loc, cotangent, dims);
}

/// Without elements on one side there are no windows, and all is 0.
static bool isEmpty(std::initializer_list<Value> values) {
  return llvm::any_of(values, [](Value value) {
    return typeOf(value).getNumElements() == 0;
  });
}

static LogicalResult adjointOf(ConvolutionOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (isEmpty({g, op.getInput(), op.getFilter()}))
    return success();
  Form form(builder, op, typeOf(g), typeOf(op.getInput()),
            typeOf(op.getFilter()).getShape().drop_front(2));
  if (wanted[0])
    result[0] = form.large(g, op.getFilter());
  if (wanted[1])
    result[1] = form.filter(op.getInput(), g);
  if (op.getBias() && wanted[2])
    result[2] = sumToChannels(builder, op.getLoc(), g, op.getLayout());
  return success();
}

static LogicalResult adjointOf(TransposedConvolutionOp op, OpBuilder &builder,
                               Value g, const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (isEmpty({g, op.getInput(), op.getFilter()}))
    return success();
  Form form(builder, op, typeOf(op.getInput()), typeOf(g),
            typeOf(op.getFilter()).getShape().drop_front(2));
  if (wanted[0])
    result[0] = form.small(g, op.getFilter());
  if (wanted[1])
    result[1] = form.filter(g, op.getInput());
  if (op.getBias() && wanted[2])
    result[2] = sumToChannels(builder, op.getLoc(), g, op.getLayout());
  return success();
}

/// The cotangent stands in the filter's place.
static LogicalResult adjointOf(ConvolutionFilterGradientOp op,
                               OpBuilder &builder, Value g,
                               const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (isEmpty({g, op.getInput(), op.getCotangent()}))
    return success();
  if (op.getResultLayout() == Layout::ChannelsLast) {
    SmallVector<int64_t> order{0, typeOf(g).getRank() - 1};
    for (int64_t dim = 1; dim + 1 < typeOf(g).getRank(); ++dim)
      order.push_back(dim);
    g = permute(builder, op.getLoc(), g, order);
  }
  Form form(builder, op, typeOf(op.getCotangent()), typeOf(op.getInput()),
            op.getKernel());
  if (wanted[0])
    result[0] = form.large(op.getCotangent(), g);
  if (wanted[1])
    result[1] = form.small(op.getInput(), g);
  return success();
}

void lacuna::attachConvolutionRules(MLIRContext *context) {
  attachRule<ConvolutionOp, adjointOf>(context);
  attachRule<TransposedConvolutionOp, adjointOf>(context);
  attachRule<ConvolutionFilterGradientOp, adjointOf>(context);
}
