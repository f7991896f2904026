//===- DeviceDepthwise.cpp - Depthwise convolutions by threads ------------===//
// A thread has a vector of channels of some neighbouring results of a row: each
// input pixel they share is read once. Neighbouring threads have neighbouring
// channels.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "RegisterTile.h"
#include "VectorBlocks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class DeviceDepthwise {
public:
  DeviceDepthwise(KernelBuilder &kernel, PackedConvolutionOp op)
      : kernel(kernel), op(op), in(shapeOf(op.getInput())),
        out(shapeOf(op.getResult())), last(op.getKernel().size() - 1),
        lanes(shapeOf(op.getPanels()).back()),
        type(elementTypeOf(op.getResult()).isF64()
                 ? FloatType(kernel.builder.getF64Type())
                 : FloatType(kernel.builder.getF32Type())),
        input(flatten(kernel, kernel.inputBuffer(op.getInput()))),
        panels(flatten(kernel, kernel.inputBuffer(op.getPanels()))) {
    int64_t most = 128 / elementTypeOf(op.getInput()).getIntOrFloatBitWidth();
    while (2 * width <= most && lanes % (2 * width) == 0 &&
           in.back() % (2 * width) == 0)
      width *= 2;
    pixels = std::min<int64_t>(out[last + 1], 4);
  }
  LogicalResult emit();

private:
  /// Columns from the first that the results read to behind the last.
  int64_t columns() {
    return (pixels - 1) * op.getStrides()[last] +
           (op.getKernel()[last] - 1) * op.getDilations()[last] + 1;
  }
  Value start(Value output, int64_t dim) {
    return kernel.add(kernel.mul(output, op.getStrides()[dim]),
                      -op.getPadsBegin()[dim]);
  }
  FailureOr<Values> addRows(ValueRange at, Value channel, bool isMasked);
  FailureOr<Values> addRow(Value row, Value column, Value channel,
                           int64_t firstTap, Values sums, bool isMasked);
  Value filterAt(Value channel, int64_t tap);
  LogicalResult store(ValueRange at, Value channel, ValueRange sums);

  KernelBuilder &kernel;
  PackedConvolutionOp op;
  ArrayRef<int64_t> in, out;
  int64_t last, lanes, width = 1, pixels = 1;
  FloatType type;
  Value input, panels;
};
} // namespace

/// A vector of panel [channel / lanes][tap][channel % lanes].
Value DeviceDepthwise::filterAt(Value channel, int64_t tap) {
  int64_t taps = llvm::product_of(op.getKernel());
  Values place = kernel.delinearize(
      arith::DivUIOp::create(kernel.builder, kernel.loc, channel,
                             kernel.index(width)),
      {int64_t(llvm::divideCeil(in.back(), lanes)), lanes / width});
  Value offset = kernel.add(kernel.mul(place[0], taps * lanes), tap * lanes);
  offset = kernel.add(offset, kernel.mul(place[1], width));
  return loadForProduct(kernel, panels, offset, width, type, {});
}

/// What one row of the input adds, from `column` on.
FailureOr<Values> DeviceDepthwise::addRow(Value row, Value column,
                                          Value channel, int64_t firstTap,
                                          Values sums, bool isMasked) {
  int64_t taps = op.getKernel()[last], dilation = op.getDilations()[last];
  Values filters;
  for (int64_t tap = 0; tap < taps; ++tap)
    filters.push_back(filterAt(channel, firstTap + tap));
  for (int64_t c = 0; c < columns(); ++c) {
    Value pixel;
    for (int64_t p = 0; p < pixels; ++p) {
      int64_t distance = c - p * op.getStrides()[last];
      if (distance < 0 || distance % dilation != 0 ||
          distance / dilation >= taps)
        continue;
      if (!pixel) {
        Value at = kernel.add(column, c), inside;
        if (isMasked) {
          inside = kernel.less(at, kernel.index(in[last + 1]));
          at = arith::SelectOp::create(kernel.builder, kernel.loc, inside, at,
                                       kernel.index(0));
        }
        Value place = kernel.add(kernel.mul(row, in[last + 1]), at);
        pixel = loadForProduct(
            kernel, input, kernel.add(kernel.mul(place, in.back()), channel),
            width, type, inside);
      }
      sums[p] = math::FmaOp::create(kernel.builder, kernel.loc, pixel,
                                    filters[distance / dilation], sums[p]);
    }
  }
  return sums;
}

/// Sums of the results from `at` on: image, places, channel last.
FailureOr<Values> DeviceDepthwise::addRows(ValueRange at, Value channel,
                                           bool isMasked) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values sums(pixels, kernel.broadcast(kernel.constant(type, 0), width));
  ArrayRef<int64_t> outer = op.getKernel().drop_back();
  int64_t rows = llvm::product_of(outer), taps = op.getKernel()[last];
  Value column = start(at[last + 1], last);
  for (int64_t number = 0; number < rows; ++number) {
    Value row = at[0], inside;
    int64_t rest = number, below = rows;
    for (int64_t dim = 0; dim < last; ++dim) {
      below /= outer[dim];
      Value index = kernel.add(start(at[dim + 1], dim),
                               rest / below * op.getDilations()[dim]);
      rest %= below;
      Value within = kernel.less(index, kernel.index(in[dim + 1]));
      inside = inside ? Value(arith::AndIOp::create(b, loc, inside, within))
                      : within;
      row = kernel.add(kernel.mul(row, in[dim + 1]), index);
    }
    if (!inside) {
      auto added = addRow(row, column, channel, 0, sums, isMasked);
      if (failed(added))
        return failure();
      sums = *added;
      continue;
    }
    auto branch = scf::IfOp::create(b, loc, ValueRange(sums).getTypes(), inside,
                                    /*addThen=*/true, /*addElse=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(b, loc, sums);
    b.setInsertionPointToStart(branch.thenBlock());
    auto added = addRow(row, column, channel, number * taps, sums, isMasked);
    if (failed(added))
      return failure();
    scf::YieldOp::create(b, loc, *added);
    sums = Values(branch.getResults());
    b.setInsertionPointAfter(branch);
  }
  return sums;
}

LogicalResult DeviceDepthwise::store(ValueRange at, Value channel,
                                     ValueRange sums) {
  for (auto [p, sum] : llvm::enumerate(sums)) {
    Values place(at);
    place[last + 1] = kernel.add(at[last + 1], int64_t(p));
    place.push_back(channel);
    if (failed(storeProduct(kernel, op.getResult(), sum,
                            Position(place, width, last + 2))))
      return failure();
  }
  return success();
}

LogicalResult DeviceDepthwise::emit() {
  OpBuilder &b = kernel.builder;
  SmallVector<int64_t> steps(out);
  steps[last + 1] = llvm::divideCeil(out[last + 1], pixels);
  steps.back() = in.back() / width;
  return kernel.parallelLoop(steps, 1, [&](ValueRange step) -> LogicalResult {
    Value channel = kernel.mul(step.back(), width);
    Values at(step.drop_back());
    // The last results of a row are moved back to end with it.
    at[last + 1] = arith::MinUIOp::create(
        b, kernel.loc, kernel.mul(at[last + 1], pixels),
        kernel.index(out[last + 1] - pixels));
    Value column = start(at[last + 1], last);
    Value isInside = arith::AndIOp::create(
        b, kernel.loc, kernel.less(column, kernel.index(in[last + 1])),
        kernel.less(kernel.add(column, columns() - 1),
                    kernel.index(in[last + 1])));
    auto emitWith = [&](bool isMasked) -> LogicalResult {
      FailureOr<Values> sums = addRows(at, channel, isMasked);
      return failed(sums) ? failure() : store(at, channel, *sums);
    };
    return kernel.branch(
        isInside, [&] { return emitWith(false); },
        [&] { return emitWith(true); });
  });
}

bool lacuna::fitsDeviceDepthwise(PackedConvolutionOp op) {
  constexpr int64_t mostTaps = 64, mostReads = 256;
  int64_t taps = llvm::product_of(op.getKernel());
  int64_t span = 3 * op.getStrides().back() +
                 (op.getKernel().back() - 1) * op.getDilations().back() + 1;
  ArrayRef<int64_t> out = shapeOf(op.getResult());
  int64_t groups = op.getGroups(), channels = shapeOf(op.getInput()).back();
  return taps <= mostTaps && span <= mostReads && groups > 1 &&
         out.back() == groups && channels == groups &&
         llvm::product_of(out) > 0;
}

LogicalResult lacuna::emitDeviceDepthwise(KernelBuilder &kernel,
                                          PackedConvolutionOp op) {
  return DeviceDepthwise(kernel, op).emit();
}
