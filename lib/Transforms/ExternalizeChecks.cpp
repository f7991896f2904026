//===- ExternalizeChecks.cpp - Expectations become outputs ----------------===//
#include "lacuna/IR/Check.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace lacuna {
#define GEN_PASS_DEF_EXTERNALIZECHECKS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static std::string placeOf(Location location) {
  auto file = location->findInstanceOf<FileLineColLoc>();
  if (!file)
    return "?";
  return file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" +
         std::to_string(file.getColumn());
}

namespace {
struct ExternalizeChecks
    : lacuna::impl::ExternalizeChecksBase<ExternalizeChecks> {
  void runOnOperation() override;
};
} // namespace

void ExternalizeChecks::runOnOperation() {
  func::FuncOp function = getOperation();
  if (!function.isPublic() || function.isExternal())
    return;
  Builder builder(&getContext());
  SmallVector<Value> values(
      function.getBody().front().getTerminator()->getOperands());
  SmallVector<Attribute> checks;
  auto externalize = [&](Operation *op, double rtol, double atol) {
    checks.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("actual",
                              builder.getI64IntegerAttr(values.size())),
         builder.getNamedAttr("atol", builder.getF64FloatAttr(atol)),
         builder.getNamedAttr("expected",
                              builder.getI64IntegerAttr(values.size() + 1)),
         builder.getNamedAttr("location",
                              builder.getStringAttr(placeOf(op->getLoc()))),
         builder.getNamedAttr("rtol", builder.getF64FloatAttr(rtol))}));
    llvm::append_range(values, op->getOperands());
    op->erase();
  };
  for (Operation &op :
       llvm::make_early_inc_range(function.getBody().front())) {
    if (auto close = dyn_cast<check::ExpectCloseOp>(op))
      externalize(&op, close.getRtol().convertToDouble(),
                  close.getAtol().convertToDouble());
    else if (isa<check::ExpectEqualOp>(op))
      externalize(&op, 0, 0);
  }
  if (checks.empty())
    return;
  function.getBody().front().getTerminator()->setOperands(values);
  function.setType(FunctionType::get(&getContext(), function.getArgumentTypes(),
                                     ValueRange(values).getTypes()));
  function->setAttr(names::checks, builder.getArrayAttr(checks));
}
