//===- SelectLoss.cpp - Make a loss the first result ----------------------===//
#include "TensorOps.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

namespace lacuna {
#define GEN_PASS_DEF_SELECTLOSS
#include "lacuna/Autodiff/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The mean of the squares of all elements, in f32 for narrow ones.
static Value meanSquare(OpBuilder &builder, Value value) {
  Location loc = value.getLoc();
  RankedTensorType type = typeOf(value);
  double share = 1.0 / type.getNumElements();
  Value squares = mapElements(
      builder, loc, type.clone(wideType(type.getElementType())),
      {whole(value)},
      [](OpBuilder &inner, Location at, ValueRange x) -> Value {
        return arith::MulFOp::create(inner, at, x[0], x[0]);
      });
  // Lines first: many can add them up side by side.
  Value sum = squares;
  if (type.getRank() > 1)
    sum = sumOver(builder, loc, sum, type.getRank() - 1);
  SmallVector<int64_t> dims(typeOf(sum).getRank());
  std::iota(dims.begin(), dims.end(), 0);
  sum = sumOver(builder, loc, sum, dims);
  return mapElements(
      builder, loc, cast<RankedTensorType>(sum.getType()), sum,
      [&](OpBuilder &inner, Location at, ValueRange x) -> Value {
        Value factor = scalar(inner, at, x[0].getType(), share);
        return arith::MulFOp::create(inner, at, x[0], factor);
      });
}

static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         isa<FloatType>(tensor.getElementType());
}

namespace {
struct SelectLoss : lacuna::impl::SelectLossBase<SelectLoss> {
  using SelectLossBase::SelectLossBase;
  void runOnOperation() override;
  FailureOr<Value> findLoss();
  FailureOr<Value> makeMeanSquare();
};
} // namespace

FailureOr<Value> SelectLoss::makeMeanSquare() {
  func::FuncOp function = getOperation();
  Type type =
      function.getNumResults() ? function.getResultTypes().front() : Type();
  if (!type || !isFloatTensor(type) ||
      cast<RankedTensorType>(type).getNumElements() == 0) {
    auto error = function.emitOpError("its first result must be a float tensor "
                                      "with elements to have a mean square");
    return type ? error << ", got " << type : error;
  }
  Operation *end = function.front().getTerminator();
  OpBuilder builder(end);
  return meanSquare(builder, end->getOperand(0));
}

FailureOr<Value> SelectLoss::findLoss() {
  func::FuncOp function = getOperation();
  if (of == "mean-square")
    return makeMeanSquare();
  for (auto [index, type] : llvm::enumerate(function.getResultTypes())) {
    auto name =
        function.getResultAttrOfType<StringAttr>(index, names::valueName);
    if (!name || name.getValue() != StringRef(of))
      continue;
    if (isFloatTensor(type) &&
        cast<RankedTensorType>(type).getNumElements() == 1)
      return function.front().getTerminator()->getOperand(index);
    return function.emitOpError("result `")
           << StringRef(of) << "` must have one float element to be a loss, "
           << "got " << type;
  }
  return function.emitOpError("the loss must be `mean-square` or the name of a "
                              "result, got `")
         << StringRef(of) << "`";
}

void SelectLoss::runOnOperation() {
  func::FuncOp function = getOperation();
  if (function.isPrivate())
    return;
  if (!function.getBody().hasOneBlock()) {
    function.emitOpError("must have one block to have a loss");
    return signalPassFailure();
  }
  FailureOr<Value> loss = findLoss();
  if (failed(loss))
    return signalPassFailure();
  function.front().getTerminator()->insertOperands(0, *loss);
  auto name = StringAttr::get(&getContext(), "loss");
  auto attributes = DictionaryAttr::get(
      &getContext(), NamedAttribute(names::valueName, name));
  (void)function.insertResult(0, loss->getType(), attributes);
}
