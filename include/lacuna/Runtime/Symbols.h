//===- Symbols.h - the names compiled code may call -------------*- C++ -*-===//
//
// Every runtime function that code from the compiler refers to by name. A JIT
// defines these in the module it loads; a linked library finds them by itself.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_RUNTIME_SYMBOLS_H
#define LACUNA_RUNTIME_SYMBOLS_H

#include <span>

namespace lacuna {

struct RuntimeSymbol {
  const char *name;
  void *address;
};

/// `lacuna_rt_parallel`, `lacuna_rt_fail`, `memrefCopy` and the conversions to
/// and from f16 and bf16 that LLVM calls where the processor has none.
std::span<const RuntimeSymbol> runtimeSymbols();

} // namespace lacuna

#endif // LACUNA_RUNTIME_SYMBOLS_H
