//===- Symbols.cpp - the names compiled code may call ---------------------===//
//
// One row a function.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Symbols.h"

#include "CopyMemRef.h"
#include "FloatConversion.h"
#include "lacuna/Runtime/ABI.h"

namespace lacuna {

template <typename Function>
static RuntimeSymbol symbol(const char *name, Function *function) {
  return {name, reinterpret_cast<void *>(function)};
}

std::span<const RuntimeSymbol> runtimeSymbols() {
  static const RuntimeSymbol symbols[] = {
      symbol("lacuna_rt_parallel", lacuna_rt_parallel),
      symbol("lacuna_rt_launch", lacuna_rt_launch),
      symbol("lacuna_rt_copy", lacuna_rt_copy),
      symbol("lacuna_rt_fail", lacuna_rt_fail),
      symbol("lacuna_rt_threads", lacuna_rt_threads),
      symbol("memrefCopy", memrefCopy),
      symbol("__truncsfhf2", __truncsfhf2),
      symbol("__truncdfhf2", __truncdfhf2),
      symbol("__truncsfbf2", __truncsfbf2),
      symbol("__truncdfbf2", __truncdfbf2),
      symbol("__extendhfsf2", __extendhfsf2),
  };
  return symbols;
}

} // namespace lacuna
