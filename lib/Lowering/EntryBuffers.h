//===- EntryBuffers.h - Where each value of an entry function lies -*- C++ -*-//
#ifndef LACUNA_LIB_LOWERING_ENTRYBUFFERS_H
#define LACUNA_LIB_LOWERING_ENTRYBUFFERS_H

#include "lacuna/Planning/Placement.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

namespace lacuna {

/// The buffer of a tensor: same shape and element type, contiguous.
mlir::MemRefType bufferType(mlir::Type tensor);

/// Bytes of a contiguous buffer; i1 takes a byte an element.
int64_t bufferBytes(mlir::Type tensor);

/// Gives every tensor of an entry function of kernels a place: an argument, an
/// output, a constant, or a range of the arena planned from lifetimes.
class EntryBuffers {
public:
  explicit EntryBuffers(mlir::func::FuncOp entry) : entry(entry) {}

  /// Decides all places. Fails on ops that are neither kernel, view nor
  /// constant.
  mlir::LogicalResult assign();

  /// Creates the entry on buffers, inputs first, then outputs, then the arena,
  /// and leaves `builder` in its body.
  mlir::func::FuncOp createEntry(mlir::OpBuilder &builder);

  /// The buffer of `tensor`, made where `builder` stands.
  mlir::Value get(mlir::OpBuilder &builder, mlir::Value tensor);

  /// Copies outputs that no kernel writes in place, and returns.
  void finish(mlir::OpBuilder &builder);

private:
  /// The value whose bytes `tensor` shows, through views.
  mlir::Value rootOf(mlir::Value tensor) const;
  void assignOutputs();
  mlir::LogicalResult
  collectLifetimes(llvm::SmallVectorImpl<mlir::Value> &values,
                   llvm::SmallVectorImpl<planning::Buffer> &lifetimes);
  mlir::LogicalResult planArena();
  mlir::Value emptyBuffer(mlir::OpBuilder &builder, mlir::Value tensor);
  mlir::Value base(mlir::OpBuilder &builder, mlir::Value root);
  mlir::Value constantBuffer(mlir::OpBuilder &builder, mlir::Operation *op);

  mlir::func::FuncOp entry, lowered;
  /// Root values written straight into an output argument.
  llvm::DenseMap<mlir::Value, unsigned> outputOf;
  llvm::MapVector<mlir::Value, int64_t> arenaOffset;
  llvm::DenseMap<mlir::Value, mlir::Value> made;
  int64_t arenaBytes = 0, liveBytes = 0;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ENTRYBUFFERS_H
