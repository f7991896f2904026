//===- Hopper.td - Warpgroup ops of sm_90a --------------------------------===//
// What NVVM lacks or says too loosely for tensor-core kernels: products whose
// accumulators are values, waits that own them, and TMA with its barriers.
//===----------------------------------------------------------------------===//
#ifndef HOPPER_HOPPER_TD
#define HOPPER_HOPPER_TD

include "Hopper/Barrier.td"
include "Hopper/Copy.td"
include "Hopper/Multiply.td"
include "Hopper/Threads.td"

#endif // HOPPER_HOPPER_TD
