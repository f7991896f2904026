//===- MaximumFlow.cpp - Minimum cuts by Dinic's algorithm ----------------===//
#include "MaximumFlow.h"

#include <algorithm>

using namespace lacuna::planning;

void MaximumFlow::connect(int from, int to, int64_t capacity) {
  edges[from].push_back({to, int(edges[to].size()), capacity});
  edges[to].push_back({from, int(edges[from].size()) - 1, 0});
}

bool MaximumFlow::measureLevels(int source, int sink) {
  level.assign(edges.size(), -1);
  level[source] = 0;
  std::vector<int> queue = {source};
  for (size_t head = 0; head != queue.size(); ++head)
    for (const Edge &edge : edges[queue[head]])
      if (edge.left > 0 && level[edge.to] < 0) {
        level[edge.to] = level[queue[head]] + 1;
        queue.push_back(edge.to);
      }
  return level[sink] >= 0;
}

/// Sends flow along one path of the level graph; without recursion, as paths
/// are as long as the program.
bool MaximumFlow::augment(int source, int sink) {
  std::vector<Edge *> path;
  int node = source;
  while (node != sink) {
    std::vector<Edge> &out = edges[node];
    int &index = next[node];
    while (index < int(out.size()) &&
           (out[index].left <= 0 || level[out[index].to] != level[node] + 1))
      ++index;
    if (index < int(out.size())) {
      path.push_back(&out[index]);
      node = out[index].to;
      continue;
    }
    if (path.empty())
      return false;
    level[node] = -1;
    node = edges[node][path.back()->reverse].to;
    path.pop_back();
  }
  int64_t flow = unlimited;
  for (Edge *edge : path)
    flow = std::min(flow, edge->left);
  for (Edge *edge : path) {
    edge->left -= flow;
    edges[edge->to][edge->reverse].left += flow;
  }
  return true;
}

std::vector<char> MaximumFlow::cut(int source, int sink) {
  while (measureLevels(source, sink)) {
    next.assign(edges.size(), 0);
    while (augment(source, sink))
      ;
  }
  std::vector<char> side;
  for (int value : level)
    side.push_back(value >= 0);
  return side;
}
