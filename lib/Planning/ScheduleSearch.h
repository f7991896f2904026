//===- ScheduleSearch.h - Local search on orders of tasks -------*- C++ -*-===//
#ifndef LACUNA_LIB_PLANNING_SCHEDULESEARCH_H
#define LACUNA_LIB_PLANNING_SCHEDULESEARCH_H

#include "lacuna/Planning/Schedule.h"

namespace lacuna::planning {

/// The most bytes that live at one time, at which step first, and at how many.
struct Peak {
  int64_t bytes = 0, time = 0, steps = 0;
};

Peak measurePeak(const TaskGraph &graph, std::span<const int> order);

/// Whether each task stands once, after all that write what it reads.
bool isOrder(const TaskGraph &graph, std::span<const int> order);

/// Moves tasks as long as the peak, or the number of its steps, falls; at most
/// `effort` moves are tried.
std::vector<int> spreadPeak(const TaskGraph &graph, std::vector<int> order,
                            int effort);

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_SCHEDULESEARCH_H
