//===- ScheduleSearch.cpp - Local search on orders of tasks ---------------===//
// A value that lives at the peak without being used there is written later, or
// read earlier: the task moves to the other side of the peak if its own
// readers and writers let it.
//===----------------------------------------------------------------------===//
#include "ScheduleSearch.h"

#include <algorithm>

using namespace lacuna::planning;

bool lacuna::planning::isOrder(const TaskGraph &graph,
                               std::span<const int> order) {
  std::vector<int> place(graph.tasks.size(), -1);
  for (size_t time = 0; time != order.size(); ++time) {
    if (place[order[time]] >= 0)
      return false;
    place[order[time]] = int(time);
  }
  if (order.size() != graph.tasks.size())
    return false;
  std::vector<int> written(graph.values.size(), -1);
  for (size_t task = 0; task != graph.tasks.size(); ++task)
    for (int value : graph.tasks[task].writes)
      written[value] = place[task];
  for (size_t task = 0; task != graph.tasks.size(); ++task)
    for (int value : graph.tasks[task].reads)
      if (written[value] >= place[task])
        return false;
  return true;
}

namespace {
/// A task may stand anywhere between `first` and `last`.
struct Window {
  int first, last;
};

class PeakSpreader {
public:
  PeakSpreader(const TaskGraph &graph, std::vector<int> order, int effort)
      : graph(graph), order(std::move(order)), effort(effort) {}
  std::vector<int> run();

private:
  bool improve();
  bool tryMove(int from, int to);
  Window windowOf(int time, const std::vector<Buffer> &lives) const;
  std::vector<int> lastReads() const;
  std::vector<std::pair<int, int>>
  candidates(const std::vector<Buffer> &lives) const;

  const TaskGraph &graph;
  std::vector<int> order;
  int effort;
  Peak peak;
};
} // namespace

Window PeakSpreader::windowOf(int time,
                              const std::vector<Buffer> &lives) const {
  Window window{0, int(order.size()) - 1};
  const Task &task = graph.tasks[order[time]];
  for (int value : task.reads)
    if (lives[value].lower < lives[value].upper)
      window.first = std::max<int>(window.first, lives[value].lower + 1);
  for (int next = time + 1; next < int(order.size()); ++next)
    for (int value : graph.tasks[order[next]].reads)
      if (std::find(task.writes.begin(), task.writes.end(), value) !=
          task.writes.end()) {
        window.last = next - 1;
        return window;
      }
  return window;
}

/// The step of each value's last reader, -1 without one.
std::vector<int> PeakSpreader::lastReads() const {
  std::vector<int> last(graph.values.size(), -1);
  for (size_t time = 0; time != order.size(); ++time)
    for (int value : graph.tasks[order[time]].reads)
      last[value] = int(time);
  return last;
}

/// Moves (from, to) that shorten what lives over the peak, largest first.
std::vector<std::pair<int, int>>
PeakSpreader::candidates(const std::vector<Buffer> &lives) const {
  std::vector<std::pair<int64_t, std::pair<int, int>>> moves;
  std::vector<int> last = lastReads();
  for (size_t value = 0; value != lives.size(); ++value) {
    const Buffer &life = lives[value];
    if (life.lower > peak.time || life.upper <= peak.time || life.size == 0)
      continue;
    if (life.lower < peak.time) {
      Window window = windowOf(int(life.lower), lives);
      if (window.last >= peak.time)
        moves.push_back({-life.size, {int(life.lower), window.last}});
    }
    if (last[value] > peak.time) {
      Window window = windowOf(last[value], lives);
      if (window.first <= peak.time)
        moves.push_back({-life.size, {last[value], window.first}});
    }
  }
  std::sort(moves.begin(), moves.end());
  std::vector<std::pair<int, int>> result;
  for (const auto &[size, move] : moves)
    result.push_back(move);
  return result;
}

bool PeakSpreader::tryMove(int from, int to) {
  auto move = [&](int source, int target) {
    int task = order[source];
    order.erase(order.begin() + source);
    order.insert(order.begin() + target, task);
  };
  move(from, to);
  Peak next = measurePeak(graph, order);
  if (std::pair(next.bytes, next.steps) < std::pair(peak.bytes, peak.steps)) {
    peak = next;
    return true;
  }
  move(to, from);
  return false;
}

bool PeakSpreader::improve() {
  for (auto [from, to] : candidates(lifetimes(graph, order)))
    if (effort-- <= 0 || tryMove(from, to))
      return effort > 0;
  return false;
}

std::vector<int> PeakSpreader::run() {
  peak = measurePeak(graph, order);
  while (improve())
    ;
  return std::move(order);
}

std::vector<int> lacuna::planning::spreadPeak(const TaskGraph &graph,
                                              std::vector<int> order,
                                              int effort) {
  return PeakSpreader(graph, std::move(order), effort).run();
}
