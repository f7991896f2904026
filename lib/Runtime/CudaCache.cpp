//===- CudaCache.cpp - machine code of GPUs on disk -----------------------===//
#include "CudaCache.h"

#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

namespace lacuna {

namespace fs = std::filesystem;

namespace {
/// What a file begins with; the code follows.
struct Header {
  char magic[8] = {'L', 'A', 'C', 'U', 'B', 'I', 'N', '1'};
  uint64_t key[2] = {};
  uint64_t bytes = 0;
  uint64_t checksum = 0;
};
} // namespace

/// Fowler, Noll and Vo's hash (FNV-1a) from `start` on.
static uint64_t hash(std::string_view text, uint64_t start) {
  for (unsigned char letter : text)
    start = (start ^ letter) * 0x100000001b3;
  return start;
}

static constexpr uint64_t firstStart = 0xcbf29ce484222325;
static constexpr uint64_t secondStart = 0x9ae16a3b2f90404f;

static std::string cacheFolder() {
  const char *base = std::getenv("XDG_CACHE_HOME");
  if (base && *base)
    return std::string(base) + "/lacuna";
  const char *home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.cache/lacuna" : "";
}

CudaCache::CudaCache(std::string_view text, std::string_view target)
    : folder(cacheFolder()) {
  key[0] = hash(text, hash(target, firstStart));
  key[1] = hash(text, hash(target, secondStart)) ^ text.size();
  path = fmt::format("{}/{:016x}{:016x}.cubin", folder, key[0], key[1]);
}

std::optional<std::string> CudaCache::read() const {
  if (folder.empty())
    return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(file)), {});
  Header header, wanted;
  if (all.size() < sizeof(Header))
    return std::nullopt;
  std::memcpy(&header, all.data(), sizeof(Header));
  std::string code = all.substr(sizeof(Header));
  if (std::memcmp(header.magic, wanted.magic, sizeof(header.magic)) != 0 ||
      header.key[0] != key[0] || header.key[1] != key[1] ||
      header.bytes != code.size() ||
      header.checksum != hash(code, firstStart))
    return std::nullopt;
  std::error_code ignored; // the time of the last use
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
  return code;
}

void CudaCache::write(const std::string &code) const {
  std::error_code failed;
  if (folder.empty() || int64_t(code.size()) > mostBytes ||
      (fs::create_directories(folder, failed), failed))
    return;
  Header header;
  std::copy_n(key, 2, header.key);
  header.bytes = code.size();
  header.checksum = hash(code, firstStart);
  std::string all(reinterpret_cast<const char *>(&header), sizeof(header));
  all += code;
  if (!writeFileAtomically(path, std::as_bytes(std::span(all))))
    evict();
}

void CudaCache::evict() const {
  struct Entry {
    fs::file_time_type used;
    int64_t bytes;
    fs::path path;
  };
  std::vector<Entry> entries;
  int64_t total = 0;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
       it.increment(failed)) {
    std::error_code gone;
    if (it->path().extension() != ".cubin")
      continue;
    int64_t bytes = int64_t(it->file_size(gone));
    fs::file_time_type used = it->last_write_time(gone);
    if (gone)
      continue;
    entries.push_back({used, bytes, it->path()});
    total += bytes;
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= mostBytes)
      return;
    fs::remove(entry.path, failed);
    total -= entry.bytes;
  }
}

} // namespace lacuna
