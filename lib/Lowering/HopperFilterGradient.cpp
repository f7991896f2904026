//===- HopperFilterGradient.cpp - Filters' gradients on tensor cores ------===//
// A product for each tap: rows are channels of the cotangent, columns those of
// the input, steps 64 pixels of the result each. TMA finds the pixels the tap
// sees and puts zeros for those in the padding (im2col). Where an image's lines
// see only padding through a row of the kernel, they are no steps of it.
//===----------------------------------------------------------------------===//
#include "HopperPixels.h"
#include "HopperSource.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// The steps of an image that one row of the kernel takes.
struct LiveBlocks {
  int64_t first, count;
};

class FilterGradient : public HopperSource {
public:
  HopperPixels seen;
  Value cotangentTensor;
  /// Images, height, width and channels.
  SmallVector<int64_t> cotangent;
  /// Images whose pixels follow each other are as one, unless that spoils what
  /// rows of the kernel need not see.
  int64_t images;
  SmallVector<LiveBlocks> live;

  explicit FilterGradient(ConvolutionFilterGradientOp op)
      : seen(op, op.getCotangent().getType()),
        cotangentTensor(op.getCotangent()),
        cotangent(op.getCotangent().getType().getShape()) {}

  int64_t pixels() const {
    return cotangent[0] / images * cotangent[1] * cotangent[2];
  }

  HopperMap leftMap(const HopperTile &tile) const override {
    HopperMap map;
    map.buffer = hopperBuffer(cotangentTensor);
    map.element = element;
    map.sizes = {cotangent[3], pixels(), images};
    map.strides = {2 * cotangent[3], 2 * cotangent[3] * pixels()};
    map.box = {64, 64, 1};
    return map;
  }

  HopperMap rightMap(const HopperTile &tile) const override {
    return seen.map(64);
  }

  /// The image of a step, and its first pixel there.
  std::pair<Value, Value> pixelOf(HopperBuilder &b, Value tapRow,
                                  Value step) const {
    Value first = b.number(live[0].first), count = b.number(live[0].count);
    for (int64_t line = 1; line < seen.kernel[0]; ++line) {
      Value here = b.equal(tapRow, line);
      first = b.select(here, b.number(live[line].first), first);
      count = b.select(here, b.number(live[line].count), count);
    }
    Value image = arith::DivUIOp::create(b, step, count);
    Value block = arith::RemUIOp::create(b, step, count);
    return {image, b.mul(b.add(first, block), 64)};
  }

  void loadLeft(HopperBuilder &b, const HopperTile &tile,
                const HopperPlace &place, Value step, Value map, Value address,
                Value barrier) const override {
    Value tapRow = b.div(place.batch, seen.kernel[1]);
    auto [image, pixel] = pixelOf(b, tapRow, step);
    for (int64_t panel = 0; panel < tile.rows() / 64; ++panel) {
      Values indices = {b.add(place.row, 64 * panel), pixel, image};
      hopper::LoadOp::create(b, map, indices, b.add(address, panel * 8192),
                             barrier, ValueRange());
    }
  }

  void loadRight(HopperBuilder &b, const HopperTile &tile,
                 const HopperPlace &place, Value step, Value map, Value part,
                 Value address, Value barrier) const override {
    Value tapRow = b.div(place.batch, seen.kernel[1]);
    auto [image, pixel] = pixelOf(b, tapRow, step);
    Value first = b.add(place.column, b.mul(part, tile.partColumns()));
    Values indices = seen.indices(b, first, pixel);
    indices.back() =
        b.add(b.mul(image, cotangent[0] / images), indices.back());
    Values offsets = seen.offsets(b, place.batch);
    for (int64_t panel = 0; panel < tile.partColumns() / 64; ++panel) {
      indices[0] = b.add(first, 64 * panel);
      hopper::LoadOp::create(b, map, indices, b.add(address, panel * 8192),
                             barrier, offsets, tile.cluster == 2 ? 3 : 0);
    }
  }

  std::pair<int64_t, int64_t> liveSteps(int64_t, int64_t,
                                        int64_t batch) const override {
    return {0, images * live[batch / seen.kernel[1]].count};
  }

  /// The blocks of each row of the kernel, of images apart or in one.
  SmallVector<LiveBlocks> liveBlocks(bool apart) const;
  void chooseImages();
};
} // namespace

SmallVector<LiveBlocks> FilterGradient::liveBlocks(bool apart) const {
  int64_t perImage = cotangent[1] * cotangent[2];
  SmallVector<LiveBlocks> blocks;
  for (int64_t tap = 0; tap < seen.kernel[0]; ++tap) {
    int64_t begin = cotangent[1], end = 0;
    for (int64_t line = 0; line < cotangent[1]; ++line) {
      if (!seen.sees(line, tap))
        continue;
      begin = std::min(begin, line);
      end = line + 1;
    }
    // Something has to write the zeros.
    LiveBlocks block{0, 1};
    if (!apart)
      block.count = llvm::divideCeil(cotangent[0] * perImage, 64);
    else if (end)
      block.first = begin * cotangent[2] / 64;
    if (apart && end)
      block.count = llvm::divideCeil(end * cotangent[2], 64) - block.first;
    blocks.push_back(block);
  }
  return blocks;
}

void FilterGradient::chooseImages() {
  auto total = [](ArrayRef<LiveBlocks> blocks, int64_t images) {
    int64_t sum = 0;
    for (const LiveBlocks &block : blocks)
      sum += images * block.count;
    return sum;
  };
  SmallVector<LiveBlocks> apart = liveBlocks(true), joined = liveBlocks(false);
  bool better = total(apart, cotangent[0]) < total(joined, 1);
  images = better ? cotangent[0] : 1;
  live = better ? apart : joined;
  steps = 0;
  for (const LiveBlocks &block : live)
    steps = std::max(steps, images * block.count);
}

/// The gradient the tensor cores can compute, null if it is another.
static ConvolutionFilterGradientOp onlyGradient(func::FuncOp kernel) {
  auto ops =
      kernel.getBody().front().getOps<ConvolutionFilterGradientOp>();
  if (!llvm::hasSingleElement(ops))
    return nullptr;
  ConvolutionFilterGradientOp op = *ops.begin();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  Type element = type.getElementType();
  auto cotangent = cast<RankedTensorType>(op.getCotangent().getType());
  bool fits = type.getRank() == 4 && op.getGroups() == 1 &&
              op.getLayout() == Layout::ChannelsLast &&
              op.getResultLayout() == Layout::ChannelsLast &&
              (element.isBF16() || element.isF16()) &&
              type.getNumElements() != 0 && cotangent.getNumElements() != 0;
  return fits ? op : nullptr;
}

std::unique_ptr<HopperSource>
lacuna::hopperFilterGradient(func::FuncOp kernel) {
  ConvolutionFilterGradientOp op = onlyGradient(kernel);
  if (!op)
    return nullptr;
  auto source = std::make_unique<FilterGradient>(op);
  if (!source->seen.fits())
    return nullptr;
  source->root = op;
  source->element = op.getInput().getType().getElementType();
  source->chooseImages();
  auto result = cast<RankedTensorType>(op.getResult().getType());
  source->result.shape = llvm::to_vector(result.getShape());
  source->result.row = {0};
  source->result.batch = {{1}, {2}};
  source->rows = result.getDimSize(0);
  source->columns = result.getDimSize(3);
  source->batches = result.getDimSize(1) * result.getDimSize(2);
  source->leftTransposed = source->rightTransposed = true;
  return source;
}
