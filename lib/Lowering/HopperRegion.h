//===- HopperRegion.h - Score regions in device kernels ---------*- C++ -*-===//
// Evaluates a score region on the scores a thread holds. What does not depend
// on them is read once for a row or a column; places are a number of the thread
// and a constant, so that their sums and comparisons take one instruction.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERREGION_H
#define LACUNA_LIB_LOWERING_HOPPERREGION_H

#include "AttentionParts.h"
#include "HopperBuilder.h"

namespace lacuna {

class HopperRegion {
public:
  using Value = mlir::Value;
  /// `region` is the score's, or that of its cotangent.
  HopperRegion(HopperBuilder &builder, const AttentionParts &op,
               mlir::Region &region, llvm::ArrayRef<Value> buffers);

  /// Where the thread's first score stands.
  struct Place {
    Value batch, head, query, key;
  };
  /// Reads what depends on queries, `rows` behind the first one, or on neither
  /// queries nor keys.
  void readRows(const Place &place, llvm::ArrayRef<int64_t> rows);
  /// Reads what depends on keys, `columns` behind the first one.
  void readColumns(const Place &place, llvm::ArrayRef<int64_t> columns);
  /// The score `row` and `column` behind the first one. `shown`: it is known
  /// not to be hidden. `cotangent`: that of the region's result.
  Value apply(const Place &place, Value score, int64_t row, int64_t column,
              bool shown, Value cotangent = Value());

private:
  struct Element {
    Element(const Place &place, Value score, int64_t row, int64_t column)
        : place(place), score(score), row(row), column(column) {}

    const Place &place;
    Value score, cotangent;
    int64_t row, column;
    llvm::DenseMap<Value, Value> known;
  };
  /// base + offset, no base: a constant. The base is at most `most` or more
  /// than -most.
  struct Affine {
    Value base;
    int64_t offset, most = 0;
  };
  enum Depends { OnQuery = 1, OnKey = 2, OnScore = 4 };
  int depends(Value value);
  std::optional<Affine> affine(Value value, const Element &element);
  Value evaluate(Value value, Element &element);
  Value compute(mlir::Operation *op, Element &element);
  Value compare(mlir::Operation *op, const Element &element);
  Value read(mlir::Operation *op, Element &element);

  HopperBuilder &b;
  mlir::Block *body = nullptr;
  llvm::SmallVector<Value> buffers;
  llvm::SmallVector<mlir::Operation *> rowReads, columnReads, reads;
  /// What was read, by row or column.
  llvm::DenseMap<std::pair<mlir::Operation *, int64_t>, Value> ofRows,
      ofColumns;
  llvm::DenseMap<mlir::Operation *, Value> ofAll;
  int64_t extent = 0;
};

/// What the region gives where it does not hide the key, if it is a choice
/// between that and -inf; null otherwise. `hiddenIf`: hidden where the
/// condition holds, not where it fails.
mlir::Value shownValue(mlir::Block &score, bool &hiddenIf);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERREGION_H
