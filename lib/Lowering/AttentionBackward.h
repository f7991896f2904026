//===- AttentionBackward.h - State of one gradient of attention -*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_ATTENTIONBACKWARD_H
#define LACUNA_LIB_LOWERING_ATTENTIONBACKWARD_H

#include "AttentionEmitter.h"

namespace lacuna {

class AttentionBackwardEmitter : AttentionTiles {
public:
  AttentionBackwardEmitter(KernelBuilder &kernel, AttentionBackwardOp op)
      : AttentionTiles(kernel, AttentionParts::of(op)), backward(op) {}
  mlir::LogicalResult emit();

private:
  using Values = llvm::SmallVector<Value>;
  /// Sums over queries: a row a key, padded to whole vectors.
  struct Sums {
    Value buffer;
    int64_t size = 0, padded = 0;
  };

  void chooseKeyTile();
  void allocateScratch();
  Sums allocateSums(int64_t size);
  bool isWritten(Value result);
  mlir::LogicalResult emitKeys(Value firstKey);
  mlir::LogicalResult emitQueries(Value firstKey, Value keys);
  mlir::LogicalResult emitGroup(Value first, Value firstKey, Value keys);

  mlir::LogicalResult packGroup(Value first);
  mlir::LogicalResult copyRow(const Operand &operand, const Sums &like,
                              double factor, Value row, Value lane, Value isRow,
                              Value target);
  Value productOfRows(Value row);
  mlir::LogicalResult differentiateTile(Value first, Value firstKey,
                                        Value keys);
  mlir::FailureOr<Value> throughScore(Value raw, Value cotangent, Value first,
                                      Value keyIndex);
  mlir::LogicalResult writeScores(Value first, Value firstKey, Value keys);

  mlir::LogicalResult addToKeys(const Sums &sums, Value tile, Value rows,
                                Value keys);
  mlir::LogicalResult addToQueries(Value first, Value firstKey, Value keys);
  mlir::LogicalResult writeKeys(mlir::Value result, const Sums &sums,
                                Value firstKey, Value keys);
  mlir::LogicalResult clear(Value buffer, Value begin, Value end);
  mlir::LogicalResult clearQueries();
  mlir::LogicalResult clearBetween();
  mlir::LogicalResult clearScores(Value firstKey, Value keys);

  AttentionBackwardOp backward;
  Operand output, outputCotangent, queryCotangent;
  // Scratch: the cotangent of the output as `panels`, both as rows, scores
  // before region and cap, the tile's cotangents, and for each query its
  // log-sum-exp and the product of output and cotangent.
  Value outputPanels, queryRows, outputRows, raws, cotangents, shifts, products;
  Value querySums;
  Sums keySums, valueSums;
  int64_t columns = 0;
  Value split;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ATTENTIONBACKWARD_H
