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
/// Who writes a value and who reads it last, by step of an order.
struct Ends {
  Ends(const TaskGraph &graph, std::span<const int> order)
      : written(graph.values.size(), -1), lastRead(graph.values.size(), -1) {
    for (size_t step = 0; step != order.size(); ++step) {
      for (int value : graph.tasks[order[step]].writes)
        written[value] = int(step);
      for (int value : graph.tasks[order[step]].reads)
        lastRead[value] = int(step);
    }
  }

  std::vector<int> written, lastRead;
};
} // namespace

/// Where the task at `step` may stand at the earliest if it frees more than it
/// writes, else `step`.
static size_t earliestRelease(const TaskGraph &graph, int task, size_t step,
                              const Ends &ends) {
  int64_t growth = 0;
  size_t earliest = 0;
  std::vector<int> reads = graph.tasks[task].reads;
  std::sort(reads.begin(), reads.end());
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  for (int value : reads) {
    if (ends.written[value] < 0)
      continue;
    earliest = std::max<size_t>(earliest, ends.written[value] + 1);
    if (ends.lastRead[value] == int(step) && !graph.values[value].isResult)
      growth -= graph.values[value].bytes;
  }
  for (int value : graph.tasks[task].writes)
    growth += graph.values[value].bytes;
  return growth < 0 ? earliest : step;
}

std::vector<int>
lacuna::planning::releaseEarly(const TaskGraph &graph, std::vector<int> order,
                               size_t from) {
  // Who read a value before the one that moved may be its last reader now.
  constexpr int mostRounds = 8;
  bool moved = true;
  for (int round = 0; moved && round != mostRounds; ++round) {
    moved = false;
    Ends ends(graph, order);
    for (size_t step = from; step < order.size(); ++step) {
      size_t earliest = std::max(
          from, earliestRelease(graph, order[step], step, ends));
      if (earliest >= step)
        continue;
      std::rotate(order.begin() + earliest, order.begin() + step,
                  order.begin() + step + 1);
      ends = Ends(graph, order);
      moved = true;
    }
  }
  return order;
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
