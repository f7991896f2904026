//===- Check.h - The check dialect ------------------------------*- C++ -*-===//
// Expectations in tests, as TableGen wrote them.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_CHECK_H
#define LACUNA_IR_CHECK_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"

#include "lacuna/IR/CheckDialect.h.inc"
#define GET_OP_CLASSES
#include "lacuna/IR/Check.h.inc"

#endif // LACUNA_IR_CHECK_H
