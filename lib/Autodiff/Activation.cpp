//===- Activation.cpp - Rules of activations ------------------------------===//
// The derivative of each kind, times the cotangent. f16 and bf16 are computed
// in f32. Where a kind has a kink, the derivative is PyTorch's.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace lacuna;

namespace {
using Predicate = arith::CmpFPredicate;

/// Whether the derivative follows from the result, which is kept in any case:
/// what went in need not be. Rounded to 16 bits, saturating kinds lose it.
bool derivesFromResult(ActivationOp op) {
  switch (op.getKind()) {
  case ActivationKind::Relu:
  case ActivationKind::Relu6:
    return true;
  case ActivationKind::LeakyRelu:
    return !op.getAlpha() || op.getAlphaAttr().getValueAsDouble() > 0;
  case ActivationKind::Sigmoid:
  case ActivationKind::Tanh:
    return getElementTypeOrSelf(op.getType()).getIntOrFloatBitWidth() >= 32;
  default:
    return false;
  }
}

/// Derivatives at `x`, a scalar of f32 or f64: the input, or the result if it
/// derives from that.
class Derivative {
public:
  Derivative(OpBuilder &builder, Location loc, ActivationOp op, Value x)
      : builder(builder), loc(loc), op(op), x(x) {}
  Value emit();

private:
  Value number(double value) {
    return scalar(builder, loc, x.getType(), value);
  }
  template <typename OpT> Value make(Value a) {
    return OpT::create(builder, loc, a);
  }
  template <typename OpT> Value make(Value a, Value b) {
    return OpT::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) { return make<arith::MulFOp>(a, b); }
  Value scale(Value a, double b) { return mul(a, number(b)); }
  Value add(Value a, Value b) { return make<arith::AddFOp>(a, b); }
  Value div(Value a, Value b) { return make<arith::DivFOp>(a, b); }
  Value oneMinus(Value a) { return make<arith::SubFOp>(number(1), a); }
  Value exp(Value a) { return make<math::ExpOp>(a); }
  Value sigmoid(Value a) {
    return div(number(1), add(number(1), exp(make<arith::NegFOp>(a))));
  }
  Value where(Predicate predicate, Value a, double bound, Value yes, Value no) {
    Value holds = arith::CmpFOp::create(builder, loc, predicate, a,
                                        number(bound));
    return arith::SelectOp::create(builder, loc, holds, yes, no);
  }
  /// 1 outside of [-bound, bound], 0 inside.
  Value outside(double bound) {
    return where(Predicate::OGT, make<math::AbsFOp>(x), bound, number(1),
                 number(0));
  }
  /// `value` where low < a < high, else 0.
  Value within(Value a, double low, double high, Value value) {
    return where(Predicate::OGT, a, low,
                 where(Predicate::OLT, a, high, value, number(0)), number(0));
  }
  double alpha(double otherwise) {
    return op.getAlpha() ? op.getAlphaAttr().getValueAsDouble() : otherwise;
  }
  double beta(double otherwise) {
    return op.getBeta() ? op.getBetaAttr().getValueAsDouble() : otherwise;
  }

  Value piecewise();
  Value elu(double negative, double positive, double width);
  Value timesSigmoid(Value y, Value slope);
  Value tanhSquare(double factor);
  Value gelu();
  Value geluTanh();
  Value mish();
  Value softplus();
  Value hardSwish();

  OpBuilder &builder;
  Location loc;
  ActivationOp op;
  Value x;
};

Value Derivative::elu(double negative, double positive, double width) {
  return where(Predicate::OGT, x, 0, number(positive),
               scale(exp(scale(x, 1 / width)), negative));
}

/// Of x sigmoid(y), y' = slope.
Value Derivative::timesSigmoid(Value y, Value slope) {
  Value s = sigmoid(y);
  return mul(s, add(number(1), mul(mul(x, slope), oneMinus(s))));
}

Value Derivative::tanhSquare(double factor) {
  Value t = make<math::TanhOp>(scale(x, factor));
  return mul(t, t);
}

/// Phi(x) + x phi(x); 1 + erf would cancel in the left tail.
Value Derivative::gelu() {
  Value tail = make<math::ErfcOp>(scale(x, -1 / std::numbers::sqrt2));
  Value density = scale(exp(scale(mul(x, x), -0.5)),
                        std::sqrt(std::numbers::inv_pi / 2));
  return add(scale(tail, 0.5), mul(x, density));
}

Value Derivative::geluTanh() {
  double twice = 2 * std::sqrt(2 * std::numbers::inv_pi);
  Value square = mul(x, x);
  Value y = mul(x, add(number(twice), scale(square, twice * 0.044715)));
  return timesSigmoid(
      y, add(number(twice), scale(square, 3 * twice * 0.044715)));
}

/// With t = tanh(log(1 + e^x)): t + x sigmoid(x) (1 - t^2).
Value Derivative::mish() {
  Value e = exp(where(Predicate::OLT, x, 20, x, number(20)));
  Value w = mul(e, add(e, number(2)));
  Value t = div(w, add(w, number(2)));
  return add(t, mul(mul(x, sigmoid(x)), oneMinus(mul(t, t))));
}

Value Derivative::softplus() {
  Value scaled = scale(x, alpha(1));
  return where(Predicate::OGT, scaled, beta(20), number(1), sigmoid(scaled));
}

Value Derivative::hardSwish() {
  Value inside = add(scale(x, 1.0 / 3), number(0.5));
  return where(Predicate::OLT, x, -3, number(0),
               where(Predicate::OLE, x, 3, inside, number(1)));
}

Value Derivative::piecewise() {
  using K = ActivationKind;
  switch (op.getKind()) {
  case K::Relu:
    return where(Predicate::OGT, x, 0, number(1), number(0));
  case K::Relu6:
    return within(x, 0, 6, number(1));
  case K::LeakyRelu:
    return where(Predicate::OGT, x, 0, number(1), number(alpha(0.01)));
  case K::ThresholdedRelu:
    return where(Predicate::OGT, x, alpha(1), number(1), number(0));
  case K::HardTanh:
    return within(x, alpha(-1), beta(1), number(1));
  case K::HardSigmoid:
    return within(add(scale(x, alpha(1.0 / 6)), number(beta(0.5))), 0, 1,
                  number(alpha(1.0 / 6)));
  case K::SoftShrink:
  case K::HardShrink:
    return outside(alpha(0.5));
  case K::Shrink:
    return outside(beta(0.5));
  default:
    return hardSwish();
  }
}

Value Derivative::emit() {
  using K = ActivationKind;
  switch (op.getKind()) {
  case K::Elu:
    return elu(alpha(1), 1, 1);
  case K::Celu:
    return elu(1, 1, alpha(1));
  case K::Selu: {
    double factor = beta(1.0507009873554804934193349852946);
    return elu(factor * alpha(1.6732632423543772848170429916717), factor, 1);
  }
  case K::Softplus:
    return softplus();
  case K::Softsign: {
    Value bound = add(number(1), make<math::AbsFOp>(x));
    return div(number(1), mul(bound, bound));
  }
  case K::Sigmoid: {
    Value s = derivesFromResult(op) ? x : sigmoid(x);
    return mul(s, oneMinus(s));
  }
  case K::LogSigmoid:
    return sigmoid(make<arith::NegFOp>(x));
  case K::Tanh:
    return oneMinus(derivesFromResult(op) ? mul(x, x) : tanhSquare(1));
  case K::ScaledTanh:
    return scale(oneMinus(tanhSquare(beta(1))), alpha(1) * beta(1));
  case K::TanhShrink:
    return tanhSquare(1);
  case K::Silu:
    return timesSigmoid(scale(x, alpha(1)), number(alpha(1)));
  case K::QuickGelu:
    return timesSigmoid(scale(x, 1.702), number(1.702));
  case K::Mish:
    return mish();
  case K::Gelu:
    return gelu();
  case K::GeluTanh:
    return geluTanh();
  default:
    return piecewise();
  }
}

Value emitProduct(OpBuilder &builder, Location loc, ActivationOp op, Value x,
                  Value cotangent) {
  Type type = x.getType();
  bool narrow = type.getIntOrFloatBitWidth() < 32;
  auto widen = [&](Value value) -> Value {
    return narrow ? arith::ExtFOp::create(builder, loc, builder.getF32Type(),
                                          value)
                  : value;
  };
  Value factor = Derivative(builder, loc, op, widen(x)).emit();
  Value product =
      arith::MulFOp::create(builder, loc, factor, widen(cotangent));
  return narrow ? arith::TruncFOp::create(builder, loc, type, product)
                : product;
}

LogicalResult adjointOf(ActivationOp op, OpBuilder &builder, Value cotangent,
                        const llvm::BitVector &, MutableArrayRef<Value> result) {
  result[0] = activationCotangent(builder, op, cotangent);
  return success();
}
} // namespace

Value lacuna::activationCotangent(OpBuilder &builder, ActivationOp op,
                                  Value cotangent) {
  if (op.getKind() == ActivationKind::Step ||
      op.getKind() == ActivationKind::Sign)
    return {};
  return mapElements(builder, op.getLoc(),
                     cast<RankedTensorType>(op.getType()),
                     {derivesFromResult(op) ? op.getResult() : op.getInput(),
                      cotangent},
                     [&](OpBuilder &inner, Location loc, ValueRange values) {
                       return emitProduct(inner, loc, op, values[0], values[1]);
                     });
}

void lacuna::attachActivationRules(MLIRContext *context) {
  attachRule<ActivationOp, adjointOf>(context);
}
