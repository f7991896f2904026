//===- Activation.cpp - Activations, gates and softmax --------------------===//
// Checks, shapes and simplifications of the activation family.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/Interfaces.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;
using verify::typeOf;

/// How many parameters a kind has.
static int parameterCount(ActivationKind kind) {
  using K = ActivationKind;
  switch (kind) {
  case K::LeakyRelu:
  case K::Elu:
  case K::Celu:
  case K::ThresholdedRelu:
  case K::SoftShrink:
  case K::HardShrink:
  case K::Silu:
    return 1;
  case K::Selu:
  case K::Softplus:
  case K::HardSigmoid:
  case K::HardTanh:
  case K::Shrink:
  case K::ScaledTanh:
    return 2;
  default:
    return 0;
  }
}

static LogicalResult verifyParameters(ActivationOp op) {
  FloatAttr parameters[] = {op.getAlphaAttr(), op.getBetaAttr()};
  for (auto [index, attribute] : llvm::enumerate(parameters)) {
    if (!attribute)
      continue;
    StringRef name = index == 0 ? "alpha" : "beta";
    if (!attribute.getValue().isFinite()) // C1
      return op.emitOpError("`") << name << "` must be finite";
    if (int(index) >= parameterCount(op.getKind())) // C2
      return op.emitOpError("`") << name << "` must be absent for kind "
                                 << stringifyActivationKind(op.getKind());
  }
  return success();
}

LogicalResult ActivationOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyParameters(*this))) // C1, C2
    return failure();
  bool divides = getKind() == ActivationKind::Celu ||
                 getKind() == ActivationKind::Softplus;
  if (divides && getAlpha() && getAlpha()->isZero()) // C3
    return emitOpError("`alpha` must not be 0");
  if (getKind() == ActivationKind::HardTanh) { // C4
    double low = getAlpha() ? getAlpha()->convertToDouble() : -1;
    double high = getBeta() ? getBeta()->convertToDouble() : 1;
    if (low > high)
      return emitOpError("`alpha` must be at most `beta` (")
             << high << "), got " << low;
  }
  types.push_back(typeOf(getInput()));
  return success();
}

/// Whether the function leaves its own results as they are.
static bool isIdempotent(ActivationKind kind) {
  using K = ActivationKind;
  return kind == K::Sign || kind == K::Relu || kind == K::Relu6 ||
         kind == K::HardTanh || kind == K::HardShrink;
}

OpFoldResult ActivationOp::fold(FoldAdaptor) {
  auto inner = getInput().getDefiningOp<ActivationOp>();
  bool same = inner && inner.getKind() == getKind() &&
              inner.getAlphaAttr() == getAlphaAttr() &&
              inner.getBetaAttr() == getBetaAttr();
  return same && isIdempotent(getKind()) ? getInput() : OpFoldResult();
}

LogicalResult PreluOp::inferResultTypes(verify::Types &types) {
  Value input = getInput(), slope = getSlope();
  if (failed(verify::element(*this, "slope", slope, input))) // C1
    return failure();
  if (!broadcastsTo(sizesOf(slope), sizesOf(input))) // C2
    return emitOpError("`slope` must broadcast to shape ")
           << verify::text(sizesOf(input)) << ", got "
           << verify::text(sizesOf(slope));
  types.push_back(typeOf(input));
  return success();
}

/// The type of `input` with `size` elements along `axis`.
static RankedTensorType resized(Value input, int64_t axis, int64_t size) {
  SmallVector<int64_t> shape(sizesOf(input));
  shape[axis] = size;
  return typeOf(input).clone(shape);
}

std::optional<ActivationKind> GatedOp::getFunction() {
  switch (getKind()) {
  case GateKind::Glu:
    return ActivationKind::Sigmoid;
  case GateKind::ReGlu:
    return ActivationKind::Relu;
  case GateKind::GeGlu:
    return ActivationKind::Gelu;
  case GateKind::SwiGlu:
    return ActivationKind::Silu;
  case GateKind::Bilinear:
    return std::nullopt;
  }
  return std::nullopt;
}

LogicalResult GatedOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getInput()); // C1
  if (failed(axis))
    return failure();
  int64_t size = sizesOf(getInput())[*axis];
  bool known = !ShapedType::isDynamic(size);
  if (known && size % 2 != 0) // C2
    return emitOpError("the size along `axis` must be even, got ") << size;
  types.push_back(resized(getInput(), *axis, known ? size / 2 : size));
  return success();
}

/// Ops along one axis whose result is like their input.
template <typename Op>
static LogicalResult inferAlongAxis(Op op, verify::Types &types) {
  if (failed(verify::axis(op, op.getAxis(), op.getInput()))) // C1
    return failure();
  types.push_back(typeOf(op.getInput()));
  return success();
}

LogicalResult SoftmaxOp::inferResultTypes(verify::Types &types) {
  return inferAlongAxis(*this, types); // C1
}

LogicalResult HardmaxOp::inferResultTypes(verify::Types &types) {
  return inferAlongAxis(*this, types); // C1
}

LogicalResult MaxoutOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verify::axis(*this, getAxis(), getInput()); // C1
  if (failed(axis))
    return failure();
  int64_t size = sizesOf(getInput())[*axis];
  if (failed(verify::divides(*this, "groups", getGroups(), // C2
                             "the size along `axis`", size)))
    return failure();
  types.push_back(resized(getInput(), *axis,
                          ShapedType::isDynamic(size) ? size
                                                      : size / getGroups()));
  return success();
}

OpFoldResult MaxoutOp::fold(FoldAdaptor) {
  bool same = getGroups() == 1 && getInput().getType() == getType();
  return same ? getInput() : OpFoldResult();
}
