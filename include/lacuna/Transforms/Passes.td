//===- Passes.td - Passes from lacuna to lacuna ---------------------------===//
#ifndef LACUNA_TRANSFORMS_PASSES_TD
#define LACUNA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"


#endif // LACUNA_TRANSFORMS_PASSES_TD
