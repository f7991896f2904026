//===- Explain.cpp - lacuna explain ---------------------------------------===//
// Memory over time, what is recomputed, and what other budgets would cost.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "ModelOptions.h"
#include "Table.h"
#include "lacuna/JIT/Explain.h"
#include "lacuna/Planning/BufferFile.h"
#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Charts.h"

#include <algorithm>
#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("explain",
                              "Show what lives when, and what budgets cost");
static ModelOptions modelOptions(command);
static cl::opt<int> sweep("sweep", cl::init(0), cl::value_desc("n"),
                          cl::desc("Try n memory budgets; print the best"),
                          cl::sub(command));
static cl::opt<std::string>
    picture("picture", cl::desc("SVG to draw, the arena over time"),
            cl::value_desc("file.svg"), cl::sub(command));

static cl::opt<std::string>
    curve("curve", cl::desc("SVG to draw, what the budgets of --sweep cost"),
          cl::value_desc("file.svg"), cl::sub(command));

static std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f}%", 100 * part / whole) : "-";
}

static void printLaunches(const MemoryReport &report) {
  Table table({"step", "kernel", "own bytes", "live bytes", "of arena", ""});
  for (size_t i = 0; i < report.launches.size(); ++i) {
    const MemoryReport::Launch &launch = report.launches[i];
    table.add({std::to_string(i), launch.kernel,
               std::to_string(launch.ownBytes),
               std::to_string(launch.liveBytes),
               percent(double(launch.liveBytes), double(report.arenaBytes)),
               launch.recomputes ? "recomputes" : ""});
  }
  fmt::print("{}", table.text());
}

static void printSummary(const MemoryReport &report) {
  auto ratio = [&](int64_t bytes) {
    return bytes > 0 ? double(report.arenaBytes) / double(bytes) : 1.0;
  };
  int64_t repeated = 0;
  for (const MemoryReport::Launch &launch : report.launches)
    repeated += launch.recomputes;
  fmt::print("\narena       {} bytes, {:.3f} of the most that lives at one "
             "time\nbound       {} bytes, what one kernel reads and writes there; "
             "the arena is {:.2f} times that\noperations  {} in {} kernels, {} of "
             "which recompute\n",
             report.arenaBytes, ratio(report.liveBytes), report.lowerBound,
             ratio(report.lowerBound), report.operations,
             report.launches.size(), repeated);
  if (report.keptBytes > 0)
    fmt::print("kept        {} bytes when the backward direction begins\n",
               report.keptBytes);
}

static void printSweep(const std::vector<BudgetPoint> &points) {
  const BudgetPoint &all = points.front();
  Table table({"arena", "share", "kept", "share", "operations", "extra"});
  for (const BudgetPoint &point : points)
    table.add({std::to_string(point.arenaBytes),
               percent(double(point.arenaBytes), double(all.arenaBytes)),
               std::to_string(point.keptBytes),
               percent(double(point.keptBytes), double(all.keptBytes)),
               std::to_string(point.operations),
               percent(double(point.operations - all.operations),
                       double(all.operations))});
  fmt::print("\n{}", table.text());
}

/// The Pareto front: what less memory costs.
static Error drawCosts(const std::vector<BudgetPoint> &points) {
  Curve extra{"extra operations, %", {}};
  double all = std::max(double(points.front().operations), 1.0);
  for (const BudgetPoint &point : points)
    extra.points.push_back(
        {double(point.arenaBytes),
         100 * (double(point.operations) - double(points.front().operations)) /
             all});
  std::string text = drawCurves("arena, bytes,", {extra});
  return writeFileAtomically(curve,
                             std::as_bytes(std::span<const char>(text)));
}

/// A buffer each value, from the launch that writes it to the last that reads.
static Error drawArena(const MemoryReport &report) {
  if (picture.empty())
    return Error::success();
  planning::NamedBuffers named;
  planning::Placement placement;
  placement.height = report.arenaBytes;
  for (const MemoryReport::Value &value : report.values) {
    const MemoryReport::Launch &writer = report.launches[value.first];
    named.names.push_back(writer.kernel +
                          (writer.recomputes ? ", recomputed" : ""));
    named.buffers.push_back(
        {int64_t(value.first), int64_t(value.last) + 1, value.bytes});
    placement.offsets.push_back(value.offset);
  }
  std::string text = planning::drawPlacement(named, placement);
  return writeFileAtomically(picture,
                             std::as_bytes(std::span<const char>(text)));
}

static int runExplain() {
  if (sweep < 0)
    return fail(Error(ErrorCode::InvalidArgument,
                      fmt::format("`--sweep` must be at least 0, got {}",
                                  int(sweep))));
  if (!curve.empty() && sweep == 0)
    return fail(Error(ErrorCode::InvalidArgument,
                      "`--curve` must come with `--sweep N`"));
  Expected<Model> model = modelOptions.load();
  if (!model)
    return fail(model.error());
  Expected<CompileOptions> options = modelOptions.compileOptions();
  if (!options)
    return fail(options.error());
  Expected<MemoryReport> report = MemoryExplainer::explain(*model, *options);
  if (!report)
    return fail(report.error());
  printLaunches(*report);
  printSummary(*report);
  if (sweep > 0) {
    auto points = MemoryExplainer::sweep(*model, *options, sweep);
    if (!points)
      return fail(points.error());
    printSweep(*points);
    if (!curve.empty())
      if (Error error = drawCosts(*points))
        return fail(error);
  }
  if (Error error = drawArena(*report))
    return fail(error);
  return 0;
}

Command tool::explainCommand() {
  return {&command, runExplain, "MODEL",
          "  lacuna explain net.onnx --gradient-of mean-square --picture "
          "memory.svg\n"
          "  lacuna explain net.onnx --gradient-of mean-square "
          "--memory-budget=0.5 --sweep 12 --curve costs.svg\n"};
}
