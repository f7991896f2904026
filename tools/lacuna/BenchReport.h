//===- BenchReport.h - What lacuna bench has measured -----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_BENCHREPORT_H
#define LACUNA_TOOLS_BENCHREPORT_H

#include "lacuna/JIT/Model.h"

namespace lacuna::tool {

struct BenchReport {
  std::string model;
  ProgramInfo info;
  /// Seconds of each call, in order.
  std::vector<double> latencies;
  std::vector<KernelTime> kernels;
  int64_t peakBytes = 0;

  /// The latency that `share` of the calls stay below.
  double quantile(double share) const;
  /// Operations of one call that are known.
  int64_t operations() const;
  std::string text() const;
  std::string json() const;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_BENCHREPORT_H
