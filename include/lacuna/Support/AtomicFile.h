//===- AtomicFile.h - files that appear whole or not at all -----*- C++ -*-===//
//
// Writes go to a temporary file in the target's own directory, which is flushed
// to the disk and then renamed over the target.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_SUPPORT_ATOMICFILE_H
#define LACUNA_SUPPORT_ATOMICFILE_H

#include "lacuna/Support/Error.h"

#include <cstddef>
#include <span>
#include <string>

namespace lacuna {

/// Owns the temporary file; destroyed before `commit` it removes it.
class AtomicFile {
public:
  static Expected<AtomicFile> create(const std::string &path);
  AtomicFile(AtomicFile &&other) noexcept;
  AtomicFile &operator=(AtomicFile &&) = delete;
  ~AtomicFile();

  Error write(std::span<const std::byte> bytes);
  /// Puts the file in its place; nothing may be written afterwards.
  Error commit();

  /// For libraries that insist on a name; they may replace the file.
  const std::string &temporaryPath() const { return temporary; }

private:
  AtomicFile(std::string path, std::string temporary, int descriptor);

  std::string target;
  std::string temporary;
  int descriptor = -1;
};

/// The whole of a small file at once.
Error writeFileAtomically(const std::string &path,
                          std::span<const std::byte> bytes);

} // namespace lacuna

#endif // LACUNA_SUPPORT_ATOMICFILE_H
