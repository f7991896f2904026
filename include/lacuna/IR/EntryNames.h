//===- EntryNames.h - What users call arguments -----------------*- C++ -*-===//
#ifndef LACUNA_IR_ENTRYNAMES_H
#define LACUNA_IR_ENTRYNAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>

namespace lacuna {

/// The name users know an argument by: its own, or `input` and its number.
std::string argumentName(mlir::func::FuncOp entry, unsigned index);

} // namespace lacuna

#endif // LACUNA_IR_ENTRYNAMES_H
