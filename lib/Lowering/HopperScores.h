//===- HopperScores.h - What changes scores in device kernels ---*- C++ -*-===//
// Of score regions and masks: whether a thread can compute them, and how they
// act on one score.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERSCORES_H
#define LACUNA_LIB_LOWERING_HOPPERSCORES_H

#include "AttentionParts.h"
#include "HopperBuilder.h"

namespace lacuna {

/// Whether elements of `tensor` can be read from its buffer.
bool isHopperReadable(mlir::Value tensor);

/// Whether a score region is made of what a thread can compute.
bool isHopperComputable(mlir::Region &region);

/// Whether the scores of `op` are -inf where a comparison of places fails, or
/// where it holds. `tables`: captured tensors that it reads, each at the query
/// or at the key.
bool hidesByPlace(const AttentionParts &op,
                  llvm::SmallVectorImpl<mlir::Operation *> &tables);

/// Distances in the mask between batches, heads, queries and keys; 0 where one
/// element is for all.
llvm::SmallVector<int64_t> hopperMaskDistances(mlir::Value mask);

/// `scale` times the score and an element of a mask of type `type`, which is
/// read as it is stored; -inf where it is false. `keeps`: what is masked stays
/// so even if the score is an infinity.
mlir::Value addHopperMask(HopperBuilder &b, mlir::Value score,
                          mlir::Value element, mlir::Type type, double scale,
                          bool keeps);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERSCORES_H
