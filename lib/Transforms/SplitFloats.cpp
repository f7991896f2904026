//===- SplitFloats.cpp - Products of f32 as products of bf16 --------------===//
// An f32 is the sum of two or three bf16, each the rounding of what those
// before leave. The parts stand side by side along the inner dimension, so that
// one product of bf16 adds all products of parts that matter, the smallest
// first (after Henry, Tang, Heinecke, arXiv 1904.06376).
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITFLOATS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Smaller ones take little time anyhow: multiply-adds, and elements of the
/// inner dimension.
static constexpr int64_t leastWork = int64_t(1) << 27, leastDepth = 64;

/// Which part of the left and of the right side each product has.
static ArrayRef<std::pair<int, int>> productsOf(int64_t parts) {
  static constexpr std::pair<int, int> two[] = {{1, 0}, {0, 1}, {0, 0}};
  static constexpr std::pair<int, int> three[] = {{2, 0}, {1, 1}, {0, 2},
                                                  {1, 0}, {0, 1}, {0, 0}};
  return parts == 2 ? ArrayRef(two) : ArrayRef(three);
}

/// Where loop `dim` alone is an index of `map`, or -1.
static int64_t placeOf(AffineMap map, unsigned dim) {
  int64_t place = -1;
  for (auto [i, result] : llvm::enumerate(map.getResults())) {
    if (!result.isFunctionOfDim(dim))
      continue;
    if (place >= 0 || !isa<AffineDimExpr>(result))
      return -1;
    place = i;
  }
  return place;
}

namespace {
class FloatSplitter {
public:
  FloatSplitter(linalg::LinalgOp op, int64_t parts)
      : op(op), parts(parts), builder(op) {}
  /// Whether it was worth it.
  bool run();

private:
  bool isWorthIt();
  Value elementwise(ValueRange inputs, Type result,
                    llvm::function_ref<Value(OpBuilder &, ValueRange)> body);
  SmallVector<Value> split(Value tensor);
  Value join(ArrayRef<Value> pieces, bool isLeft);

  linalg::LinalgOp op;
  int64_t parts;
  OpBuilder builder;
  /// The place of the inner dimension in each side.
  int64_t places[2] = {-1, -1};
};
} // namespace

bool FloatSplitter::isWorthIt() {
  if (!linalg::isaContractionOpInterface(op) ||
      op.getNumReductionLoops() != 1 || op.getNumDpsInputs() != 2 ||
      op->getNumResults() != 1 || op.hasDynamicShape())
    return false;
  for (Value value : op->getOperands())
    if (!typeOf(value).getElementType().isF32())
      return false;
  SmallVector<unsigned> inner;
  op.getReductionDims(inner);
  SmallVector<int64_t> sizes = op.getStaticLoopRanges();
  for (int side : {0, 1})
    places[side] = placeOf(op.getIndexingMapsArray()[side], inner[0]);
  return places[0] >= 0 && places[1] >= 0 && sizes[inner[0]] >= leastDepth &&
         llvm::product_of(sizes) >= leastWork;
}

Value FloatSplitter::elementwise(
    ValueRange inputs, Type element,
    llvm::function_ref<Value(OpBuilder &, ValueRange)> body) {
  RankedTensorType type = typeOf(inputs[0]).clone(element);
  auto identity = AffineMap::getMultiDimIdentityMap(type.getRank(),
                                                    builder.getContext());
  Value empty = tensor::EmptyOp::create(builder, op.getLoc(), type.getShape(),
                                        element);
  return linalg::GenericOp::create(
             builder, op.getLoc(), TypeRange(type), inputs, ValueRange(empty),
             SmallVector<AffineMap>(inputs.size() + 1, identity),
             SmallVector<utils::IteratorType>(type.getRank(),
                                              utils::IteratorType::parallel),
             [&](OpBuilder &b, Location loc, ValueRange values) {
               linalg::YieldOp::create(b, loc, body(b, values));
             })
      ->getResult(0);
}

/// The parts of a tensor, largest first. What is too large for bf16, infinite or
/// no number is its first part.
SmallVector<Value> FloatSplitter::split(Value tensor) {
  Location loc = op.getLoc();
  Type narrow = builder.getBF16Type(), wide = builder.getF32Type();
  SmallVector<Value> pieces;
  Value left = tensor;
  for (int64_t part = 0; part < parts; ++part) {
    pieces.push_back(
        elementwise(left, narrow, [&](OpBuilder &b, ValueRange values) {
          return arith::TruncFOp::create(b, loc, narrow, values[0]);
        }));
    if (part + 1 == parts)
      break;
    left = elementwise(
        {left, pieces.back()}, wide, [&](OpBuilder &b, ValueRange values) {
          Value rounded = arith::ExtFOp::create(b, loc, wide, values[1]);
          Value rest = arith::SubFOp::create(b, loc, values[0], rounded);
          Value zero =
              arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
          Value none = arith::SubFOp::create(b, loc, rounded, rounded);
          Value finite = arith::CmpFOp::create(
              b, loc, arith::CmpFPredicate::OEQ, none, zero);
          return arith::SelectOp::create(b, loc, finite, rest, zero);
        });
  }
  return pieces;
}

Value FloatSplitter::join(ArrayRef<Value> pieces, bool isLeft) {
  SmallVector<Value> list;
  for (auto [left, right] : productsOf(parts))
    list.push_back(pieces[isLeft ? left : right]);
  return tensor::ConcatOp::create(builder, op.getLoc(), places[isLeft ? 0 : 1],
                                  list);
}

bool FloatSplitter::run() {
  if (!isWorthIt())
    return false;
  Value left = join(split(op->getOperand(0)), /*isLeft=*/true);
  Value right = join(split(op->getOperand(1)), /*isLeft=*/false);
  Value init = op.getDpsInits()[0];
  auto product = linalg::ContractOp::create(
      builder, op.getLoc(), TypeRange(init.getType()), ValueRange{left, right},
      ValueRange(init), builder.getAffineMapArrayAttr(op.getIndexingMapsArray()));
  op->replaceAllUsesWith(product->getResults());
  op->erase();
  return true;
}

namespace {
struct SplitFloats : lacuna::impl::SplitFloatsBase<SplitFloats> {
  using SplitFloatsBase::SplitFloatsBase;

  void runOnOperation() override {
    if (parts != 2 && parts != 3) {
      getOperation().emitError("`parts` must be 2 or 3, got ")
          << int64_t(parts);
      return signalPassFailure();
    }
    for (auto op : llvm::make_early_inc_range(
             getOperation().getOps<linalg::LinalgOp>())) {
      bool isBackward = op->hasAttr(names::backward);
      Operation *before = op->getPrevNode();
      Block *block = op->getBlock();
      Operation *after = op->getNextNode();
      if (!FloatSplitter(op, parts).run() || !isBackward)
        continue;
      Operation *first = before ? before->getNextNode() : &block->front();
      for (Operation *made = first; made != after; made = made->getNextNode())
        made->setAttr(names::backward, UnitAttr::get(&getContext()));
    }
  }
};
} // namespace
