//===- Oracle.h - Activations and functions with their true values --------===//
#ifndef LACUNA_TEST_ACCURACY_ORACLE_H
#define LACUNA_TEST_ACCURACY_ORACLE_H

#include <span>

namespace lacuna {

/// The true value for one argument, in the C library's `long double`.
using Oracle = long double (*)(long double);

struct CheckedFunction {
  const char *name;
  /// The op, up to its operand: `lacuna.activation gelu`, `math.exp`.
  const char *op;
  /// Attributes after the operand, or nothing.
  const char *attributes;
  Oracle oracle;
};

std::span<const CheckedFunction> checkedActivations();
std::span<const CheckedFunction> checkedElementaryFunctions();

} // namespace lacuna

#endif // LACUNA_TEST_ACCURACY_ORACLE_H
