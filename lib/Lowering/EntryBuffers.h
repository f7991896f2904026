//===- EntryBuffers.h - Where each value of an entry function lies -*- C++ -*-//
#ifndef LACUNA_LIB_LOWERING_ENTRYBUFFERS_H
#define LACUNA_LIB_LOWERING_ENTRYBUFFERS_H

#include "lacuna/Planning/SpareMemory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

namespace lacuna {

/// The buffer of a tensor: same shape and element type, contiguous.
mlir::MemRefType bufferType(mlir::Type tensor);

/// Bytes of a contiguous buffer; i1 takes a byte an element.
int64_t bufferBytes(mlir::Type tensor);

/// Gives every tensor of an entry function of kernels a place: an argument, an
/// output, a constant, or a range of the arena planned from lifetimes. What an
/// output's memory can hold until it is written takes no room in the arena.
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
  /// The values of kernels that the caller has no memory for, and when each
  /// lives; outputs that kernels write, and until when their memory is free.
  struct Lifetimes {
    llvm::SmallVector<mlir::Value> values;
    llvm::SmallVector<planning::Buffer> buffers;
    llvm::SmallVector<unsigned> outputs;
    llvm::SmallVector<planning::SpareMemory> spare;
  };
  mlir::LogicalResult collectLifetimes(Lifetimes &lifetimes);
  /// Moves what can lie in outputs there, and out of `lifetimes`.
  void useOutputs(Lifetimes &lifetimes);
  mlir::LogicalResult planArena();
  mlir::Value outputBytes(mlir::OpBuilder &builder, unsigned output,
                          mlir::Location loc);
  mlir::Value emptyBuffer(mlir::OpBuilder &builder, mlir::Value tensor);
  mlir::Value base(mlir::OpBuilder &builder, mlir::Value root);
  mlir::Value constantBuffer(mlir::OpBuilder &builder, mlir::Operation *op);

  mlir::func::FuncOp entry, lowered;
  /// Root values written straight into an output argument.
  llvm::DenseMap<mlir::Value, unsigned> outputOf;
  /// Root values in an output's memory before that is written: which, and
  /// where.
  llvm::DenseMap<mlir::Value, std::pair<unsigned, int64_t>> insideOutput;
  llvm::MapVector<mlir::Value, int64_t> arenaOffset;
  llvm::DenseMap<mlir::Value, mlir::Value> made;
  int64_t arenaBytes = 0, liveBytes = 0;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ENTRYBUFFERS_H
