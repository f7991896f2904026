//===- Dialect.cpp - Registers the lacuna dialect -------------------------===//
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include "lacuna/IR/Dialect.cpp.inc"
#include "lacuna/IR/Enums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "lacuna/IR/Attributes.cpp.inc"

void lacuna::LacunaDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "lacuna/IR/Ops.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "lacuna/IR/Attributes.cpp.inc"
      >();
}
