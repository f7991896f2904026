//===- Registration.h - All dialects and passes -----------------*- C++ -*-===//
// The one place that knows every dialect, extension and pass of Lacuna.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PIPELINE_REGISTRATION_H
#define LACUNA_PIPELINE_REGISTRATION_H

namespace mlir {
class DialectRegistry;
}

namespace lacuna {
/// Adds every dialect a Lacuna module may hold, with their extensions.
void registerDialects(mlir::DialectRegistry &registry);

/// Makes every pass available by its flag (lacuna-opt, reproducers).
void registerPasses();
} // namespace lacuna

#endif // LACUNA_PIPELINE_REGISTRATION_H
