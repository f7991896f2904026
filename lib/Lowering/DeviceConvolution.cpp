//===- DeviceConvolution.cpp - Convolutions by blocks of threads ----------===//
// An implicit matrix product: rows are pixels of the result, columns output
// channels, and the inner dimension goes over taps and, within a tap, over
// blocks of input channels.
//===----------------------------------------------------------------------===//
#include "DeviceKernels.h"
#include "DeviceProduct.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;
using Values = DeviceProduct::Values;

static int64_t productOf(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size;
  return product;
}

namespace {
class DeviceConvolution {
public:
  DeviceConvolution(KernelBuilder &kernel, PackedConvolutionOp op)
      : kernel(kernel), op(op), in(shapeOf(op.getInput())),
        out(shapeOf(op.getResult())), groups(op.getGroups()),
        inputs(in.back() / groups), outputs(out.back() / groups),
        lanes(shapeOf(op.getPanels()).back()),
        type(elementTypeOf(op.getResult()).isF64()
                 ? FloatType(kernel.builder.getF64Type())
                 : FloatType(kernel.builder.getF32Type())),
        product(kernel, type, productOf(out.drop_back()), outputs, groups) {}
  LogicalResult emit();

private:
  DeviceOperand pixels(Value group);
  DeviceOperand filters(Value group);
  Values startOf(Value pixel);
  std::pair<Value, Value> placeOf(const Values &start, Value tap);
  Value least(Value value, int64_t most) {
    return arith::MinUIOp::create(kernel.builder, kernel.loc, value,
                                  kernel.index(most));
  }
  /// Steps of one tap.
  int64_t blocks() const { return llvm::divideCeil(inputs, product.depth()); }
  int64_t taps() { return productOf(op.getKernel()); }
  std::pair<Value, Value> tapAndChannel(Value step, Value depth);

  KernelBuilder &kernel;
  PackedConvolutionOp op;
  ArrayRef<int64_t> in, out;
  int64_t groups, inputs, outputs, lanes;
  FloatType type;
  DeviceProduct product;
};
} // namespace

std::pair<Value, Value> DeviceConvolution::tapAndChannel(Value step,
                                                         Value depth) {
  OpBuilder &b = kernel.builder;
  Value count = kernel.index(blocks());
  Value tap = arith::DivUIOp::create(b, kernel.loc, step, count);
  Value block = arith::RemUIOp::create(b, kernel.loc, step, count);
  return {tap, kernel.add(kernel.mul(block, product.depth()), depth)};
}

/// The image of a pixel of the result, and where its first tap lies; indices
/// before the input are negative.
Values DeviceConvolution::startOf(Value pixel) {
  Values start =
      kernel.delinearize(least(pixel, productOf(out.drop_back()) - 1),
                         out.drop_back());
  for (size_t dim = 0; dim + 1 < start.size(); ++dim)
    start[dim + 1] = kernel.add(
        kernel.mul(start[dim + 1], op.getStrides()[dim]),
        -op.getPadsBegin()[dim]);
  return start;
}

/// The pixel of the input that `tap` meets, and whether there is one.
std::pair<Value, Value> DeviceConvolution::placeOf(const Values &start,
                                                   Value tap) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values taps = kernel.delinearize(tap, op.getKernel());
  Value place = start[0], inside;
  for (auto [dim, offset] : llvm::enumerate(taps)) {
    Value index = kernel.add(start[dim + 1],
                             kernel.mul(offset, op.getDilations()[dim]));
    Value within = kernel.less(index, kernel.index(in[dim + 1]));
    inside = inside ? Value(arith::AndIOp::create(b, loc, inside, within))
                    : within;
    place = kernel.add(kernel.mul(place, in[dim + 1]), index);
  }
  return {place, inside};
}

DeviceOperand DeviceConvolution::pixels(Value group) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value buffer = flatten(kernel, kernel.inputBuffer(op.getInput()));
  DeviceOperand operand;
  operand.lines = productOf(out.drop_back());
  operand.width = inputs % 4 == 0 ? 4 : 1;
  operand.prepare = [this](Value pixel) { return startOf(pixel); };
  operand.load = [=, this, &b, width = operand.width](
                     const Values &start, Value step, Value depth) {
    auto [tap, channel] = tapAndChannel(step, depth);
    auto [place, inside] = placeOf(start, tap);
    if (inputs % product.depth() != 0)
      inside = arith::AndIOp::create(
          b, loc, inside, kernel.less(channel, kernel.index(inputs)));
    Value offset = kernel.add(kernel.mul(group, inputs), channel);
    offset = kernel.add(kernel.mul(place, in.back()), offset);
    offset =
        arith::SelectOp::create(b, loc, inside, offset, kernel.index(0));
    return loadForProduct(kernel, buffer, offset, width, type, inside);
  };
  return operand;
}

/// Panels of `lanes` outputs: [panel][tap][input][lane].
DeviceOperand DeviceConvolution::filters(Value group) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value buffer = flatten(kernel, kernel.inputBuffer(op.getPanels()));
  int64_t panels = llvm::divideCeil(outputs, lanes);
  DeviceOperand operand;
  operand.lines = outputs;
  operand.alongDepth = false;
  operand.width = lanes % 4 == 0 ? 4 : 1;
  int64_t width = operand.width, panelSize = taps() * inputs * lanes;
  operand.prepare = [=, this, &b](Value line) {
    Value last = least(line, panels * lanes - width);
    Value count = kernel.index(lanes);
    Value panel = arith::DivUIOp::create(b, loc, last, count);
    panel = kernel.add(kernel.mul(group, panels), panel);
    // What is left is a multiple of the width, which the product shows.
    Value lane = arith::DivUIOp::create(
        b, loc, arith::RemUIOp::create(b, loc, last, count),
        kernel.index(width));
    return Values{
        kernel.add(kernel.mul(panel, panelSize), kernel.mul(lane, width))};
  };
  operand.load = [=, this](const Values &line, Value step, Value depth) {
    auto [tap, channel] = tapAndChannel(step, depth);
    Value inside;
    if (inputs % product.depth() != 0) {
      inside = kernel.less(channel, kernel.index(inputs));
      channel = least(channel, inputs - 1);
    }
    Value row = kernel.add(kernel.mul(tap, inputs), channel);
    Value offset = kernel.add(line[0], kernel.mul(row, lanes));
    return loadForProduct(kernel, buffer, offset, width, type, inside);
  };
  return operand;
}

LogicalResult DeviceConvolution::emit() {
  int64_t steps = inputs == 0 ? 0 : taps() * blocks();
  return kernel.parallelLoop(
      {groups, product.rowTiles(), product.columnTiles()}, 1,
      [&](ValueRange indices) {
        Value group = indices[0];
        auto store = [&](Value row, Value column, Value sums, int64_t width) {
          Values place = kernel.delinearize(row, out.drop_back());
          place.push_back(kernel.add(kernel.mul(group, outputs), column));
          return storeProduct(
              kernel, op.getResult(), sums,
              {place, width, width > 1 ? int64_t(place.size()) - 1 : -1});
        };
        return product.emit(indices[1], indices[2], steps, pixels(group),
                            filters(group), store);
      });
}

LogicalResult lacuna::emitDeviceConvolution(KernelBuilder &kernel,
                                            PackedConvolutionOp op) {
  return DeviceConvolution(kernel, op).emit();
}
