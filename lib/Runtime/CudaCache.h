//===- CudaCache.h - machine code of GPUs on disk ---------------*- C++ -*-===//
//
// $XDG_CACHE_HOME/lacuna (or ~/.cache/lacuna) holds a file for each PTX that was
// compiled, named by what it depends on: the text, the architecture, the
// driver's version. Whatever is wrong with a file, it is as if it were not
// there.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_CUDACACHE_H
#define LACUNA_LIB_RUNTIME_CUDACACHE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lacuna {

class CudaCache {
public:
  /// The most bytes of all entries; the ones used longest ago go first.
  static constexpr int64_t mostBytes = int64_t(256) << 20;

  /// Of code for `target`, which names all that machine code depends on
  /// beside `text`.
  CudaCache(std::string_view text, std::string_view target);

  std::optional<std::string> read() const;
  /// Keeps `code`; failing to is no error.
  void write(const std::string &code) const;

private:
  void evict() const;

  std::string folder, path;
  uint64_t key[2];
};

} // namespace lacuna

#endif // LACUNA_LIB_RUNTIME_CUDACACHE_H
