//===- Dialect.h - The lacuna dialect ---------------------------*- C++ -*-===//
// Declares the dialect, its attributes and all its ops, as TableGen wrote them.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_DIALECT_H
#define LACUNA_IR_DIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "lacuna/IR/Interfaces.h"

#include "lacuna/IR/Dialect.h.inc"
#include "lacuna/IR/Enums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "lacuna/IR/Attributes.h.inc"
#define GET_OP_CLASSES
#include "lacuna/IR/Ops.h.inc"

#endif // LACUNA_IR_DIALECT_H
