//===- Reduction.cpp - Rules of reductions --------------------------------===//
// The cotangent of a sum is broadcast. That of a maximum or minimum goes to
// the first element that has it; that of a product is shared by the product of
// the others, where at most one of them is zero.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// The op that combines an element with the rest, in whatever order; null if
/// the body has others.
static Operation *combinerOf(linalg::ReduceOp op) {
  Block *body = op.getBody();
  Operation &first = body->front();
  bool plain = body->getOperations().size() == 2 &&
               body->getNumArguments() == 2 && first.getNumOperands() == 2 &&
               body->getTerminator()->getOperand(0) == first.getResult(0);
  return plain &&
                 llvm::is_contained(first.getOperands(), body->getArgument(0)) &&
                 llvm::is_contained(first.getOperands(), body->getArgument(1))
             ? &first
             : nullptr;
}

namespace {
/// The reduction of x, and the cotangent of its result.
class Reduced {
public:
  Reduced(linalg::ReduceOp op, OpBuilder &builder, Value g)
      : builder(builder), loc(op.getLoc()),
        type(cast<RankedTensorType>(op->getOperand(0).getType())),
        dims(op.getDimensions()), x(whole(op->getOperand(0))),
        y(without(op->getResult(0), type.getRank(), dims)),
        g(without(g, type.getRank(), dims)) {}

  Value ofExtreme();
  Value ofProduct();

private:
  Value number(OpBuilder &b, Location at);
  Operand firstPlace();
  template <typename Op>
  Operand reduce(Value value, TypedAttr start);

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  SmallVector<int64_t> dims;
  Operand x, y, g;
};
} // namespace

/// The row-major number of the current element along `dims`.
Value Reduced::number(OpBuilder &b, Location at) {
  ScalarBuilder s{b, at};
  Value number = arith::ConstantIndexOp::create(b, at, 0);
  for (int64_t dim : dims) {
    Value size = arith::ConstantIndexOp::create(b, at, type.getDimSize(dim));
    Value place = linalg::IndexOp::create(b, at, dim);
    number = s.make<arith::AddIOp>(s.make<arith::MulIOp>(number, size), place);
  }
  return s.make<arith::IndexCastOp>(b.getI64Type(), number);
}

template <typename Op> Operand Reduced::reduce(Value value, TypedAttr start) {
  auto sumType = cast<RankedTensorType>(y.value.getType())
                     .clone(cast<RankedTensorType>(value.getType())
                                .getElementType());
  Value first = arith::ConstantOp::create(builder, loc, start);
  Value init = tensor::EmptyOp::create(builder, loc, sumType.getShape(),
                                       sumType.getElementType());
  init = linalg::FillOp::create(builder, loc, first, init).getResult(0);
  auto op = linalg::ReduceOp::create(
      builder, loc, value, init, dims,
      [](OpBuilder &inner, Location at, ValueRange v) {
        Value both = Op::create(inner, at, v[0], v[1]);
        linalg::YieldOp::create(inner, at, both);
      });
  return without(op->getResult(0), type.getRank(), dims);
}

/// The lowest number of an element that is the result, NaN included.
Operand Reduced::firstPlace() {
  Value numbers = mapElements(
      builder, loc, type.clone(builder.getI64Type()), {x, y},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value same = s.compare(arith::CmpFPredicate::OEQ, v[0], v[1]);
        Value isNaN = s.compare(arith::CmpFPredicate::UNO, v[0], v[0]);
        Value none = arith::ConstantIntOp::create(b, at, INT64_MAX, 64);
        return s.select(s.make<arith::OrIOp>(same, isNaN), number(b, at), none);
      });
  return reduce<arith::MinSIOp>(numbers,
                                builder.getI64IntegerAttr(INT64_MAX));
}

Value Reduced::ofExtreme() {
  return mapElements(
      builder, loc, type, {firstPlace(), g},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value here = s.make<arith::CmpIOp>(arith::CmpIPredicate::eq,
                                           number(b, at), v[0]);
        return s.select(here, v[1], s.number(v[1], 0));
      });
}

/// g y / x, or g times the product of the others where x is the only zero.
Value Reduced::ofProduct() {
  auto wide = type.clone(wideType(type.getElementType()));
  auto isZero = [](ScalarBuilder &s, Value v) {
    return s.compare(arith::CmpFPredicate::OEQ, v, s.number(v, 0));
  };
  Value others = mapElements(
      builder, loc, wide, {x}, [&](OpBuilder &b, Location at, ValueRange v) {
        ScalarBuilder s{b, at};
        return s.select(isZero(s, v[0]), s.number(v[0], 1), v[0]);
      });
  Value flags = mapElements(
      builder, loc, wide, {x}, [&](OpBuilder &b, Location at, ValueRange v) {
        ScalarBuilder s{b, at};
        return s.select(isZero(s, v[0]), s.number(v[0], 1), s.number(v[0], 0));
      });
  auto one = builder.getFloatAttr(wide.getElementType(), 1);
  auto none = builder.getFloatAttr(wide.getElementType(), 0);
  return mapElements(
      builder, loc, type,
      {x, g, reduce<arith::MulFOp>(others, one),
       reduce<arith::AddFOp>(flags, none)},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value zero = s.number(v[0], 0);
        Value only = s.compare(arith::CmpFPredicate::OEQ, v[3], s.number(v[0], 1));
        Value product = s.mul(v[1], v[2]);
        Value divided = s.select(isZero(s, v[3]), s.div(product, v[0]), zero);
        Value here = s.make<arith::AndIOp>(only, isZero(s, v[0]));
        return s.select(here, product, divided);
      });
}

namespace {
struct ReduceRule
    : DifferentiableOpInterface::ExternalModel<ReduceRule, linalg::ReduceOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<linalg::ReduceOp>(base);
    Operation *combiner = combinerOf(op);
    if (isa_and_nonnull<arith::AddFOp>(combiner)) {
      if (wanted[0])
        operandCotangents[0] = broadcastAlong(
            builder, op.getLoc(), cotangents[0],
            cast<RankedTensorType>(op->getOperand(0).getType()),
            op.getDimensions());
      if (wanted[1])
        operandCotangents[1] = cotangents[0];
      return success();
    }
    bool extreme = isa_and_nonnull<arith::MaximumFOp, arith::MinimumFOp,
                                   arith::MaxNumFOp, arith::MinNumFOp>(combiner);
    if (!extreme && !isa_and_nonnull<arith::MulFOp>(combiner))
      return op.emitOpError("must be a sum, product, maximum or minimum to be "
                            "differentiated");
    if (wanted[1])
      return op.emitOpError("must begin with a constant to be differentiated");
    Reduced reduced(op, builder, cotangents[0]);
    operandCotangents[0] =
        extreme ? reduced.ofExtreme() : reduced.ofProduct();
    return success();
  }
};
} // namespace

void lacuna::attachReductionRules(MLIRContext *context) {
  linalg::ReduceOp::attachInterface<ReduceRule>(*context);
}
