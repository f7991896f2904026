//===- BenchReport.h - What lacuna bench has measured -----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_BENCHREPORT_H
#define LACUNA_TOOLS_BENCHREPORT_H

#include "DeviceLimits.h"

namespace lacuna::tool {

struct BenchReport {
  std::string model;
  ProgramInfo info;
  /// Seconds of each call, in order.
  std::vector<double> latencies;
  std::vector<KernelTime> kernels;
  int64_t peakBytes = 0;
  /// Seconds of each call on the GPU, without transfers, and its memory; empty
  /// on the host.
  std::vector<double> deviceSeconds;
  int64_t deviceBytes = 0;
  /// What the GPU can do at most; none on the host.
  std::optional<DeviceLimits> limits;

  /// The latency that `share` of the calls stay below.
  double quantile(double share) const;
  /// Operations of one call that are known.
  int64_t operations() const;
  std::string text() const;
  std::string json() const;

private:
  std::string deviceText() const;
  std::string kernelTable() const;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_BENCHREPORT_H
