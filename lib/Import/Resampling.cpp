//===- Resampling.cpp - Resize, shuffles, sampling ------------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

/// Sizes and scales of a Resize for each dimension.
static LogicalResult resolveSizes(NodeImporter &node, ArrayRef<int64_t> in,
                                  ArrayRef<int64_t> axes, Ints &out,
                                  SmallVector<double> &scales) {
  out.assign(in.begin(), in.end());
  scales.assign(in.size(), 1.0);
  if (node.has(2) && typeOf(node.operand(2).value).getNumElements() > 0) {
    auto given = node.numbers(2);
    if (failed(given) || given->size() != axes.size())
      return failed(given) ? failure()
                           : LogicalResult(node.error() << "`scales` must match the axes");
    for (auto [axis, scale] : llvm::zip(axes, *given)) {
      if (!(scale > 0) || scale > 1e6)
        return node.error() << "scales must be positive";
      scales[axis] = scale;
      out[axis] = std::floor(in[axis] * scale);
    }
    return success();
  }
  if (!node.has(3))
    return node.error() << "scales or sizes must be given";
  auto given = node.integers(3);
  if (failed(given) || given->size() != axes.size())
    return failed(given) ? failure()
                         : LogicalResult(node.error() << "`sizes` must match the axes");
  std::string policy = node.text("keep_aspect_ratio_policy", "stretch");
  double common = policy == "not_larger" ? 1e30 : 0;
  for (auto [axis, size] : llvm::zip(axes, *given)) {
    if (size <= 0 || in[axis] <= 0)
      return node.error() << "sizes must be positive";
    double scale = double(size) / in[axis];
    common = policy == "not_larger" ? std::min(common, scale)
                                    : std::max(common, scale);
    out[axis] = size;
    scales[axis] = scale;
  }
  if (policy == "stretch")
    return success();
  for (int64_t axis : axes) {
    scales[axis] = common;
    out[axis] = std::floor(common * in[axis] + 0.5);
  }
  return success();
}

static ImportResult importResize(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x);
  Ints axes = node.list("axes");
  if (axes.empty())
    axes = llvm::to_vector(llvm::seq<int64_t>(0, in.size()));
  for (int64_t &axis : axes) {
    FailureOr<int64_t> counted = node.axis(axis, in.size());
    if (failed(counted))
      return failure();
    axis = *counted;
  }
  Ints out;
  SmallVector<double> scales;
  if (failed(resolveSizes(node, in, axes, out, scales)))
    return failure();
  auto mode = symbolizeResizeMode(node.text("mode", "nearest"));
  auto coordinates = symbolizeCoordinates(
      node.text("coordinate_transformation_mode", "half_pixel"));
  auto rounding = symbolizeNearestRounding(
      node.text("nearest_mode", "round_prefer_floor"));
  if (!mode || !coordinates || !rounding)
    return node.error() << "mode, coordinates or rounding are unknown";
  DenseF64ArrayAttr region;
  OpBuilder &b = node.build.builder;
  if (*coordinates == Coordinates::TfCropAndResize) {
    auto given = node.numbers(1);
    if (failed(given) || given->size() != 2 * axes.size())
      return node.error() << "`roi` must have two entries an axis";
    SmallVector<double> full(2 * in.size(), 0.0);
    for (size_t d = 0; d < in.size(); ++d)
      full[in.size() + d] = 1.0;
    for (auto [i, axis] : llvm::enumerate(axes)) {
      full[axis] = (*given)[i];
      full[in.size() + axis] = (*given)[axes.size() + i];
    }
    region = b.getDenseF64ArrayAttr(full);
  }
  return SmallVector<Imported>{
      {ResizeOp::create(b, node.build.loc,
                        RankedTensorType::get(out, elementOf(*x)), *x, *mode,
                        *coordinates, scales, *rounding,
                        APFloat(node.number("cubic_coeff_a", -0.75)),
                        node.integer("exclude_outside", 0) != 0,
                        node.integer("antialias", 0) != 0,
                        APFloat(node.number("extrapolation_value", 0)), region)
           .getResult(),
       node.operand(0).isUnsigned}};
}

/// Nearest by default, with floor and asymmetric coordinates.
static ImportResult importUpsample(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  auto scales = node.numbers(1);
  if (failed(x) || failed(scales))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x);
  auto mode = symbolizeResizeMode(node.text("mode", "nearest"));
  if (scales->size() != in.size() || !mode)
    return node.error() << "`scales` must have one entry a dimension";
  Ints out;
  for (auto [size, scale] : llvm::zip(in, *scales))
    out.push_back(std::floor(size * scale));
  return SmallVector<Imported>{
      ResizeOp::create(node.build.builder, node.build.loc,
                       RankedTensorType::get(out, elementOf(*x)), *x, *mode,
                       Coordinates::Asymmetric, *scales, NearestRounding::Floor,
                       APFloat(-0.75), false, false, APFloat(0.0),
                       DenseF64ArrayAttr())
          .getResult()};
}

template <bool toSpace> static ImportResult importShuffle(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Ints shape(shapeOf(*x));
  int64_t block = node.integer("blocksize", 0);
  if (shape.size() != 4 || block <= 0 || block > 4096)
    return node.error() << "the input must have 4 dimensions, `blocksize` be "
                           "positive";
  auto order = toSpace && node.text("mode", "DCR") == "CRD" ? ShuffleOrder::CRD
                                                            : ShuffleOrder::DCR;
  bool fits = toSpace ? shape[1] % (block * block) == 0
                      : shape[2] % block == 0 && shape[3] % block == 0;
  if (!fits)
    return node.error() << "`blocksize` must divide the input";
  shape[1] = toSpace ? shape[1] / (block * block) : shape[1] * block * block;
  for (int d : {2, 3})
    shape[d] = toSpace ? shape[d] * block : shape[d] / block;
  OpBuilder &b = node.build.builder;
  auto type = RankedTensorType::get(shape, elementOf(*x));
  Value result;
  if (toSpace)
    result = PixelShuffleOp::create(b, node.build.loc, type, *x, block, order,
                                    Layout::ChannelsFirst);
  else
    result = PixelUnshuffleOp::create(b, node.build.loc, type, *x, block, order,
                                      Layout::ChannelsFirst);
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

static ImportResult importGridSample(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), grid = node.value(1);
  if (failed(x) || failed(grid))
    return failure();
  ArrayRef<int64_t> in = shapeOf(*x), g = shapeOf(*grid);
  std::string name = node.text("mode", "linear");
  name = name == "bilinear" ? "linear" : name == "bicubic" ? "cubic" : name;
  auto mode = symbolizeResizeMode(name);
  auto padding = symbolizeSamplePadding(node.text("padding_mode", "zeros"));
  if (in.size() < 3 || g.size() != in.size() || g[0] != in[0] ||
      g.back() != int64_t(in.size()) - 2 || !mode || !padding)
    return node.error() << "input, grid and modes do not fit";
  Ints shape{in[0], in[1]};
  llvm::append_range(shape, g.drop_front().drop_back());
  return SmallVector<Imported>{
      GridSampleOp::create(node.build.builder, node.build.loc,
                           RankedTensorType::get(shape, elementOf(*x)), *x,
                           *grid, *mode, *padding,
                           node.integer("align_corners", 0) != 0)
          .getResult()};
}

static ImportResult importAffineGrid(NodeImporter &node) {
  FailureOr<Value> theta = node.value(0);
  auto size = node.integers(1);
  if (failed(theta) || failed(size))
    return failure();
  int64_t dims = int64_t(size->size()) - 2;
  if (dims < 2 || dims > 3 ||
      shapeOf(*theta) != ArrayRef<int64_t>({(*size)[0], dims, dims + 1}))
    return node.error() << "theta and size do not fit";
  Ints spatial(size->begin() + 2, size->end()), shape{(*size)[0]};
  llvm::append_range(shape, spatial);
  shape.push_back(dims);
  return SmallVector<Imported>{
      AffineGridOp::create(node.build.builder, node.build.loc,
                           RankedTensorType::get(shape, elementOf(*theta)),
                           *theta, spatial,
                           node.integer("align_corners", 0) != 0)
          .getResult()};
}

void lacuna::registerResampling(ImportTable &table) {
  table.add("Resize", importResize);
  table.add("Upsample", importUpsample);
  table.add("DepthToSpace", importShuffle<true>);
  table.add("SpaceToDepth", importShuffle<false>);
  table.add("GridSample", importGridSample);
  table.add("AffineGrid", importAffineGrid);
}
