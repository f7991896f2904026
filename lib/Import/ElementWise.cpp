//===- ElementWise.cpp - Arithmetic, comparison, logic --------------------===//
#include "NodeImporter.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Makes the scalar op for a pair of operands.
using Scalar = Value (*)(OpBuilder &, Location, Value, Value, bool isUnsigned);
} // namespace

static bool isFloatValue(Value value) { return isa<FloatType>(value.getType()); }

/// An operator on any number of operands that broadcast; folds from the left.
template <Scalar scalar> static ImportResult importFold(NodeImporter &node) {
  FailureOr<Value> result = node.value(0);
  if (failed(result))
    return failure();
  bool isUnsigned = node.operand(0).isUnsigned;
  for (size_t i = 1; i < node.operandCount(); ++i) {
    FailureOr<Value> next = node.value(i);
    if (failed(next))
      return failure();
    if (elementOf(*next) != elementOf(*result))
      return node.error() << "operands must have one element type";
    if (failed(TensorBuilder::broadcastShape({*result, *next})))
      return node.error() << "operands do not broadcast";
    result = node.build.elementwise(
        {*result, *next}, elementOf(*result),
        [&](OpBuilder &b, Location l, ValueRange args) {
          return scalar(b, l, args[0], args[1], isUnsigned);
        });
  }
  return SmallVector<Imported>{{*result, isUnsigned}};
}

template <Scalar scalar> static ImportResult importCompare(NodeImporter &node) {
  FailureOr<Value> a = node.value(0), c = node.value(1);
  if (failed(a) || failed(c))
    return failure();
  if (elementOf(*a) != elementOf(*c))
    return node.error() << "operands must have one element type";
  if (failed(TensorBuilder::broadcastShape({*a, *c})))
    return node.error() << "operands do not broadcast";
  bool isUnsigned = node.operand(0).isUnsigned;
  Value result = node.build.elementwise(
      {*a, *c}, node.build.builder.getI1Type(),
      [&](OpBuilder &b, Location l, ValueRange args) {
        return scalar(b, l, args[0], args[1], isUnsigned);
      });
  return SmallVector<Imported>{result};
}

template <typename FloatOp, typename IntOp>
static Value arithmetic(OpBuilder &b, Location l, Value x, Value y, bool) {
  return isFloatValue(x) ? Value(FloatOp::create(b, l, x, y))
                         : Value(IntOp::create(b, l, x, y));
}

static Value divide(OpBuilder &b, Location l, Value x, Value y, bool isUnsigned) {
  if (isFloatValue(x))
    return arith::DivFOp::create(b, l, x, y);
  return isUnsigned ? Value(arith::DivUIOp::create(b, l, x, y))
                    : Value(arith::DivSIOp::create(b, l, x, y));
}

static Value maximum(OpBuilder &b, Location l, Value x, Value y, bool isUnsigned) {
  if (isFloatValue(x))
    return arith::MaximumFOp::create(b, l, x, y);
  return isUnsigned ? Value(arith::MaxUIOp::create(b, l, x, y))
                    : Value(arith::MaxSIOp::create(b, l, x, y));
}

static Value minimum(OpBuilder &b, Location l, Value x, Value y, bool isUnsigned) {
  if (isFloatValue(x))
    return arith::MinimumFOp::create(b, l, x, y);
  return isUnsigned ? Value(arith::MinUIOp::create(b, l, x, y))
                    : Value(arith::MinSIOp::create(b, l, x, y));
}

template <arith::CmpFPredicate f, arith::CmpIPredicate s, arith::CmpIPredicate u>
static Value compare(OpBuilder &b, Location l, Value x, Value y, bool isUnsigned) {
  if (isFloatValue(x))
    return arith::CmpFOp::create(b, l, f, x, y);
  bool bit = x.getType().isInteger(1);
  return arith::CmpIOp::create(b, l, isUnsigned || bit ? u : s, x, y);
}

template <typename Op>
static Value bitwise(OpBuilder &b, Location l, Value x, Value y, bool) {
  return Op::create(b, l, x, y);
}

static Value zeroLike(OpBuilder &b, Location l, Value x) {
  return arith::ConstantOp::create(b, l, b.getZeroAttr(x.getType()));
}

static Value select(OpBuilder &b, Location l, Value c, Value x, Value y) {
  return arith::SelectOp::create(b, l, c, x, y);
}

/// The remainder with the sign of the divisor (Python's), of integers.
static Value floorModulo(OpBuilder &b, Location l, Value x, Value y,
                         bool isUnsigned) {
  if (isUnsigned)
    return arith::RemUIOp::create(b, l, x, y);
  Value rest = arith::RemSIOp::create(b, l, x, y);
  Value sum = arith::AddIOp::create(b, l, rest, y);
  Value zero = zeroLike(b, l, x);
  auto cmp = [&](arith::CmpIPredicate p, Value v, Value w) {
    return arith::CmpIOp::create(b, l, p, v, w);
  };
  Value differ = cmp(arith::CmpIPredicate::slt,
                     arith::XOrIOp::create(b, l, rest, y), zero);
  Value exact = cmp(arith::CmpIPredicate::eq, rest, zero);
  return select(b, l, exact, rest, select(b, l, differ, sum, rest));
}

static Value truncModulo(OpBuilder &b, Location l, Value x, Value y,
                         bool isUnsigned) {
  if (isFloatValue(x))
    return arith::RemFOp::create(b, l, x, y);
  return isUnsigned ? Value(arith::RemUIOp::create(b, l, x, y))
                    : Value(arith::RemSIOp::create(b, l, x, y));
}

static ImportResult importMod(NodeImporter &node) {
  return node.integer("fmod", 0) ? importFold<truncModulo>(node)
                                 : importFold<floorModulo>(node);
}

/// Shifts by the width or more give 0.
template <typename Op>
static Value shift(OpBuilder &b, Location l, Value x, Value y, bool) {
  Value width = arith::ConstantOp::create(
      b, l, b.getIntegerAttr(x.getType(), x.getType().getIntOrFloatBitWidth()));
  Value fits = arith::CmpIOp::create(b, l, arith::CmpIPredicate::ult, y, width);
  return select(b, l, fits, Op::create(b, l, x, select(b, l, fits, y, zeroLike(b, l, y))),
                zeroLike(b, l, x));
}

static ImportResult importBitShift(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (!elementOf(*x).isInteger())
    return node.error() << "operands must be integers";
  return node.text("direction", "LEFT") == "LEFT"
             ? importFold<shift<arith::ShLIOp>>(node)
             : importFold<shift<arith::ShRUIOp>>(node);
}

static ImportResult importMean(NodeImporter &node) {
  ImportResult sum =
      importFold<arithmetic<arith::AddFOp, arith::AddIOp>>(node);
  if (failed(sum))
    return failure();
  Value value = (*sum)[0].value;
  Value count = node.build.scalar(elementOf(value), node.operandCount());
  return SmallVector<Imported>{node.build.binary<arith::DivFOp>(value, count)};
}

static ImportResult importNot(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (!elementOf(*x).isInteger())
    return node.error() << "operands must be integers";
  Value result = node.build.elementwise(
      *x, elementOf(*x), [](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value ones = arith::ConstantOp::create(
            b, l, b.getIntegerAttr(args[0].getType(), -1));
        return arith::XOrIOp::create(b, l, args[0], ones);
      });
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

static ImportResult importWhere(NodeImporter &node) {
  FailureOr<Value> c = node.value(0), x = node.value(1), y = node.value(2);
  if (failed(c) || failed(x) || failed(y))
    return failure();
  if (elementOf(*x) != elementOf(*y) || !elementOf(*c).isInteger(1))
    return node.error() << "operands have the wrong element types";
  if (failed(TensorBuilder::broadcastShape({*c, *x, *y})))
    return node.error() << "operands do not broadcast";
  Value result = node.build.elementwise(
      {*c, *x, *y}, elementOf(*x),
      [](OpBuilder &b, Location l, ValueRange args) -> Value {
        return arith::SelectOp::create(b, l, args[0], args[1], args[2]);
      });
  return SmallVector<Imported>{{result, node.operand(1).isUnsigned}};
}

static ImportResult importClip(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  bool isUnsigned = node.operand(0).isUnsigned;
  Value result = *x;
  for (size_t i : {1, 2}) {
    // Attributes up to opset 10, operands since.
    StringRef name = i == 1 ? "min" : "max";
    Value bound;
    if (node.has(i))
      bound = node.operand(i).value;
    else if (node.attribute(name))
      bound = node.build.scalar(elementOf(*x), node.number(name, 0));
    else
      continue;
    if (elementOf(bound) != elementOf(*x))
      return node.error() << "`" << name
                          << "` must have the operand's element type";
    result = node.build.elementwise(
        {result, bound}, elementOf(*x),
        [&](OpBuilder &b, Location l, ValueRange args) {
          return i == 1 ? maximum(b, l, args[0], args[1], isUnsigned)
                        : minimum(b, l, args[0], args[1], isUnsigned);
        });
  }
  return SmallVector<Imported>{{result, isUnsigned}};
}

void lacuna::registerElementWise(ImportTable &table) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  table.add("Add", importFold<arithmetic<arith::AddFOp, arith::AddIOp>>);
  table.add("Sum", importFold<arithmetic<arith::AddFOp, arith::AddIOp>>);
  table.add("Sub", importFold<arithmetic<arith::SubFOp, arith::SubIOp>>);
  table.add("Mul", importFold<arithmetic<arith::MulFOp, arith::MulIOp>>);
  table.add("Div", importFold<divide>);
  table.add("Max", importFold<maximum>);
  table.add("Min", importFold<minimum>);
  table.add("Mean", importMean);
  table.add("Mod", importMod);
  table.add("BitShift", importBitShift);
  table.add("And", importFold<bitwise<arith::AndIOp>>);
  table.add("Or", importFold<bitwise<arith::OrIOp>>);
  table.add("Xor", importFold<bitwise<arith::XOrIOp>>);
  table.add("BitwiseAnd", importFold<bitwise<arith::AndIOp>>);
  table.add("BitwiseOr", importFold<bitwise<arith::OrIOp>>);
  table.add("BitwiseXor", importFold<bitwise<arith::XOrIOp>>);
  table.add("Not", importNot);
  table.add("BitwiseNot", importNot);
  table.add("Equal", importCompare<compare<F::OEQ, I::eq, I::eq>>);
  table.add("Less", importCompare<compare<F::OLT, I::slt, I::ult>>);
  table.add("LessOrEqual", importCompare<compare<F::OLE, I::sle, I::ule>>);
  table.add("Greater", importCompare<compare<F::OGT, I::sgt, I::ugt>>);
  table.add("GreaterOrEqual", importCompare<compare<F::OGE, I::sge, I::uge>>);
  table.add("Where", importWhere);
  table.add("Clip", importClip);
}
