//===- TensorSize.h - How large tensors may be ------------------*- C++ -*-===//
#ifndef LACUNA_IR_TENSORSIZE_H
#define LACUNA_IR_TENSORSIZE_H

#include "lacuna/IR/Shape.h"

namespace lacuna {

/// Tensors of more bytes are refused: sizes of these, and offsets into some of
/// them laid one after the other, do not overflow.
inline constexpr int64_t maxTensorBytes = int64_t(1) << 40;

/// Whether the sizes of `shape` are known, and elements of `width` bytes are
/// no more than that.
inline bool isTensorSize(llvm::ArrayRef<int64_t> shape, int64_t width) {
  std::optional<int64_t> bytes = elementCount(shape);
  if (bytes)
    bytes = sizeProduct(*bytes, width);
  return bytes && *bytes >= 0 && *bytes <= maxTensorBytes;
}

} // namespace lacuna

#endif // LACUNA_IR_TENSORSIZE_H
