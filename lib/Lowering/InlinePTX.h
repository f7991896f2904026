//===- InlinePTX.h - PTX text with operands ---------------------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_INLINEPTX_H
#define LACUNA_LIB_LOWERING_INLINEPTX_H

#include "lacuna/IR/Hopper.h"

#include "mlir/IR/PatternMatch.h"

namespace lacuna {

/// Emits `text`, in which $0 … are first the results and then the operands;
/// `constraints` as LLVM takes them. Nothing moves across it when it has
/// effects. More than one result come as one struct.
mlir::Value emitPTX(mlir::OpBuilder &builder, mlir::Location loc,
                    llvm::StringRef text, llvm::StringRef constraints,
                    mlir::ValueRange operands, mlir::Type result = nullptr,
                    bool effects = true);

/// Products and their waits; the scalars of vectors become operands.
void lowerMultiply(mlir::RewriterBase &rewriter, hopper::MultiplyOp op);
void lowerMultiplyWait(mlir::RewriterBase &rewriter,
                       hopper::MultiplyWaitOp op);
/// The elements of a vector.
llvm::SmallVector<mlir::Value> elementsOf(mlir::OpBuilder &builder,
                                          mlir::Location loc,
                                          mlir::Value vector);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_INLINEPTX_H
