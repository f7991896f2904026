//===- LabelRange.cpp - Labels read and checked at run time ---------------===//
#include "LabelRange.h"

#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

FailureOr<Label> lacuna::readLabel(KernelBuilder &kernel, Value labels,
                                   const Position &at, int64_t classes,
                                   std::optional<int64_t> ignore,
                                   StringRef message) {
  FailureOr<Value> label = kernel.load(labels, at);
  if (failed(label))
    return failure();
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type type = label->getType();
  Value index = *label;
  if (!type.isIndex())
    index = arith::IndexCastUIOp::create(b, loc, b.getIndexType(), index);
  Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, index,
                                       kernel.index(classes));
  Value legal = inside, counts = inside;
  if (ignore) {
    unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
    APInt number(width, *ignore, /*isSigned=*/true, /*implicitTrunc=*/true);
    Value wanted =
        arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, number));
    Value other = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                                        *label, wanted);
    Value ignored = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                          *label, wanted);
    legal = arith::OrIOp::create(b, loc, inside, ignored);
    counts = arith::AndIOp::create(b, loc, inside, other);
  }
  CheckOp::create(b, loc, legal, b.getStringAttr(message));
  Value safe =
      arith::SelectOp::create(b, loc, inside, index, kernel.index(0));
  return Label{safe, counts};
}
