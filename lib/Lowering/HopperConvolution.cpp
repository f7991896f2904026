//===- HopperConvolution.cpp - Convolutions on tensor cores ---------------===//
// An implicit matrix product: rows are pixels of the result, in their order in
// memory, and steps are taps, each 64 channels at a time. TMA finds the pixels
// a tap sees and puts zeros for those in the padding (im2col). Rows of the
// kernel that see only padding in all of a tile are not multiplied.
//===----------------------------------------------------------------------===//
#include "HopperPixels.h"
#include "HopperSource.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

namespace {
class Convolution : public HopperSource {
public:
  HopperPixels pixels;
  Value panelsTensor;
  /// Number, taps, channels, lanes.
  SmallVector<int64_t> panels;

  explicit Convolution(PackedConvolutionOp op)
      : pixels(op, op.getResult().getType()), panelsTensor(op.getPanels()),
        panels(op.getPanels().getType().getShape()) {}

  int64_t slices() const { return llvm::divideCeil(pixels.input[3], 64); }

  HopperMap leftMap(const HopperTile &tile) const override {
    return pixels.map(tile.rows());
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
    Value channel = b.mul(b.rem(step, slices()), 64);
    hopper::LoadOp::create(b, map, pixels.indices(b, channel, place.row),
                           address, barrier,
                           pixels.offsets(b, b.div(step, slices())));
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
    int64_t begin = pixels.kernel[0], end = 0;
    for (int64_t line = first / pixels.width;
         line <= (first + count - 1) / pixels.width; ++line)
      for (int64_t tap = 0; tap < pixels.kernel[0]; ++tap) {
        if (!pixels.sees(line % pixels.height, tap))
          continue;
        begin = std::min(begin, tap);
        end = std::max(end, tap + 1);
      }
    int64_t each = pixels.kernel[1] * slices();
    // Something has to write the zeros.
    if (!end)
      return {0, 1};
    return {begin * each, end * each};
  }
};
} // namespace

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
  auto source = std::make_unique<Convolution>(op);
  source->root = op;
  source->element = element;
  source->result.shape = llvm::to_vector(result.getShape());
  source->result.row = {0, 1, 2};
  source->rows = result.getNumElements() / result.getDimSize(3);
  source->columns = result.getDimSize(3);
  source->steps = op.getKernel()[0] * op.getKernel()[1] * source->slices();
  source->rightTransposed = true;
  bool whole = source->panels[3] % 64 == 0 || source->panels[0] == 1;
  if (!whole || !source->pixels.fits())
    return nullptr;
  return source;
}
