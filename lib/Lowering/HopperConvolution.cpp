//===- HopperConvolution.cpp - Convolutions on tensor cores ---------------===//
// An implicit matrix product: rows are pixels of the result, in their order in
// memory, and steps are taps, each 64 channels at a time. TMA finds the pixels
// a tap sees and puts zeros for those in the padding (im2col). Rows of the
// kernel that see only padding in all of a tile are not multiplied.
//===----------------------------------------------------------------------===//
#include "HopperSource.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

namespace {
class Convolution : public HopperSource {
public:
  Value inputTensor, panelsTensor;
  ArrayRef<int64_t> kernel, strides, dilations, padsBegin, padsEnd;
  /// Of the input: images, height, width, channels. Of the panels: number,
  /// taps, channels, lanes.
  SmallVector<int64_t> input, panels;
  int64_t height, width; // of the result

  int64_t slices() const { return llvm::divideCeil(input[3], 64); }
  int64_t reach(int64_t dim) const {
    return (kernel[dim] - 1) * dilations[dim];
  }

  HopperMap leftMap(const HopperTile &tile) const override {
    HopperMap map;
    map.buffer = hopperBuffer(inputTensor);
    map.element = element;
    map.sizes = {input[3], input[2], input[1], input[0]};
    map.strides = {2 * input[3], 2 * input[3] * input[2],
                   2 * input[3] * input[2] * input[1]};
    map.box = {64, tile.rows()};
    for (int64_t dim : {1, 0}) {
      map.lower.push_back(-padsBegin[dim]);
      map.upper.push_back(padsEnd[dim] - reach(dim));
      map.steps.push_back(strides[dim]);
    }
    return map;
  }

  HopperMap rightMap(const HopperTile &tile) const override {
    HopperMap map;
    map.buffer = hopperBuffer(panelsTensor);
    map.element = element;
    map.sizes = {panels[3], panels[2], panels[1], panels[0]};
    int64_t line = 2 * panels[3];
    map.strides = {line, line * panels[2], line * panels[2] * panels[1]};
    map.box = {64, 64, 1, 1};
    return map;
  }

  void loadLeft(HopperBuilder &b, const HopperTile &tile,
                const HopperPlace &place, Value step, Value map, Value address,
                Value barrier) const override {
    Value tap = b.div(step, slices());
    Value line = b.div(place.row, width);
    auto corner = [&](Value index, int64_t dim) {
      return b.add(b.mul(index, strides[dim]),
                   -padsBegin[dim]);
    };
    Values indices = {b.mul(b.rem(step, slices()), 64),
                      corner(b.rem(place.row, width), 1),
                      corner(b.rem(line, height), 0), b.div(line, height)};
    int64_t across = kernel[1];
    Values offsets = {b.mul(b.rem(tap, across), dilations[1]),
                      b.mul(b.div(tap, across), dilations[0])};
    hopper::LoadOp::create(b, map, indices, address, barrier, offsets);
  }

  void loadRight(HopperBuilder &b, const HopperTile &tile,
                 const HopperPlace &place, Value step, Value map, Value part,
                 Value address, Value barrier) const override {
    Value channel = b.mul(b.rem(step, slices()), 64);
    Value tap = b.div(step, slices());
    Value first = b.add(place.column, b.mul(part, tile.partColumns()));
    for (int64_t panel = 0; panel < tile.partColumns() / 64; ++panel) {
      Value column = b.add(first, 64 * panel);
      Values indices = {b.rem(column, panels[3]), channel, tap,
                        b.div(column, panels[3])};
      hopper::LoadOp::create(b, map, indices, b.add(address, panel * 8192),
                             barrier, ValueRange(),
                             tile.cluster == 2 ? 3 : 0);
    }
  }

  /// Rows of the kernel from the first to the last one that meets the image.
  std::pair<int64_t, int64_t> liveSteps(int64_t first, int64_t count,
                                        int64_t) const override {
    int64_t begin = kernel[0], end = 0;
    for (int64_t line = first / width; line <= (first + count - 1) / width;
         ++line)
      for (int64_t tap = 0; tap < kernel[0]; ++tap) {
        int64_t seen = line % height * strides[0] -
                       padsBegin[0] + tap * dilations[0];
        if (seen < 0 || seen >= input[1])
          continue;
        begin = std::min(begin, tap);
        end = std::max(end, tap + 1);
      }
    int64_t each = kernel[1] * slices();
    // Something has to write the zeros.
    if (!end)
      return {0, 1};
    return {begin * each, end * each};
  }
};
} // namespace

/// Whether offsets within a window fit into TMA's bytes.
static bool fits(const Convolution &source) {
  return source.reach(0) <= 255 && source.reach(1) <= 255 &&
         (source.panels[3] % 64 == 0 || source.panels[0] == 1);
}

std::unique_ptr<HopperSource>
lacuna::hopperConvolution(func::FuncOp kernel) {
  auto ops = kernel.getBody().front().getOps<PackedConvolutionOp>();
  if (!llvm::hasSingleElement(ops))
    return nullptr;
  PackedConvolutionOp op = *ops.begin();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Type element = type.getElementType();
  auto result = cast<RankedTensorType>(op.getResult().getType());
  if (type.getRank() != 4 || op.getGroups() != 1 ||
      (!element.isBF16() && !element.isF16()) ||
      result.getNumElements() == 0 || type.getNumElements() == 0)
    return nullptr;
  auto source = std::make_unique<Convolution>();
  source->inputTensor = op.getInput();
  source->panelsTensor = op.getPanels();
  source->kernel = op.getKernel();
  source->strides = op.getStrides();
  source->dilations = op.getDilations();
  source->padsBegin = op.getPadsBegin();
  source->padsEnd = op.getPadsEnd();
  source->root = op;
  source->element = element;
  source->input = llvm::to_vector(type.getShape());
  source->panels = llvm::to_vector(
      cast<RankedTensorType>(op.getPanels().getType()).getShape());
  source->result.shape = llvm::to_vector(result.getShape());
  source->result.row = {0, 1, 2};
  source->height = result.getDimSize(1);
  source->width = result.getDimSize(2);
  source->rows = result.getNumElements() / result.getDimSize(3);
  source->columns = result.getDimSize(3);
  source->steps = op.getKernel()[0] * op.getKernel()[1] * source->slices();
  source->rightTransposed = true;
  if (!fits(*source))
    return nullptr;
  return source;
}
