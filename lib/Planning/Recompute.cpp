//===- Recompute.cpp - What a plan of recomputation does ------------------===//
#include "lacuna/Planning/Recompute.h"

#include "MaximumFlow.h"

#include <numeric>

using namespace lacuna::planning;

static std::vector<int> findWriters(const TaskGraph &graph) {
  std::vector<int> writers(graph.values.size(), -1);
  for (size_t task = 0; task != graph.tasks.size(); ++task)
    for (int value : graph.tasks[task].writes)
      writers[value] = int(task);
  return writers;
}

namespace {
/// Writes the program down, and what has to be computed again before it.
class Expander {
public:
  Expander(const RecomputeProblem &problem, std::vector<int> &order)
      : problem(problem), order(order), writers(findWriters(problem.graph)),
        current(problem.graph.values.size()),
        result{{}, problem.graph.values} {
    std::iota(current.begin(), current.end(), 0);
  }

  void forget(int value) {
    if (writers[value] >= 0)
      current[value] = -1;
  }
  void run(int task);
  TaskGraph take() { return std::move(result); }

private:
  void repeat(int task);
  std::vector<int> missing(int task) const;
  void emit(int task, std::vector<int> writes);

  const RecomputeProblem &problem;
  std::vector<int> &order;
  std::vector<int> writers, current;
  TaskGraph result;
};
} // namespace

/// The tasks whose results `task` reads and nobody has.
std::vector<int> Expander::missing(int task) const {
  std::vector<int> tasks;
  for (int value : problem.graph.tasks[task].reads)
    if (current[value] < 0)
      tasks.push_back(writers[value]);
  return tasks;
}

void Expander::emit(int task, std::vector<int> writes) {
  Task step{{}, std::move(writes)};
  for (int value : problem.graph.tasks[task].reads)
    step.reads.push_back(current[value]);
  result.tasks.push_back(std::move(step));
  order.push_back(task);
}

void Expander::repeat(int task) {
  std::vector<int> writes;
  for (int value : problem.graph.tasks[task].writes) {
    writes.push_back(int(result.values.size()));
    result.values.push_back({problem.graph.values[value].bytes, false});
  }
  emit(task, writes);
  for (size_t i = 0; i != writes.size(); ++i) {
    int &place = current[problem.graph.tasks[task].writes[i]];
    place = place < 0 ? writes[i] : place;
  }
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
  emit(task, problem.graph.tasks[task].writes);
}

TaskGraph lacuna::planning::expandProgram(const RecomputeProblem &problem,
                                          std::span<const char> dropped,
                                          std::vector<int> &order) {
  Expander expander(problem, order);
  for (size_t task = 0; task != problem.graph.tasks.size(); ++task) {
    if (task == problem.forwardCount)
      for (size_t before = 0; before != task; ++before)
        for (int value : problem.graph.tasks[before].writes)
          if (dropped[value])
            expander.forget(value);
    expander.run(int(task));
  }
  return expander.take();
}

RecomputePlan
lacuna::planning::evaluatePlan(const RecomputeProblem &problem,
                               std::vector<char> dropped) {
  RecomputePlan plan;
  TaskGraph program = expandProgram(problem, dropped, plan.order);
  std::vector<int> steps(program.tasks.size());
  std::iota(steps.begin(), steps.end(), 0);
  plan.peak = peakBytes(program, steps);
  std::vector<char> ran(problem.graph.tasks.size(), 0);
  for (int task : plan.order) {
    plan.cost += ran[task] ? problem.costs[task] : 0;
    ran[task] = 1;
  }
  plan.dropped = std::move(dropped);
  return plan;
}

/// Each value is an edge of its bytes; those that a backward task reads lead to
/// the sink, those that must not run again come from the source.
std::vector<char>
lacuna::planning::cutForward(const RecomputeProblem &problem, double mostCost) {
  const TaskGraph &graph = problem.graph;
  int count = int(graph.values.size()), source = 2 * count, sink = source + 1;
  std::vector<int> writers = findWriters(graph);
  auto isForward = [&](int value) {
    return writers[value] >= 0 && size_t(writers[value]) < problem.forwardCount;
  };
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
