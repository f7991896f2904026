//===- Schedule.h - The order of tasks that needs least memory --*- C++ -*-===//
// Tasks read and write values; a value lives from the task that writes it to
// the last that reads it. The order decides how much lives at one time.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_SCHEDULE_H
#define LACUNA_PLANNING_SCHEDULE_H

#include "lacuna/Planning/Placement.h"

#include <cstdint>
#include <span>
#include <vector>

namespace lacuna::planning {

struct Task {
  /// Indices of values.
  std::vector<int> reads, writes;
};

struct Value {
  int64_t bytes = 0;
  /// Needed after the last task.
  bool isResult = false;
};

/// Tasks in an order that works: what a task reads, an earlier one writes, or
/// none. Values that no task writes are there all the time and not counted.
struct TaskGraph {
  std::vector<Task> tasks;
  std::vector<Value> values;
};

/// The lifetimes of all values when tasks run in this order, a step a task.
/// Those that no task writes live never.
std::vector<Buffer> lifetimes(const TaskGraph &graph,
                              std::span<const int> order);

/// The bytes that live at each step of this order.
std::vector<int64_t> liveBytes(const TaskGraph &graph,
                               std::span<const int> order);

/// The most bytes that live at one time in this order.
int64_t peakBytes(const TaskGraph &graph, std::span<const int> order);

/// The order in which each task that frees more than it writes runs as soon as
/// it can, but at step `from` at the earliest.
std::vector<int> releaseEarly(const TaskGraph &graph, std::vector<int> order,
                              size_t from = 0);

/// An order with a low peak: the given one, or where that needs less, one from
/// list scheduling (forwards and backwards), improved by moving tasks away
/// from the peak. The same for the same graph; about n log n times `effort`.
std::vector<int> orderTasks(const TaskGraph &graph, int effort = 300);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_SCHEDULE_H
