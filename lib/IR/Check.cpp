//===- Check.cpp - The check dialect --------------------------------------===//
#include "lacuna/IR/Check.h"

#include "mlir/IR/Builders.h"

#include "lacuna/IR/CheckDialect.cpp.inc"
#define GET_OP_CLASSES
#include "lacuna/IR/Check.cpp.inc"

using namespace mlir;
using namespace lacuna::check;

void CheckDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "lacuna/IR/Check.cpp.inc"
      >();
}

LogicalResult ExpectCloseOp::verify() {
  for (auto [name, value] : {std::pair("rtol", getRtol()),
                             std::pair("atol", getAtol())}) // C1
    if (!value.isFinite() || value.isNegative())
      return emitOpError("`")
             << name << "` must be finite and not negative, got `"
             << value.convertToDouble() << "`";
  return success();
}
