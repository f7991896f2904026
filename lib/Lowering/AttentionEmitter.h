//===- AttentionEmitter.h - State of one attention kernel -------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_ATTENTIONEMITTER_H
#define LACUNA_LIB_LOWERING_ATTENTIONEMITTER_H

#include "AttentionParts.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

namespace lacuna {

/// Tiles of scores: a group of queries along the lanes, keys along the rows.
class AttentionTiles {
protected:
  AttentionTiles(KernelBuilder &kernel, const AttentionParts &op)
      : kernel(kernel), op(op) {}

  using Value = mlir::Value;
  /// A flat buffer with the strides of its batch, head and sequence.
  struct Operand {
    Value buffer;
    int64_t batchStride = 0, headStride = 0, rowStride = 0;
  };

  mlir::LogicalResult prepare();
  void chooseTiles();
  Operand operand(Value tensor);
  mlir::LogicalResult readLengths();
  mlir::LogicalResult readBounds(Value cumulative, int64_t total, Value &start,
                                 Value &count);
  mlir::LogicalResult packRows(const Operand &rows, int64_t size, double factor,
                               Value first, Value panel, Value base);
  mlir::LogicalResult multiplyKeys(const Operand &operand, int64_t size,
                                   Value panelBuffer, Value panel, Value target,
                                   Value firstKey, Value keys);
  /// target[base + d][lane] = initial + the sum over keys of
  /// buffer[from + key stride + d] tile[key][lane], for d < size. `initial`
  /// gets the place in `target`.
  mlir::LogicalResult addRows(Value from, int64_t stride, Value buffer,
                              int64_t size, Value keys, Value tile,
                              Value target, Value base,
                              llvm::function_ref<Value(Value)> initial);
  Value isPartial(Value first, Value firstKey, Value lastKey);
  mlir::LogicalResult adjustTile(Value firstQuery, Value firstKey, Value keys,
                                 Value isPartial);
  mlir::FailureOr<Value> adjust(Value score, Value firstQuery, Value keyIndex,
                                Value local);
  mlir::FailureOr<Value> applyRegion(mlir::Region &region, Value score,
                                     Value queryIndex, Value keyIndex,
                                     mlir::ValueRange extra);
  Value queryIndices(Value firstQuery);
  mlir::FailureOr<Value> applyScoreOp(mlir::Operation &inner,
                                      mlir::IRMapping &mapping);
  mlir::FailureOr<Value> extract(Value tensor, mlir::ValueRange indices);
  Value mapped(Value value, mlir::IRMapping &mapping);
  bool hasMaskMatrix();
  llvm::SmallVector<Value> maskIndices(Value queryIndex, Value keyIndex);
  Value additive(Value mask);
  mlir::LogicalResult packMask(Value firstQuery, Value firstKey, Value keys);
  mlir::FailureOr<Value> loadMask(Value firstQuery, Value keyIndex,
                                  Value local);
  Value visible(Value firstQuery, Value keyIndex);
  void turnRows(int64_t size, llvm::function_ref<Value(Value)> row);

  Value rowOffset(const Operand &operand, Value headIndex, Value row);
  Value select(Value condition, Value a, Value b);
  Value compare(mlir::arith::CmpIPredicate predicate, Value a, Value b);
  Value smaller(Value a, Value b);
  Value larger(Value a, Value b);
  Value sub(Value a, Value b);
  Value loadRow(Value buffer, Value offset);
  void storeRow(Value value, Value buffer, Value offset);
  Value loadBlock(Value buffer, Value offset, int64_t count);
  Value widen(Value value);
  Value narrow(Value value, Value tensor);
  int64_t blockSize(int64_t size) const;

  KernelBuilder &kernel;
  AttentionParts op;
  // Static facts.
  mlir::Type accumulator;
  mlir::VectorType vectorType;
  int64_t lanes = 0, tileRows = 0, keyTile = 0, groups = 0;
  int64_t depth = 0, valueDepth = 0, staticQueries = 0, staticKeys = 0;
  int64_t batches = 0, heads = 0, keyHeads = 0;
  bool packed = false, boundedLeft = false, boundedRight = false;
  int64_t left = 0, right = 0;
  double scaleFactor = 1;
  Operand query, key, value;
  // Scratch: scaled queries, one tile of scores and one of the mask, and one
  // group of results as rows.
  Value panels, scores, masks, turned;
  // Where the task stands; `batchIndex` counts sequences, `batch` is 0 when
  // they are packed.
  Value batch, batchIndex, head, keyHead;
  Value queryStart, keyStart, queryCount, keyCount, keyLimit, alignment;
};

/// The forward direction: results, and their log-sum-exp.
class AttentionEmitter : AttentionTiles {
public:
  AttentionEmitter(KernelBuilder &kernel, AttentionOp op)
      : AttentionTiles(kernel, AttentionParts::of(op)), forward(op) {}
  mlir::LogicalResult emit();

private:
  void allocateScratch();
  void boundKeys(Value firstQuery, Value queries, Value &start, Value &stop);
  mlir::LogicalResult emitBlock(Value firstQuery);
  mlir::FailureOr<Value> softmaxTile(Value group, Value keys);
  mlir::LogicalResult multiplyValues(Value group, Value firstKey, Value keys,
                                     Value factor);
  void turnSums(Value group, Value total);
  mlir::LogicalResult writeGroup(Value group, Value firstQuery);
  mlir::LogicalResult writeLogSumExp(Value row, Value at);
  mlir::LogicalResult writeRow(Value row, Value from);

  AttentionOp forward;
  // The part of the keys that the task takes; null unless there are parts.
  Value part;
  int64_t partKeys = 0;
  // Scratch: sums of values, and for each query its maximum and its sum of
  // exponentials.
  Value sums, maxima, totals;
};

mlir::LogicalResult emitAttentionBackward(KernelBuilder &kernel,
                                          mlir::Operation *root);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ATTENTIONEMITTER_H
