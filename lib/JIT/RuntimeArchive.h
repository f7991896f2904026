//===- RuntimeArchive.h - The runtime compiled libraries need ---*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_RUNTIMEARCHIVE_H
#define LACUNA_LIB_JIT_RUNTIMEARCHIVE_H

#include <cstddef>
#include <span>

namespace lacuna {

/// The bytes of liblacuna_runtime.a.
std::span<const std::byte> runtimeArchive();

} // namespace lacuna

#endif // LACUNA_LIB_JIT_RUNTIMEARCHIVE_H
