//===- LineLoops.h - Loops over lines of a tensor ---------------*- C++ -*-===//
// A line is the set of elements that are normalised or reduced together: a
// row, a channel, a group of channels. Lanes run along the line where its
// elements are neighbours in memory, and across neighbouring lines otherwise;
// whoever folds a line sees vectors in both cases. On a GPU a group of threads
// shares a line whose elements are neighbours, each with vectors of its own.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_LINELOOPS_H
#define LACUNA_LIB_LOWERING_LINELOOPS_H

#include "DeviceGroup.h"

namespace lacuna {

/// How a dimension falls into lines: its size is lines * within, and the index
/// is (index of the line) * within + (index within the line).
struct LineDim {
  int64_t lines, within;
};

class LineLoops {
public:
  using Values = llvm::SmallVector<mlir::Value>;
  using Body = llvm::function_ref<llvm::LogicalResult(const Position &)>;
  using Step = llvm::function_ref<mlir::FailureOr<Values>(const Position &,
                                                          mlir::ValueRange)>;
  using Combine =
      llvm::function_ref<Values(mlir::ValueRange, mlir::ValueRange)>;

  /// Lines of the first operand of `root`, a dimension an entry of `dims`.
  /// A dimension in `apart` is not walked as one with the one before it.
  /// `registers`: vector registers that a step works on; `most`: threads of a
  /// GPU that share a line.
  LineLoops(KernelBuilder &kernel, mlir::Operation *root,
            llvm::ArrayRef<LineDim> dims, llvm::ArrayRef<int64_t> apart,
            int64_t registers, int64_t most = DeviceGroup::most);

  /// Lines along one axis.
  static LineLoops along(KernelBuilder &kernel, mlir::Operation *root,
                         int64_t axis, int64_t registers,
                         int64_t most = DeviceGroup::most);

  /// Elements of a line.
  int64_t length() const { return lineLength; }
  /// Lines that are worked on at once; 1 when lanes run along a line.
  int64_t width() const { return columns ? lanes : 1; }
  /// The type line values are computed in: f64 or f32.
  mlir::FloatType computeType() const { return compute; }
  static mlir::FloatType computeTypeOf(mlir::Value tensor);

  /// Runs `body` for each line (or `width()` lines) of this call's range.
  llvm::LogicalResult forEach(llvm::function_ref<llvm::LogicalResult()> body);
  /// Which line of dimension `dim` is worked on, as an index.
  mlir::Value line(int64_t dim) const { return lineIndex[dim]; }
  /// The position in a tensor with one element a line, whose dimensions are
  /// `dims` of the walked tensor; -1 stands for index 0.
  Position linePosition(llvm::ArrayRef<int64_t> dims) const;

  /// Runs `body` at all elements of the current line, in order.
  llvm::LogicalResult walk(Body body);
  /// Carries values along the line from the neutral elements `initial`
  /// (scalars) on. The results are scalars, or vectors of `width()`.
  mlir::FailureOr<Values> fold(mlir::ValueRange initial, Step step,
                               Combine combine);
  /// Fold with a sum of what `term` gives.
  mlir::FailureOr<mlir::Value>
  sum(llvm::function_ref<mlir::FailureOr<mlir::Value>(const Position &)> term);

  /// Own memory for the current lines, null if they are too long.
  mlir::Value lineMemory();
  /// Writes and reads the elements the walk stands at in `lineMemory`.
  void keep(mlir::Value element, mlir::Value memory);
  mlir::Value kept(mlir::Value memory, const Position &at);
  /// Where that is.
  mlir::Value memoryOffset();

private:
  /// Neighbouring dimensions that are walked as one; the index stands at `dim`.
  struct Loop {
    int64_t dim, lines, within;
  };
  /// A stretch of the lane loop in vectors of `lanes`.
  struct Chunk {
    int64_t begin, count, lanes;
  };
  void mergeDims(mlir::Operation *root, llvm::ArrayRef<LineDim> dims,
                 llvm::ArrayRef<int64_t> apart);
  void chooseLanes(int64_t registers, int64_t most);
  void chooseGroup(int64_t most);
  Position position(int64_t lanes) const;
  mlir::FailureOr<Values> nest(size_t depth, mlir::ValueRange carried,
                               Step step);
  mlir::FailureOr<Values> walkLanes(mlir::ValueRange carried, Step step);
  mlir::FailureOr<Values> walkShared(mlir::ValueRange carried, Step step);
  mlir::FailureOr<Values> walkLongLine(mlir::ValueRange carried, Step step);
  mlir::FailureOr<Values> turn(mlir::Value number, bool always,
                               mlir::ValueRange carried, Step step);

  KernelBuilder &kernel;
  int64_t rank;
  mlir::FloatType compute;
  int64_t elementBytes;
  llvm::SmallVector<Loop> loops;
  int64_t laneLoop = 0, lanes = 1, lineLength = 1;
  bool columns = false;
  llvm::SmallVector<Chunk> chunks;
  /// The threads that share a line, vectors of the lane loop, and how many of
  /// them a thread takes at most, of which it is at number `taken`.
  std::optional<DeviceGroup> group;
  int64_t vectors = 0, turns = 0, taken = 0;
  /// The current indices, one a loop; `lineIndex` one a dimension.
  Values outer, inner, lineIndex;
};

/// The elements of the lines' tensor in the compute type. When they are made
/// by fused producers and lines fit, they are made once and kept.
class LineInput {
public:
  LineInput(KernelBuilder &kernel, LineLoops &lines, mlir::Value tensor);
  /// The element in the first walk over a line.
  mlir::FailureOr<mlir::Value> first(const Position &at);
  /// The element in later walks.
  mlir::FailureOr<mlir::Value> again(const Position &at);

private:
  KernelBuilder &kernel;
  LineLoops &lines;
  mlir::Value tensor, memory;
};

/// The element of `tensor` in `type`, as a vector when `at` has lanes.
mlir::FailureOr<mlir::Value> loadAs(KernelBuilder &kernel, mlir::Value tensor,
                                    mlir::Type type, const Position &at);
/// Writes `element`, of any float type, to `tensor`.
llvm::LogicalResult storeAs(KernelBuilder &kernel, mlir::Value tensor,
                            mlir::Value element, const Position &at);
/// Elements of memory that lies in one dimension.
mlir::Value loadMemory(KernelBuilder &kernel, mlir::Value memory,
                       mlir::Value offset, int64_t lanes);
void storeMemory(KernelBuilder &kernel, mlir::Value element,
                 mlir::Value memory, mlir::Value offset);
/// One element a dimension: all in one line where `within` says so.
llvm::SmallVector<LineDim>
linesAlong(llvm::ArrayRef<int64_t> shape,
           llvm::function_ref<bool(int64_t)> within);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_LINELOOPS_H
