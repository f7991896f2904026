//===- FirstFit.cpp - Placement by an order of buffers --------------------===//
// Squeaky wheel: who ends above all others is dealt with earlier next time.
//===----------------------------------------------------------------------===//
#include "FirstFit.h"

#include <algorithm>
#include <numeric>

using namespace lacuna::planning;

double lacuna::planning::weigh(const Buffer &buffer, Order order) {
  double lifetime = double(buffer.upper) - double(buffer.lower);
  switch (order) {
  case Order::Size:
    return double(buffer.size);
  case Order::Area:
    return double(buffer.size) * lifetime;
  case Order::Lifetime:
    return lifetime;
  case Order::Upper:
    return double(buffer.upper);
  case Order::Lower:
    return -double(buffer.lower);
  }
  return 0;
}

std::vector<int>
lacuna::planning::orderBuffers(std::span<const Buffer> buffers, Order order,
                               double noise, std::mt19937_64 &random) {
  std::vector<std::pair<double, int>> weights;
  for (size_t i = 0; i != buffers.size(); ++i) {
    double weight = weigh(buffers[i], order);
    // The engine is the same everywhere; distributions are not.
    if (noise > 0)
      weight *= 1 + noise * (2 * double(random() >> 11) * 0x1p-53 - 1);
    weights.push_back({-weight, int(i)});
  }
  std::sort(weights.begin(), weights.end());
  std::vector<int> result;
  for (auto [weight, index] : weights)
    result.push_back(index);
  return result;
}

Placement lacuna::planning::placeFirstFit(std::span<const Buffer> buffers,
                                          std::span<const int> order) {
  Placement result{std::vector<int64_t>(buffers.size(), 0), 0};
  // What is placed, by offset: the gaps are met from below.
  std::vector<int> placed;
  for (int index : order) {
    const Buffer &buffer = buffers[index];
    int64_t offset = 0;
    for (int other : placed) {
      if (buffers[other].lower >= buffer.upper ||
          buffer.lower >= buffers[other].upper)
        continue;
      if (offset + buffer.size <= result.offsets[other])
        break;
      offset = std::max(offset, result.offsets[other] + buffers[other].size);
    }
    result.offsets[index] = offset;
    result.height = std::max(result.height, offset + buffer.size);
    auto place = std::upper_bound(
        placed.begin(), placed.end(), offset, [&](int64_t value, int other) {
          return value < result.offsets[other];
        });
    placed.insert(place, index);
  }
  return result;
}

Placement
lacuna::planning::improveFirstFit(std::span<const Buffer> buffers,
                                  std::vector<int> order, int64_t target,
                                  int rounds) {
  Placement best = placeFirstFit(buffers, order);
  Placement current = best;
  for (int round = 0; round != rounds && best.height > target; ++round) {
    std::vector<int> highest, others;
    for (int index : order)
      (current.offsets[index] + buffers[index].size == current.height ? highest
                                                                      : others)
          .push_back(index);
    order = std::move(highest);
    order.insert(order.end(), others.begin(), others.end());
    current = placeFirstFit(buffers, order);
    if (current.height < best.height)
      best = current;
  }
  return best;
}

Placement lacuna::planning::placeGreedily(std::span<const Buffer> buffers) {
  std::mt19937_64 unused;
  return placeFirstFit(buffers, orderBuffers(buffers, Order::Size, 0, unused));
}
