//===- RecomputeOptimumTest.cpp - Plans beside the cheapest there are -----===//
#include "RecomputeOracle.h"

#include "../TemporaryFolder.h"

#include <gtest/gtest.h>
#include <numeric>
#include <random>

using namespace lacuna::planning;

/// Forward tasks that read one or two earlier values, now and then one from far
/// before; each backward one reads what its own read, and the gradient.
static RecomputeProblem makeStep(int tasks, uint64_t seed) {
  std::mt19937_64 random(seed);
  RecomputeProblem problem;
  TaskGraph &graph = problem.graph;
  auto draw = [&] { return 20 + int64_t(random() % 80); };
  graph.values.push_back({0, false});
  int forward = tasks / 2;
  for (int i = 0; i != forward; ++i) {
    Task task{{i}, {i + 1}};
    if (i > 2 && random() % 3 == 0)
      task.reads.push_back(int(1 + random() % (i - 1)));
    graph.tasks.push_back(task);
    graph.values.push_back({draw(), false});
    problem.costs.push_back(1 + double(random() % 20));
  }
  problem.forwardCount = forward;
  for (int i = forward - 1; i >= 0; --i) {
    int gradient = int(graph.values.size());
    std::vector<int> reads = graph.tasks[i].reads;
    reads.push_back(gradient - 1);
    graph.tasks.push_back({reads, {gradient}});
    graph.values.push_back({draw(), i == 0});
    problem.costs.push_back(2 * problem.costs[i]);
  }
  problem.repeatable.assign(graph.tasks.size(), 1);
  for (size_t task = forward; task != graph.tasks.size(); ++task)
    problem.repeatable[task] = 0;
  problem.gaps = findGaps(problem);
  return problem;
}

using RecomputeOptimum = lacuna::test::TemporaryFolder;

TEST_F(RecomputeOptimum, IsNear) {
  if (!hasSolver())
    GTEST_SKIP() << "there is no `cbc`";
  int solved = 0;
  // In the last one a value has to be computed three times.
  for (int round : {0, 1, 2, 3, 4, 5, 6, 7, 20}) {
    int tasks = round < 8 ? 12 + 4 * (round / 2) : 12;
    RecomputeProblem problem = makeStep(tasks, round);
    double first = std::accumulate(problem.costs.begin(), problem.costs.end(),
                                   0.0);
    int64_t all = evaluatePlan(problem, keepAll(problem)).peak;
    int64_t budget = all * (90 - 10 * (round % 3)) / 100;
    std::optional<double> best =
        solveRecompute(problem, budget, path("plan"));
    if (!best)
      continue;
    ++solved;
    RecomputePlan plan = planRecompute(problem, budget);
    EXPECT_LE(plan.peak, budget) << round;
    EXPECT_GE(first + plan.cost, *best - 1e-6) << round;
    EXPECT_LE(first + plan.cost, 1.05 * *best) << round;
  }
  EXPECT_GE(solved, 4);
}
