//===- Recompute.h - What to compute again to need less memory --*- C++ -*-===//
// A training step is tasks in order, the forward ones first. A dropped value
// dies with its last forward reader; the first backward reader (or another
// recomputation) has it computed again, and from then on it is kept.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_RECOMPUTE_H
#define LACUNA_PLANNING_RECOMPUTE_H

#include "lacuna/Planning/Schedule.h"

namespace lacuna::planning {

struct RecomputeProblem {
  TaskGraph graph;
  /// The tasks before it are the forward ones.
  size_t forwardCount = 0;
  /// By task: what it costs to run it again, and whether that is allowed.
  /// Nothing random, collective or with a state may be.
  std::vector<double> costs;
  std::vector<char> repeatable;
};

struct RecomputePlan {
  /// By value of the problem.
  std::vector<char> dropped;
  /// The tasks of the problem as they run; the second time is a recomputation.
  std::vector<int> order;
  /// The most bytes that live at one time.
  int64_t peak = 0;
  /// The sum of the costs of what runs again.
  double cost = 0;
};

/// The program that drops these values, a task for each step of `order`. Its
/// first values are those of the problem, what is computed again follows.
TaskGraph expandProgram(const RecomputeProblem &problem,
                        std::span<const char> dropped,
                        std::vector<int> &order);

/// The plan's order, peak and cost for a choice of values.
RecomputePlan evaluatePlan(const RecomputeProblem &problem,
                           std::vector<char> dropped);

/// The forward values to keep so that those the backward tasks read can be had
/// again by tasks of at most `mostCost` each: as few bytes as possible, a
/// minimum cut. True: dropped.
std::vector<char> cutForward(const RecomputeProblem &problem, double mostCost);

/// The cheapest plan found whose peak is at most `budget`; if there is none,
/// the one with the lowest peak. `effort` is the number of plans looked at.
RecomputePlan planRecompute(const RecomputeProblem &problem, int64_t budget,
                            int effort = 2000);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_RECOMPUTE_H
