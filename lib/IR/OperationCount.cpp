//===- OperationCount.cpp - The arithmetic a program asks for -------------===//
// Counts as papers do: two for each multiplication with its addition, taps in
// the padding included, one for each result of an element-wise operation.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/OperationCount.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

static int64_t elements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.hasStaticShape() ? type.getNumElements() : 0;
}

static int64_t lastSize(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape().back();
}

static int64_t countStructured(linalg::LinalgOp op) {
  int64_t points = 1;
  for (int64_t size : op.getStaticLoopRanges())
    points *= size;
  int64_t each = 0;
  for (Operation &inner : *op.getBlock())
    each += isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
                arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp,
                arith::MinNumFOp>(inner) ||
            isa_and_nonnull<math::MathDialect>(inner.getDialect());
  return points * each;
}

/// Every result sums over one filter: all of the filter but its first
/// dimension, whatever the layout.
static int64_t countConvolution(ConvolutionOp op) {
  auto filter = cast<RankedTensorType>(op.getFilter().getType());
  int64_t taps = filter.getNumElements() / std::max<int64_t>(
                                               filter.getDimSize(0), 1);
  return 2 * elements(op.getResult()) * taps;
}

/// As many products as the convolution has.
static int64_t countFilterGradient(ConvolutionFilterGradientOp op) {
  auto filter = cast<RankedTensorType>(op.getResult().getType());
  if (!filter.hasStaticShape() || filter.getNumElements() == 0)
    return 0;
  return 2 * elements(op.getCotangent()) *
         (filter.getNumElements() / filter.getDimSize(0));
}

static int64_t countPacked(PackedConvolutionOp op) {
  int64_t taps = lastSize(op.getInput()) / op.getGroups();
  for (int64_t size : op.getKernel())
    taps *= size;
  return 2 * elements(op.getResult()) * taps;
}

/// Two products with the keys' length as the inner or outer size.
static int64_t countAttention(AttentionOp op) {
  auto key = cast<RankedTensorType>(op.getKey().getType());
  int64_t keys = op.getLayout() == AttentionLayout::BHSD
                     ? key.getDimSize(key.getRank() - 2)
                     : key.getDimSize(key.getRank() - 3);
  int64_t results = elements(op.getResults()) / op.getKeyParts().value_or(1);
  return 2 * keys * (elements(op.getQuery()) + results);
}

/// Five products: scores and their cotangents, and three that add those up.
static int64_t countAttentionBackward(AttentionBackwardOp op) {
  auto key = cast<RankedTensorType>(op.getKey().getType());
  int64_t keys = op.getLayout() == AttentionLayout::BHSD
                     ? key.getDimSize(key.getRank() - 2)
                     : key.getDimSize(key.getRank() - 3);
  return 2 * keys *
         (3 * elements(op.getQuery()) + 2 * elements(op.getOutput()));
}

int64_t lacuna::countOperations(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return countStructured(structured);
  if (auto convolution = dyn_cast<ConvolutionOp>(op))
    return countConvolution(convolution);
  if (auto gradient = dyn_cast<ConvolutionFilterGradientOp>(op))
    return countFilterGradient(gradient);
  if (auto packed = dyn_cast<PackedConvolutionOp>(op))
    return countPacked(packed);
  if (auto packed = dyn_cast<PackedContractionOp>(op))
    return 2 * elements(packed.getResult()) * lastSize(packed.getInput());
  if (auto attention = dyn_cast<AttentionOp>(op))
    return countAttention(attention);
  if (auto backward = dyn_cast<AttentionBackwardOp>(op))
    return countAttentionBackward(backward);
  switch (classify(op)) {
  case OpClass::Pointwise:
    return elements(op->getResult(0));
  case OpClass::Root:
    return -1;
  default:
    return 0;
  }
}

std::vector<int64_t> lacuna::countOperations(func::FuncOp entry) {
  std::vector<int64_t> counts;
  for (auto kernel : entry.getOps<KernelOp>()) {
    int64_t sum = 0;
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      int64_t work = countOperations(&op);
      sum = sum < 0 || work < 0 ? -1 : sum + work;
    }
    counts.push_back(sum);
  }
  return counts;
}

static int64_t bytes(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return 0;
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * std::max<int64_t>(bits / 8, 1);
}

std::vector<int64_t> lacuna::countBytes(func::FuncOp entry) {
  std::vector<int64_t> counts;
  for (auto kernel : entry.getOps<KernelOp>()) {
    int64_t sum = 0;
    for (Value input : kernel.getInputs())
      sum += bytes(input);
    for (Value result : kernel.getResults())
      sum += bytes(result);
    counts.push_back(sum);
  }
  return counts;
}
