//===- SplitTransposedConvolutions.cpp - Upsampling as convolutions -------===//
// Output elements that are congruent modulo the stride see the same taps: each
// such phase is a convolution of stride 1, and no product with an inserted
// zero is ever formed. Where the phases see nearly the same inputs they are
// the output channels of one convolution.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>
#include <numeric>

namespace lacuna {
#define GEN_PASS_DEF_SPLITTRANSPOSEDCONVOLUTIONS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// More phases than these become one convolution whatever it costs.
static constexpr int64_t mostConvolutions = 16;
/// Each phase has code of its own to write its outputs.
static constexpr int64_t mostPhases = 4096;

namespace {
/// One dimension of the convolution that computes some phases: tap t reads
/// input q + first + t step for output q of each phase.
struct PhaseTaps {
  int64_t first = 0, step = 1, taps = 0;
  /// The kernel element of each phase's tap, -1 for none.
  SmallVector<SmallVector<int64_t>> source;

  static PhaseTaps of(const Window &window, ArrayRef<int64_t> phases);
};

/// A transposed convolution, channels last.
struct TransposedConvolution {
  Value input, filter;
  SmallVector<Window> windows;
  SpatialShape in, out;
  int64_t groups;

  static TransposedConvolution of(TransposedConvolutionOp op, Value input);
  int64_t rank() const { return windows.size(); }
  /// Phases along `dim`; strides longer than the outputs leave some empty.
  int64_t phasesAlong(int64_t dim) const {
    return std::clamp<int64_t>(out.spatial[dim], 1, windows[dim].stride);
  }
  SmallVector<int64_t> phases() const {
    return llvm::map_to_vector(llvm::seq(rank()),
                               [&](int64_t dim) { return phasesAlong(dim); });
  }
  int64_t phaseCount() const {
    uint64_t count = 1;
    for (int64_t each : phases())
      count = llvm::SaturatingMultiply<uint64_t>(count, each);
    return std::min<uint64_t>(count, INT64_MAX);
  }
  /// Outputs of a phase along `dim`; the last ones of some lie outside.
  int64_t phaseOutputs(int64_t dim) const {
    return llvm::divideCeil(out.spatial[dim], phasesAlong(dim));
  }
  bool runsAsOne() const;
  SmallVector<PhaseTaps> allPhases() const;
  SmallVector<PhaseTaps> onePhase(int64_t number) const;
  Value convolve(OpBuilder &b, Location loc, ArrayRef<PhaseTaps> taps) const;
};
} // namespace

PhaseTaps PhaseTaps::of(const Window &w, ArrayRef<int64_t> phases) {
  // Output q s + r takes tap k from input q + (r + pad - k dilation) / s.
  auto offsetOf = [&](int64_t phase, int64_t k) -> std::optional<int64_t> {
    int64_t distance = phase + w.padBegin - k * w.dilation;
    if (distance % w.stride != 0)
      return std::nullopt;
    return distance / w.stride;
  };
  SmallVector<int64_t> offsets;
  for (int64_t phase : phases)
    for (int64_t k = 0; k < w.kernel; ++k)
      if (auto offset = offsetOf(phase, k))
        offsets.push_back(*offset);
  PhaseTaps result;
  result.source.resize(phases.size());
  if (offsets.empty())
    return result;
  result.first = *llvm::min_element(offsets);
  int64_t step = 0;
  for (int64_t offset : offsets)
    step = std::gcd(step, offset - result.first);
  result.step = std::max<int64_t>(step, 1);
  result.taps =
      (*llvm::max_element(offsets) - result.first) / result.step + 1;
  for (auto [phase, source] : llvm::zip(phases, result.source)) {
    source.assign(result.taps, -1);
    for (int64_t k = 0; k < w.kernel; ++k)
      if (auto offset = offsetOf(phase, k))
        source[(*offset - result.first) / result.step] = k;
  }
  return result;
}

TransposedConvolution
TransposedConvolution::of(TransposedConvolutionOp op, Value input) {
  TransposedConvolution t{
      input,
      op.getFilter(),
      {},
      SpatialShape::of(typeOf(input).getShape(), Layout::ChannelsLast),
      SpatialShape::of(typeOf(op.getResult()).getShape(), op.getLayout()),
      static_cast<int64_t>(op.getGroups())};
  ArrayRef<int64_t> kernel = typeOf(t.filter).getShape().drop_front(2);
  for (auto [d, size] : llvm::enumerate(kernel))
    t.windows.push_back({size, op.getStrides()[d], op.getDilations()[d],
                         op.getPadsBegin()[d], op.getPadsEnd()[d]});
  return t;
}

SmallVector<PhaseTaps> TransposedConvolution::allPhases() const {
  SmallVector<PhaseTaps> taps;
  for (auto [dim, window] : llvm::enumerate(windows))
    taps.push_back(PhaseTaps::of(
        window, llvm::to_vector(llvm::seq<int64_t>(0, phasesAlong(dim)))));
  return taps;
}

/// Phases are numbered with the last dimension's running fastest.
SmallVector<PhaseTaps> TransposedConvolution::onePhase(int64_t number) const {
  SmallVector<PhaseTaps> taps(rank());
  for (int64_t d = rank() - 1; d >= 0; --d) {
    taps[d] = PhaseTaps::of(windows[d], {number % phasesAlong(d)});
    number /= phasesAlong(d);
  }
  return taps;
}

/// Whether one convolution with all phases as channels is better: it does at
/// most a fifth more products, or there would be too many of them.
bool TransposedConvolution::runsAsOne() const {
  if (groups != 1)
    return false;
  double kernel = 1, together = 1;
  for (auto [window, taps] : llvm::zip(windows, allPhases())) {
    kernel *= window.kernel;
    together *= taps.taps * int64_t(taps.source.size());
  }
  return phaseCount() > mostConvolutions || together <= 1.2 * kernel;
}

/// The filter of the phases of `taps`, of shape (phases O, I / groups, taps):
/// the elements of `filter`, (I, O / groups, k), that `source` names.
static std::vector<char> selectTaps(ArrayRef<char> bytes, int64_t width,
                                    const TransposedConvolution &t,
                                    ArrayRef<PhaseTaps> taps,
                                    ArrayRef<int64_t> shape) {
  int64_t outputs = t.out.channels / t.groups, inputs = shape[1];
  int64_t kernel = 1, tapCount = 1;
  for (auto [window, each] : llvm::zip(t.windows, taps)) {
    kernel *= window.kernel;
    tapCount *= each.taps;
  }
  std::vector<char> result(shape[0] * inputs * tapCount * width, 0);
  for (int64_t o = 0; o < shape[0]; ++o)
    for (int64_t tap = 0; tap < tapCount; ++tap) {
      int64_t phase = o / t.out.channels, rest = tap, k = 0, pitch = 1;
      for (int64_t d = t.rank() - 1; d >= 0; --d) {
        int64_t phases = taps[d].source.size();
        int64_t source = taps[d].source[phase % phases][rest % taps[d].taps];
        phase /= phases;
        rest /= taps[d].taps;
        k = source < 0 || k < 0 ? -1 : k + source * pitch;
        pitch *= t.windows[d].kernel;
      }
      if (k < 0)
        continue;
      int64_t group = o % t.out.channels / outputs;
      for (int64_t i = 0; i < inputs; ++i) {
        int64_t from = (group * inputs + i) * outputs + o % outputs;
        std::memcpy(&result[((o * inputs + i) * tapCount + tap) * width],
                    &bytes[(from * kernel + k) * width], width);
      }
    }
  return result;
}

namespace {
/// Tap t of one phase along one dimension is kernel element start + t step.
struct TapLine {
  int64_t start, step;
};
} // namespace

/// The lines of all dimensions, where `taps` are of one phase; no tap of a
/// single phase is without a kernel element.
static std::optional<SmallVector<TapLine>>
tapLines(ArrayRef<PhaseTaps> taps) {
  SmallVector<TapLine> lines;
  for (const PhaseTaps &each : taps) {
    if (each.source.size() != 1)
      return std::nullopt;
    ArrayRef<int64_t> source = each.source[0];
    int64_t step = source.size() > 1 ? source[1] - source[0] : 0;
    lines.push_back({source[0], step});
  }
  return lines;
}

/// The filter of one phase, known at run time only: element (o, i, t) is
/// element (g I + i, o mod O, start + t step) of the filter, g = o / O.
static Value readTapLines(OpBuilder &b, Location loc,
                          const TransposedConvolution &t,
                          ArrayRef<TapLine> lines, RankedTensorType type) {
  int64_t outputs = t.out.channels / t.groups, inputs = type.getDimSize(1);
  auto body = [&](OpBuilder &b, Location loc, ValueRange) {
    auto number = [&](int64_t value) {
      return arith::ConstantIndexOp::create(b, loc, value);
    };
    auto timesPlus = [&](Value value, int64_t factor, Value more) -> Value {
      value = arith::MulIOp::create(b, loc, value, number(factor));
      return arith::AddIOp::create(b, loc, value, more);
    };
    Value output = linalg::IndexOp::create(b, loc, 0);
    Value input = linalg::IndexOp::create(b, loc, 1);
    if (t.groups > 1) {
      Value group =
          arith::DivUIOp::create(b, loc, output, number(outputs));
      input = timesPlus(group, inputs, input);
      output = arith::RemUIOp::create(b, loc, output, number(outputs));
    }
    SmallVector<Value> at{input, output};
    for (auto [d, line] : llvm::enumerate(lines))
      at.push_back(timesPlus(linalg::IndexOp::create(b, loc, d + 2), line.step,
                             number(line.start)));
    Value element = tensor::ExtractOp::create(b, loc, t.filter, at);
    linalg::YieldOp::create(b, loc, element);
  };
  Value target =
      tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  SmallVector<AffineMap> maps(1, b.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  return linalg::GenericOp::create(b, loc, TypeRange(type), ValueRange(),
                                   ValueRange(target), maps, iterators, body)
      .getResult(0);
}

/// The same for a filter known at run time only, through a table of offsets
/// into it; an offset of -1 stands for 0.
static Value selectTapsAtRunTime(OpBuilder &b, Location loc,
                                 const TransposedConvolution &t,
                                 ArrayRef<PhaseTaps> taps,
                                 RankedTensorType type) {
  if (auto lines = tapLines(taps))
    return readTapLines(b, loc, t, *lines, type);
  RankedTensorType filterType = typeOf(t.filter);
  int64_t count = filterType.getNumElements();
  std::vector<int64_t> offsets(count);
  std::iota(offsets.begin(), offsets.end(), int64_t(1));
  ArrayRef<char> bytes(reinterpret_cast<char *>(offsets.data()), count * 8);
  auto selected = selectTaps(bytes, 8, t, taps, type.getShape());
  Value table = makeConstant(b, loc, type.clone(b.getI64Type()),
                             std::move(selected), "filter_taps");
  SmallVector<ReassociationIndices> all(1);
  for (int64_t d = 0; d < filterType.getRank(); ++d)
    all[0].push_back(d);
  Value flat = tensor::CollapseShapeOp::create(
      b, loc, RankedTensorType::get({count}, type.getElementType()), t.filter,
      all);
  Value target =
      tensor::EmptyOp::create(b, loc, type.getShape(), type.getElementType());
  SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto body = [&](OpBuilder &b, Location loc, ValueRange arguments) {
    Value one = arith::ConstantIntOp::create(b, loc, 1, 64);
    Value found = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                        arguments[0], one);
    Value offset = arith::SubIOp::create(
        b, loc, arith::MaxSIOp::create(b, loc, arguments[0], one), one);
    Value index =
        arith::IndexCastOp::create(b, loc, b.getIndexType(), offset);
    Value element = tensor::ExtractOp::create(b, loc, flat, index);
    Value zero = arith::ConstantOp::create(
        b, loc, b.getZeroAttr(type.getElementType()));
    Value chosen = arith::SelectOp::create(b, loc, found, element, zero);
    linalg::YieldOp::create(b, loc, chosen);
  };
  return linalg::GenericOp::create(b, loc, TypeRange(type), ValueRange(table),
                                   ValueRange(target), maps, iterators, body)
      .getResult(0);
}

static Value zeros(OpBuilder &b, Location loc, RankedTensorType type) {
  auto zero = b.getZeroAttr(type.getElementType());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, zero));
}

/// The outputs of the phases of `taps`.
Value TransposedConvolution::convolve(OpBuilder &b, Location loc,
                                      ArrayRef<PhaseTaps> taps) const {
  Type element = typeOf(input).getElementType();
  SpatialShape kept = in, result = out;
  SmallVector<int64_t> filterShape{out.channels, in.channels / groups};
  SmallVector<int64_t> starts{0}, ones(rank(), 1), steps, begins, ends;
  bool sees = in.batch != 0;
  for (auto [d, t] : llvm::enumerate(taps)) {
    filterShape[0] *= t.source.size();
    filterShape.push_back(t.taps);
    result.spatial[d] = phaseOutputs(d);
    int64_t last = result.spatial[d] - 1 + t.first + (t.taps - 1) * t.step;
    int64_t start = std::clamp<int64_t>(t.first, 0, in.spatial[d]);
    int64_t stop = std::min(in.spatial[d], last + 1);
    sees &= t.taps > 0 && start < stop;
    starts.push_back(start);
    kept.spatial[d] = std::max<int64_t>(stop - start, 0);
    steps.push_back(t.step);
    begins.push_back(start - t.first);
    ends.push_back(last + 1 - stop);
  }
  result.channels = filterShape[0];
  auto type =
      RankedTensorType::get(result.shape(Layout::ChannelsLast), element);
  if (!sees)
    return zeros(b, loc, type);
  auto filterType = RankedTensorType::get(filterShape, element);
  std::vector<char> bytes = copyConstant(filter);
  int64_t width = element.getIntOrFloatBitWidth() / 8;
  Value chosen =
      bytes.empty()
          ? selectTapsAtRunTime(b, loc, *this, taps, filterType)
          : makeConstant(b, loc, filterType,
                         selectTaps(bytes, width, *this, taps, filterShape),
                         "phase_filter");
  Value data = input;
  if (kept.spatial != in.spatial) {
    starts.push_back(0);
    SmallVector<OpFoldResult> offsets = getAsIndexOpFoldResult(
                                  b.getContext(), starts),
                              sizes = getAsIndexOpFoldResult(
                                  b.getContext(),
                                  kept.shape(Layout::ChannelsLast)),
                              strides(starts.size(), b.getIndexAttr(1));
    data = tensor::ExtractSliceOp::create(b, loc, input, offsets, sizes,
                                          strides);
  }
  return ConvolutionOp::create(b, loc, type, data, chosen, Value(), ones, steps,
                               begins, ends, groups, Layout::ChannelsLast);
}

namespace {
struct SplitTransposedConvolution
    : OpRewritePattern<TransposedConvolutionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposedConvolutionOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getResult());
    if (!typeOf(op.getInput()).hasStaticShape() || !type.hasStaticShape() ||
        !typeOf(op.getFilter()).hasStaticShape())
      return rewriter.notifyMatchFailure(op, "sizes are not static");
    bool first = op.getLayout() == Layout::ChannelsFirst;
    Value input = op.getInput();
    if (first)
      input = transpose(rewriter, loc, input, toChannelsLast(type.getRank()));
    auto t = TransposedConvolution::of(op, input);
    SmallVector<Value> phases;
    if (t.runsAsOne())
      phases.push_back(t.convolve(rewriter, loc, t.allPhases()));
    for (int64_t n = 0; !t.runsAsOne() && n < t.phaseCount(); ++n)
      phases.push_back(t.convolve(rewriter, loc, t.onePhase(n)));
    auto last = RankedTensorType::get(t.out.shape(Layout::ChannelsLast),
                                      type.getElementType());
    Value result = phases[0];
    if (t.phaseCount() != 1)
      result = InterleaveOp::create(rewriter, loc, last, phases,
                                    t.phases(), t.out.spatial);
    if (op.getBias())
      result = addAlongLast(rewriter, loc, result, op.getBias());
    if (first)
      result = transpose(rewriter, loc, result, toChannelsFirst(type.getRank()));
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct SplitTransposedConvolutions
    : lacuna::impl::SplitTransposedConvolutionsBase<
          SplitTransposedConvolutions> {
  void runOnOperation() override {
    WalkResult found = getOperation().walk([](TransposedConvolutionOp op) {
      int64_t phases =
          TransposedConvolution::of(op, op.getInput()).phaseCount();
      if (phases <= mostPhases)
        return WalkResult::advance();
      op.emitOpError("must have at most ")
          << mostPhases << " outputs that see the kernel at different places, "
          << "got strides that make " << phases;
      return WalkResult::interrupt();
    });
    if (found.wasInterrupted())
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<SplitTransposedConvolution>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
