//===- Schedule.cpp - The order of tasks that needs least memory ----------===//
// List scheduling by the change in live bytes, from either end, and a local
// search that moves tasks whose values outlast the peak unused.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/Schedule.h"

#include "ScheduleSearch.h"

#include <algorithm>
#include <numeric>

using namespace lacuna::planning;

std::vector<Buffer>
lacuna::planning::lifetimes(const TaskGraph &graph,
                            std::span<const int> order) {
  std::vector<Buffer> result;
  for (const Value &value : graph.values)
    result.push_back({0, 0, value.bytes});
  std::vector<char> written(graph.values.size(), 0);
  for (size_t time = 0; time != order.size(); ++time) {
    const Task &task = graph.tasks[order[time]];
    for (int value : task.writes) {
      written[value] = 1;
      result[value].lower = time;
      result[value].upper =
          graph.values[value].isResult ? order.size() + 1 : time + 1;
    }
    for (int value : task.reads)
      if (written[value])
        result[value].upper =
            std::max<int64_t>(result[value].upper, time + 1);
  }
  return result;
}

int64_t lacuna::planning::peakBytes(const TaskGraph &graph,
                                    std::span<const int> order) {
  return measurePeak(graph, order).bytes;
}

std::vector<int64_t>
lacuna::planning::liveBytes(const TaskGraph &graph,
                            std::span<const int> order) {
  std::vector<int64_t> live(order.size() + 2, 0);
  for (const Buffer &buffer : lifetimes(graph, order)) {
    live[buffer.lower] += buffer.size * (buffer.lower < buffer.upper);
    live[buffer.upper] -= buffer.size * (buffer.lower < buffer.upper);
  }
  std::partial_sum(live.begin(), live.end(), live.begin());
  live.resize(order.size());
  return live;
}

Peak lacuna::planning::measurePeak(const TaskGraph &graph,
                                   std::span<const int> order) {
  std::vector<int64_t> live = liveBytes(graph, order);
  Peak peak;
  for (size_t time = 0; time != order.size(); ++time) {
    if (live[time] > peak.bytes)
      peak = {live[time], int64_t(time), 0};
    peak.steps += live[time] == peak.bytes;
  }
  return peak;
}

namespace {
/// Who writes a value, who reads it, and what a task waits for.
struct Uses {
  explicit Uses(const TaskGraph &graph)
      : writer(graph.values.size(), -1), readers(graph.values.size()) {
    for (size_t task = 0; task != graph.tasks.size(); ++task) {
      for (int value : graph.tasks[task].writes)
        writer[value] = int(task);
      for (int value : graph.tasks[task].reads)
        if (readers[value].empty() || readers[value].back() != int(task))
          readers[value].push_back(int(task));
    }
  }

  std::vector<int> writer;
  std::vector<std::vector<int>> readers;
};

/// One step of list scheduling after another.
class ListScheduler {
public:
  ListScheduler(const TaskGraph &graph, const Uses &uses, bool newestFirst)
      : graph(graph), uses(uses), newestFirst(newestFirst),
        waits(graph.tasks.size(), 0), left(graph.values.size(), 0) {}
  std::vector<int> run();

private:
  void start(int task);
  int64_t growth(int task) const;

  const TaskGraph &graph;
  const Uses &uses;
  bool newestFirst;
  std::vector<int> waits, left, ready, order;
};
} // namespace

/// Bytes that live more after `task` than before it.
int64_t ListScheduler::growth(int task) const {
  int64_t bytes = 0;
  for (int value : graph.tasks[task].writes)
    if (left[value] > 0 || graph.values[value].isResult)
      bytes += graph.values[value].bytes;
  for (int value : graph.tasks[task].reads)
    if (left[value] == 1 && uses.writer[value] >= 0 &&
        !graph.values[value].isResult)
      bytes -= graph.values[value].bytes;
  return bytes;
}

void ListScheduler::start(int task) {
  order.push_back(task);
  for (int value : graph.tasks[task].writes)
    for (int reader : uses.readers[value])
      if (--waits[reader] == 0)
        ready.push_back(reader);
  std::vector<int> reads = graph.tasks[task].reads;
  std::sort(reads.begin(), reads.end());
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  for (int value : reads)
    --left[value];
}

std::vector<int> ListScheduler::run() {
  for (size_t value = 0; value != graph.values.size(); ++value) {
    left[value] = int(uses.readers[value].size());
    if (uses.writer[value] >= 0)
      for (int reader : uses.readers[value])
        ++waits[reader];
  }
  for (size_t task = 0; task != graph.tasks.size(); ++task)
    if (waits[task] == 0)
      ready.push_back(int(task));
  while (!ready.empty()) {
    size_t best = 0;
    int64_t least = growth(ready[0]);
    for (size_t i = 1; i != ready.size(); ++i) {
      int64_t bytes = growth(ready[i]);
      if (bytes < least || (bytes == least && newestFirst)) {
        least = bytes;
        best = i;
      }
    }
    int task = ready[best];
    ready.erase(ready.begin() + best);
    start(task);
  }
  return std::move(order);
}

/// The same graph run backwards: what was written last is read first.
static TaskGraph reverseGraph(const TaskGraph &graph, const Uses &uses) {
  TaskGraph result{{}, graph.values};
  for (const Task &task : graph.tasks)
    result.tasks.push_back({task.writes, {}});
  // Of the readers the last in the graph's order brings the value to life; the
  // others only have to run before its writer, which a token without bytes
  // says.
  for (size_t value = 0; value != graph.values.size(); ++value) {
    result.values[value].isResult = false;
    if (uses.writer[value] < 0)
      continue;
    std::span<const int> readers = uses.readers[value];
    for (int reader : readers) {
      int token = int(value);
      if (reader != readers.back()) {
        token = int(result.values.size());
        result.values.push_back({});
        result.tasks[uses.writer[value]].reads.push_back(token);
      }
      result.tasks[reader].writes.push_back(token);
    }
  }
  return result;
}

std::vector<int> lacuna::planning::orderTasks(const TaskGraph &graph,
                                              int effort) {
  std::vector<int> best(graph.tasks.size());
  std::iota(best.begin(), best.end(), 0);
  Uses uses(graph);
  Peak least = measurePeak(graph, best);
  auto consider = [&](std::vector<int> order) {
    order = spreadPeak(graph, std::move(order), effort);
    Peak peak = measurePeak(graph, order);
    if (peak.bytes >= least.bytes)
      return;
    least = peak;
    best = std::move(order);
  };
  std::vector<int> given = best;
  consider(given);
  consider(releaseEarly(graph, given));
  for (bool newestFirst : {true, false}) {
    consider(ListScheduler(graph, uses, newestFirst).run());
    TaskGraph reversed = reverseGraph(graph, uses);
    std::vector<int> order =
        ListScheduler(reversed, Uses(reversed), newestFirst).run();
    std::reverse(order.begin(), order.end());
    if (!isOrder(graph, order))
      continue;
    consider(releaseEarly(graph, order));
    consider(std::move(order));
  }
  return best;
}
