//===- Passes.td - Passes that lower lacuna IR ----------------------------===//
#ifndef LACUNA_LOWERING_PASSES_TD
#define LACUNA_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"


#endif // LACUNA_LOWERING_PASSES_TD
