//===- HopperBuilder.cpp - Arithmetic of device kernels -------------------===//
#include "HopperBuilder.h"
#include "InlinePTX.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

Value HopperBuilder::number(int64_t value) {
  return arith::ConstantIntOp::create(*this, value, 32);
}

Value HopperBuilder::real(double value) {
  return arith::ConstantOp::create(*this, getF32FloatAttr(value));
}

Value HopperBuilder::add(Value a, Value b) {
  return arith::AddIOp::create(*this, a, b);
}

Value HopperBuilder::add(Value a, int64_t b) {
  return b ? add(a, number(b)) : a;
}

Value HopperBuilder::sub(Value a, Value b) {
  return arith::SubIOp::create(*this, a, b);
}

Value HopperBuilder::mul(Value a, int64_t b) {
  return arith::MulIOp::create(*this, a, number(b));
}

Value HopperBuilder::div(Value a, int64_t b) {
  return arith::DivUIOp::create(*this, a, number(b));
}

Value HopperBuilder::rem(Value a, int64_t b) {
  return arith::RemUIOp::create(*this, a, number(b));
}

Value HopperBuilder::ceilDiv(Value a, int64_t b) {
  return div(add(a, b - 1), b);
}

Value HopperBuilder::bitAnd(Value a, int64_t b) {
  return arith::AndIOp::create(*this, a, number(b));
}

Value HopperBuilder::bitXor(Value a, Value b) {
  return arith::XOrIOp::create(*this, a, b);
}

Value HopperBuilder::smaller(Value a, Value b) {
  return arith::MinSIOp::create(*this, a, b);
}

Value HopperBuilder::larger(Value a, Value b) {
  return arith::MaxSIOp::create(*this, a, b);
}

Value HopperBuilder::equal(Value a, int64_t b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::eq, a, number(b));
}

Value HopperBuilder::greater(Value a, Value b) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::sgt, a, b);
}

Value HopperBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

Value HopperBuilder::fmul(Value a, Value b) {
  return arith::MulFOp::create(*this, a, b);
}

Value HopperBuilder::fadd(Value a, Value b) {
  return arith::AddFOp::create(*this, a, b);
}

Value HopperBuilder::fma(Value a, Value b, Value c) {
  return math::FmaOp::create(*this, a, b, c);
}

Value HopperBuilder::fmax(Value a, Value b) {
  return arith::MaxNumFOp::create(*this, a, b);
}

Value HopperBuilder::fnegate(Value a) {
  return arith::NegFOp::create(*this, a);
}

Value HopperBuilder::exp2(Value a) {
  return math::Exp2Op::create(*this, a, arith::FastMathFlags::afn);
}

Value HopperBuilder::tanh(Value a) {
  return emitPTX(*this, getLoc(), "tanh.approx.f32 $0, $1;", "=f,f", a,
                 getF32Type(), /*effects=*/false);
}

Value HopperBuilder::log2(Value a) {
  return emitPTX(*this, getLoc(), "lg2.approx.ftz.f32 $0, $1;", "=f,f", a,
                 getF32Type(), /*effects=*/false);
}

Value HopperBuilder::reciprocal(Value a) {
  return arith::DivFOp::create(*this, real(1), a, arith::FastMathFlags::afn);
}

Value HopperBuilder::reduce(ArrayRef<Value> values,
                            Value (HopperBuilder::*combine)(Value, Value)) {
  Value chains[2] = {values[0], values[1]};
  for (auto [i, value] : llvm::enumerate(values.drop_front(2)))
    chains[i % 2] = (this->*combine)(chains[i % 2], value);
  return (this->*combine)(chains[0], chains[1]);
}

Value HopperBuilder::reduceQuad(Value value,
                                Value (HopperBuilder::*combine)(Value, Value)) {
  for (int64_t lane : {2, 1})
    value = (this->*combine)(
        value, hopper::ShuffleOp::create(*this, value.getType(), value, lane,
                                         /*broadcast=*/false));
  return value;
}

Value HopperBuilder::pack(Value low, Value high, Type element) {
  Value pair = vectorOf({low, high});
  Value narrow =
      arith::TruncFOp::create(*this, VectorType::get({2}, element), pair);
  Value word = vector::BitCastOp::create(
      *this, VectorType::get({1}, getI32Type()), narrow);
  return vector::ExtractOp::create(*this, word, ArrayRef<int64_t>{0});
}

Values HopperBuilder::elements(Value vector) {
  return vector::ToElementsOp::create(*this, vector).getResults();
}

Value HopperBuilder::vectorOf(ArrayRef<Value> values) {
  auto type =
      VectorType::get({int64_t(values.size())}, values.front().getType());
  return vector::FromElementsOp::create(*this, type, values);
}

Values
HopperBuilder::forLoop(Value lower, Value upper, Value step, ValueRange initial,
                       llvm::function_ref<Values(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(*this, lower, upper, step, initial);
  OpBuilder::InsertionGuard guard(*this);
  // A loop without carried values has its terminator already.
  if (initial.empty())
    setInsertionPoint(loop.getBody()->getTerminator());
  else
    setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!initial.empty())
    scf::YieldOp::create(*this, next);
  return loop.getResults();
}

Values
HopperBuilder::whileLoop(ValueRange initial,
                         llvm::function_ref<Value(ValueRange)> condition,
                         llvm::function_ref<Values(ValueRange)> body) {
  auto loop = scf::WhileOp::create(
      *this, initial.getTypes(), initial,
      [&](OpBuilder &, Location, ValueRange carried) {
        scf::ConditionOp::create(*this, condition(carried), carried);
      },
      [&](OpBuilder &, Location, ValueRange carried) {
        scf::YieldOp::create(*this, body(carried));
      });
  return loop.getResults();
}

void HopperBuilder::branch(Value condition, llvm::function_ref<void()> then) {
  auto op = scf::IfOp::create(*this, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPoint(op.thenBlock()->getTerminator());
  then();
}

Value HopperBuilder::descriptor(Value address, int64_t panelBytes) {
  // Groups of eight rows are 1024 bytes apart; 2^62: swizzled over 128 bytes.
  int64_t high = (panelBytes >> 4 << 16) | (int64_t(64) << 32) |
                 (int64_t(1) << 62);
  Value low = bitAnd(div(address, 16), 0x3FFF);
  Value wide = arith::ExtUIOp::create(*this, getI64Type(), low);
  return arith::OrIOp::create(*this, wide,
                              arith::ConstantIntOp::create(*this, high, 64));
}

Value HopperBuilder::advance(Value descriptor, Value bytes) {
  Value units = arith::ExtUIOp::create(*this, getI64Type(), div(bytes, 16));
  return arith::AddIOp::create(*this, descriptor, units);
}

Value HopperBuilder::sharedPointer(Value address) {
  auto type = LLVM::LLVMPointerType::get(getContext(), 3);
  return LLVM::IntToPtrOp::create(*this, type, address);
}

void HopperBuilder::storeWord(Value value, Value address) {
  LLVM::StoreOp::create(*this, value, sharedPointer(address));
}

Value HopperBuilder::loadWord(Value address) {
  return LLVM::LoadOp::create(*this, getI32Type(), sharedPointer(address));
}

void HopperBuilder::waitFor(MutableArrayRef<Value> sums, ValueRange kept,
                            int64_t pending) {
  Values given(sums);
  auto done = hopper::MultiplyWaitOp::create(
      *this, ValueRange(given).getTypes(), given, kept, pending);
  llvm::copy(done.getResults(), sums.begin());
}
