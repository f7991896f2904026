//===- MixBeforeResize.cpp - Mix channels before maps are enlarged --------===//
// A resize is linear and treats all channels alike, so that mixing channels
// commutes with it. A convolution of a concatenation is a sum of convolutions:
// its share in an enlarged map is mixed where the map is small.
//===----------------------------------------------------------------------===//
#include "InterpolationMatrix.h"
#include "Rewrites.h"
#include "lacuna/IR/ResizeTable.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>

namespace lacuna {
#define GEN_PASS_DEF_MIXBEFORERESIZE
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The elements of the matrix that stands for a resize and windows, at most.
static constexpr int64_t mostEntries = int64_t(1) << 24;

namespace {
/// How the share of a piece of the input is computed.
enum class Share {
  Convolved, // as it was
  Resized,   // mixed, then enlarged
  Bias,      // a number for each image and channel
  Windows,   // mixed for each tap, then a product with constants
};

/// Some channels of the convolution's input.
struct Piece {
  Value value;
  int64_t first, channels;
  Share share = Share::Convolved;

  ResizeOp resize() const { return value.getDefiningOp<ResizeOp>(); }
};

/// A convolution of constant filter, taken apart.
class Shares {
public:
  static std::optional<Shares> of(ConvolutionOp op);
  bool any();
  Value emit(PatternRewriter &rewriter);

private:
  Shares(ConvolutionOp op, SlidingWindow window, ArrayRef<char> filter)
      : op(op), window(std::move(window)), filter(filter) {}

  Share choose(const Piece &piece);
  Value constantFilter(OpBuilder &b, ArrayRef<int64_t> channels,
                       bool tapsAsRows);
  Value mix(OpBuilder &b, const Piece &piece, Value bias);
  Value rest(OpBuilder &b);
  Value resized(OpBuilder &b, const Piece &piece, Value bias);
  Value biases(OpBuilder &b, Value sum);
  Value windows(OpBuilder &b);
  Value windowProduct(OpBuilder &b, Value matrix, Value maps);

  int64_t outputs() { return typeOf(op.getFilter()).getDimSize(0); }
  int64_t taps() {
    return llvm::product_of(ArrayRef(window.kernel));
  }
  bool has(Share share) {
    return llvm::any_of(pieces, [&](const Piece &piece) {
      return piece.share == share;
    });
  }

  ConvolutionOp op;
  SlidingWindow window;
  ArrayRef<char> filter;
  SmallVector<Piece> pieces;
};
} // namespace

static int64_t pixels(Value value, Layout layout) {
  return llvm::product_of(
      ArrayRef(SpatialShape::of(typeOf(value).getShape(), layout).spatial));
}

/// Whether `op` enlarges space alone, by weights whose sum is 1.
static bool enlargesSpace(ResizeOp op, Layout layout) {
  if (!op || op.getCoordinates() == Coordinates::TfCropAndResize ||
      !typeOf(op.getInput()).hasStaticShape() ||
      !isa<FloatType>(typeOf(op.getInput()).getElementType()))
    return false;
  int64_t rank = typeOf(op.getInput()).getRank();
  for (int64_t dim : {int64_t(0), channelDim(layout, rank)})
    if (!ResizeTable::of(op, dim).isIdentity(typeOf(op.getInput()).getDimSize(dim)))
      return false;
  return pixels(op.getInput(), layout) * 2 <= pixels(op.getResult(), layout);
}

static SmallVector<Piece> piecesOf(ConvolutionOp op) {
  int64_t rank = typeOf(op.getInput()).getRank();
  int64_t dim = channelDim(op.getLayout(), rank), first = 0;
  auto concat = op.getInput().getDefiningOp<tensor::ConcatOp>();
  if (!concat || int64_t(concat.getDim()) != dim || !concat->hasOneUse())
    return {{op.getInput(), 0, typeOf(op.getInput()).getDimSize(dim)}};
  SmallVector<Piece> pieces;
  for (Value value : concat.getInputs()) {
    pieces.push_back({value, first, typeOf(value).getDimSize(dim)});
    first += pieces.back().channels;
  }
  return pieces;
}

std::optional<Shares> Shares::of(ConvolutionOp op) {
  ArrayRef<char> filter = constantBytes(op.getFilter());
  RankedTensorType input = typeOf(op.getInput()), result = typeOf(op.getResult());
  if (filter.empty() || op.getGroups() != 1 || !input.hasStaticShape() ||
      !result.hasStaticShape() || result.getNumElements() == 0)
    return std::nullopt;
  auto window =
      SlidingWindow::from(op, typeOf(op.getFilter()).getShape().drop_front(2));
  if (failed(window))
    return std::nullopt;
  Shares shares(op, std::move(*window), filter);
  shares.pieces = piecesOf(op);
  for (Piece &piece : shares.pieces)
    piece.share = shares.choose(piece);
  return shares;
}

bool Shares::any() {
  return llvm::any_of(pieces, [](const Piece &piece) {
    return piece.share != Share::Convolved;
  });
}

/// By multiplications; what is not at least halved stays.
Share Shares::choose(const Piece &piece) {
  ResizeOp resize = piece.resize();
  if (!enlargesSpace(resize, op.getLayout()) || !resize->hasOneUse())
    return Share::Convolved;
  int64_t from = pixels(resize.getInput(), op.getLayout());
  int64_t to = pixels(op.getResult(), op.getLayout());
  if (window.isIdentity()) {
    if (from == 1 && pieces.size() > 1)
      return Share::Bias;
    // The resize, and an addition, now have the convolution's channels.
    return outputs() <= 2 * piece.channels ? Share::Resized : Share::Convolved;
  }
  bool small = to <= mostEntries / (from * taps());
  bool fewer = 2 * from * (to + piece.channels) <= to * piece.channels;
  return small && fewer ? Share::Windows : Share::Convolved;
}

/// The filters' `channels`; taps as kernel, or as further 1x1 filters, slower
/// than the outputs.
Value Shares::constantFilter(OpBuilder &b, ArrayRef<int64_t> channels,
                             bool tapsAsRows) {
  RankedTensorType type = typeOf(op.getFilter());
  int64_t width = type.getElementTypeBitWidth() / 8, count = channels.size();
  int64_t all = type.getDimSize(1);
  std::vector<char> bytes(outputs() * count * taps() * width);
  for (int64_t o = 0; o < outputs(); ++o)
    for (auto [i, channel] : llvm::enumerate(channels))
      for (int64_t t = 0; t < taps(); ++t) {
        int64_t to = tapsAsRows ? (t * outputs() + o) * count + i
                                : (o * count + i) * taps() + t;
        std::memcpy(&bytes[to * width],
                    &filter[((o * all + channel) * taps() + t) * width], width);
      }
  Ints shape(type.getShape());
  shape[1] = count;
  if (tapsAsRows) {
    std::fill(shape.begin() + 2, shape.end(), 1);
    shape[0] = outputs() * taps();
  }
  return makeConstant(b, op.getLoc(), type.clone(shape), std::move(bytes),
                      "filter");
}

static Ints channelRange(const Piece &piece) {
  return llvm::to_vector(
      llvm::seq<int64_t>(piece.first, piece.first + piece.channels));
}

/// The channels of the small map behind `piece`, mixed for each tap.
Value Shares::mix(OpBuilder &b, const Piece &piece, Value bias) {
  Value map = piece.resize().getInput();
  SpatialShape shape = SpatialShape::of(typeOf(map).getShape(), op.getLayout());
  shape.channels = taps() * outputs();
  Ints ones(window.rank(), 1), zeros(window.rank(), 0);
  return ConvolutionOp::create(
      b, op.getLoc(), typeOf(map).clone(shape.shape(op.getLayout())), map,
      constantFilter(b, channelRange(piece), /*tapsAsRows=*/true), bias, ones,
      ones, zeros, zeros, 1, op.getLayout());
}

/// The convolution of the pieces that stay; null if there are none.
Value Shares::rest(OpBuilder &b) {
  SmallVector<Value> values;
  Ints channels;
  for (const Piece &piece : pieces)
    if (piece.share == Share::Convolved) {
      values.push_back(piece.value);
      llvm::append_range(channels, channelRange(piece));
    }
  if (values.empty())
    return nullptr;
  Value input = values[0];
  int64_t dim = channelDim(op.getLayout(), typeOf(input).getRank());
  if (values.size() > 1)
    input = tensor::ConcatOp::create(b, op.getLoc(), dim, values);
  auto convolution = cast<ConvolutionOp>(b.clone(*op));
  convolution.getInputMutable().assign(input);
  convolution.getFilterMutable().assign(
      constantFilter(b, channels, /*tapsAsRows=*/false));
  return convolution.getResult();
}

Value Shares::resized(OpBuilder &b, const Piece &piece, Value bias) {
  Value mixed = mix(b, piece, bias);
  auto resize = cast<ResizeOp>(b.clone(*piece.resize()));
  resize.getInputMutable().assign(mixed);
  resize.getResult().setType(typeOf(op.getResult()));
  return resize.getResult();
}

static Value sumOf(OpBuilder &b, Location loc, Value left, Value right) {
  return left ? Value(arith::AddFOp::create(b, loc, left, right)) : right;
}

/// `sum` and what is the same for all pixels of an image.
Value Shares::biases(OpBuilder &b, Value sum) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getResult());
  Value vectors;
  for (const Piece &piece : pieces)
    if (piece.share == Share::Bias)
      vectors = sumOf(b, loc, vectors,
                      reshape(b, loc, mix(b, piece, nullptr),
                              {type.getDimSize(0), outputs()}));
  if (!vectors)
    return sum;
  int64_t rank = type.getRank();
  AffineMap along = AffineMap::get(
      rank, 0,
      {b.getAffineDimExpr(0),
       b.getAffineDimExpr(channelDim(op.getLayout(), rank))},
      b.getContext());
  return addGeneric(b, loc, sum, vectors, along);
}

/// The shares of all pieces that are read through windows.
Value Shares::windows(OpBuilder &b) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getResult());
  SpatialShape result = SpatialShape::of(type.getShape(), op.getLayout());
  SmallVector<Value> maps;
  SmallVector<InterpolationMatrix> matrices;
  int64_t depth = 0, rows = pixels(op.getResult(), op.getLayout());
  for (const Piece &piece : pieces)
    if (piece.share == Share::Windows) {
      matrices.push_back(InterpolationMatrix::of(
          piece.resize(), op.getLayout(), window, result.spatial));
      Value map = mix(b, piece, nullptr);
      if (op.getLayout() == Layout::ChannelsFirst)
        map = transpose(b, loc, map, toChannelsLast(type.getRank()));
      maps.push_back(reshape(
          b, loc, map, {result.batch, matrices.back().columns, outputs()}));
      depth += matrices.back().columns;
    }
  // Lines of whole 16 bytes, as tensor cores want them.
  int64_t padded = llvm::alignTo(depth, 8);
  if (padded > depth)
    maps.push_back(arith::ConstantOp::create(
        b, loc,
        b.getZeroAttr(RankedTensorType::get(
            {result.batch, padded - depth, outputs()}, type.getElementType()))));
  std::vector<double> numbers(rows * padded, 0.0);
  int64_t first = 0;
  for (const InterpolationMatrix &matrix : matrices) {
    for (int64_t row = 0; row < rows; ++row)
      llvm::copy(ArrayRef(matrix.numbers)
                     .slice(row * matrix.columns, matrix.columns),
                 numbers.begin() + row * padded + first);
    first += matrix.columns;
  }
  Value map = maps.size() == 1 ? maps[0]
                               : tensor::ConcatOp::create(b, loc, 1, maps);
  Value matrix = makeNumbers(
      b, loc, RankedTensorType::get({rows, padded}, type.getElementType()),
      numbers, "interpolation");
  Value product = windowProduct(b, matrix, map);
  result.channels = outputs();
  product = reshape(b, loc, product, result.shape(Layout::ChannelsLast));
  return op.getLayout() == Layout::ChannelsLast
             ? product
             : transpose(b, loc, product, toChannelsFirst(type.getRank()));
}

/// (pixels, depth) times (n, depth, outputs).
Value Shares::windowProduct(OpBuilder &b, Value matrix, Value maps) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(maps);
  auto map = [&](ArrayRef<unsigned> dims) {
    return AffineMapAttr::get(
        AffineMap::getMultiDimMapWithTargets(4, dims, b.getContext()));
  };
  Value init = zeroFilled(b, loc,
                     type.clone({type.getDimSize(0), typeOf(matrix).getDimSize(0),
                                 type.getDimSize(2)}));
  return linalg::ContractOp::create(
             b, loc, TypeRange(init.getType()), ValueRange{matrix, maps},
             ValueRange(init),
             b.getArrayAttr({map({1, 3}), map({0, 3, 2}), map({0, 1, 2})}))
      ->getResult(0);
}

Value Shares::emit(PatternRewriter &rewriter) {
  Location loc = op.getLoc();
  Value sum = rest(rewriter);
  Value bias = sum ? Value() : op.getBias();
  for (const Piece &piece : pieces)
    if (piece.share == Share::Resized) {
      sum = sumOf(rewriter, loc, sum, resized(rewriter, piece, bias));
      bias = nullptr;
    }
  if (has(Share::Windows))
    sum = sumOf(rewriter, loc, sum, windows(rewriter));
  if (!sum)
    sum = zeroFilled(rewriter, loc, typeOf(op.getResult()));
  sum = biases(rewriter, sum);
  if (!bias)
    return sum;
  int64_t rank = typeOf(sum).getRank();
  int64_t channel = channelDim(op.getLayout(), rank);
  return addGeneric(rewriter, loc, sum, bias,
                    AffineMap::get(rank, 0, rewriter.getAffineDimExpr(channel)));
}

namespace {
struct MixFirst : OpRewritePattern<ConvolutionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConvolutionOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<Shares> shares = Shares::of(op);
    if (!shares)
      return rewriter.notifyMatchFailure(op, "no plain filter of constants");
    if (!shares->any())
      return rewriter.notifyMatchFailure(op, "no enlarged map worth it");
    rewriter.replaceOp(op, shares->emit(rewriter));
    return success();
  }
};

struct MixBeforeResize : lacuna::impl::MixBeforeResizeBase<MixBeforeResize> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MixFirst>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
