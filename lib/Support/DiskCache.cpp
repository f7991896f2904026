//===- DiskCache.cpp - What was compiled, on disk -------------------------===//
#include "lacuna/Support/DiskCache.h"

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
  char magic[8] = {'L', 'A', 'C', 'U', 'B', 'I', 'N', '2'};
  uint64_t key[2] = {};
  uint64_t bytes = 0;
  uint64_t checksum = 0;
};
} // namespace

/// Fowler, Noll and Vo's hash (FNV-1a) from `start` on, of words of 8 bytes in
/// four chains; the upper halves, which are mixed best, go down in between.
static uint64_t hash(std::string_view text, uint64_t start) {
  constexpr uint64_t prime = 0x100000001b3;
  uint64_t chains[4] = {start, start + 1, start + 2, start + 3};
  auto add = [&](uint64_t &chain, uint64_t word) {
    chain = (chain ^ word) * prime;
    chain ^= chain >> 32;
  };
  size_t at = 0;
  for (; at + 32 <= text.size(); at += 32) {
    uint64_t words[4];
    std::memcpy(words, text.data() + at, sizeof(words));
    for (int i = 0; i < 4; ++i)
      add(chains[i], words[i]);
  }
  for (; at < text.size(); ++at)
    add(chains[0], static_cast<unsigned char>(text[at]));
  for (uint64_t word : {chains[1], chains[2], chains[3], text.size()})
    add(chains[0], word);
  return chains[0];
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

DiskCache::DiskCache(std::string_view text, std::string_view target,
                     std::string_view kind)
    : folder(cacheFolder()) {
  key[0] = hash(text, hash(target, firstStart));
  key[1] = hash(text, hash(target, secondStart)) ^ text.size();
  path = fmt::format("{}/{:016x}{:016x}.{}", folder, key[0], key[1], kind);
}

std::optional<std::string> DiskCache::read() const {
  std::error_code failed;
  uintmax_t size = folder.empty() ? 0 : fs::file_size(path, failed);
  if (failed || size < sizeof(Header))
    return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  Header header, wanted;
  std::string code(size - sizeof(Header), '\0');
  if (!file.read(reinterpret_cast<char *>(&header), sizeof(header)) ||
      !file.read(code.data(), std::streamsize(code.size())))
    return std::nullopt;
  if (std::memcmp(header.magic, wanted.magic, sizeof(header.magic)) != 0 ||
      header.key[0] != key[0] || header.key[1] != key[1] ||
      header.bytes != code.size() ||
      header.checksum != hash(code, firstStart))
    return std::nullopt;
  // the time of the last use
  fs::last_write_time(path, fs::file_time_type::clock::now(), failed);
  return code;
}

void DiskCache::write(std::string_view code) const {
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

void DiskCache::evict() const {
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
    fs::path extension = it->path().extension();
    if (extension != ".cubin" && extension != ".program")
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
