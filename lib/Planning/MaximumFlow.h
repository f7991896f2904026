//===- MaximumFlow.h - Minimum cuts by Dinic's algorithm --------*- C++ -*-===//
#ifndef LACUNA_LIB_PLANNING_MAXIMUMFLOW_H
#define LACUNA_LIB_PLANNING_MAXIMUMFLOW_H

#include <cstdint>
#include <vector>

namespace lacuna::planning {

class MaximumFlow {
public:
  static constexpr int64_t unlimited = INT64_MAX / 4;

  explicit MaximumFlow(int nodes) : edges(nodes) {}
  void connect(int from, int to, int64_t capacity);
  /// Which nodes lie on the source's side of a minimum cut.
  std::vector<char> cut(int source, int sink);

private:
  struct Edge {
    int to, reverse;
    int64_t left;
  };
  bool measureLevels(int source, int sink);
  bool augment(int source, int sink);

  std::vector<std::vector<Edge>> edges;
  std::vector<int> level, next;
};

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_MAXIMUMFLOW_H
