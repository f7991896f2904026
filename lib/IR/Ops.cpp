//===- Ops.cpp - Generated definitions of the lacuna ops ------------------===//
// Only what TableGen wrote; what each op checks and folds is in its family's
// file.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Dialect.h"

#include "mlir/IR/Builders.h"

#define GET_OP_CLASSES
#include "lacuna/IR/Ops.cpp.inc"
