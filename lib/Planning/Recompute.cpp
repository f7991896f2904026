//===- Recompute.cpp - What a plan of recomputation does ------------------===//
#include "lacuna/Planning/Recompute.h"

#include "MaximumFlow.h"

#include <algorithm>
#include <numeric>
#include <utility>

using namespace lacuna::planning;

/// By value: the tasks during which it must be there, in order.
static std::vector<std::vector<int>>
findReaders(const RecomputeProblem &problem) {
  std::vector<std::vector<int>> readers(problem.graph.values.size());
  for (size_t task = 0; task != problem.graph.tasks.size(); ++task) {
    for (int value : problem.graph.tasks[task].reads)
      readers[value].push_back(int(task));
    if (!problem.holds.empty())
      for (int value : problem.holds[task])
        readers[value].push_back(int(task));
  }
  return readers;
}

namespace {
/// Writes the program down, and what has to be computed again before it.
class Expander {
public:
  Expander(const RecomputeProblem &problem, std::span<const char> dropped,
           int patience);
  RecomputePlan run();

private:
  void run(int task);
  void repeat(int task);
  void forgetAfter(int task);
  std::vector<int> missing(int task) const;
  Task &emit(int task, std::vector<int> writes);
  void passOn();
  void dropUnread();

  int nextReader(int value, int task) const;

  const RecomputeProblem &problem;
  int patience;
  std::vector<int> writers, current;
  std::vector<char> isImpatient;
  /// By value: its readers in order.
  std::vector<std::vector<int>> readers;
  /// By task: what is forgotten behind it.
  std::vector<std::vector<int>> forgotten;
  /// By value: the forward task behind which it is dropped till the backward
  /// direction, or none.
  std::vector<int> droppedBehind;
  /// What ran again since the last task that ran the first time.
  std::vector<int> again;
  RecomputePlan plan;
};
} // namespace

Expander::Expander(const RecomputeProblem &problem,
                   std::span<const char> dropped, int patience)
    : problem(problem), patience(patience), writers(findWriters(problem.graph)),
      current(problem.graph.values.size()), isImpatient(current.size(), 0),
      forgotten(problem.graph.tasks.size()),
      droppedBehind(current.size(), int(problem.graph.tasks.size())) {
  std::iota(current.begin(), current.end(), 0);
  readers = findReaders(problem);
  plan.program.tasks.reserve(2 * problem.graph.tasks.size());
  plan.order.reserve(2 * problem.graph.tasks.size());
  plan.program.values.reserve(2 * current.size());
  plan.program.values = problem.graph.values;
  for (size_t value = 0; value != current.size(); ++value)
    if (problem.isPassing(int(value)))
      plan.program.values[value].bytes = 0;
  for (size_t i = 0; i != dropped.size(); ++i) {
    const Gap &gap = problem.gaps[i];
    if (!dropped[i]) {
      plan.program.values[gap.value].bytes =
          problem.graph.values[gap.value].bytes;
      continue;
    }
    forgotten[gap.after].push_back(gap.value);
    isImpatient[gap.value] |= dropped[i] == impatient;
    if (problem.isForward(gap.after) && !problem.isForward(gap.before))
      droppedBehind[gap.value] = gap.after;
  }
}

/// The tasks whose results `task` reads and nobody has.
std::vector<int> Expander::missing(int task) const {
  std::vector<int> tasks;
  for (int value : problem.graph.tasks[task].reads)
    if (current[value] < 0)
      tasks.push_back(writers[value]);
  return tasks;
}

Task &Expander::emit(int task, std::vector<int> writes) {
  Task step{{}, std::move(writes)};
  for (int value : problem.graph.tasks[task].reads)
    step.reads.push_back(current[value]);
  plan.program.tasks.push_back(std::move(step));
  plan.order.push_back(task);
  return plan.program.tasks.back();
}

void Expander::repeat(int task) {
  TaskGraph &program = plan.program;
  std::vector<int> writes;
  for (int value : problem.graph.tasks[task].writes) {
    writes.push_back(int(program.values.size()));
    program.values.push_back({problem.graph.values[value].bytes, false});
  }
  emit(task, writes);
  for (size_t i = 0; i != writes.size(); ++i) {
    int &place = current[problem.graph.tasks[task].writes[i]];
    place = place < 0 ? writes[i] : place;
  }
  plan.cost += problem.costs[task];
  again.push_back(task);
}

/// What is needed first runs first; a stack of our own, as chains are long.
void Expander::run(int task) {
  std::vector<int> stack = missing(task);
  while (!stack.empty()) {
    int top = stack.back();
    bool isThere = true;
    for (int value : problem.graph.tasks[top].writes)
      isThere &= current[value] >= 0;
    std::vector<int> before = isThere ? std::vector<int>() : missing(top);
    if (!before.empty()) {
      stack.insert(stack.end(), before.begin(), before.end());
      continue;
    }
    stack.pop_back();
    if (!isThere)
      repeat(top);
  }
  Task &step = emit(task, problem.graph.tasks[task].writes);
  if (!problem.holds.empty())
    for (int value : problem.holds[task])
      if (current[value] >= 0)
        step.reads.push_back(current[value]);
}

int Expander::nextReader(int value, int task) const {
  auto next = std::ranges::upper_bound(readers[value], task);
  return next == readers[value].end() ? INT_MAX : *next;
}

/// What the forward direction computed again for itself is dropped again until
/// the backward one; and what would have to wait too long for its next reader.
void Expander::forgetAfter(int task) {
  auto isDropped = [&](int value) {
    if (problem.isForward(task))
      return droppedBehind[value] <= task;
    int most = isImpatient[value] ? 0 : patience;
    int next = nextReader(value, task);
    return most != endlessPatience && next - task > most &&
           !problem.isHeld(value, next);
  };
  for (int repeated : again)
    for (int value : problem.graph.tasks[repeated].writes)
      if (isDropped(value))
        current[value] = -1;
  again.clear();
  for (int value : forgotten[task])
    current[value] = -1;
}

/// What is computed again for one reader alone becomes part of its kernel, if
/// it was part of one before.
void Expander::passOn() {
  TaskGraph &program = plan.program;
  std::vector<int> readers(program.values.size(), 0);
  for (size_t step = 0; step != plan.order.size(); ++step) {
    size_t own = problem.graph.tasks[plan.order[step]].reads.size();
    for (size_t i = 0; i != own; ++i)
      ++readers[program.tasks[step].reads[i]];
  }
  std::vector<char> ran(problem.graph.tasks.size(), 0);
  for (size_t step = 0; step != plan.order.size(); ++step) {
    int task = plan.order[step];
    if (!std::exchange(ran[task], 1))
      continue;
    for (size_t i = 0; i != program.tasks[step].writes.size(); ++i) {
      int value = program.tasks[step].writes[i];
      if (problem.isPassing(problem.graph.tasks[task].writes[i]) &&
          readers[value] <= 1)
        program.values[value].bytes = 0;
    }
  }
}

/// What nobody reads any more, as its readers have it computed later, needs not
/// run the first time.
void Expander::dropUnread() {
  TaskGraph &program = plan.program;
  std::vector<int> readers(program.values.size(), 0);
  for (const Task &step : program.tasks)
    for (int value : step.reads)
      ++readers[value];
  std::vector<int> runs(problem.graph.tasks.size(), 0);
  for (int task : plan.order)
    ++runs[task];
  for (size_t step = plan.order.size(); step-- > 0;) {
    int task = plan.order[step];
    const std::vector<int> &writes = program.tasks[step].writes;
    if (runs[task] < 2 || std::any_of(writes.begin(), writes.end(), [&](int v) {
          return readers[v] > 0 || program.values[v].isResult;
        }))
      continue;
    for (int value : program.tasks[step].reads)
      --readers[value];
    for (int value : writes)
      program.values[value].bytes = 0;
    plan.cost -= problem.costs[task];
    --runs[task];
  }
}

RecomputePlan Expander::run() {
  for (size_t task = 0; task != problem.graph.tasks.size(); ++task) {
    run(int(task));
    forgetAfter(int(task));
  }
  if (!problem.passing.empty())
    passOn();
  if (plan.order.size() > problem.graph.tasks.size())
    dropUnread();
  std::vector<int> steps(plan.program.tasks.size());
  std::iota(steps.begin(), steps.end(), 0);
  plan.live = liveBytes(plan.program, steps);
  for (int64_t bytes : plan.live)
    plan.peak = std::max(plan.peak, bytes);
  return std::move(plan);
}

RecomputePlan
lacuna::planning::evaluatePlan(const RecomputeProblem &problem,
                               std::vector<char> dropped, int patience) {
  RecomputePlan plan = Expander(problem, dropped, patience).run();
  plan.dropped = std::move(dropped);
  plan.patience = patience;
  return plan;
}

/// Each value is an edge of its bytes; those that a backward task reads lead to
/// the sink, those that must not run again come from the source.
std::vector<char>
lacuna::planning::cutForward(const RecomputeProblem &problem, double mostCost) {
  const TaskGraph &graph = problem.graph;
  int count = int(graph.values.size()), source = 2 * count, sink = source + 1;
  std::vector<int> writers = findWriters(graph);
  auto isForward = [&](int value) { return problem.isForward(writers[value]); };
  MaximumFlow flow(2 * count + 2);
  for (int value = 0; value != count; ++value) {
    if (!isForward(value))
      continue;
    int task = writers[value];
    flow.connect(2 * value, 2 * value + 1, graph.values[value].bytes);
    if (!problem.repeatable[task] || problem.costs[task] > mostCost)
      flow.connect(source, 2 * value, MaximumFlow::unlimited);
    for (int read : graph.tasks[task].reads)
      if (isForward(read))
        flow.connect(2 * read + 1, 2 * value, MaximumFlow::unlimited);
  }
  for (size_t task = problem.forwardCount; task != graph.tasks.size(); ++task)
    for (int read : graph.tasks[task].reads)
      if (isForward(read))
        flow.connect(2 * read + 1, sink, MaximumFlow::unlimited);
  std::vector<char> side = flow.cut(source, sink), dropped(count, 0);
  for (int value = 0; value != count; ++value)
    if (isForward(value) && problem.repeatable[writers[value]])
      dropped[value] = !(side[2 * value] && !side[2 * value + 1]);
  return dropped;
}
