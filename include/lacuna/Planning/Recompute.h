//===- Recompute.h - What to compute again to need less memory --*- C++ -*-===//
// A training step is tasks in order, the forward ones first. Between two of its
// readers a value may be forgotten: the second reader, or another
// recomputation, has it computed again, and from then on it is kept, or
// forgotten once more if its next reader is far away.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_RECOMPUTE_H
#define LACUNA_PLANNING_RECOMPUTE_H

#include "lacuna/Planning/Schedule.h"

#include <climits>

namespace lacuna::planning {

/// A stretch between two readers of `value` in which nobody reads it: it begins
/// behind task `after` and ends at task `before`.
struct Gap {
  int value, after, before;
};

struct RecomputeProblem {
  TaskGraph graph;
  /// The tasks before it are the forward ones.
  size_t forwardCount = 0;
  /// By task: what it costs to run it again, and whether that is allowed.
  /// Nothing random, collective or with a state may be.
  std::vector<double> costs;
  std::vector<char> repeatable;
  /// By value: whether a kernel hands it from one task to the next without
  /// storing it. Forward ones take room if they are kept. Empty: none.
  std::vector<char> passing;
  /// By task: what its kernel still reads though the task does not. Empty:
  /// nothing.
  std::vector<std::vector<int>> holds;
  /// What a plan decides about: made by `findGaps`.
  std::vector<Gap> gaps;

  bool isPassing(int value) const { return !passing.empty() && passing[value]; }
  bool isForward(int task) const {
    return task >= 0 && size_t(task) < forwardCount;
  }
  /// Whether `value` must be there during `task` for a reader before it.
  bool isHeld(int value, int task) const;
};

/// How many tasks what was computed again may wait for its next reader.
inline constexpr int endlessPatience = INT_MAX;

/// What stands for a dropped value that never waits.
inline constexpr char impatient = 2;

struct RecomputePlan {
  /// By gap of the problem: 0, 1 or `impatient`.
  std::vector<char> dropped;
  int patience = endlessPatience;
  /// The tasks of the problem as they run; the second time is a recomputation.
  std::vector<int> order;
  /// A task for each step of `order`, with its reads in the same order. Its
  /// first values are those of the problem, what is computed again follows.
  TaskGraph program;
  /// By step: the bytes that live then; and the most of them.
  std::vector<int64_t> live;
  int64_t peak = 0;
  /// The sum of the costs of what runs again.
  double cost = 0;
};

/// By value: the task that writes it, or -1.
std::vector<int> findWriters(const TaskGraph &graph);

/// The gaps that are worth a decision: of each forward value the one between
/// the directions, and the longest within each direction if it is long.
std::vector<Gap> findGaps(const RecomputeProblem &problem);

/// The choice that computes nothing again.
std::vector<char> keepAll(const RecomputeProblem &problem);

/// The plan for a choice of gaps in which values are forgotten. With less
/// patience values are computed more often, and fewer wait for their readers.
RecomputePlan evaluatePlan(const RecomputeProblem &problem,
                           std::vector<char> dropped,
                           int patience = endlessPatience);

/// The forward values to keep so that those the backward tasks read can be had
/// again by tasks of at most `mostCost` each: as few bytes as possible, a
/// minimum cut. By value, true: dropped.
std::vector<char> cutForward(const RecomputeProblem &problem, double mostCost);

/// The cheapest plan found whose peak is at most `budget`; if there is none,
/// the one with the lowest peak. `effort` is the number of plans looked at.
RecomputePlan planRecompute(const RecomputeProblem &problem, int64_t budget,
                            int effort = 2000);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_RECOMPUTE_H
