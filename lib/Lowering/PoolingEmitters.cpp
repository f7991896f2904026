//===- PoolingEmitters.cpp - Which loops a pooling op gets ----------------===//
#include "Pooling.h"

#include "lacuna/Lowering/Emitters.h"

using namespace mlir;
using namespace lacuna;

static LogicalResult emitMaxPool(KernelBuilder &kernel, Operation *root) {
  auto op = cast<MaxPoolOp>(root);
  if (op.getIndices())
    return emitMaxPoolWithIndices(kernel, op);
  PoolReducer reducer(kernel, PoolMode::Max, elementTypeOf(op.getInput()));
  return emitPool(kernel, PoolShape::ofWindows(op), reducer, op.getResult());
}

static LogicalResult emitAveragePool(KernelBuilder &kernel, Operation *root) {
  auto op = cast<AveragePoolOp>(root);
  PoolReducer reducer(kernel, PoolMode::Average, elementTypeOf(op.getInput()));
  auto shape = PoolShape::ofWindows(op, op.getCountIncludePad());
  return emitPool(kernel, shape, reducer, op.getResult());
}

static LogicalResult emitLpPool(KernelBuilder &kernel, Operation *root) {
  auto op = cast<LpPoolOp>(root);
  PoolReducer reducer(kernel, PoolMode::Lp, elementTypeOf(op.getInput()),
                      op.getP().convertToDouble());
  return emitPool(kernel, PoolShape::ofWindows(op), reducer, op.getResult());
}

static LogicalResult emitAdaptivePool(KernelBuilder &kernel, Operation *root) {
  auto op = cast<AdaptivePoolOp>(root);
  PoolReducer reducer(kernel, op.getMode(), elementTypeOf(op.getInput()));
  auto shape = PoolShape::ofBins(op.getInput(), op.getOutputSize(),
                                 op.getLayout(), PoolDim::Kind::AdaptiveBins);
  return emitPool(kernel, shape, reducer, op.getResult());
}

static LogicalResult emitGlobalPool(KernelBuilder &kernel, Operation *root) {
  auto op = cast<GlobalPoolOp>(root);
  PoolReducer reducer(kernel, op.getMode(), elementTypeOf(op.getInput()),
                      op.getP().convertToDouble());
  SmallVector<int64_t> ones(shapeOf(op.getInput()).size() - 2, 1);
  auto shape = PoolShape::ofBins(op.getInput(), ones, op.getLayout(),
                                 PoolDim::Kind::AdaptiveBins);
  return emitPool(kernel, shape, reducer, op.getResult());
}

void lacuna::registerPoolingEmitters(EmitterTable &table) {
  table.add<MaxPoolOp>(emitMaxPool);
  table.add<AveragePoolOp>(emitAveragePool);
  table.add<LpPoolOp>(emitLpPool);
  table.add<AdaptivePoolOp>(emitAdaptivePool);
  table.add<GlobalPoolOp>(emitGlobalPool);
  table.add<PoolingPyramidOp>(emitPoolingPyramid);
  table.add<MaxUnpoolOp>(emitMaxUnpool);
}
