//===- DiskCache.h - What was compiled, on disk -----------------*- C++ -*-===//
// $XDG_CACHE_HOME/lacuna (or ~/.cache/lacuna) holds a file for each thing that
// was compiled, named by what it depends on. Whatever is wrong with a file, it
// is as if it were not there.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_SUPPORT_DISKCACHE_H
#define LACUNA_SUPPORT_DISKCACHE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lacuna {

class DiskCache {
public:
  /// The most bytes of all entries; the ones used longest ago go first.
  static constexpr int64_t mostBytes = int64_t(1) << 30;

  /// What `text` became for `target`, which names all that it depends on beside
  /// the text. `kind` is how the file's name ends.
  DiskCache(std::string_view text, std::string_view target,
            std::string_view kind);

  std::optional<std::string> read() const;
  /// Keeps `code`; failing to is no error.
  void write(std::string_view code) const;

private:
  void evict() const;

  std::string folder, path;
  uint64_t key[2];
};

} // namespace lacuna

#endif // LACUNA_SUPPORT_DISKCACHE_H
