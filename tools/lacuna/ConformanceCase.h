//===- ConformanceCase.h - One test folder of ONNX --------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_CONFORMANCECASE_H
#define LACUNA_TOOLS_CONFORMANCECASE_H

#include "lacuna/Runtime/Compare.h"

#include <string>
#include <vector>

namespace lacuna::tool {

enum class Verdict { Pass, Fail, Unsupported, Crash, Timeout };
inline constexpr int verdictCount = 5;
const char *verdictName(Verdict verdict);

/// A folder with `model.onnx` and `test_data_set_*`.
struct ConformanceCase {
  std::string folder;
  /// The folder's name, and that of the folder it lies in.
  std::string name, group;
};

struct ConformanceRow {
  Verdict verdict = Verdict::Pass;
  /// The worst element, or why not; empty for a pass.
  std::string detail;
};

/// All cases in `root` and below it, sorted.
std::vector<ConformanceCase> findCases(const std::string &root);

/// Compiles and runs the model on all its data sets.
ConformanceRow runCase(const ConformanceCase &test, const Tolerance &tolerance,
                       int threads);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_CONFORMANCECASE_H
