//===- NarrowFloats.cpp - Programs of f32 in 16 bits ----------------------===//
// Writes each op again on narrow tensors; one that has no such form, or adds
// up many numbers by itself, keeps f32 between casts.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Support/HalfFloat.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/Threading.h"

#include <cmath>
#include <cstring>

namespace lacuna {
#define GEN_PASS_DEF_NARROWFLOATS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
class Narrowing {
public:
  Narrowing(Block &block, FloatType narrow)
      : block(block), narrow(narrow), builder(block.getTerminator()) {}
  void run();

private:
  Type narrowType(Type type) const;
  APFloat narrowNumber(APFloat number) const;
  TypedAttr narrowElements(arith::ConstantOp op) const;
  void narrowConstant(arith::ConstantOp op);
  void retype(Operation *op);
  void place(Operation *op);
  bool placeNarrow(Operation *op);
  void placeWide(Operation *op);
  /// What stands for `value`, in its own type.
  Value original(Value value);

  Block &block;
  FloatType narrow;
  OpBuilder builder;
  IRMapping mapping;
  DenseMap<Value, Value> originals;
};
} // namespace

Type Narrowing::narrowType(Type type) const {
  if (type.isF32())
    return narrow;
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.getElementType().isF32())
    return tensor.clone(narrow);
  return type;
}

/// Finite numbers stay finite: models write the least f32 where they mean a
/// score that never wins, and multiply it by 0.
APFloat Narrowing::narrowNumber(APFloat number) const {
  bool lossy = false, negative = number.isNegative();
  bool finite = number.isFinite();
  const llvm::fltSemantics &semantics = narrow.getFloatSemantics();
  number.convert(semantics, APFloat::rmNearestTiesToEven, &lossy);
  if (finite && !number.isFinite())
    return APFloat::getLargest(semantics, negative);
  return number;
}

/// The value of a constant of f32, null where it cannot be read.
TypedAttr Narrowing::narrowElements(arith::ConstantOp op) const {
  if (auto number = dyn_cast<FloatAttr>(op.getValue()))
    return FloatAttr::get(narrow, narrowNumber(number.getValue()));
  auto type = cast<RankedTensorType>(narrowType(op.getType()));
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue()))
    return cast<DenseElementsAttr>(dense.mapValues(
        narrow, llvm::function_ref<APInt(const APFloat &)>(
                    [&](const APFloat &number) {
                      return narrowNumber(number).bitcastToAPInt();
                    })));
  ArrayRef<char> bytes = constantBytes(op.getResult());
  if (int64_t(bytes.size()) != 4 * type.getNumElements())
    return nullptr;
  std::vector<char> narrowed(bytes.size() / 2);
  for (size_t i = 0; i < bytes.size() / 4; ++i) {
    float number;
    std::memcpy(&number, &bytes[4 * i], 4);
    uint16_t bits = narrow.isBF16() ? toBFloat(number) : toHalf(number);
    uint16_t largest = narrow.isBF16() ? 0x7f7f : 0x7bff;
    if (std::isfinite(number) && (bits & 0x7fff) > largest)
      bits = (bits & 0x8000) | largest;
    std::memcpy(&narrowed[2 * i], &bits, 2);
  }
  return cast<TypedAttr>(Attribute(DenseResourceElementsAttr::get(
      type, "narrow",
      HeapAsmResourceBlob::allocateAndCopyWithAlign(narrowed, 64))));
}

void Narrowing::narrowConstant(arith::ConstantOp op) {
  TypedAttr value;
  if (narrowType(op.getType()) != op.getType())
    value = narrowElements(op);
  Operation *copy = builder.clone(*op);
  if (value) {
    copy->erase();
    copy = arith::ConstantOp::create(builder, op.getLoc(), value);
  }
  mapping.map(op.getResult(), copy->getResult(0));
}

/// Changes all f32 in and under `op`. Regions of attention take their scores
/// in f32, as the sums they come from.
void Narrowing::retype(Operation *op) {
  for (OpResult result : op->getResults())
    if (!isa<AttentionOp>(op) || result.getResultNumber() == 0)
      result.setType(narrowType(result.getType()));
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    if (constant.getType() != constant.getValue().getType())
      if (TypedAttr value = narrowElements(constant))
        constant.setValueAttr(value);
  if (isa<AttentionOp>(op))
    return;
  for (Region &region : op->getRegions())
    for (Block &inner : region) {
      for (BlockArgument argument : inner.getArguments())
        argument.setType(narrowType(argument.getType()));
      for (Operation &nested : llvm::make_early_inc_range(inner)) {
        retype(&nested);
        if (isa<arith::ExtFOp, arith::TruncFOp>(nested) &&
            nested.getOperand(0).getType() == nested.getResult(0).getType()) {
          nested.getResult(0).replaceAllUsesWith(nested.getOperand(0));
          nested.erase();
        }
      }
    }
}

Value Narrowing::original(Value value) {
  Value stand = mapping.lookupOrDefault(value);
  if (stand.getType() == value.getType())
    return stand;
  if (Value known = originals.lookup(value))
    return known;
  Value wide;
  if (Operation *op = value.getDefiningOp();
      op && classify(op) == OpClass::Source) {
    IRMapping local;
    for (Value operand : op->getOperands())
      local.map(operand, original(operand));
    wide = builder.clone(*op, local)->getResult(0);
  } else {
    wide = resizeFloat(builder, value.getLoc(), stand, value.getType());
  }
  return originals[value] = wide;
}

/// Whether `op` is one on narrow tensors now.
bool Narrowing::placeNarrow(Operation *op) {
  IRMapping local(mapping);
  if (isa<AttentionOp>(op))
    for (Region &region : op->getRegions()) {
      llvm::SetVector<Value> captured;
      getUsedValuesDefinedAbove(region, captured);
      for (Value value : captured)
        if (!llvm::is_contained(op->getOperands(), value))
          local.map(value, original(value));
    }
  Operation *copy = builder.clone(*op, local);
  retype(copy);
  // What is refused here keeps its type: nobody needs to know.
  uint64_t self = llvm::get_threadid();
  ScopedDiagnosticHandler quiet(op->getContext(), [&](Diagnostic &) {
    return success(llvm::get_threadid() == self);
  });
  if (failed(verify(copy))) {
    copy->erase();
    return false;
  }
  for (auto [from, to] : llvm::zip_equal(op->getResults(), copy->getResults()))
    mapping.map(from, to);
  return true;
}

/// `op` as it was, between casts.
void Narrowing::placeWide(Operation *op) {
  llvm::SetVector<Value> used;
  used.insert(op->operand_begin(), op->operand_end());
  for (Region &region : op->getRegions())
    getUsedValuesDefinedAbove(region, used);
  IRMapping local;
  for (Value value : used)
    local.map(value, original(value));
  Operation *copy = builder.clone(*op, local);
  for (auto [from, to] : llvm::zip_equal(op->getResults(), copy->getResults()))
    mapping.map(from, resizeFloat(builder, op->getLoc(), to,
                                   narrowType(to.getType())));
}

/// Whether `op` adds its elements up one by one, each sum of its own type.
static bool accumulates(Operation *op) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  return structured && structured.getNumReductionLoops() &&
         !linalg::isaContractionOpInterface(structured);
}

void Narrowing::place(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return narrowConstant(constant);
  // A cast within the program is none any more.
  if (isa<arith::ExtFOp, arith::TruncFOp>(op)) {
    Value input = mapping.lookupOrDefault(op->getOperand(0));
    if (input.getType() == narrowType(op->getResult(0).getType())) {
      mapping.map(op->getResult(0), input);
      return;
    }
  }
  if (accumulates(op) || !placeNarrow(op))
    placeWide(op);
}

void Narrowing::run() {
  SmallVector<Operation *> ops;
  for (Operation &op : block.without_terminator())
    ops.push_back(&op);
  for (BlockArgument argument : block.getArguments())
    if (!argument.use_empty())
      mapping.map(argument,
                  resizeFloat(builder, argument.getLoc(), argument,
                               narrowType(argument.getType())));
  for (Operation *op : ops)
    place(op);
  for (OpOperand &result : block.getTerminator()->getOpOperands())
    result.set(original(result.get()));
  for (Operation *op : llvm::reverse(ops))
    op->erase();
}

namespace {
struct NarrowFloats : lacuna::impl::NarrowFloatsBase<NarrowFloats> {
  using NarrowFloatsBase::NarrowFloatsBase;

  void runOnOperation() override {
    FloatType narrow;
    if (element == "bf16")
      narrow = BFloat16Type::get(&getContext());
    else if (element == "f16")
      narrow = Float16Type::get(&getContext());
    if (!narrow) {
      getOperation().emitError("`element` must be `bf16` or `f16`, got `")
          << element << "`";
      return signalPassFailure();
    }
    if (llvm::hasSingleElement(getOperation().getBody()))
      Narrowing(getOperation().getBody().front(), narrow).run();
  }
};
} // namespace
