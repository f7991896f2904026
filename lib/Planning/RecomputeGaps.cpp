//===- RecomputeGaps.cpp - Where values may be forgotten ------------------===//
#include "lacuna/Planning/Recompute.h"

#include <algorithm>

using namespace lacuna::planning;

std::vector<int> lacuna::planning::findWriters(const TaskGraph &graph) {
  std::vector<int> writers(graph.values.size(), -1);
  for (size_t task = 0; task != graph.tasks.size(); ++task)
    for (int value : graph.tasks[task].writes)
      writers[value] = int(task);
  return writers;
}

bool RecomputeProblem::isHeld(int value, int task) const {
  auto has = [&](const std::vector<int> &values) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  return !holds.empty() && size_t(task) < holds.size() && has(holds[task]) &&
         !has(graph.tasks[task].reads);
}

/// By value: its writer and the tasks during which it must be there, in order.
static std::vector<std::vector<int>>
findUses(const RecomputeProblem &problem, const std::vector<int> &writers) {
  const TaskGraph &graph = problem.graph;
  std::vector<std::vector<int>> uses(graph.values.size());
  for (size_t value = 0; value != uses.size(); ++value)
    if (writers[value] >= 0)
      uses[value].push_back(writers[value]);
  auto use = [&](int value, size_t task) {
    if (!uses[value].empty() && uses[value].back() != int(task))
      uses[value].push_back(int(task));
  };
  for (size_t task = 0; task != graph.tasks.size(); ++task) {
    for (int value : graph.tasks[task].reads)
      use(value, task);
    if (!problem.holds.empty())
      for (int value : problem.holds[task])
        use(value, task);
  }
  return uses;
}

std::vector<Gap>
lacuna::planning::findGaps(const RecomputeProblem &problem) {
  const TaskGraph &graph = problem.graph;
  std::vector<int> writers = findWriters(graph);
  std::vector<std::vector<int>> uses = findUses(problem, writers);
  // Shorter ones save little, and each costs the search its time.
  int longEnough = std::max<int>(2, int(problem.forwardCount / 16));
  std::vector<Gap> gaps;
  for (size_t value = 0; value != uses.size(); ++value) {
    if (!problem.isForward(writers[value]) ||
        !problem.repeatable[writers[value]] || graph.values[value].isResult)
      continue;
    Gap across{int(value), uses[value].back(), int(graph.tasks.size())};
    Gap longest[2] = {{-1, 0, 0}, {-1, 0, 0}};
    for (size_t i = 0; i + 1 < uses[value].size(); ++i) {
      Gap gap{int(value), uses[value][i], uses[value][i + 1]};
      bool begins = problem.isForward(gap.after);
      if (begins != problem.isForward(gap.before)) {
        across = gap;
        continue;
      }
      Gap &other = longest[begins];
      if (gap.before - gap.after > other.before - other.after)
        other = gap;
    }
    // Even what no backward task reads may serve a recomputation.
    // A kernel of both directions hands on what it does not store.
    bool isHandedOver =
        problem.isPassing(value) && !problem.isForward(uses[value].back());
    if (problem.isForward(across.after) && !isHandedOver)
      gaps.push_back(across);
    for (const Gap &gap : longest)
      if (gap.before - gap.after >= longEnough && !problem.isPassing(value) &&
          !problem.isHeld(gap.value, gap.before))
        gaps.push_back(gap);
  }
  return gaps;
}

std::vector<char>
lacuna::planning::keepAll(const RecomputeProblem &problem) {
  std::vector<char> dropped(problem.gaps.size(), 0);
  for (size_t i = 0; i != dropped.size(); ++i)
    dropped[i] = problem.isPassing(problem.gaps[i].value);
  return dropped;
}
