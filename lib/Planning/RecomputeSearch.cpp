//===- RecomputeSearch.cpp - The cheapest plan within a budget ------------===//
// Starts are minimum cuts at several prices and segments between checkpoints
// (Chen et al., arXiv 1604.06174), each with and without long gaps within one
// direction; from the best of them values are kept again, in ever smaller
// groups, the dearest first, as the true peak permits.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/Recompute.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <span>
#include <tuple>
#include <utility>

using namespace lacuna::planning;

/// So few candidates are simply all tried: 4096 choices, 6561 of up to 8.
static constexpr size_t mostTried = 12;

namespace {
class RecomputeSearch {
public:
  RecomputeSearch(const RecomputeProblem &problem, int64_t budget, int effort);
  RecomputePlan run();

private:
  bool consider(std::vector<char> dropped, int patience, RecomputePlan &best);
  double excessOf(const RecomputePlan &plan) const;
  bool isBetter(const RecomputePlan &a, const RecomputePlan &b) const;
  void note(const RecomputePlan &plan);
  void tryAll(RecomputePlan &best);
  void start(std::span<const char> values);
  void tryCuts();
  void trySegments();
  void tryPrices();
  std::vector<RecomputePlan *> chooseStarts();
  std::vector<char> cutSegments(int count, bool skips) const;
  void descend(RecomputePlan &plan);
  void kick(RecomputePlan &plan);
  void improve(RecomputePlan &plan);
  bool flip(const std::vector<int> &group, bool drop, RecomputePlan &plan);
  void sweep(size_t size, bool drop, RecomputePlan &plan);

  const RecomputeProblem &problem;
  int64_t budget;
  int effort;
  std::mt19937_64 random;
  /// Gaps, what saves most cost a byte first.
  std::vector<int> candidates;
  std::vector<double> prices;
  std::vector<RecomputePlan> starts;
  RecomputePlan lowest;
  /// What plans above the budget may cost.
  double mostCost = 0;
};
} // namespace

RecomputeSearch::RecomputeSearch(const RecomputeProblem &problem,
                                 int64_t budget, int effort)
    : problem(problem), budget(budget), effort(effort) {
  std::vector<int> writers = findWriters(problem.graph);
  std::vector<std::pair<double, int>> found;
  for (size_t i = 0; i != problem.gaps.size(); ++i) {
    int value = problem.gaps[i].value;
    double bytes = double(problem.graph.values[value].bytes);
    double cost = problem.costs[writers[value]];
    found.push_back({-cost / std::max(bytes, 1.0), int(i)});
    prices.push_back(cost);
  }
  std::sort(found.begin(), found.end());
  for (auto [density, gap] : found)
    candidates.push_back(gap);
  mostCost = 1.2 * std::accumulate(problem.costs.begin(),
                                   problem.costs.begin() + problem.forwardCount,
                                   0.0);
  std::sort(prices.begin(), prices.end());
  prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
}

/// What lies above the budget, at all steps: unlike the peak it falls when one
/// of several peaks does. The third power makes the highest count most.
double RecomputeSearch::excessOf(const RecomputePlan &plan) const {
  double excess = 0;
  for (int64_t bytes : plan.live) {
    double above = std::max(0.0, double(bytes - budget));
    excess += above * above * above;
  }
  return excess;
}

/// Within the budget the cheaper, above it the lower.
bool RecomputeSearch::isBetter(const RecomputePlan &a,
                               const RecomputePlan &b) const {
  auto key = [&](const RecomputePlan &plan) {
    return std::tuple(excessOf(plan), plan.cost, plan.peak);
  };
  return key(a) < key(b);
}

/// Remembers the lowest of all that compute little more than the forward
/// direction again.
void RecomputeSearch::note(const RecomputePlan &plan) {
  if (plan.cost <= mostCost && std::tuple(plan.peak, plan.cost) < std::tuple(lowest.peak, lowest.cost))
    lowest = plan;
}

bool RecomputeSearch::consider(std::vector<char> dropped, int patience,
                               RecomputePlan &best) {
  --effort;
  RecomputePlan plan = evaluatePlan(problem, std::move(dropped), patience);
  note(plan);
  if (!isBetter(plan, best))
    return false;
  best = std::move(plan);
  return true;
}

void RecomputeSearch::tryAll(RecomputePlan &best) {
  // So few may also be computed more than once each.
  bool isSmall = candidates.size() <= 8;
  size_t modes = isSmall ? 3 : 2, choices = 1;
  for (size_t i = 0; i != candidates.size(); ++i)
    choices *= modes;
  for (size_t choice = 1; choice != choices; ++choice) {
    std::vector<char> dropped(problem.gaps.size(), 0);
    size_t rest = choice;
    for (int gap : candidates) {
      dropped[gap] = char(rest % modes);
      rest /= modes;
    }
    consider(std::move(dropped), endlessPatience, best);
  }
}

/// Plans that drop these values between the directions: one that keeps them
/// otherwise, one that forgets them in all their gaps.
void RecomputeSearch::start(std::span<const char> values) {
  for (bool everywhere : {false, true}) {
    std::vector<char> dropped(problem.gaps.size(), 0);
    bool differs = !everywhere;
    for (size_t i = 0; i != dropped.size(); ++i) {
      const Gap &gap = problem.gaps[i];
      bool across =
          problem.isForward(gap.after) && !problem.isForward(gap.before);
      dropped[i] = values[gap.value] && (across || everywhere);
      differs |= dropped[i] && !across;
    }
    if (!differs)
      continue;
    int tasks = int(problem.graph.tasks.size());
    for (int patience : {endlessPatience, tasks / 4, tasks / 16, tasks / 64}) {
      starts.push_back(evaluatePlan(problem, dropped, patience));
      note(starts.back());
      --effort;
    }
  }
}

void RecomputeSearch::tryCuts() {
  size_t steps = std::min<size_t>(prices.size(), 12);
  for (size_t step = 1; step <= steps; ++step) {
    double price = prices[step * prices.size() / steps - 1];
    start(cutForward(problem, price));
  }
}

/// Keeps what is read across a border between segments of equal bytes; with
/// `skips` only what is read before a long gap.
std::vector<char> RecomputeSearch::cutSegments(int count, bool skips) const {
  const TaskGraph &graph = problem.graph;
  std::vector<int64_t> before(problem.forwardCount + 1, 0);
  for (size_t task = 0; task != problem.forwardCount; ++task) {
    before[task + 1] = before[task];
    for (int value : graph.tasks[task].writes)
      before[task + 1] += graph.values[value].bytes;
  }
  std::vector<int> segment(graph.values.size(), -1);
  std::vector<int> skipped(graph.values.size(), int(problem.forwardCount));
  std::vector<char> dropped(graph.values.size(), 0);
  for (const Gap &gap : problem.gaps) {
    dropped[gap.value] = 1;
    if (skips && problem.isForward(gap.before))
      skipped[gap.value] = gap.before;
  }
  double total = std::max<double>(1, double(before.back()));
  for (size_t task = 0; task != problem.forwardCount; ++task) {
    int own = int(double(before[task]) / total * count);
    for (int value : graph.tasks[task].reads)
      if (segment[value] >= 0 && segment[value] != own &&
          int(task) < skipped[value])
        dropped[value] = 0;
    for (int value : graph.tasks[task].writes)
      segment[value] = own;
  }
  return dropped;
}

void RecomputeSearch::trySegments() {
  int last = 0;
  bool skips = std::any_of(
      problem.gaps.begin(), problem.gaps.end(),
      [&](const Gap &gap) { return problem.isForward(gap.before); });
  for (double count = 1; count <= double(problem.forwardCount);
       count = std::max(count + 1, count * 1.15)) {
    if (int(count) == last)
      continue;
    last = int(count);
    start(cutSegments(last, false));
    if (skips)
      start(cutSegments(last, true));
  }
}

/// What costs least a byte is dropped first, more and more of it.
void RecomputeSearch::tryPrices() {
  constexpr size_t steps = 16;
  for (size_t step = 1; step <= steps; ++step) {
    std::vector<char> values(problem.graph.values.size(), 0);
    for (size_t i = candidates.size() * (steps - step) / steps;
         i != candidates.size(); ++i)
      values[problem.gaps[candidates[i]].value] = 1;
    start(values);
  }
}

bool RecomputeSearch::flip(const std::vector<int> &group, bool drop,
                           RecomputePlan &plan) {
  std::vector<char> dropped = plan.dropped;
  bool changes = false;
  for (int gap : group)
    changes |= std::exchange(dropped[gap], drop) != char(drop);
  return changes && effort > 0 && consider(std::move(dropped), plan.patience, plan);
}

/// Groups of `size` neighbours among the candidates.
void RecomputeSearch::sweep(size_t size, bool drop, RecomputePlan &plan) {
  for (size_t begin = 0; begin < candidates.size() && effort > 0;
       begin += size) {
    size_t end = std::min(begin + size, candidates.size());
    std::vector<int> group(candidates.begin() + begin,
                           candidates.begin() + end);
    flip(group, drop, plan);
  }
}

/// Until no single value helps: one kept may make another one needless.
void RecomputeSearch::descend(RecomputePlan &plan) {
  for (double cost = -1; cost != plan.cost && effort > 0;) {
    cost = plan.cost;
    sweep(1, /*drop=*/false, plan);
    sweep(1, /*drop=*/true, plan);
  }
}

/// Some values turned around at random, then downhill again.
void RecomputeSearch::kick(RecomputePlan &plan) {
  std::vector<char> dropped = plan.dropped;
  for (uint64_t count = 2 + random() % 3; count; --count)
    dropped[candidates[random() % candidates.size()]] ^= 1;
  RecomputePlan next =
      evaluatePlan(problem, std::move(dropped), plan.patience);
  --effort;
  descend(next);
  if (isBetter(next, plan))
    plan = std::move(next);
}

void RecomputeSearch::improve(RecomputePlan &plan) {
  for (size_t size = std::max<size_t>(candidates.size() / 8, 1);; size /= 2) {
    sweep(size, /*drop=*/false, plan);
    if (plan.peak > budget)
      sweep(size, /*drop=*/true, plan);
    if (size == 1 || effort <= 0)
      break;
  }
  descend(plan);
  while (effort > 0 && !candidates.empty())
    kick(plan);
}

/// The cheapest within the budget; and those above it that cost less, of which
/// the lowest need least to come down.
std::vector<RecomputePlan *> RecomputeSearch::chooseStarts() {
  std::stable_sort(starts.begin(), starts.end(),
                   [&](auto &a, auto &b) { return isBetter(a, b); });
  std::vector<RecomputePlan *> chosen;
  size_t within = 0, above = 0;
  for (RecomputePlan &plan : starts) {
    bool fits = plan.peak <= budget;
    if (fits ? within++ < 2
             : (within == 0 || plan.cost < starts.front().cost) && above++ < 3)
      chosen.push_back(&plan);
  }
  return chosen;
}

RecomputePlan RecomputeSearch::run() {
  RecomputePlan best = lowest = evaluatePlan(problem, keepAll(problem));
  if (best.peak <= budget)
    return best;
  if (candidates.size() <= mostTried) {
    tryAll(best);
    return best.peak <= budget ? best : lowest;
  }
  tryCuts();
  trySegments();
  tryPrices();
  // They share what effort is left.
  std::vector<RecomputePlan *> chosen = chooseStarts();
  for (size_t i = 0; i != chosen.size(); ++i) {
    int all = effort;
    effort = all / int(chosen.size() - i);
    int given = effort;
    improve(*chosen[i]);
    effort = all - (given - effort);
    if (isBetter(*chosen[i], best))
      best = std::move(*chosen[i]);
  }
  return best.peak <= budget ? best : lowest;
}

RecomputePlan
lacuna::planning::planRecompute(const RecomputeProblem &problem,
                                int64_t budget, int effort) {
  return RecomputeSearch(problem, budget, effort).run();
}
