//===- LabelRange.h - Labels read and checked at run time -------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_LABELRANGE_H
#define LACUNA_LIB_LOWERING_LABELRANGE_H

#include "lacuna/Lowering/KernelBuilder.h"

#include <optional>

namespace lacuna {

/// A label that was read: `index` is one of the classes in any case, so that
/// it may be used to access memory; `counts` is false for ignored labels.
struct Label {
  mlir::Value index, counts;
};

/// Reads the label at `at`. Narrow integers count as unsigned. A label that is
/// neither a class nor `ignore` makes the running call fail with `message`.
mlir::FailureOr<Label> readLabel(KernelBuilder &kernel, mlir::Value labels,
                                 const Position &at, int64_t classes,
                                 std::optional<int64_t> ignore,
                                 llvm::StringRef message);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_LABELRANGE_H
