//===- AtomicFile.cpp - files that appear whole or not at all -------------===//
//
// Create, write, fsync, rename, and fsync of the directory, without which the
// rename itself may be lost in a crash.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lacuna {

static Error systemError(const std::string &path, const char *action) {
  return Error(ErrorCode::InputOutput, fmt::format("cannot {} `{}`: {}", action,
                                                   path, strerror(errno)));
}

static std::string directoryOf(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos)
    return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// A name beside `path` that no other thread or process uses. Not mkstemp: its
/// files are private, and what umask allows cannot be asked without a race.
static std::string temporaryName(const std::string &path) {
  static std::atomic<unsigned> serial = 0;
  return fmt::format("{}.{}-{}.tmp", path, getpid(), serial++);
}

static int createFile(const std::string &name) {
  return open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static Error flush(const std::string &path, int flags) {
  int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0)
    return systemError(path, "open");
  // Some file systems cannot flush a directory; they say EINVAL.
  bool failed = fsync(descriptor) != 0 && errno != EINVAL;
  Error error = failed ? systemError(path, "flush") : Error::success();
  close(descriptor);
  return error;
}

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : target(std::move(path)), temporary(std::move(temporary)),
      descriptor(descriptor) {}

AtomicFile::AtomicFile(AtomicFile &&other) noexcept
    : target(std::move(other.target)), temporary(std::move(other.temporary)),
      descriptor(std::exchange(other.descriptor, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor < 0)
    return;
  close(descriptor);
  unlink(temporary.c_str());
}

Expected<AtomicFile> AtomicFile::create(const std::string &path) {
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode))
    return Error(ErrorCode::InputOutput,
                 fmt::format("cannot write `{}`: not a regular file", path));
  std::string name;
  int descriptor;
  do { // a process of the same number may have left its file when it died
    name = temporaryName(path);
    descriptor = createFile(name);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0)
    return systemError(path, "write");
  return AtomicFile(path, std::move(name), descriptor);
}

Error AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return systemError(target, "write");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return Error::success();
}

Error AtomicFile::commit() {
  // All by name: a library may have replaced the file behind the descriptor.
  struct stat status;
  if (stat(target.c_str(), &status) == 0)
    (void)chmod(temporary.c_str(), status.st_mode & 0777);
  if (Error error = flush(temporary, O_RDONLY))
    return error;
  if (rename(temporary.c_str(), target.c_str()) != 0)
    return systemError(target, "write");
  close(std::exchange(descriptor, -1));
  return flush(directoryOf(target), O_RDONLY | O_DIRECTORY);
}

Error writeFileAtomically(const std::string &path,
                          std::span<const std::byte> bytes) {
  Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Error error = file->write(bytes))
    return error;
  return file->commit();
}

} // namespace lacuna
