//===- Conformance.cpp - lacuna conformance -------------------------------===//
#include "ChildProcess.h"
#include "Command.h"
#include "ConformanceReport.h"
#include "ProgressBar.h"
#include "lacuna/Support/AtomicFile.h"

#include "llvm/Support/Regex.h"
#include <fmt/format.h>

#include <thread>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand conformance("conformance", "Run test folders of ONNX models");
static cl::list<std::string> folders(cl::Positional, cl::OneOrMore,
                                     cl::desc("DIR..."), cl::sub(conformance));
static cl::opt<std::string>
    filter("filter", cl::desc("Only cases whose name matches this expression"),
           cl::value_desc("regex"), cl::sub(conformance));
static cl::opt<int> jobs("jobs", cl::desc("Cases at once (0: one a processor)"),
                         cl::init(0), cl::sub(conformance));
static cl::opt<int> threads("threads", cl::desc("Threads of each call"),
                            cl::init(1), cl::sub(conformance));
static cl::opt<double> timeout("timeout", cl::desc("Seconds a case may take"),
                               cl::init(60), cl::sub(conformance));
static cl::opt<double> relative("rtol", cl::desc("Relative tolerance"),
                                cl::init(1e-3), cl::sub(conformance));
static cl::opt<double> absolute("atol", cl::desc("Absolute tolerance"),
                                cl::init(1e-7), cl::sub(conformance));
static cl::opt<std::string>
    markdown("markdown", cl::desc("Write the results as a page of Markdown"),
             cl::value_desc("file"), cl::sub(conformance));
static cl::opt<bool> verbose("verbose", cl::desc("Print every case"),
                             cl::sub(conformance));

static Expected<std::vector<ConformanceCase>> chooseCases() {
  llvm::Regex wanted(filter.empty() ? std::string(".") : filter.getValue());
  std::string message;
  if (!wanted.isValid(message))
    return Error(ErrorCode::InvalidArgument,
                 "`--filter`: " + message + " in `" + filter + "`");
  std::vector<ConformanceCase> chosen;
  for (const std::string &folder : folders) {
    std::vector<ConformanceCase> found = findCases(folder);
    if (found.empty())
      return Error(ErrorCode::NotFound,
                   folder + ": no test folder (one has `model.onnx` and "
                            "`test_data_set_0`)");
    for (ConformanceCase &test : found)
      if (wanted.match(test.name))
        chosen.push_back(std::move(test));
  }
  if (chosen.empty())
    return Error(ErrorCode::NotFound,
                 "`--filter`: no case matches `" + filter + "`");
  return chosen;
}

/// A row as its child tells it: the verdict's number, then the detail.
static ConformanceRow parseRow(const ChildResult &child) {
  switch (child.end) {
  case ChildResult::End::Crashed:
    return {Verdict::Crash, child.lastWords};
  case ChildResult::End::TimedOut:
    return {Verdict::Timeout, fmt::format("after {:g} s", double(timeout))};
  case ChildResult::End::Finished:
    break;
  }
  return {Verdict(child.value.front() - '0'), child.value.substr(1)};
}

static int runConformance() {
  Expected<std::vector<ConformanceCase>> cases = chooseCases();
  if (!cases)
    return fail(cases.error());
  Tolerance tolerance{relative, absolute};
  ConformanceReport report{*cases, {}};
  report.rows.resize(cases->size());
  ProgressBar bar(cases->size());
  ChildOptions options{jobs, timeout};
  if (options.jobs < 1)
    options.jobs = std::max(1u, std::thread::hardware_concurrency());
  runInChildren(
      cases->size(), options,
      [&](size_t i) {
        ConformanceRow row = runCase((*cases)[i], tolerance, threads);
        return std::to_string(int(row.verdict)) + row.detail;
      },
      [&](size_t i, ChildResult child) {
        report.rows[i] = parseRow(child);
        bar.advance((*cases)[i].name);
      });
  bar.clear();
  for (size_t i = 0; verbose && i < cases->size(); ++i)
    fmt::print("{:12} {}/{}\n", verdictName(report.rows[i].verdict),
               (*cases)[i].group, (*cases)[i].name);
  fmt::print("{}", report.text());
  if (!markdown.empty()) {
    std::string page = report.markdown(tolerance);
    if (Error error = writeFileAtomically(markdown,
                                          std::as_bytes(std::span(page))))
      return fail(error);
  }
  return report.succeeded() ? 0 : 1;
}

Command tool::conformanceCommand() {
  return {&conformance, runConformance, "DIR...",
          "  lacuna conformance onnx/backend/test/data/node\n"
          "  lacuna conformance node/test_softmax_axis_0 --verbose\n"
          "  lacuna conformance node --filter=attention --jobs=4\n"};
}
