//===- Npz.cpp - reading archives of arrays -------------------------------===//
//
// libzip reads the archive and checks each member's CRC; what a member claims
// about its size is checked here before it is believed.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "lacuna/Runtime/Archive.h"

#include <fmt/format.h>

#include <cerrno>
#include <sys/stat.h>
#include <unordered_map>
#include <zip.h>

namespace lacuna {

struct NpzReader::Archive {
  std::string path;
  uint64_t fileSize = 0;
  std::unique_ptr<zip_t, void (*)(zip_t *)> zip{nullptr, zip_discard};
  std::vector<std::string> names;
  std::unordered_map<std::string, zip_uint64_t> members;

  Error collectNames();
  Error checkSize(const zip_stat_t &status) const;
  Expected<Tensor> readMember(zip_uint64_t member, const std::string &what,
                              std::optional<DType> type) const;
};

NpzReader::NpzReader(std::unique_ptr<Archive> archive)
    : archive(std::move(archive)) {}
NpzReader::NpzReader(NpzReader &&) noexcept = default;
NpzReader &NpzReader::operator=(NpzReader &&) noexcept = default;
NpzReader::~NpzReader() = default;

const std::vector<std::string> &NpzReader::names() const {
  return archive->names;
}

bool NpzReader::contains(std::string_view name) const {
  return archive->members.contains(std::string(name));
}

static Error cannotOpen(const std::string &path, int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  ErrorCode kind = code == ZIP_ER_NOENT ? ErrorCode::NotFound
                   : code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS
                       ? ErrorCode::Corrupt
                       : ErrorCode::InputOutput;
  return Error(kind, fmt::format("cannot read `{}`: {}", path, text));
}

Error NpzReader::Archive::collectNames() {
  constexpr std::string_view suffix = ".npy";
  zip_int64_t count = zip_get_num_entries(zip.get(), 0);
  for (zip_int64_t member = 0; member < count; ++member) {
    const char *raw = zip_get_name(zip.get(), member, 0);
    std::string name = raw ? raw : "";
    if (!name.ends_with(suffix))
      continue;
    name.resize(name.size() - suffix.size());
    if (!members.emplace(name, member).second)
      return Error(ErrorCode::Corrupt,
                   fmt::format("cannot read `{}`: array `{}` is there twice",
                               path, name));
    names.push_back(std::move(name));
  }
  return Error::success();
}

Expected<NpzReader> NpzReader::open(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return Error(ErrorCode::InputOutput,
                 fmt::format("cannot read `{}`: not a regular file", path));
  auto archive = std::make_unique<Archive>();
  archive->path = path;
  int code = 0;
  archive->zip.reset(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (!archive->zip)
    return cannotOpen(path, code);
  if (stat(path.c_str(), &status) == 0)
    archive->fileSize = static_cast<uint64_t>(status.st_size);
  if (Error error = archive->collectNames())
    return error;
  return NpzReader(std::move(archive));
}

/// Deflate cannot pack more than 1032 bytes into one: what claims more, or to
/// be larger than the archive, must not make us allocate it.
Error NpzReader::Archive::checkSize(const zip_stat_t &status) const {
  uint64_t ratio = status.comp_method == ZIP_CM_STORE ? 1 : 1032;
  if (status.comp_size <= fileSize &&
      status.size / ratio <= status.comp_size + 1)
    return Error::success();
  return Error(ErrorCode::Corrupt,
               fmt::format("{} bytes cannot come from {} in a file of {}",
                           status.size, status.comp_size, fileSize));
}

/// Reads exactly `out`; after the last byte also the end, which is where libzip
/// compares the CRC.
static Error readBytes(zip_file_t *file, uint64_t &left,
                       std::span<std::byte> out) {
  while (!out.empty()) {
    zip_int64_t got = zip_fread(file, out.data(), out.size());
    if (got < 0)
      return Error(ErrorCode::Corrupt, zip_file_strerror(file));
    if (got == 0)
      return Error(ErrorCode::Corrupt, "the array ends early");
    out = out.subspan(static_cast<size_t>(got));
    left -= static_cast<uint64_t>(got);
  }
  char extra;
  if (left == 0 && zip_fread(file, &extra, 1) != 0)
    return Error(ErrorCode::Corrupt, zip_file_strerror(file));
  return Error::success();
}

Expected<Tensor>
NpzReader::Archive::readMember(zip_uint64_t member, const std::string &what,
                               std::optional<DType> type) const {
  auto fail = [&](ErrorCode code, std::string_view reason) {
    return Error(code, fmt::format("cannot read {}: {}", what, reason));
  };
  zip_stat_t status;
  constexpr zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if (zip_stat_index(zip.get(), member, 0, &status) != 0 ||
      (status.valid & needed) != needed)
    return fail(ErrorCode::Corrupt, "its size is not known");
  if (Error error = checkSize(status))
    return fail(error.code(), error.message());
  std::unique_ptr<zip_file_t, int (*)(zip_file_t *)> file(
      zip_fopen_index(zip.get(), member, 0), zip_fclose);
  if (!file)
    return fail(ErrorCode::Corrupt, zip_strerror(zip.get()));
  uint64_t left = status.size;
  ByteSource source{status.size, [&](std::span<std::byte> out) {
                      return readBytes(file.get(), left, out);
                    }};
  return readNpyArray(what, source, type);
}

Expected<Tensor> NpzReader::read(const std::string &name,
                                 std::optional<DType> type) const {
  auto found = archive->members.find(name);
  if (found == archive->members.end())
    return Error(ErrorCode::NotFound,
                 fmt::format("cannot read array `{}` of `{}`: no such array",
                             name, archive->path));
  std::string what = fmt::format("array `{}` of `{}`", name, archive->path);
  return archive->readMember(found->second, what, type);
}

Expected<std::vector<NamedTensor>> readNpz(const std::string &path) {
  Expected<NpzReader> reader = NpzReader::open(path);
  if (!reader)
    return reader.takeError();
  std::vector<NamedTensor> tensors;
  for (const std::string &name : reader->names()) {
    Expected<Tensor> tensor = reader->read(name);
    if (!tensor)
      return tensor.takeError();
    tensors.push_back({name, *std::move(tensor)});
  }
  return tensors;
}

} // namespace lacuna
