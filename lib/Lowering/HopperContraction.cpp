//===- HopperContraction.cpp - Matrix products on tensor cores ------------===//
// Operands as TMA sees them: the contiguous dimension, the other one, batches.
//===----------------------------------------------------------------------===//
#include "ContractionShape.h"
#include "HopperSource.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// One side of the product: (lines, depth) or (depth, lines) and batches.
struct Side {
  Value tensor;
  int64_t lines, lineStride, depthStride;
  SmallVector<int64_t> batchSizes, batchStrides;

  bool transposed() const { return lineStride == 1 && depthStride != 1; }
};

class Contraction : public HopperSource {
public:
  Side left, right;
  int64_t depth;

  HopperMap map(const Side &side, int64_t boxLines) const {
    HopperMap map;
    map.buffer = hopperBuffer(side.tensor);
    map.element = element;
    map.sizes = {depth, side.lines};
    map.strides = {2 * side.lineStride};
    map.box = {64, boxLines};
    if (side.transposed()) {
      map.sizes = {side.lines, depth};
      map.strides = {2 * side.depthStride};
      map.box = {64, 64};
    }
    for (auto [size, stride] :
         llvm::zip_equal(side.batchSizes, side.batchStrides)) {
      if (!stride)
        continue;
      map.sizes.push_back(size);
      map.strides.push_back(2 * stride);
      map.box.push_back(1);
    }
    return map;
  }
  HopperMap leftMap(const HopperTile &tile) const override {
    return map(left, tile.rows());
  }
  HopperMap rightMap(const HopperTile &tile) const override {
    return map(right, tile.partColumns());
  }

  /// Loads `count` lines from `line` on, in panels of 64 if they lie together.
  void load(HopperBuilder &b, const Side &side, int64_t count, Value line,
            Value step, Value batch, Value map, Value address, Value barrier,
            int64_t multicast) const {
    Value deep = b.mul(step, 64);
    Values indices = {deep, line};
    Values places = batchIndices(b, batch);
    for (auto [place, stride] : llvm::zip_equal(places, side.batchStrides))
      if (stride)
        indices.push_back(place);
    if (!side.transposed()) {
      hopper::LoadOp::create(b, map, indices, address, barrier, ValueRange(),
                             multicast);
      return;
    }
    indices[1] = deep;
    for (int64_t panel = 0; panel < count / 64; ++panel) {
      indices[0] = b.add(line, 64 * panel);
      hopper::LoadOp::create(b, map, indices, b.add(address, panel * 8192),
                             barrier, ValueRange(), multicast);
    }
  }
  void loadLeft(HopperBuilder &b, const HopperTile &tile,
                const HopperPlace &place, Value step, Value map, Value address,
                Value barrier) const override {
    load(b, left, tile.rows(), place.row, step, place.batch, map, address,
         barrier, 0);
  }
  void loadRight(HopperBuilder &b, const HopperTile &tile,
                 const HopperPlace &place, Value step, Value map, Value part,
                 Value address, Value barrier) const override {
    int64_t distance = tile.gated ? columns : tile.partColumns();
    Value column = b.add(place.column, b.mul(part, distance));
    load(b, right, tile.partColumns(), column, step, place.batch, map, address,
         barrier, tile.cluster == 2 ? 3 : 0);
  }
};
} // namespace

/// The positions in the result of the loops of `dim`.
static SmallVector<int64_t> resultDims(const ContractionShape &shape,
                                       const ContractionDim &dim) {
  SmallVector<int64_t> dims;
  for (int64_t loop : dim.loops)
    dims.push_back(llvm::find(shape.resultLoops, loop) -
                   shape.resultLoops.begin());
  return dims;
}

static linalg::LinalgOp onlyProduct(func::FuncOp kernel) {
  linalg::LinalgOp found;
  for (Operation &op : kernel.getBody().front()) {
    auto product = dyn_cast<linalg::LinalgOp>(op);
    if (!product || !linalg::isaContractionOpInterface(product) ||
        product.getNumReductionLoops() != 1)
      continue;
    if (found)
      return nullptr;
    found = product;
  }
  return found;
}

std::unique_ptr<HopperSource>
lacuna::hopperContraction(func::FuncOp kernel) {
  linalg::LinalgOp op = onlyProduct(kernel);
  if (!op)
    return nullptr;
  auto isBuffer = [](Value tensor) { return hopperBuffer(tensor) >= 0; };
  auto shape = ContractionShape::of(op, isBuffer);
  if (failed(shape) || shape->n.loops.size() != 1)
    return nullptr;
  Type element = elementTypeOf(shape->leftOperand);
  if ((!element.isBF16() && !element.isF16()) ||
      elementTypeOf(shape->rightOperand) != element)
    return nullptr;
  auto source = std::make_unique<Contraction>();
  source->root = op;
  source->element = element;
  source->rows = shape->m.size;
  source->columns = shape->n.size;
  source->depth = shape->k.size;
  source->steps = llvm::divideCeil(shape->k.size, 64);
  source->batches = shape->batchCount();
  source->left = {shape->leftOperand, shape->m.size, shape->m.left,
                  shape->k.left, {}, {}};
  source->right = {shape->rightOperand, shape->n.size, shape->n.right,
                   shape->k.right, {}, {}};
  source->result.shape.assign(shapeOf(op->getResult(0)).begin(),
                              shapeOf(op->getResult(0)).end());
  source->result.row = resultDims(*shape, shape->m);
  for (const ContractionDim &dim : shape->batch) {
    source->result.batch.push_back(resultDims(*shape, dim));
    for (auto [side, stride] : {std::pair(&source->left, dim.left),
                                std::pair(&source->right, dim.right)}) {
      side->batchSizes.push_back(dim.size);
      side->batchStrides.push_back(stride);
    }
  }
  for (Side *side : {&source->left, &source->right})
    if (side->lineStride != 1 && side->depthStride != 1)
      return nullptr;
  source->leftTransposed = source->left.transposed();
  source->rightTransposed = source->right.transposed();
  return source;
}
