//===- Npy.h - one array of NumPy's format ----------------------*- C++ -*-===//
//
// What .npy files and the members of .npz archives share.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_NPY_H
#define LACUNA_LIB_RUNTIME_NPY_H

#include "lacuna/Runtime/Tensor.h"

#include <functional>

namespace lacuna {

/// What stands before an array's elements.
struct NpyHeader {
  std::string descr; ///< NumPy's name of the element type, such as `<f4`
  bool fortranOrder = false;
  Shape shape;
};

/// Parses the Python dictionary of a header.
Expected<NpyHeader> parseNpyHeader(std::string_view text);

/// The element type for `descr`, which may depend on what is asked for.
Expected<DType> resolveNpyType(std::string_view descr,
                               std::optional<DType> asked);

/// Magic, version, dictionary and padding for a row-major tensor.
std::string formatNpyHeader(const Tensor &tensor);

/// Bytes in order, of a known total.
struct ByteSource {
  uint64_t size = 0;
  /// Fills the whole span or fails.
  std::function<Error(std::span<std::byte>)> read;
};

/// Reads a whole array. `what` is named in every error.
Expected<Tensor> readNpyArray(const std::string &what, const ByteSource &source,
                              std::optional<DType> asked);

} // namespace lacuna

#endif // LACUNA_LIB_RUNTIME_NPY_H
