//===- NpzWriter.cpp - writing archives of arrays -------------------------===//
//
// libzip writes the members straight from the tensors into a temporary file,
// which then takes the archive's place.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "lacuna/Runtime/Archive.h"
#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

#include <array>
#include <unordered_set>
#include <zip.h>

namespace lacuna {

namespace {

/// A member's bytes, which must live until the archive is closed.
struct Member {
  std::string name;
  std::string header;
  Tensor elements;
};

} // namespace

static Error checkNames(const std::string &path,
                        std::span<const NamedTensor> tensors) {
  std::unordered_set<std::string_view> seen;
  for (const NamedTensor &tensor : tensors) {
    if (tensor.name.empty() || tensor.name.find('\0') != std::string::npos)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("cannot write `{}`: array names must not be "
                               "empty or hold a zero byte",
                               path));
    if (!seen.insert(tensor.name).second)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("cannot write `{}`: array `{}` is given twice",
                               path, tensor.name));
  }
  return Error::success();
}

static Expected<std::vector<Member>>
collectMembers(std::span<const NamedTensor> tensors) {
  std::vector<Member> members;
  members.reserve(tensors.size());
  for (const NamedTensor &tensor : tensors) {
    Expected<Tensor> dense = tensor.value.contiguous();
    if (!dense)
      return dense.takeError();
    members.push_back(
        {tensor.name + ".npy", formatNpyHeader(*dense), *std::move(dense)});
  }
  return members;
}

/// False when libzip refuses; the archive then has the reason.
static bool addMember(zip_t *zip, Member &member) {
  zip_buffer_fragment_t fragments[] = {
      {reinterpret_cast<zip_uint8_t *>(member.header.data()),
       member.header.size()},
      {member.elements.data<zip_uint8_t>(),
       static_cast<zip_uint64_t>(member.elements.byteSize())}};
  zip_uint64_t used = member.elements.elementCount() > 0 ? 2 : 1;
  zip_source_t *source = zip_source_buffer_fragment(zip, fragments, used, 0);
  if (!source)
    return false;
  zip_int64_t index =
      zip_file_add(zip, member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    return false;
  }
  // The first day MS-DOS knew, as NumPy writes it: no times in the bytes.
  constexpr zip_uint16_t firstDay = 1 << 5 | 1;
  zip_uint64_t entry = static_cast<zip_uint64_t>(index);
  return zip_set_file_compression(zip, entry, ZIP_CM_STORE, 0) == 0 &&
         zip_file_set_dostime(zip, entry, 0, firstDay, 0) == 0;
}

static Error writeMembers(const std::string &path, const std::string &temporary,
                          std::span<Member> members) {
  auto fail = [&](const char *reason) {
    return Error(ErrorCode::InputOutput,
                 fmt::format("cannot write `{}`: {}", path, reason));
  };
  int code = 0;
  std::unique_ptr<zip_t, void (*)(zip_t *)> zip(
      zip_open(temporary.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code),
      zip_discard);
  if (!zip)
    return fail("libzip cannot create it");
  for (Member &member : members)
    if (!addMember(zip.get(), member))
      return Error(ErrorCode::InputOutput,
                   fmt::format("cannot write array `{}` of `{}`: {}",
                               member.name.substr(0, member.name.size() - 4),
                               path, zip_strerror(zip.get())));
  if (zip_close(zip.get()) != 0)
    return fail(zip_strerror(zip.get()));
  (void)zip.release(); // closed
  return Error::success();
}

/// What libzip will not write: only the end of a directory without entries.
static Error writeEmptyArchive(const std::string &path) {
  std::array<char, 22> bytes = {'P', 'K', 5, 6};
  return writeFileAtomically(path, std::as_bytes(std::span(bytes)));
}

Error writeNpz(const std::string &path, std::span<const NamedTensor> tensors) {
  if (tensors.empty())
    return writeEmptyArchive(path);
  if (Error error = checkNames(path, tensors))
    return error;
  Expected<std::vector<Member>> members = collectMembers(tensors);
  if (!members)
    return members.takeError();
  Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Error error = writeMembers(path, file->temporaryPath(), *members))
    return error;
  return file->commit();
}

} // namespace lacuna
