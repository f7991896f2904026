//===- ScalarBuilder.h - Scalar float arithmetic in few words ---*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_SCALARBUILDER_H
#define LACUNA_AUTODIFF_SCALARBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace lacuna {

/// Ops on scalars of one float type, created at the builder.
struct ScalarBuilder {
  using Value = mlir::Value;
  mlir::OpBuilder &builder;
  mlir::Location loc;

  template <typename Op, typename... Args> Value make(Args... args) {
    return Op::create(builder, loc, args...);
  }
  Value add(Value a, Value b) { return make<mlir::arith::AddFOp>(a, b); }
  Value sub(Value a, Value b) { return make<mlir::arith::SubFOp>(a, b); }
  Value mul(Value a, Value b) { return make<mlir::arith::MulFOp>(a, b); }
  Value div(Value a, Value b) { return make<mlir::arith::DivFOp>(a, b); }
  Value neg(Value a) { return make<mlir::arith::NegFOp>(a); }
  Value exp(Value a) { return make<mlir::math::ExpOp>(a); }
  Value rsqrt(Value a) { return make<mlir::math::RsqrtOp>(a); }
  Value select(Value c, Value a, Value b) {
    return make<mlir::arith::SelectOp>(c, a, b);
  }
  Value compare(mlir::arith::CmpFPredicate predicate, Value a, Value b) {
    return make<mlir::arith::CmpFOp>(predicate, a, b);
  }
  /// `value` in the type of `like`.
  Value number(Value like, double value) {
    return make<mlir::arith::ConstantOp>(
        builder.getFloatAttr(like.getType(), value));
  }
};

} // namespace lacuna

#endif // LACUNA_AUTODIFF_SCALARBUILDER_H
