//===- Oracle.h - Activations and functions with their true values --------===//
#ifndef LACUNA_TEST_ACCURACY_ORACLE_H
#define LACUNA_TEST_ACCURACY_ORACLE_H

#include <cstdint>
#include <span>

namespace lacuna {

/// The true value for one argument, in the C library's `long double`.
using Oracle = long double (*)(long double);

/// The same formula for `count` arguments, a multiple of 4, in f64: good to
/// 2^-24 ulp of f32, and a hundred times as fast.
using FastOracle = void (*)(const double *arguments, double *values,
                            int64_t count);

struct CheckedFunction {
  const char *name;
  /// The op, up to its operand: `lacuna.activation gelu`, `math.exp`.
  const char *op;
  /// Attributes after the operand, or nothing.
  const char *attributes;
  Oracle oracle;
  /// Null where the processor the program was built on has no AVX2.
  FastOracle fast;
};

std::span<const CheckedFunction> checkedActivations();
std::span<const CheckedFunction> checkedElementaryFunctions();

} // namespace lacuna

#endif // LACUNA_TEST_ACCURACY_ORACLE_H
