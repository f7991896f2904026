//===- Archive.h - tensors in .npy and .npz files ---------------*- C++ -*-===//
//
// NumPy's array format (NEP 1, versions 1 to 3) and its zip archives. Readers
// trust nothing in a file; writers leave the old file or the whole new one.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_RUNTIME_ARCHIVE_H
#define LACUNA_RUNTIME_ARCHIVE_H

#include "lacuna/Runtime/Tensor.h"

namespace lacuna {

struct NamedTensor {
  std::string name;
  Tensor value;
};

/// Reads one array. `type` tells what the elements are where the file cannot:
/// NumPy has no bf16, so its arrays come as `<V2` (ml_dtypes) or `<u2`, and
/// are read as bf16 only when asked. Any other difference between the file's
/// type and `type` is an error.
Expected<Tensor> readNpy(const std::string &path,
                         std::optional<DType> type = std::nullopt);
Error writeNpy(const std::string &path, const Tensor &tensor);

/// An open .npz, for one thread at a time. Arrays are read one by one, so that
/// a large archive costs what is used of it.
class NpzReader {
public:
  static Expected<NpzReader> open(const std::string &path);
  NpzReader(NpzReader &&) noexcept;
  NpzReader &operator=(NpzReader &&) noexcept;
  ~NpzReader();

  /// Array names in the archive's order, without `.npy`.
  const std::vector<std::string> &names() const;
  bool contains(std::string_view name) const;
  Expected<Tensor> read(const std::string &name,
                        std::optional<DType> type = std::nullopt) const;

private:
  struct Archive;
  explicit NpzReader(std::unique_ptr<Archive> archive);
  std::unique_ptr<Archive> archive;
};

/// All arrays of an archive, in its order.
Expected<std::vector<NamedTensor>> readNpz(const std::string &path);
/// Stored without compression and without times: equal tensors, equal bytes.
Error writeNpz(const std::string &path, std::span<const NamedTensor> tensors);

} // namespace lacuna

#endif // LACUNA_RUNTIME_ARCHIVE_H
