//===- SplitConcats.cpp - Convolutions of the pieces of a concatenation ---===//
// The skips of a U-Net meet in concatenations. A convolution of one is a sum of
// convolutions of its pieces, and so are both of its gradients: nobody needs
// the concatenation itself, twice the largest map of the program.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITCONCATS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Every piece is one more pass over the result.
static constexpr size_t mostPieces = 4;

/// A whole number of registers: fewer channels would leave some of them empty.
static constexpr int64_t channelsOfPiece = 16;

/// Some neighbours along a dimension of `value`, for the direction of `op`.
static Value slice(OpBuilder &b, Operation *op, Value value, int64_t dim,
                   int64_t first, int64_t size) {
  RankedTensorType type = typeOf(value);
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0)),
      sizes = getAsIndexOpFoldResult(b.getContext(), type.getShape()),
      strides(type.getRank(), b.getIndexAttr(1));
  offsets[dim] = b.getIndexAttr(first);
  sizes[dim] = b.getIndexAttr(size);
  auto made = tensor::ExtractSliceOp::create(b, op->getLoc(), value, offsets,
                                             sizes, strides);
  made->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  return made;
}

/// `op` with a result of `size` elements along `dim`.
static Operation *cloneResized(OpBuilder &b, Operation *op, int64_t dim,
                               int64_t size) {
  Operation *clone = b.clone(*op);
  RankedTensorType type = typeOf(op->getResult(0));
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = size;
  clone->getResult(0).setType(type.clone(shape));
  return clone;
}

//===----------------------------------------------------------------------===//
// The convolution and its filter's gradient: the pieces go in
//===----------------------------------------------------------------------===//

static bool isSplittable(ConvolutionOp op, Value concat, int64_t dim) {
  Type element = typeOf(concat).getElementType();
  return op && op.getInput() == concat && op.getGroups() == 1 &&
         channelDim(op.getLayout(), typeOf(concat).getRank()) == dim &&
         element.getIntOrFloatBitWidth() >= 32; // sums would be rounded twice
}

static bool isSplittable(ConvolutionFilterGradientOp op, Value concat,
                         int64_t dim) {
  return op && op.getInput() == concat && op.getCotangent() != concat &&
         op.getGroups() == 1 &&
         channelDim(op.getLayout(), typeOf(concat).getRank()) == dim;
}

/// Whether nobody would need `concat` any more, and its pieces are worth ops of
/// their own.
static bool isSplittable(tensor::ConcatOp concat) {
  int64_t dim = concat.getDim();
  auto isWide = [&](Value piece) {
    return typeOf(piece).getDimSize(dim) % channelsOfPiece == 0;
  };
  return concat.getInputs().size() <= mostPieces &&
         typeOf(concat).hasStaticShape() && !concat->use_empty() &&
         llvm::all_of(concat.getInputs(), isWide) &&
         llvm::all_of(concat->getUsers(), [&](Operation *user) {
           return isSplittable(dyn_cast<ConvolutionOp>(user), concat, dim) ||
                  isSplittable(dyn_cast<ConvolutionFilterGradientOp>(user),
                               concat, dim);
         });
}

/// The bias comes in with the first piece.
static Value convolvePieces(ConvolutionOp op, tensor::ConcatOp concat) {
  OpBuilder b(op);
  int64_t first = 0, dim = concat.getDim();
  Value sum;
  for (Value piece : concat.getInputs()) {
    int64_t size = typeOf(piece).getDimSize(dim);
    Value filter = slice(b, op, op.getFilter(), 1, first, size);
    auto part = cast<ConvolutionOp>(b.clone(*op));
    part.getInputMutable().assign(piece);
    part.getFilterMutable().assign(filter);
    if (sum)
      part.getBiasMutable().clear();
    auto map = b.getMultiDimIdentityMap(typeOf(op.getResult()).getRank());
    sum = sum ? addGeneric(b, op.getLoc(), sum, part, map) : Value(part);
    first += size;
  }
  return sum;
}

static Value differentiatePieces(ConvolutionFilterGradientOp op,
                                 tensor::ConcatOp concat) {
  OpBuilder b(op);
  int64_t dim = channelDim(op.getResultLayout(), typeOf(concat).getRank());
  SmallVector<Value> parts;
  for (Value piece : concat.getInputs()) {
    Operation *part = cloneResized(
        b, op, dim, typeOf(piece).getDimSize(concat.getDim()));
    cast<ConvolutionFilterGradientOp>(part).getInputMutable().assign(piece);
    parts.push_back(part->getResult(0));
  }
  auto made = tensor::ConcatOp::create(b, op.getLoc(), op.getType(), dim, parts);
  made->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  return made;
}

static void splitUsers(tensor::ConcatOp concat) {
  for (Operation *user : llvm::to_vector(concat->getUsers())) {
    auto convolution = dyn_cast<ConvolutionOp>(user);
    user->getResult(0).replaceAllUsesWith(
        convolution
            ? convolvePieces(convolution, concat)
            : differentiatePieces(cast<ConvolutionFilterGradientOp>(user),
                                  concat));
    user->erase();
  }
  concat.erase();
}

//===----------------------------------------------------------------------===//
// The gradient by the concatenation: the pieces come out
//===----------------------------------------------------------------------===//

/// The channels that `op` takes of `value`, if it takes all else whole.
static std::optional<std::pair<int64_t, int64_t>>
takenChannels(tensor::ExtractSliceOp op, int64_t dim) {
  ArrayRef<int64_t> all = typeOf(op.getSource()).getShape();
  if (!op.hasUnitStride() || typeOf(op).getRank() != int64_t(all.size()))
    return std::nullopt;
  ArrayRef<int64_t> offsets = op.getStaticOffsets(), sizes = op.getStaticSizes();
  for (size_t i = 0; i != all.size(); ++i)
    if (ShapedType::isDynamic(offsets[i]) || ShapedType::isDynamic(sizes[i]) ||
        (int64_t(i) != dim && sizes[i] != all[i]))
      return std::nullopt;
  if (sizes[dim] % channelsOfPiece != 0)
    return std::nullopt;
  return std::pair(offsets[dim], sizes[dim]);
}

/// Whether all that is read of `op`, at most once each, are some channels.
static bool isRead(Operation *op, int64_t dim) {
  int64_t taken = 0;
  for (Operation *user : op->getUsers()) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
    auto channels = slice ? takenChannels(slice, dim) : std::nullopt;
    if (!channels)
      return false;
    taken += channels->second;
  }
  return !op->use_empty() && taken <= typeOf(op->getResult(0)).getDimSize(dim);
}

/// `filterDim` is that of the result's channels in the filter.
static void splitResult(Operation *op, int64_t dim, int64_t filterDim) {
  if (op->getNumOperands() != 2 || !isRead(op, dim))
    return;
  OpBuilder b(op);
  for (Operation *user : llvm::to_vector(op->getUsers())) {
    auto [first, size] =
        *takenChannels(cast<tensor::ExtractSliceOp>(user), dim);
    Value filter = slice(b, op, op->getOperand(1), filterDim, first, size);
    Operation *part = cloneResized(b, op, dim, size);
    part->setOperand(1, filter);
    user->getResult(0).replaceAllUsesWith(part->getResult(0));
    user->erase();
  }
  op->erase();
}

static void splitResult(Operation *op) {
  if (auto convolution = dyn_cast<ConvolutionOp>(op);
      convolution && convolution.getGroups() == 1)
    return splitResult(
        op, channelDim(convolution.getLayout(), typeOf(convolution).getRank()),
        0);
  if (auto transposed = dyn_cast<TransposedConvolutionOp>(op);
      transposed && transposed.getGroups() == 1)
    splitResult(
        op, channelDim(transposed.getLayout(), typeOf(transposed).getRank()),
        1);
}

namespace {
struct SplitConcats : lacuna::impl::SplitConcatsBase<SplitConcats> {
  void runOnOperation() override {
    SmallVector<tensor::ConcatOp> concats;
    SmallVector<Operation *> others;
    bool isJoint = false;
    for (Operation &op : getOperation().getOps()) {
      isJoint |= op.hasAttr(names::backward);
      if (auto concat = dyn_cast<tensor::ConcatOp>(op))
        concats.push_back(concat);
      else if (op.hasAttr(names::backward))
        others.push_back(&op);
    }
    if (!isJoint)
      return;
    for (Operation *op : others)
      splitResult(op);
    for (tensor::ConcatOp concat : concats)
      if (isSplittable(concat))
        splitUsers(concat);
  }
};
} // namespace
