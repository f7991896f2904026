//===- Passes.h - Passes and rules of Autodiff ------------------*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_PASSES_H
#define LACUNA_AUTODIFF_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class DialectRegistry;
}

namespace lacuna {
#define GEN_PASS_DECL
#include "lacuna/Autodiff/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "lacuna/Autodiff/Passes.h.inc"

/// Gives the ops of all dialects their rules (DifferentiableOpInterface).
void registerAdjoints(mlir::DialectRegistry &registry);
} // namespace lacuna

#endif // LACUNA_AUTODIFF_PASSES_H
