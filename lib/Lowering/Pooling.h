//===- Pooling.h - Loops of pools -------------------------------*- C++ -*-===//
// Walks windows and bins of any number of spatial dimensions, one channel or a
// vector of channels at a time.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_POOLING_H
#define LACUNA_LIB_LOWERING_POOLING_H

#include "PoolRange.h"
#include "PoolReducer.h"
#include "VectorBlocks.h"
#include "lacuna/IR/SlidingWindow.h"

namespace lacuna {

/// One input and where a pool reads it.
struct PoolShape {
  mlir::Value input;
  Layout layout;
  int64_t batch, channels;
  llvm::SmallVector<PoolDim> dims;

  /// Of a pool of windows: max_pool, average_pool or lp_pool.
  template <typename OpT>
  static PoolShape ofWindows(OpT op, bool countPadding = false) {
    PoolShape shape = of(op.getInput(), op.getResult(), op.getLayout());
    for (auto [d, dim] : llvm::enumerate(shape.dims)) {
      dim.window = {op.getKernel()[d], op.getStrides()[d],
                    op.getDilations()[d], op.getPadsBegin()[d],
                    op.getPadsEnd()[d]};
      dim.countPadding = countPadding;
    }
    return shape;
  }
  /// Of `outputs` bins a dimension.
  static PoolShape ofBins(mlir::Value input, llvm::ArrayRef<int64_t> outputs,
                          Layout layout, PoolDim::Kind kind);
  static PoolShape of(mlir::Value input, mlir::Value result, Layout layout);

  llvm::SmallVector<int64_t> outputs() const;
  bool isEmpty() const;
  /// The most elements a result is made of.
  int64_t taps() const;
  /// Channels in vectors where they are neighbours, else one by one.
  VectorBlocks channelBlocks(const CPUTarget &target) const;
  /// The place of a channel (or of `lanes` channels) at spatial `indices`.
  Position at(mlir::Value image, mlir::Value channel,
              mlir::ValueRange indices, int64_t lanes = 1) const;
};

/// Calls `visit` with the input indices of each element in `ranges` and the
/// values carried so far; returns the last ones.
using VisitElement =
    llvm::function_ref<mlir::FailureOr<llvm::SmallVector<mlir::Value>>(
        mlir::ValueRange indices, mlir::ValueRange carried)>;
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
walkElements(KernelBuilder &kernel, llvm::ArrayRef<PoolRange> ranges,
             mlir::ValueRange carried, VisitElement visit);
/// The same in straight-line code, for ranges as long as `counts`.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
unrollElements(KernelBuilder &kernel, llvm::ArrayRef<PoolRange> ranges,
               llvm::ArrayRef<int64_t> counts, mlir::ValueRange carried,
               VisitElement visit);
/// Of the elements of all `ranges` in order, each `stride`-th from `first` on.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
walkStrided(KernelBuilder &kernel, llvm::ArrayRef<PoolRange> ranges,
            mlir::Value first, int64_t stride, mlir::ValueRange carried,
            VisitElement visit);
/// Calls `visit` at all indices of a space of `sizes`.
llvm::LogicalResult
walkSpace(KernelBuilder &kernel, llvm::ArrayRef<int64_t> sizes,
          llvm::function_ref<llvm::LogicalResult(mlir::ValueRange)> visit);

/// An index as a number of `type`, at least 1.
mlir::Value asDivisor(KernelBuilder &kernel, mlir::Value count,
                      mlir::Type type);

/// A pool of one result, channels last or first.
mlir::LogicalResult emitPool(KernelBuilder &kernel, const PoolShape &shape,
                             PoolReducer &reducer, mlir::Value result);
/// Channels first: whole lines of the input are reduced first.
mlir::LogicalResult emitPoolOfLines(KernelBuilder &kernel,
                                    const PoolShape &shape,
                                    PoolReducer &reducer, mlir::Value result);
/// Channels first: writes the reduction of all lines at `ranges` (of all
/// spatial dimensions but the last) to `line`, from `offset` on.
mlir::LogicalResult reduceLines(KernelBuilder &kernel, const PoolShape &shape,
                                PoolReducer &reducer, mlir::Value image,
                                mlir::Value channel,
                                llvm::ArrayRef<PoolRange> ranges,
                                mlir::Value line, int64_t offset);
/// Whether the line a task of `emitPoolOfLines` keeps is short enough.
bool fitsPoolOfLines(const PoolShape &shape);
mlir::LogicalResult emitMaxPoolWithIndices(KernelBuilder &kernel,
                                           MaxPoolOp op);
mlir::LogicalResult emitPoolingPyramid(KernelBuilder &kernel,
                                       mlir::Operation *root);
mlir::LogicalResult emitMaxUnpool(KernelBuilder &kernel,
                                  mlir::Operation *root);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_POOLING_H
