//===- Scatter.cpp - Rules of scatters ------------------------------------===//
// Of equal indices of a replacing scatter the last one has the gradient; of
// equal extremes the first has it, data before updates. A product's gradient is
// that of all other factors, zeros among them.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;
using Wanted = const llvm::BitVector &;

/// `updates` where `winner` says that this update is the one that stays.
static Value keepWinners(OpBuilder &builder, Location loc, Value updates,
                         Value winners, Value numbers) {
  RankedTensorType type = typeOf(updates);
  // Tuples have one number for a whole slice of updates.
  Operand won{winners, AffineMap::getMultiDimIdentityMap(
                           type.getRank(), builder.getContext())};
  won.map = won.map.getMajorSubMap(typeOf(winners).getRank());
  return mapElements(builder, loc, type,
                     {whole(updates), won, {numbers, won.map}},
                     [](OpBuilder &b, Location at, ValueRange v) -> Value {
                       ScalarBuilder s{b, at};
                       Value same = s.make<arith::CmpIOp>(
                           arith::CmpIPredicate::eq, v[1], v[2]);
                       return s.select(same, v[0], s.number(v[0], 0));
                     });
}

/// The row-major number of each element of `shape`.
static Value numbered(OpBuilder &builder, Location loc,
                      ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, builder.getI64Type());
  return mapElements(
      builder, loc, type, ArrayRef<Operand>(),
      [&](OpBuilder &b, Location at, ValueRange) -> Value {
        ScalarBuilder s{b, at};
        Value number = arith::ConstantIndexOp::create(b, at, 0);
        for (auto [dim, size] : llvm::enumerate(shape)) {
          Value extent = arith::ConstantIndexOp::create(b, at, size);
          Value place = linalg::IndexOp::create(b, at, dim);
          number = s.make<arith::AddIOp>(s.make<arith::MulIOp>(number, extent),
                                         place);
        }
        return s.make<arith::IndexCastOp>(b.getI64Type(), number);
      });
}

namespace {
/// A scatter and its gather, by the indices of one op.
struct Scatter {
  OpBuilder &builder;
  Location loc;
  Value data, updates, result;
  ScatterReduction reduction;
  /// Sizes of what one index finds, and of what has an index.
  ArrayRef<int64_t> places, picks;
  function_ref<Value(Value, Value, ScatterReduction)> scatter;
  function_ref<Value(Value, RankedTensorType)> gather;

  template <typename OpT>
  static Scatter
  of(OpT op, OpBuilder &builder, ArrayRef<int64_t> places,
     ArrayRef<int64_t> picks,
     function_ref<Value(Value, Value, ScatterReduction)> scatter,
     function_ref<Value(Value, RankedTensorType)> gather) {
    return {builder,        op.getLoc(),       op.getData(),
            op.getUpdates(), op.getResult(),   op.getReduction(),
            places,         picks,             scatter,
            gather};
  }
  void cotangents(Value g, Wanted wanted, MutableArrayRef<Value> out) const;

private:
  Value pick(Value of) const { return gather(of, typeOf(updates)); }
  Value map(ArrayRef<Value> inputs, ScalarBody body) const {
    return mapElements(builder, loc, typeOf(inputs[0]), ValueRange(inputs),
                       body);
  }
  Value keepLast(Value g) const;
  Value whereExtreme(Value x, Value y, Value g) const;
  Value keepFirst(Value g) const;
  Value withoutOwn(Value g) const;
};
} // namespace

/// Of several updates of one place the last one stays.
Value Scatter::keepLast(Value g) const {
  Value numbers = numbered(builder, loc, picks);
  Value last = scatter(numbered(builder, loc, places), numbers,
                       ScatterReduction::None);
  return keepWinners(builder, loc, pick(g), gather(last, typeOf(numbers)),
                     numbers);
}

/// `g` where `x` is the result `y`, else 0.
Value Scatter::whereExtreme(Value x, Value y, Value g) const {
  return map({x, y, g}, [](OpBuilder &b, Location at, ValueRange v) -> Value {
    ScalarBuilder s{b, at};
    Value same = s.compare(arith::CmpFPredicate::OEQ, v[0], v[1]);
    return s.select(same, v[2], s.number(v[2], 0));
  });
}

/// `g` of the first update that is the extreme, unless the data are.
Value Scatter::keepFirst(Value g) const {
  Value free = map({data, result, g},
                   [](OpBuilder &b, Location at, ValueRange v) -> Value {
                     ScalarBuilder s{b, at};
                     Value same =
                         s.compare(arith::CmpFPredicate::OEQ, v[0], v[1]);
                     return s.select(same, s.number(v[2], 0), v[2]);
                   });
  RankedTensorType type = typeOf(updates);
  auto whole = type.clone(builder.getI64Type());
  int64_t count = type.getNumElements();
  Value numbers = numbered(builder, loc, type.getShape());
  // Those that are not the extreme come behind all others.
  Value behind = mapElements(
      builder, loc, whole, ValueRange{updates, pick(result), numbers},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value same = s.compare(arith::CmpFPredicate::OEQ, v[0], v[1]);
        Value none = arith::ConstantOp::create(b, at,
                                               b.getI64IntegerAttr(count));
        return s.select(same, v[2], none);
      });
  auto all = typeOf(data).clone(builder.getI64Type());
  Value none = arith::ConstantOp::create(
      builder, loc, DenseElementsAttr::get(all, builder.getI64IntegerAttr(count)));
  Value first = scatter(none, behind, ScatterReduction::Min);
  return keepWinners(builder, loc, pick(free), gather(first, whole), numbers);
}

/// `g` times all factors of an update's place but its own.
Value Scatter::withoutOwn(Value g) const {
  auto isZero = [](ScalarBuilder s, Value x) {
    return s.compare(arith::CmpFPredicate::OEQ, x, s.number(x, 0));
  };
  auto nonzero = [&](OpBuilder &b, Location at, ValueRange v) -> Value {
    ScalarBuilder s{b, at};
    return s.select(isZero(s, v[0]), s.number(v[0], 1), v[0]);
  };
  auto zero = [&](OpBuilder &b, Location at, ValueRange v) -> Value {
    ScalarBuilder s{b, at};
    return s.select(isZero(s, v[0]), s.number(v[0], 1), s.number(v[0], 0));
  };
  Value own = map(updates, nonzero), ownZero = map(updates, zero);
  Value product = scatter(map(data, nonzero), own, ScatterReduction::Mul);
  Value zeros = scatter(map(data, zero), ownZero, ScatterReduction::Add);
  return map({pick(g), pick(product), own, pick(zeros), ownZero},
             [](OpBuilder &b, Location at, ValueRange v) -> Value {
               ScalarBuilder s{b, at};
               Value rest = s.div(s.mul(v[0], v[1]), v[2]);
               Value others =
                   s.compare(arith::CmpFPredicate::OEQ, v[3], v[4]);
               return s.select(others, rest, s.number(v[0], 0));
             });
}

void Scatter::cotangents(Value g, Wanted wanted,
                         MutableArrayRef<Value> out) const {
  switch (reduction) {
  case ScatterReduction::None:
    if (wanted[0])
      out[0] = scatter(g, zeros(builder, loc, typeOf(updates)), reduction);
    if (wanted[2])
      out[2] = keepLast(g);
    return;
  case ScatterReduction::Add:
    if (wanted[0])
      out[0] = g;
    if (wanted[2])
      out[2] = pick(g);
    return;
  case ScatterReduction::Mul:
    if (wanted[0])
      out[0] = scatter(g, updates, reduction);
    if (wanted[2])
      out[2] = withoutOwn(g);
    return;
  case ScatterReduction::Max:
  case ScatterReduction::Min:
    if (wanted[0])
      out[0] = whereExtreme(data, result, g);
    if (wanted[2])
      out[2] = keepFirst(g);
  }
}

static LogicalResult adjointOf(ScatterElementsOp op, OpBuilder &builder,
                               Value g, Wanted wanted,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  Value indices = op.getIndices();
  auto scatter = [&](Value data, Value updates,
                     ScatterReduction reduction) -> Value {
    return ScatterElementsOp::create(builder, loc, data.getType(), data,
                                     indices, updates, op.getAxis(), reduction);
  };
  auto gather = [&](Value data, RankedTensorType to) -> Value {
    return GatherElementsOp::create(builder, loc, to, data, indices,
                                    op.getAxis());
  };
  Scatter::of(op, builder, typeOf(op.getData()).getShape(),
              typeOf(op.getUpdates()).getShape(), scatter, gather)
      .cotangents(g, wanted, result);
  return success();
}

static LogicalResult adjointOf(ScatterNdOp op, OpBuilder &builder, Value g,
                               Wanted wanted, MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  Value indices = op.getIndices();
  ArrayRef<int64_t> picked = typeOf(indices).getShape();
  auto scatter = [&](Value data, Value updates,
                     ScatterReduction reduction) -> Value {
    return ScatterNdOp::create(builder, loc, data.getType(), data, indices,
                               updates, reduction);
  };
  auto gather = [&](Value data, RankedTensorType to) -> Value {
    return GatherNdOp::create(builder, loc, to, data, indices, 0);
  };
  Scatter::of(op, builder, typeOf(op.getData()).getShape().take_front(picked.back()),
              picked.drop_back(), scatter, gather)
      .cotangents(g, wanted, result);
  return success();
}

void lacuna::attachScatterRules(MLIRContext *context) {
  attachRule<ScatterElementsOp, adjointOf>(context);
  attachRule<ScatterNdOp, adjointOf>(context);
}
