//===- OpenBuffers.cpp - What searches ask of buffers left to place -------===//
#include "OpenBuffers.h"

#include <algorithm>
#include <numeric>

using namespace lacuna::planning;

void SearchLimit::extend(int64_t nodes, const std::function<bool()> &stopNow) {
  stop = &stopNow;
  most = visited + nodes;
  reached = false;
}

bool SearchLimit::step() {
  ++visited;
  if (visited >= most || (visited % 256 == 0 && (*stop)()))
    reached = true;
  return reached;
}

std::vector<int>
lacuna::planning::byBegin(std::span<const Buffer> buffers) {
  std::vector<int> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return std::pair(buffers[a].lower, a) < std::pair(buffers[b].lower, b);
  });
  return order;
}

bool lacuna::planning::holdsForGroups(
    std::span<const Buffer> buffers, const std::vector<int> &open,
    const std::vector<char> &placed,
    const std::function<bool(const std::vector<int> &)> &holds) {
  std::vector<int> group;
  int64_t end = std::numeric_limits<int64_t>::min();
  for (int buffer : open) {
    if (placed[buffer])
      continue;
    if (!group.empty() && buffers[buffer].lower >= end) {
      if (!holds(group))
        return false;
      group.clear();
    }
    group.push_back(buffer);
    end = std::max(end, buffers[buffer].upper);
  }
  return group.empty() || holds(group);
}

void lacuna::planning::sortByBound(std::vector<int> &members,
                                   const std::vector<int64_t> &bound) {
  for (size_t i = 1; i < members.size(); ++i) {
    int moved = members[i];
    size_t j = i;
    for (; j > 0 && bound[members[j - 1]] > bound[moved]; --j)
      members[j] = members[j - 1];
    members[j] = moved;
  }
}

OpenTops::OpenTops(const std::vector<int> &members,
                   std::span<const Buffer> buffers,
                   const std::vector<char> &placed,
                   const std::vector<int64_t> &bound, int64_t floor)
    : end(floor) {
  for (int buffer : members) {
    if (placed[buffer])
      continue;
    int64_t size = buffers[buffer].size, top = bound[buffer] + size;
    total += size;
    end = std::max(end + size, top);
    second = std::min(second, std::max(least, top));
    if (top < least) {
      least = top;
      lowest = buffer;
    }
  }
}
