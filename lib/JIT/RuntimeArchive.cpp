//===- RuntimeArchive.cpp - The runtime compiled libraries need -----------===//
// Carried inside the compiler, so that it needs no file of its own to link.
//===----------------------------------------------------------------------===//
#include "RuntimeArchive.h"

asm(".pushsection .rodata\n"
    ".balign 16\n"
    "lacuna_runtime_archive_begin:\n"
    ".incbin \"" LACUNA_RUNTIME_ARCHIVE "\"\n"
    "lacuna_runtime_archive_end:\n"
    ".popsection\n");

extern "C" const std::byte lacuna_runtime_archive_begin[]
    __attribute__((visibility("hidden")));
extern "C" const std::byte lacuna_runtime_archive_end[]
    __attribute__((visibility("hidden")));

std::span<const std::byte> lacuna::runtimeArchive() {
  return {lacuna_runtime_archive_begin, lacuna_runtime_archive_end};
}
