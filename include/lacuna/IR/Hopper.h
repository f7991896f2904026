//===- Hopper.h - The hopper dialect ----------------------------*- C++ -*-===//
// Warpgroup ops of sm_90a, as TableGen wrote them.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_HOPPER_H
#define LACUNA_IR_HOPPER_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "lacuna/IR/HopperDialect.h.inc"
#define GET_OP_CLASSES
#include "lacuna/IR/Hopper.h.inc"

namespace lacuna::hopper {

/// Shared memory a block may have.
inline constexpr int64_t sharedLimit = 227 << 10;

/// Registers a launch gives each thread of a block of `warpgroups`.
inline int64_t launchRegisters(int64_t warpgroups) {
  return 65536 / (128 * warpgroups) / 8 * 8;
}

} // namespace lacuna::hopper

#endif // LACUNA_IR_HOPPER_H
