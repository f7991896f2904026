//===- LocalResponseNorm.cpp - Rule of local response normalisation -------===//
// With s = bias + W x^2, W the windows over channels times alpha / size:
// x' = g s^-beta - 2 beta x W' (g x s^(-beta - 1)), W' the transpose.
//===----------------------------------------------------------------------===//
#include "ResampleAxes.h"
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;

/// W: for each channel the channels it reads, cut at the ends.
static ResizeTable windowsOf(LocalResponseNormOp op, int64_t channels) {
  int64_t size = op.getSize();
  double weight = op.getAlpha().convertToDouble() / size;
  std::vector<SmallVector<ResizeTable::Entry>> table(channels);
  for (int64_t c = 0; c < channels; ++c) {
    int64_t low = std::max<int64_t>(c - (size - 1) / 2, 0);
    int64_t high = std::min<int64_t>(c + size / 2, channels - 1);
    for (int64_t read = low; read <= high; ++read)
      table[c].push_back({int32_t(read), weight});
  }
  return ResizeTable::of(table);
}

static LogicalResult adjointOf(LocalResponseNormOp op, OpBuilder &builder,
                               Value g, const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  if (!wanted[0] || type.getNumElements() == 0)
    return success();
  RankedTensorType wide = type.clone(wideType(type.getElementType()));
  double beta = op.getBeta().convertToDouble();
  double bias = op.getBias().convertToDouble();
  Operand x = whole(op.getInput());
  auto map = [&](RankedTensorType to, ArrayRef<Operand> operands,
                 llvm::function_ref<Value(ScalarBuilder &, ValueRange)> body) {
    return mapElements(builder, loc, to, operands,
                       [&](OpBuilder &b, Location l, ValueRange values) {
                         ScalarBuilder s{b, l};
                         return body(s, values);
                       });
  };
  int64_t dim = channelDim(op.getLayout(), type.getRank());
  ResizeTable windows = windowsOf(op, type.getDimSize(dim));
  auto power = [&](ScalarBuilder &s, Value sum, double exponent) {
    Value base = s.add(sum, s.number(sum, bias));
    return s.make<math::PowFOp>(base, s.number(sum, exponent));
  };
  Value squares = map(wide, {x}, [](ScalarBuilder &s, ValueRange v) {
    return s.mul(v[0], v[0]);
  });
  TabledAxis forward{dim, windows.transposed(windows.outputs)};
  Operand sums =
      whole(transposeTables(builder, loc, squares, wide, {forward}));
  Value scaled = map(wide, {x, whole(g), sums},
                     [&](ScalarBuilder &s, ValueRange v) {
                       Value product = s.mul(v[0], v[1]);
                       return s.mul(product, power(s, v[2], -beta - 1));
                     });
  Operand spread =
      whole(transposeTables(builder, loc, scaled, wide, {{dim, windows}}));
  result[0] = map(type, {x, whole(g), sums, spread},
                  [&](ScalarBuilder &s, ValueRange v) {
                    Value own = s.mul(v[1], power(s, v[2], -beta));
                    Value factor = s.mul(v[0], s.number(v[0], 2 * beta));
                    return s.sub(own, s.mul(factor, v[3]));
                  });
  return success();
}

void lacuna::attachLocalResponseNormRules(MLIRContext *context) {
  attachRule<LocalResponseNormOp, adjointOf>(context);
}
