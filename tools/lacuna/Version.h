//===- Version.h - What this program was built of ---------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_VERSION_H
#define LACUNA_TOOLS_VERSION_H

#include <string>

namespace lacuna::tool {

/// Versions of Lacuna and LLVM, and the processors code can be made for.
std::string versionText();

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_VERSION_H
