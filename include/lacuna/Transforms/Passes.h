//===- Passes.h - Passes of Transforms ------------------------------*- C++ -*-===//
#ifndef LACUNA_TRANSFORMS_PASSES_H
#define LACUNA_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace lacuna {
#define GEN_PASS_DECL
#include "lacuna/Transforms/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

#endif // LACUNA_TRANSFORMS_PASSES_H
