//===- Placement.cpp - Offsets for buffers with known lifetimes -----------===//
// First fit in many orders, then two exact searches in turns, with restarts:
// short runs whose length grows, each with another order; each search remembers
// what it has refuted.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/Placement.h"

#include "FirstFit.h"
#include "PlacementSearch.h"
#include "SectionSearch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <tuple>

using namespace lacuna::planning;

/// The buffers by the time at which they begin (`true`) or end (`false`), ends
/// before begins.
static auto sortedEvents(std::span<const Buffer> buffers) {
  std::vector<std::tuple<int64_t, bool, int>> events;
  for (size_t i = 0; i != buffers.size(); ++i)
    if (buffers[i].lower < buffers[i].upper) {
      events.push_back({buffers[i].lower, true, int(i)});
      events.push_back({buffers[i].upper, false, int(i)});
    }
  std::sort(events.begin(), events.end());
  return events;
}

int64_t lacuna::planning::maxLive(std::span<const Buffer> buffers) {
  int64_t live = 0, most = 0;
  for (auto [time, begins, index] : sortedEvents(buffers)) {
    live += begins ? buffers[index].size : -buffers[index].size;
    most = std::max(most, live);
  }
  return most;
}

bool lacuna::planning::isValid(std::span<const Buffer> buffers,
                               const Placement &placement) {
  if (placement.offsets.size() != buffers.size())
    return false;
  int64_t height = 0;
  for (size_t i = 0; i != buffers.size(); ++i) {
    int64_t begin = placement.offsets[i], end = begin + buffers[i].size;
    height = std::max(height, end);
    if (begin < 0)
      return false;
    for (size_t j = 0; j != i; ++j)
      if (buffers[i].lower < buffers[j].upper &&
          buffers[j].lower < buffers[i].upper &&
          begin < placement.offsets[j] + buffers[j].size &&
          placement.offsets[j] < end)
        return false;
  }
  return height == placement.height;
}

namespace {
/// The best placement so far of buffers that need room, and what may still be
/// spent on a better one.
class Minimizer {
public:
  Minimizer(std::span<const Buffer> buffers, const PlacementOptions &options)
      : buffers(buffers), options(options), random(options.seed) {}

  Placement run();

private:
  void tryOrders();
  SearchResult tryOnce(PlacementSearch &search, Order order, double noise,
                       int64_t nodes);
  SearchResult tryOnce(SectionSearch &search, Order order, double noise,
                       double smoothness, int64_t nodes);
  void keepOffsets(const std::vector<int64_t> &offsets);
  SearchResult search(int64_t capacity, int64_t nodes);
  bool timedOut() const;
  void keep(Placement placement) {
    if (placement.height < best.height)
      best = std::move(placement);
  }

  std::span<const Buffer> buffers;
  const PlacementOptions &options;
  std::mt19937_64 random;
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
  Placement best;
  int64_t goal = 0, spent = 0;
};
} // namespace

bool Minimizer::timedOut() const {
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return time.count() > options.timeout;
}

/// Area, lifetime and end find placements in few steps, each where the others
/// do not; size and begin are there for what has another shape.
static constexpr Order portfolio[] = {Order::Area, Order::Upper,
                                      Order::Lifetime, Order::Size,
                                      Order::Lower};

void Minimizer::tryOrders() {
  int rounds = buffers.size() > 1000 ? 20 : 100;
  for (Order order : portfolio) {
    if (best.height <= goal || timedOut())
      return;
    keep(improveFirstFit(buffers, orderBuffers(buffers, order, 0, random), goal,
                         rounds));
  }
}

/// One run of the search in one order; what it finds is kept.
SearchResult Minimizer::tryOnce(PlacementSearch &search, Order order,
                                double noise, int64_t nodes) {
  std::vector<int> ranks(buffers.size());
  int rank = 0;
  for (int index : orderBuffers(buffers, order, noise, random))
    ranks[index] = rank++;
  int64_t before = search.nodesVisited();
  SearchResult result =
      search.run(ranks, nodes, [this] { return timedOut(); });
  spent += search.nodesVisited() - before;
  if (result == SearchResult::Found)
    keepOffsets(search.offsets());
  return result;
}

void Minimizer::keepOffsets(const std::vector<int64_t> &offsets) {
  Placement found{offsets, 0};
  for (size_t i = 0; i != buffers.size(); ++i)
    found.height = std::max(found.height, offsets[i] + buffers[i].size);
  keep(std::move(found));
}

/// Large ones first, and those that took part in dead ends.
SearchResult Minimizer::tryOnce(SectionSearch &search, Order order,
                                double noise, double smoothness,
                                int64_t nodes) {
  double most = std::max(1.0, std::ranges::max(search.conflicts()));
  std::vector<double> ranks;
  for (size_t i = 0; i != buffers.size(); ++i) {
    // The engine is the same everywhere; distributions are not.
    double drawn = double(random() >> 11) * 0x1p-53;
    ranks.push_back(-0.3 * std::log(std::max(1.0, weigh(buffers[i], order))) -
                    search.conflicts()[i] / most + noise * drawn);
  }
  int64_t before = search.nodesVisited();
  SearchResult result =
      search.run(ranks, smoothness, nodes, [this] { return timedOut(); });
  spent += search.nodesVisited() - before;
  if (result == SearchResult::Found)
    keepOffsets(search.offsets());
  return result;
}

/// What the sections' search is told of tops that meet, in turns.
static constexpr double smoothnesses[] = {0.4, 1, 0, 3};

SearchResult Minimizer::search(int64_t capacity, int64_t nodes) {
  PlacementSearch offsets(buffers, capacity);
  SectionSearch sections(buffers, capacity);
  auto limit = [&](int64_t length) {
    int64_t left = nodes - offsets.nodesVisited() - sections.nodesVisited();
    return timedOut() ? 0 : std::min(length, left);
  };
  double noise = 0;
  size_t round = 0;
  for (int64_t length = 2 * int64_t(buffers.size()) + 100;;
       length += length / 2, noise = 0.3) {
    for (Order order : portfolio) {
      if (limit(length) <= 0)
        return SearchResult::Exhausted;
      SearchResult result = tryOnce(offsets, order, noise, limit(length));
      if (result != SearchResult::Exhausted)
        return result;
      if (limit(length) <= 0)
        return SearchResult::Exhausted;
      result = tryOnce(sections, portfolio[round % 4], noise,
                       smoothnesses[round / 4 % 4], limit(length));
      if (result != SearchResult::Exhausted)
        return result;
      ++round;
    }
  }
}

Placement Minimizer::run() {
  best = placeGreedily(buffers);
  int64_t bound = maxLive(buffers);
  goal = std::max(bound, options.capacity.value_or(bound));
  tryOrders();
  constexpr int64_t forever = std::numeric_limits<int64_t>::max();
  if (options.capacity) {
    if (best.height > goal)
      search(goal, options.effort.value_or(forever));
    return std::move(best);
  }
  // The goal itself first, then ever less ambitious ones: half the gap each.
  int64_t effort = options.effort.value_or(1'000'000);
  int64_t low = bound - 1;
  for (int64_t target = bound; best.height > low + 1 && spent < effort;) {
    SearchResult result = search(target, (effort - spent + 2) / 3);
    low = result == SearchResult::Found ? low : target;
    if (timedOut())
      break;
    target = low + std::max<int64_t>(1, (best.height - low) / 2);
    if (target >= best.height)
      break;
  }
  return std::move(best);
}

Placement
lacuna::planning::placeBuffers(std::span<const Buffer> buffers,
                               const PlacementOptions &options) {
  // What needs no room, or no time, takes part in nothing.
  std::vector<Buffer> real;
  std::vector<size_t> indices;
  for (size_t i = 0; i != buffers.size(); ++i)
    if (buffers[i].size > 0 && buffers[i].lower < buffers[i].upper) {
      real.push_back(buffers[i]);
      indices.push_back(i);
    }
  Placement placed = Minimizer(real, options).run();
  Placement result{std::vector<int64_t>(buffers.size(), 0), placed.height};
  for (size_t i = 0; i != indices.size(); ++i)
    result.offsets[indices[i]] = placed.offsets[i];
  return result;
}
