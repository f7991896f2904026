//===- ChannelsLast.cpp - Convolutions channels last, filters packed ------===//
#include "Rewrites.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>

namespace lacuna {
#define GEN_PASS_DEF_CHANNELSLAST
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// How pack_filter orders a filter (see its description).
struct Packing {
  int64_t outputs, inputs, taps, groups, lanes;

  static Packing of(ArrayRef<int64_t> filter, int64_t groups, int64_t lanes) {
    Packing p{filter[0], filter[1], 1, groups, lanes};
    for (int64_t size : filter.drop_front(2))
      p.taps *= size;
    if (p.inputs == 1 && groups == p.outputs)
      p.groups = 1; // depthwise
    int64_t perGroup = std::max<int64_t>(p.outputs / p.groups, 1);
    p.lanes = std::min(lanes, int64_t(llvm::PowerOf2Ceil(perGroup)));
    return p;
  }
  int64_t panelsPerGroup() const {
    return llvm::divideCeil(outputs / groups, lanes);
  }
  Ints shape() const { return {groups * panelsPerGroup(), taps, inputs, lanes}; }

  std::vector<char> pack(ArrayRef<char> from, int64_t width) const {
    int64_t perGroup = outputs / groups, panels = panelsPerGroup();
    std::vector<char> to(groups * panels * taps * inputs * lanes * width, 0);
    for (int64_t o = 0; o < outputs; ++o) {
      int64_t panel = o / perGroup * panels + o % perGroup / lanes;
      int64_t lane = o % perGroup % lanes;
      for (int64_t i = 0; i < inputs; ++i)
        for (int64_t t = 0; t < taps; ++t)
          std::memcpy(&to[(((panel * taps + t) * inputs + i) * lanes + lane) * width],
                      &from[((o * inputs + i) * taps + t) * width], width);
    }
    return to;
  }
};
} // namespace

static Value packFilter(OpBuilder &builder, Location loc, Value filter,
                        int64_t groups, int64_t lanes) {
  RankedTensorType type = typeOf(filter);
  Packing packing = Packing::of(type.getShape(), groups, lanes);
  auto packed = RankedTensorType::get(packing.shape(), type.getElementType());
  std::vector<char> bytes = copyConstant(filter);
  if (bytes.empty())
    return PackFilterOp::create(builder, loc, packed, filter, groups,
                                packing.lanes);
  int64_t width = type.getElementTypeBitWidth() / 8;
  return makeConstant(builder, loc, packed, packing.pack(bytes, width),
                      "packed_filter");
}

/// The filter of a 1x1 convolution as (outputs, inputs).
static Value filterLines(OpBuilder &builder, Location loc, Value filter) {
  RankedTensorType type = typeOf(filter);
  Ints shape{type.getDimSize(0), type.getDimSize(1)};
  std::vector<char> bytes = copyConstant(filter);
  if (bytes.empty())
    return reshape(builder, loc, filter, shape);
  return makeConstant(builder, loc, type.clone(shape), std::move(bytes),
                      "filter");
}

/// The filter of a 1x1 convolution as (inputs, outputs), so that outputs are
/// contiguous.
static Value filterMatrix(OpBuilder &builder, Location loc, Value filter) {
  RankedTensorType type = typeOf(filter);
  int64_t outputs = type.getDimSize(0), inputs = type.getDimSize(1);
  auto matrix = RankedTensorType::get({inputs, outputs}, type.getElementType());
  std::vector<char> bytes = copyConstant(filter);
  if (!bytes.empty()) {
    int64_t width = type.getElementTypeBitWidth() / 8;
    std::vector<char> turned(bytes.size());
    for (int64_t o = 0; o < outputs; ++o)
      for (int64_t i = 0; i < inputs; ++i)
        std::memcpy(&turned[(i * outputs + o) * width],
                    &bytes[(o * inputs + i) * width], width);
    return makeConstant(builder, loc, matrix, std::move(turned), "filter");
  }
  return transpose(builder, loc, filterLines(builder, loc, filter), {1, 0});
}

static bool allOf(ArrayRef<int64_t> values, int64_t wanted) {
  return llvm::all_of(values, [&](int64_t value) { return value == wanted; });
}

/// A 1x1 convolution without stride: a matrix product over all pixels, with the
/// filter's inputs contiguous if `byLines`.
static Value asProduct(OpBuilder &b, Location loc, Value input, Value filter,
                       bool byLines) {
  RankedTensorType type = typeOf(input);
  Value matrix = byLines ? filterLines(b, loc, filter)
                         : filterMatrix(b, loc, filter);
  Ints shape(type.getShape());
  shape.back() = typeOf(filter).getDimSize(0);
  Value init = zeroFilled(b, loc, type.clone(shape));
  int64_t pixels = type.getRank() - 1, loops = pixels + 2;
  auto map = [&](bool pixel, ArrayRef<int64_t> rest) {
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; pixel && dim < pixels; ++dim)
      exprs.push_back(b.getAffineDimExpr(dim));
    for (int64_t dim : rest)
      exprs.push_back(b.getAffineDimExpr(dim));
    return AffineMapAttr::get(AffineMap::get(loops, 0, exprs, b.getContext()));
  };
  auto maps = b.getArrayAttr({map(true, {pixels + 1}),
                              byLines ? map(false, {pixels, pixels + 1})
                                      : map(false, {pixels + 1, pixels}),
                              map(true, {pixels})});
  return linalg::ContractOp::create(b, loc, TypeRange(init.getType()),
                                    ValueRange{input, matrix}, ValueRange(init),
                                    maps)
      ->getResult(0);
}

namespace {
struct LowerConvolution : OpRewritePattern<ConvolutionOp> {
  LowerConvolution(MLIRContext *context, int64_t lanes, int64_t narrowLanes)
      : OpRewritePattern(context), lanes(lanes), narrowLanes(narrowLanes) {}

  LogicalResult matchAndRewrite(ConvolutionOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    int64_t rank = typeOf(op.getInput()).getRank();
    bool first = op.getLayout() == Layout::ChannelsFirst;
    Value input = op.getInput();
    if (first)
      input = transpose(rewriter, loc, input, toChannelsLast(rank));
    Ints shape(typeOf(op.getResult()).getShape());
    if (first) {
      shape.push_back(shape[1]);
      shape.erase(shape.begin() + 1);
    }
    ArrayRef<int64_t> kernel = typeOf(op.getFilter()).getShape().drop_front(2);
    auto type = RankedTensorType::get(shape, typeOf(op.getResult()).getElementType());
    Value result;
    bool narrow = type.getElementTypeBitWidth() == 16 && narrowLanes > 0;
    if (op.getGroups() == 1 && allOf(kernel, 1) && allOf(op.getStrides(), 1) &&
        allOf(op.getPadsBegin(), 0) && allOf(op.getPadsEnd(), 0)) {
      // Tensor cores read lines of whole 16 bytes.
      result = asProduct(rewriter, loc, input, op.getFilter(),
                         narrow && shape.back() % 8 != 0);
    } else {
      Value panels = packFilter(rewriter, loc, op.getFilter(), op.getGroups(),
                                narrow ? narrowLanes : lanes);
      result = PackedConvolutionOp::create(
          rewriter, loc, type, input, panels, Ints(kernel), op.getStrides(),
          op.getDilations(), op.getPadsBegin(), op.getPadsEnd(), op.getGroups());
    }
    if (op.getBias())
      result = addAlongLast(rewriter, loc, result, op.getBias());
    if (first)
      result = transpose(rewriter, loc, result, toChannelsFirst(rank));
    rewriter.replaceOp(op, result);
    return success();
  }

  int64_t lanes, narrowLanes;
};
} // namespace

namespace {
/// The gradient by a filter reads both operands channels last.
struct TurnFilterGradient : OpRewritePattern<ConvolutionFilterGradientOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvolutionFilterGradientOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getLayout() == Layout::ChannelsLast)
      return rewriter.notifyMatchFailure(op, "channels are last");
    Ints permutation = toChannelsLast(typeOf(op.getInput()).getRank());
    Value input = transpose(rewriter, op.getLoc(), op.getInput(), permutation);
    Value cotangent =
        transpose(rewriter, op.getLoc(), op.getCotangent(), permutation);
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(input);
      op.getCotangentMutable().assign(cotangent);
      op.setLayout(Layout::ChannelsLast);
    });
    return success();
  }
};

/// Tensor cores, which have 16-bit operands, store rows of channels.
struct TurnFilterGradientResult
    : OpRewritePattern<ConvolutionFilterGradientOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvolutionFilterGradientOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = typeOf(op.getResult());
    if (op.getResultLayout() == Layout::ChannelsLast ||
        type.getElementTypeBitWidth() != 16)
      return rewriter.notifyMatchFailure(op, "stays as it is");
    auto clone = cast<ConvolutionFilterGradientOp>(rewriter.clone(*op));
    clone.setResultLayout(Layout::ChannelsLast);
    int64_t rank = type.getRank();
    Ints shape;
    for (int64_t dim : toChannelsLast(rank))
      shape.push_back(type.getDimSize(dim));
    clone.getResult().setType(type.clone(shape));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone.getResult(),
                                     toChannelsFirst(rank)));
    return success();
  }
};

struct ChannelsLast : lacuna::impl::ChannelsLastBase<ChannelsLast> {
  using ChannelsLastBase::ChannelsLastBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerConvolution>(&getContext(), lanes, narrowLanes);
    patterns.add<TurnFilterGradient, TurnFilterGradientResult>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
