//===- RecomputeTest.cpp - Plans within a budget --------------------------===//
// Small graphs are compared with all choices of dropped values there are.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/Recompute.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

using namespace lacuna::planning;

/// Blocks y = f(x), each backward step reads the block's input and the
/// gradient of its output. With `skips` block n-1-i also reads value i.
static RecomputeProblem makeChain(int blocks, int64_t bytes, bool skips) {
  RecomputeProblem problem;
  TaskGraph &graph = problem.graph;
  graph.values.push_back({bytes, false});
  for (int i = 0; i != blocks; ++i) {
    Task task{{i}, {i + 1}};
    if (skips && i > blocks / 2)
      task.reads.push_back(blocks - i);
    graph.tasks.push_back(task);
    graph.values.push_back({bytes, false});
  }
  problem.forwardCount = blocks;
  for (int i = blocks - 1; i >= 0; --i) {
    int gradient = int(graph.values.size());
    std::vector<int> reads = graph.tasks[i].reads;
    reads.push_back(i == blocks - 1 ? i + 1 : gradient - 1);
    graph.tasks.push_back({reads, {gradient}});
    graph.values.push_back({bytes, i == 0});
  }
  problem.costs.assign(graph.tasks.size(), 1);
  problem.repeatable.assign(graph.tasks.size(), 1);
  problem.gaps = findGaps(problem);
  return problem;
}

static RecomputePlan planAll(const RecomputeProblem &problem) {
  return evaluatePlan(problem, keepAll(problem));
}

TEST(Recompute, DropsNothingWithinTheBudget) {
  RecomputeProblem chain = makeChain(8, 100, false);
  RecomputePlan all = planAll(chain);
  EXPECT_EQ(all.peak, 900);
  EXPECT_EQ(planRecompute(chain, 900).cost, 0);
}

TEST(Recompute, FindsTheSquareRootOfAChain) {
  RecomputeProblem chain = makeChain(64, 1, false);
  EXPECT_EQ(planAll(chain).peak, 65);
  RecomputePlan plan = planRecompute(chain, 18);
  EXPECT_LE(plan.peak, 18);
  EXPECT_LE(plan.cost, 64);
}

/// A U-Net of `levels` halvings: a level's maps are a quarter of those above,
/// its work is the same.
static RecomputeProblem makeUNet(int levels, int each) {
  RecomputeProblem problem;
  TaskGraph &graph = problem.graph;
  auto add = [&](std::vector<int> reads, int64_t bytes, bool isResult) {
    graph.tasks.push_back({std::move(reads), {int(graph.values.size())}});
    graph.values.push_back({bytes, isResult});
    return int(graph.values.size()) - 1;
  };
  graph.values.push_back({0, false});
  std::vector<int> skips;
  int last = 0;
  auto walk = [&](int level, int skip) {
    for (int i = 0; i != each; ++i) {
      std::vector<int> reads = {last};
      if (i == 0 && skip >= 0)
        reads.push_back(skip);
      last = add(reads, 4096 >> 2 * level, false);
    }
  };
  for (int level = 0; level != levels; ++level) {
    walk(level, -1);
    skips.push_back(last);
  }
  walk(levels, -1);
  for (int level = levels; level-- > 0;)
    walk(level, skips[level]);
  problem.forwardCount = graph.tasks.size();
  std::vector<int> gradients(graph.values.size(), -1);
  gradients.back() = add({last}, graph.values[last].bytes, false);
  for (size_t task = problem.forwardCount; task-- > 0;) {
    Task forward = graph.tasks[task];
    for (int read : forward.reads) {
      std::vector<int> reads = forward.reads;
      reads.push_back(gradients[forward.writes[0]]);
      if (gradients[read] >= 0)
        reads.push_back(gradients[read]);
      gradients[read] = add(reads, graph.values[read].bytes, read == 0);
    }
  }
  problem.costs.assign(graph.tasks.size(), 1);
  problem.repeatable.assign(graph.tasks.size(), 1);
  problem.gaps = findGaps(problem);
  return problem;
}

TEST(Recompute, ForgetsSkipsWithinADirection) {
  // Half of the values wait for the second half of the forward direction.
  RecomputeProblem chain = makeChain(32, 1, true);
  RecomputePlan plan = planRecompute(chain, 16);
  EXPECT_LE(plan.peak, 16);
  EXPECT_LE(plan.cost, 24);
  RecomputeProblem net = makeUNet(4, 4);
  plan = planRecompute(net, planAll(net).peak / 2);
  EXPECT_LE(plan.peak, planAll(net).peak / 2);
  EXPECT_LE(plan.cost, 0.4 * double(net.forwardCount));
}

TEST(Recompute, StoresNothingWithinAKernel) {
  RecomputeProblem problem;
  problem.graph = {{{{0}, {1}}, {{1}, {2}}, {{2}, {3}}},
                   {{1, false}, {10, false}, {10, false}, {1, true}}};
  problem.forwardCount = 2;
  problem.costs = {1, 1, 1};
  problem.repeatable = {1, 1, 1};
  problem.gaps = findGaps(problem);
  EXPECT_EQ(planAll(problem).peak, 20);
  problem.passing = {0, 1, 0, 0};
  EXPECT_EQ(planAll(problem).peak, 11);
  EXPECT_EQ(planAll(problem).cost, 0);
}

TEST(Recompute, RunsAgainOnlyWhatMayRunAgain) {
  RecomputeProblem chain = makeChain(16, 10, false);
  for (size_t task = 0; task != 16; ++task)
    chain.repeatable[task] = task % 3 != 0;
  chain.gaps = findGaps(chain);
  RecomputePlan plan = planRecompute(chain, 0);
  std::vector<int> runs(chain.graph.tasks.size(), 0);
  for (int task : plan.order)
    ++runs[task];
  for (size_t task = 0; task != runs.size(); ++task)
    EXPECT_LE(runs[task], 1 + (task < 16 && chain.repeatable[task]));
  EXPECT_LT(plan.peak, planAll(chain).peak);
}

TEST(Recompute, CutsByBytes) {
  // 0 -> large -> small -> backward: the small one is kept, not the large one.
  RecomputeProblem problem;
  problem.graph = {{{{0}, {1}}, {{1}, {2}}, {{2}, {3}}, {{3, 2, 1}, {4}}},
                   {{1, false}, {2, false}, {90, false}, {8, false}, {1, true}}};
  problem.forwardCount = 3;
  problem.costs = {5, 1, 1, 1};
  problem.repeatable = {1, 1, 1, 1};
  std::vector<char> dropped = cutForward(problem, 2);
  EXPECT_EQ(dropped, (std::vector<char>{0, 0, 1, 1, 0}));
}

TEST(Recompute, IsNearTheBestChoice) {
  std::mt19937_64 random(4);
  for (int round = 0; round != 12; ++round) {
    int blocks = 9 + round / 2;
    RecomputeProblem problem = makeChain(blocks, 1, round % 2);
    for (Value &value : problem.graph.values)
      value.bytes = 20 + int64_t(random() % 80);
    for (double &cost : problem.costs)
      cost = 1 + double(random() % 20);
    problem.gaps = findGaps(problem);
    int64_t budget = planAll(problem).peak * (65 + round) / 100;
    double best = INFINITY;
    for (unsigned set = 0; set != 1u << blocks; ++set) {
      std::vector<char> dropped(problem.gaps.size(), 0);
      for (size_t i = 0; i != dropped.size(); ++i)
        dropped[i] = problem.gaps[i].before >= blocks &&
                     (set >> (problem.gaps[i].value - 1) & 1);
      RecomputePlan plan = evaluatePlan(problem, dropped);
      if (plan.peak <= budget)
        best = std::min(best, plan.cost);
    }
    if (best == INFINITY)
      continue;
    RecomputePlan plan = planRecompute(problem, budget);
    EXPECT_LE(plan.peak, budget) << round;
    EXPECT_LE(plan.cost, 1.05 * best) << round;
  }
}
