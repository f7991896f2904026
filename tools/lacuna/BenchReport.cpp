//===- BenchReport.cpp - What lacuna bench has measured -------------------===//
#include "BenchReport.h"

#include "Table.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

#include <algorithm>
#include <map>

using namespace lacuna;
using namespace lacuna::tool;

static double quantileOf(std::vector<double> sorted, double share) {
  std::sort(sorted.begin(), sorted.end());
  if (sorted.empty())
    return 0;
  return sorted[std::min(size_t(share * sorted.size()), sorted.size() - 1)];
}

double BenchReport::quantile(double share) const {
  return quantileOf(latencies, share);
}

int64_t BenchReport::operations() const {
  int64_t sum = 0;
  for (const KernelTime &kernel : kernels)
    sum += std::max<int64_t>(kernel.operations, 0);
  return sum;
}

/// Operations a nanosecond are GFLOP a second, bytes GB a second.
static std::string rate(int64_t operations, double nanoseconds) {
  return operations > 0 && nanoseconds > 0
             ? fmt::format("{:.2f}", operations / nanoseconds)
             : "-";
}

namespace {
/// All launches of one kernel.
struct KernelSum {
  std::string name;
  int64_t launches = 0, nanoseconds = 0, operations = 0, bytes = 0;
};
} // namespace

static std::vector<KernelSum>
sumByName(const std::vector<KernelTime> &kernels) {
  std::vector<KernelSum> sums;
  std::map<std::string, size_t> index;
  for (const KernelTime &kernel : kernels) {
    auto [it, isNew] = index.try_emplace(kernel.name, sums.size());
    if (isNew)
      sums.push_back({kernel.name});
    KernelSum &sum = sums[it->second];
    ++sum.launches;
    sum.nanoseconds += kernel.nanoseconds;
    sum.bytes += kernel.bytes;
    bool known = sum.operations >= 0 && kernel.operations >= 0;
    sum.operations = known ? sum.operations + kernel.operations : -1;
  }
  std::stable_sort(sums.begin(), sums.end(), [](auto &a, auto &b) {
    return a.nanoseconds > b.nanoseconds;
  });
  return sums;
}

/// A row a kernel; on a GPU with the share of the limit it comes nearest.
std::string BenchReport::kernelTable() const {
  double total = 0;
  for (const KernelTime &kernel : kernels)
    total += double(kernel.nanoseconds);
  std::vector<std::string> titles = {"kernel", "launches", "ms",
                                     "share",  "GFLOP/s",  "GB/s"};
  if (limits)
    titles.push_back("of limit");
  Table table(titles);
  for (const KernelSum &sum : sumByName(kernels)) {
    std::vector<std::string> row = {
        sum.name, fmt::format("{}", sum.launches),
        fmt::format("{:.4f}", sum.nanoseconds / 1e6),
        fmt::format("{:.1f}%", 100 * sum.nanoseconds / std::max(total, 1.0)),
        rate(sum.operations, double(sum.nanoseconds)),
        rate(sum.bytes, double(sum.nanoseconds))};
    if (limits)
      row.push_back(fmt::format(
          "{:.2f}",
          limits->share(sum.operations, sum.bytes, sum.nanoseconds / 1e9)));
    table.add(row);
  }
  return table.text();
}

/// What the GPU does, and what it could.
std::string BenchReport::deviceText() const {
  if (!limits)
    return "";
  double median = quantileOf(deviceSeconds, 0.5);
  return fmt::format(
      "device    median {:.4g} ms in kernels, {} GFLOP/s; {:.1f} MiB\n"
      "limits    {:.0f} GB/s (ReLU), {:.0f} GFLOP/s (product of bf16)\n",
      median * 1e3, rate(operations(), median * 1e9), deviceBytes / 1048576.0,
      limits->bytes / 1e9, limits->operations / 1e9);
}

std::string BenchReport::text() const {
  double median = quantile(0.5);
  std::string text = fmt::format(
      "latency   median {:.4g} ms, 10% to 90% {:.4g} to {:.4g} ms, {} calls\n"
      "rate      {} GFLOP/s of {:.4g} GFLOP known\n"
      "compile   {:.3g} s, {} kernels\n"
      "memory    {:.1f} MiB at most, of it {:.1f} MiB constants and {:.1f} MiB "
      "arena ({:.3f} of what lives at one time)\n",
      median * 1e3, quantile(0.1) * 1e3, quantile(0.9) * 1e3, latencies.size(),
      rate(operations(), median * 1e9), operations() / 1e9,
      info.compileSeconds, info.kernels, peakBytes / 1048576.0,
      info.constantBytes / 1048576.0, info.arenaBytes / 1048576.0,
      double(std::max<int64_t>(info.arenaBytes, 1)) /
          std::max<int64_t>(info.liveBytes, 1));
  return text + deviceText() + "\n" + kernelTable();
}

std::string BenchReport::json() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::json::OStream out(stream, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("model", model);
    out.attribute("median_seconds", quantile(0.5));
    out.attribute("p10_seconds", quantile(0.1));
    out.attribute("p90_seconds", quantile(0.9));
    out.attribute("calls", int64_t(latencies.size()));
    out.attribute("operations", operations());
    out.attribute("compile_seconds", info.compileSeconds);
    out.attribute("peak_bytes", peakBytes);
    out.attribute("constant_bytes", info.constantBytes);
    out.attribute("arena_bytes", info.arenaBytes);
    out.attribute("live_bytes", info.liveBytes);
    if (limits) {
      out.attribute("device_seconds", quantileOf(deviceSeconds, 0.5));
      out.attribute("device_bytes", deviceBytes);
      out.attribute("limit_bytes_per_second", limits->bytes);
      out.attribute("limit_operations_per_second", limits->operations);
    }
    out.attributeArray("kernels", [&] {
      for (const KernelTime &kernel : kernels)
        out.object([&] {
          out.attribute("name", kernel.name);
          out.attribute("nanoseconds", kernel.nanoseconds);
          if (kernel.operations >= 0)
            out.attribute("operations", kernel.operations);
          out.attribute("bytes", kernel.bytes);
        });
    });
  });
  return text + "\n";
}
