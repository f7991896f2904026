//===- Random.cpp - Random numbers and dropout ----------------------------===//
#include "Verify.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;

/// The parameters of each distribution.
static LogicalResult verifyParameters(RandomOp op) {
  const APFloat &alpha = op.getAlphaAttr().getValue();
  const APFloat &beta = op.getBetaAttr().getValue();
  if (!alpha.isFinite() || !beta.isFinite())
    return op.emitOpError("`alpha` and `beta` must be finite");
  double a = alpha.convertToDouble(), b = beta.convertToDouble();
  if (op.getKind() == RandomKind::Uniform && !(a < b))
    return op.emitOpError("`alpha` must be below `beta`, got ")
           << a << " and " << b;
  if (op.getKind() == RandomKind::Normal && b < 0)
    return op.emitOpError("`beta` must not be negative, got ") << b;
  if (op.getKind() == RandomKind::Bernoulli && !(a >= 0 && a <= 1))
    return op.emitOpError("`alpha` must be 0 to 1, got ") << a;
  return success();
}

LogicalResult RandomOp::inferResultTypes(verify::Types &types) {
  if (getSeed() && failed(verify::rank(*this, "seed", getSeed(), 0, 0))) // C1
    return failure();
  if (getKind() != RandomKind::Bernoulli &&
      !isa<FloatType>(elementOf(getResult()))) // C2
    return emitOpError("the result must have floating-point elements, got ")
           << elementOf(getResult());
  if (failed(verifyParameters(*this))) // C3
    return failure();
  types.push_back(verify::typeOf(getResult()));
  return success();
}

LogicalResult DropoutOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "seed", getSeed(), 0, 0))) // C1
    return failure();
  double rate = getRate().convertToDouble();
  if (!(rate >= 0 && rate <= 1)) // C2
    return emitOpError("`rate` must be 0 to 1, got ") << rate;
  types.push_back(verify::typeOf(getInput()));
  types.push_back( // C3
      verify::typeOf(getInput()).clone(IntegerType::get(getContext(), 1)));
  return success();
}
