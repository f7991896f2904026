//===- Gated.cpp - Rules of gates, PReLU and maxout -----------------------===//
// A gate's halves are slices, its function an activation: they have rules, so
// a gate is written out and differentiated by them. Of equal candidates of a
// maximum the first has the gradient.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using Wanted = const llvm::BitVector &;

/// The cotangents of x and slope.
static LogicalResult adjointOf(PreluOp op, OpBuilder &builder, Value cotangent,
                               Wanted wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  Operand x = whole(op.getInput()), g = whole(cotangent),
          slope = spread(op.getSlope(), type.getShape());
  auto positive = [](ScalarBuilder &s, Value v) {
    return s.compare(arith::CmpFPredicate::OGT, v, s.number(v, 0));
  };
  if (wanted[0])
    result[0] = mapElements(
        builder, loc, type, {x, slope, g},
        [&](OpBuilder &b, Location at, ValueRange v) -> Value {
          ScalarBuilder s{b, at};
          return s.select(positive(s, v[0]), v[2], s.mul(v[1], v[2]));
        });
  if (!wanted[1])
    return success();
  Value terms = mapElements(
      builder, loc, type.clone(wideType(type.getElementType())), {x, g},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        return s.select(positive(s, v[0]), s.number(v[0], 0),
                        s.mul(v[0], v[1]));
      });
  RankedTensorType slopes = typeOf(op.getSlope());
  Value sum = sumToOperand(builder, loc, terms, slope.map,
                           slopes.clone(typeOf(terms).getElementType()));
  result[1] = convertElements(builder, loc, sum, slopes.getElementType());
  return success();
}

/// One half of `value` along `axis`.
static Value half(OpBuilder &builder, Location loc, Value value, int64_t axis,
                  bool second) {
  RankedTensorType type = typeOf(value);
  SmallVector<int64_t> shape(type.getShape()), offsets(type.getRank(), 0),
      strides(type.getRank(), 1);
  shape[axis] /= 2;
  offsets[axis] = second ? shape[axis] : 0;
  return tensor::ExtractSliceOp::create(
      builder, loc, type.clone(shape), value, ValueRange(), ValueRange(),
      ValueRange(), offsets, shape, strides);
}

static Value multiply(OpBuilder &builder, Location loc, Value a, Value b) {
  return mapElements(builder, loc, typeOf(a), {whole(a), whole(b)},
                     [](OpBuilder &inner, Location at, ValueRange v) {
                       return ScalarBuilder{inner, at}.mul(v[0], v[1]);
                     });
}

static LogicalResult adjointOf(GatedOp op, OpBuilder &builder, Value cotangent,
                               Wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  int64_t axis = *axisFromFront(op.getAxis(), typeOf(op.getInput()).getRank());
  bool gateFirst = op.getGateFirst();
  Value plain = half(builder, loc, op.getInput(), axis, gateFirst);
  Value gate = half(builder, loc, op.getInput(), axis, !gateFirst);
  Value opened = gate, byGate = multiply(builder, loc, cotangent, plain);
  if (auto kind = op.getFunction()) {
    auto activation = ActivationOp::create(builder, loc, gate.getType(), gate,
                                           *kind, FloatAttr(), FloatAttr());
    opened = activation.getResult();
    byGate = activationCotangent(builder, activation, byGate);
  }
  Value byPlain = multiply(builder, loc, cotangent, opened);
  SmallVector<Value> halves{byPlain, byGate};
  if (gateFirst)
    std::swap(halves[0], halves[1]);
  result[0] = tensor::ConcatOp::create(builder, loc, op.getInput().getType(),
                                       axis, halves);
  return success();
}

/// Of each group along `axis`, the first index that has its maximum.
static LogicalResult adjointOf(MaxoutOp op, OpBuilder &builder, Value cotangent,
                               Wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  int64_t axis = *axisFromFront(op.getAxis(), type.getRank());
  int64_t groups = op.getGroups();
  SmallVector<int64_t> split(type.getShape());
  split[axis] /= groups;
  split.insert(split.begin() + axis + 1, groups);
  Value x = withShape(builder, loc, op.getInput(), split);
  Value first = ArgExtremeOp::create(
      builder, loc, typeOf(cotangent).clone(builder.getI64Type()), x,
      Extreme::Max, axis + 1, /*selectLast=*/false);
  int64_t rank = split.size();
  Value spreadOut = mapElements(
      builder, loc, type.clone(split),
      {without(first, rank, axis + 1), without(cotangent, rank, axis + 1)},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value here = linalg::IndexOp::create(b, at, axis + 1);
        Value index = s.make<arith::IndexCastOp>(v[0].getType(), here);
        return s.select(
            s.make<arith::CmpIOp>(arith::CmpIPredicate::eq, index, v[0]), v[1],
            s.number(v[1], 0));
      });
  result[0] = withShape(builder, loc, spreadOut, type.getShape());
  return success();
}

/// Its result is constant but for jumps.
static LogicalResult adjointOf(HardmaxOp, OpBuilder &, Value, Wanted,
                               MutableArrayRef<Value>) {
  return success();
}

void lacuna::attachGatedRules(MLIRContext *context) {
  attachRule<PreluOp, adjointOf>(context);
  attachRule<GatedOp, adjointOf>(context);
  attachRule<MaxoutOp, adjointOf>(context);
  attachRule<HardmaxOp, adjointOf>(context);
}
