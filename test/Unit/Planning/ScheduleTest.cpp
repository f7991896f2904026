//===- ScheduleTest.cpp - Orders that need little memory ------------------===//
// The oracle is a dynamic program over sets of finished tasks.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/Schedule.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>

using namespace lacuna::planning;

/// Tasks that read up to three earlier values and write one.
static TaskGraph randomGraph(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  TaskGraph graph;
  for (size_t task = 0; task != count; ++task) {
    graph.values.push_back({int64_t(1 + random() % 100), task + 1 == count});
    Task next{{}, {int(task)}};
    for (size_t reads = task ? 1 + random() % 3 : 0; reads; --reads)
      next.reads.push_back(int(random() % task));
    graph.tasks.push_back(next);
  }
  return graph;
}

static bool isFinished(unsigned set, int value) { return set >> value & 1; }

/// What lives once the tasks of `set` have run.
static int64_t liveAfter(const TaskGraph &graph, unsigned set) {
  int64_t bytes = 0;
  for (size_t value = 0; value != graph.values.size(); ++value) {
    bool needed = graph.values[value].isResult;
    for (size_t task = 0; task != graph.tasks.size(); ++task)
      for (int read : graph.tasks[task].reads)
        needed |= read == int(value) && !isFinished(set, int(task));
    if (needed && isFinished(set, int(value)))
      bytes += graph.values[value].bytes;
  }
  return bytes;
}

static int64_t leastPeak(const TaskGraph &graph) {
  size_t count = graph.tasks.size();
  std::vector<int64_t> least(size_t(1) << count, INT64_MAX);
  least[0] = 0;
  for (unsigned set = 0; set != least.size(); ++set) {
    if (least[set] == INT64_MAX)
      continue;
    int64_t live = liveAfter(graph, set);
    for (size_t task = 0; task != count; ++task) {
      bool ready = !isFinished(set, int(task));
      for (int read : graph.tasks[task].reads)
        ready &= isFinished(set, read);
      if (!ready)
        continue;
      int64_t peak =
          std::max(least[set], live + graph.values[task].bytes);
      int64_t &next = least[set | 1u << task];
      next = std::min(next, peak);
    }
  }
  return least.back();
}

static std::vector<int> given(const TaskGraph &graph) {
  std::vector<int> order(graph.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

TEST(Schedule, IsNearTheBestOfAllOrders) {
  double ratio = 0;
  for (uint64_t seed = 1; seed != 21; ++seed) {
    TaskGraph graph = randomGraph(11, seed);
    int64_t peak = peakBytes(graph, orderTasks(graph));
    int64_t best = leastPeak(graph);
    EXPECT_GE(peak, best);
    EXPECT_LE(peak, peakBytes(graph, given(graph)));
    ratio += double(peak) / double(best) / 20;
  }
  EXPECT_LE(ratio, 1.02);
}

TEST(Schedule, ReadsNothingBeforeItIsWritten) {
  TaskGraph graph = randomGraph(300, 3);
  std::vector<char> written(graph.values.size(), 0);
  for (int task : orderTasks(graph)) {
    for (int value : graph.tasks[task].reads)
      EXPECT_TRUE(written[value]);
    written[task] = 1;
  }
  EXPECT_EQ(std::accumulate(written.begin(), written.end(), 0), 300);
}

TEST(Schedule, KeepsAnOrderThatIsBest) {
  TaskGraph chain = {{{{}, {0}}, {{0}, {1}}, {{1}, {2}}},
                     {{4, false}, {4, false}, {4, true}}};
  EXPECT_EQ(orderTasks(chain), given(chain));
  EXPECT_EQ(peakBytes(chain, given(chain)), 8);
}

TEST(Schedule, CountsNothingThatNoTaskWrites) {
  TaskGraph graph = {{{{0}, {1}}}, {{1000, true}, {8, true}}};
  EXPECT_EQ(peakBytes(graph, given(graph)), 8);
  EXPECT_EQ(lifetimes(graph, given(graph))[0].upper, 0);
}

TEST(Schedule, TakesTwoThousandTasks) {
  TaskGraph graph = randomGraph(2000, 8);
  EXPECT_LE(peakBytes(graph, orderTasks(graph)),
            peakBytes(graph, given(graph)));
}
