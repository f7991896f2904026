//===- ConformanceReport.h - The results of many cases ----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_CONFORMANCEREPORT_H
#define LACUNA_TOOLS_CONFORMANCEREPORT_H

#include "ConformanceCase.h"

namespace lacuna::tool {

struct ConformanceReport {
  std::vector<ConformanceCase> cases;
  std::vector<ConformanceRow> rows;

  size_t count(Verdict verdict, const std::string &group = "") const;
  /// Whether nothing failed, crashed or hung.
  bool succeeded() const;
  /// The cases' groups, sorted.
  std::vector<std::string> groups() const;

  /// Failures, the reasons of what is not supported, and the counts.
  std::string text() const;
  /// The page of documentation: no times, no paths.
  std::string markdown(const Tolerance &tolerance) const;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_CONFORMANCEREPORT_H
