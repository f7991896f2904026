//===- Version.cpp - What this program was built of -----------------------===//
#include "Version.h"

#include "lacuna/Codegen/NativeCode.h"

#include "llvm/Config/llvm-config.h"
#include <fmt/format.h>

std::string lacuna::tool::versionText() {
  NativeTarget host = hostTarget();
  return fmt::format("Lacuna {}\nLLVM {}\ntarget {}, this processor: {} "
                     "({}-bit vectors)\n",
                     LACUNA_VERSION, LLVM_VERSION_STRING, host.triple, host.cpu,
                     host.vectorBits);
}
