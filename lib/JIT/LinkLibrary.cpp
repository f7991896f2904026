//===- LinkLibrary.cpp - Shared libraries from objects --------------------===//
#include "RuntimeArchive.h"
#include "lacuna/JIT/NativeLibrary.h"
#include "lacuna/Support/AtomicFile.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace lacuna;
namespace fs = llvm::sys::fs;

/// The C compiler, which knows where the system keeps its libraries.
static Expected<std::string> findLinker() {
  for (const char *name : {"cc", "gcc", "clang", "clang-22"})
    if (auto path = llvm::sys::findProgramByName(name))
      return *path;
  return Error(ErrorCode::NotFound,
               "linking needs a C compiler (`cc`, `gcc` or `clang`) in PATH; "
               "`--emit=object` needs none");
}

static Error write(const std::string &path, std::span<const std::byte> bytes) {
  return writeFileAtomically(path, bytes);
}

/// Only the C interface is seen from outside, so that any number of such
/// libraries live in one process.
static std::string exports(const std::string &symbol) {
  return "{ global: " + symbol + "; " + symbol + "_error; " + symbol +
         "_release; local: *; };\n";
}

static std::string firstLine(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().split('\n').first.str() : "";
}

static Error runLinker(const std::string &linker, const std::string &folder,
                       const std::string &output, llvm::StringRef soname) {
  std::string script = "-Wl,--version-script=" + folder + "/exports";
  std::string name = "-Wl,-soname," + soname.str();
  std::string object = folder + "/model.o", archive = folder + "/runtime.a";
  std::string log = folder + "/log";
  // The library is part of every system, its header and its link need not.
  llvm::StringRef arguments[] = {linker, "-shared",  "-o",
                                 output, object,     archive,
                                 script, name,       "-Wl,-z,noexecstack",
                                 "-lm",  "-l:libstdc++.so.6"};
  std::string message;
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""),
                                                llvm::StringRef(log),
                                                llvm::StringRef(log)};
  int code = llvm::sys::ExecuteAndWait(linker, arguments, std::nullopt,
                                       redirects, /*SecondsToWait=*/0,
                                       /*MemoryLimit=*/0, &message);
  if (code == 0)
    return Error::success();
  return Error(ErrorCode::Internal,
               linker + " failed: " +
                   (message.empty() ? firstLine(log) : message));
}

Error lacuna::linkLibrary(const std::string &object, const std::string &symbol,
                          const std::string &path) {
  Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.error();
  llvm::SmallString<128> folder;
  if (auto code = fs::createUniqueDirectory("lacuna-link", folder))
    return Error(ErrorCode::InputOutput,
                 "cannot create a temporary folder: " + code.message());
  auto remove = llvm::make_scope_exit([&] { fs::remove_directories(folder); });
  std::string base = folder.str().str();
  if (Error error = write(base + "/model.o",
                          std::as_bytes(std::span<const char>(object))))
    return error;
  if (Error error = write(base + "/runtime.a", runtimeArchive()))
    return error;
  std::string script = exports(symbol);
  if (Error error = write(base + "/exports",
                          std::as_bytes(std::span<const char>(script))))
    return error;
  Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.error();
  if (Error error = runLinker(*linker, base, file->temporaryPath(),
                              llvm::sys::path::filename(path)))
    return error;
  return file->commit();
}
