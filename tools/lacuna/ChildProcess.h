//===- ChildProcess.h - Tasks in processes of their own ---------*- C++ -*-===//
// A task that crashes or hangs must cost one row of a report, not the report.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TOOLS_CHILDPROCESS_H
#define LACUNA_TOOLS_CHILDPROCESS_H

#include <functional>
#include <string>

namespace lacuna::tool {

struct ChildResult {
  enum class End { Finished, Crashed, TimedOut };
  End end = End::Finished;
  /// What the task returned.
  std::string value;
  /// How it died and what it said last.
  std::string lastWords;
};

struct ChildOptions {
  int jobs = 1;
  double timeoutSeconds = 60;
};

/// Forks a child for each of the tasks 0 to `count`, `jobs` at a time, and
/// hands every result to `done` in the order they end. The caller must have no
/// other thread.
void runInChildren(size_t count, const ChildOptions &options,
                   const std::function<std::string(size_t)> &task,
                   const std::function<void(size_t, ChildResult)> &done);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_CHILDPROCESS_H
