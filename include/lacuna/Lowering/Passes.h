//===- Passes.h - Passes of Lowering ------------------------------*- C++ -*-===//
#ifndef LACUNA_LOWERING_PASSES_H
#define LACUNA_LOWERING_PASSES_H

#include "mlir/Pass/Pass.h"

namespace lacuna {
#define GEN_PASS_DECL
#include "lacuna/Lowering/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

#endif // LACUNA_LOWERING_PASSES_H
