//===- Bench.cpp - lacuna bench -------------------------------------------===//
#include "BenchReport.h"
#include "Command.h"
#include "ModelOptions.h"
#include "TensorInputs.h"
#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

#include <chrono>

#include <sys/resource.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("bench", "Measure a model's time and where it goes");
static ModelOptions modelOptions(command);
static TensorInputs tensorInputs(command);
static cl::opt<int> threads("threads", cl::init(0), cl::value_desc("n"),
                            cl::desc("Threads to run on (0: all)"),
                            cl::sub(command));
static cl::opt<int> repeats("repeats", cl::init(0), cl::value_desc("n"),
                            cl::desc("Calls to time (0: for a second, at least "
                                     "10)"),
                            cl::sub(command));
static cl::opt<std::string> jsonPath("json", cl::value_desc("file"),
                                     cl::desc("Write the figures as JSON"),
                                     cl::sub(command));

using Clock = std::chrono::steady_clock;

static double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

/// Whether one more call is to be timed.
static bool goOn(size_t calls, double spent) {
  if (repeats > 0)
    return calls < size_t(repeats);
  return calls < 10 || (spent < 1 && calls < 100000);
}

static Error timeCalls(const Program &program,
                       const std::vector<Tensor> &inputs,
                       BenchReport &report) {
  Expected<std::vector<Tensor>> outputs = program.call(inputs, threads);
  if (!outputs)
    return outputs.error();
  auto start = Clock::now();
  while (goOn(report.latencies.size(), seconds(Clock::now() - start))) {
    auto before = Clock::now();
    if (Error error = program.callInto(inputs, *outputs, threads))
      return error;
    report.latencies.push_back(seconds(Clock::now() - before));
    if (auto use = program.deviceUse()) {
      report.deviceSeconds.push_back(use->seconds);
      report.deviceBytes = use->bytes;
    }
  }
  return Error::success();
}

/// Several profiles, summed: one alone is at the mercy of the machine.
static Error profileKernels(const Program &program,
                            const std::vector<Tensor> &inputs,
                            BenchReport &report) {
  constexpr int profiles = 5;
  for (int i = 0; i < profiles; ++i) {
    auto times = program.profile(inputs, threads);
    if (!times)
      return times.error();
    if (report.kernels.empty())
      report.kernels.resize(times->size());
    for (size_t k = 0; k < times->size(); ++k) {
      int64_t before = report.kernels[k].nanoseconds;
      report.kernels[k] = (*times)[k];
      report.kernels[k].nanoseconds += before;
    }
  }
  for (KernelTime &kernel : report.kernels)
    kernel.nanoseconds /= profiles;
  return Error::success();
}

static int64_t peakBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t(usage.ru_maxrss) * 1024;
}

static Expected<BenchReport> measure() {
  Expected<Program> program = compileModel(modelOptions, tensorInputs);
  if (!program)
    return program.error();
  auto inputs = tensorInputs.complete(*program, /*defaultSeed=*/1);
  if (!inputs)
    return inputs.error();
  BenchReport report;
  report.model = modelOptions.path;
  report.info = program->info();
  if (Error error = timeCalls(*program, *inputs, report))
    return error;
  if (Error error = profileKernels(*program, *inputs, report))
    return error;
  report.peakBytes = peakBytes();
  if (program->deviceUse()) {
    Expected<DeviceLimits> limits = measureDeviceLimits(modelOptions.target);
    if (!limits)
      return limits.error();
    report.limits = *limits;
  }
  return report;
}

static int runBench() {
  if (repeats < 0)
    return fail(Error(ErrorCode::InvalidArgument,
                      "`--repeats` must be 0 or more"));
  Expected<BenchReport> report = measure();
  if (!report)
    return fail(report.error());
  fmt::print("{}", report->text());
  if (jsonPath.empty())
    return 0;
  std::string json = report->json();
  if (Error error = writeFileAtomically(
          jsonPath, std::as_bytes(std::span<const char>(json))))
    return fail(error);
  return 0;
}

Command tool::benchCommand() {
  return {&command, runBench, "MODEL",
          "  lacuna bench net.onnx --threads=1\n"
          "  lacuna bench net.onnx --shape image=1x3x513x513 --repeats=50\n"
          "  lacuna bench net.onnx --inputs in.npz --json figures.json\n"};
}
