//===- IndexCheck.cpp - Indices that come from data -----------------------===//
#include "IndexCheck.h"

#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

FailureOr<Value> lacuna::loadIndex(KernelBuilder &kernel, Value indices,
                                   const Position &at) {
  FailureOr<Value> element = kernel.load(indices, at);
  if (failed(element) || element->getType().isIndex())
    return element;
  return Value(arith::IndexCastOp::create(kernel.builder, kernel.loc,
                                          kernel.builder.getIndexType(),
                                          *element));
}

Value lacuna::checkRange(KernelBuilder &kernel, Value value, int64_t low,
                         int64_t high, StringRef message) {
  return checkRange(kernel, value, kernel.index(low), kernel.index(high),
                    message);
}

Value lacuna::checkRange(KernelBuilder &kernel, Value value, Value low,
                         Value high, StringRef message) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value clamped = arith::MaxSIOp::create(b, loc, value, low);
  clamped = arith::MinSIOp::create(b, loc, clamped, high);
  Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, value,
                                       clamped);
  CheckOp::create(b, loc, inside, message);
  return clamped;
}

FailureOr<Value> lacuna::loadElementIndex(KernelBuilder &kernel, Value indices,
                                          const Position &at, int64_t size) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  FailureOr<Value> given = loadIndex(kernel, indices, at);
  if (failed(given))
    return failure();
  Value fromEnd = kernel.add(*given, size);
  Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                         *given, kernel.index(0));
  Value index = arith::SelectOp::create(b, loc, negative, fromEnd, *given);
  return checkRange(kernel, index, 0, size - 1, "index out of range");
}
