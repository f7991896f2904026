//===- PlacementSearch.cpp - Whether buffers fit into a capacity ----------===//
// Exact: a solution of least total offset has every buffer at 0 or on top of
// another, and none with free room for it further down. At a time where
// nothing open lives the problem falls apart into independent ones.
//===----------------------------------------------------------------------===//
#include "PlacementSearch.h"

#include <algorithm>
#include <tuple>
#include <utility>

using namespace lacuna::planning;

/// What is remembered stays below some 200 MB.
static constexpr size_t mostFailures = 4'000'000;

PlacementSearch::PlacementSearch(std::span<const Buffer> buffers,
                                 int64_t capacity)
    : buffers(buffers), capacity(capacity), sections(buffers),
      weight(buffers.size(), 0), dirty(sections.members.size(), 0) {}

/// The sections that `buffer` lives in have to be checked again.
void PlacementSearch::touch(int buffer) {
  for (int s = sections.span[buffer].first; s != sections.span[buffer].second;
       ++s)
    if (!std::exchange(dirty[s], 1))
      dirtyList.push_back(s);
}

bool PlacementSearch::raise(int buffer, int64_t to) {
  if (to <= bound[buffer])
    return true;
  trail.push_back({buffer, bound[buffer], refused[buffer]});
  bound[buffer] = to;
  if (to + buffers[buffer].size > capacity)
    return false;
  touch(buffer);
  return true;
}

/// One after another as their bounds allow, what is open in a section must end
/// below the capacity.
bool PlacementSearch::checkSection(int section) {
  std::vector<int> &members = sections.members[section];
  sortByBound(members, bound);
  OpenTops tops(members, buffers, placed, bound, 0);
  if (tops.end <= capacity)
    return raiseLate(
        tops, members, placed, bound, capacity,
        [this](int buffer, int64_t to) { return raise(buffer, to); });
  for (int buffer : members)
    weight[buffer] += !placed[buffer];
  return false;
}

bool PlacementSearch::propagate() {
  bool possible = true;
  while (!dirtyList.empty()) {
    int section = dirtyList.back();
    dirtyList.pop_back();
    dirty[section] = 0;
    possible = possible && checkSection(section);
  }
  return possible;
}

void PlacementSearch::undo(size_t mark) {
  while (trail.size() > mark) {
    Change change = trail.back();
    trail.pop_back();
    bound[change.buffer] = change.bound;
    refused[change.buffer] = change.refused;
  }
}

/// Everything open that lives with `buffer` lies above it.
bool PlacementSearch::place(int buffer, const std::vector<int> &open) {
  placed[buffer] = 1;
  int64_t base = bound[buffer], top = base + buffers[buffer].size;
  bool possible = true;
  for (int other : open) {
    if (placed[other] || !overlap(buffers[buffer], buffers[other]))
      continue;
    possible = possible && raise(other, top);
    if (refused[other] >= 0 && base < refused[other] + buffers[other].size &&
        top > refused[other]) {
      trail.push_back({other, bound[other], refused[other]});
      refused[other] = -1;
    }
  }
  touch(buffer);
  return propagate() && possible;
}

/// `buffer` lies higher than its bound: on top of another.
bool PlacementSearch::refuse(int buffer, const std::vector<int> &open) {
  int64_t base = bound[buffer], size = buffers[buffer].size;
  int64_t rest = noOffset;
  bool blocked = false;
  for (int other : open) {
    if (other == buffer || !overlap(buffers[buffer], buffers[other]))
      continue;
    rest = std::min(rest, bound[other] + buffers[other].size);
    blocked |= bound[other] < base + size;
  }
  if (!blocked)
    return false;
  trail.push_back({buffer, base, refused[buffer]});
  refused[buffer] = base;
  bool possible = raise(buffer, rest);
  return propagate() && possible;
}

/// Whoever was refused still has somebody who may take its room.
bool PlacementSearch::blockersRemain(const std::vector<int> &open) const {
  for (int buffer : open) {
    if (refused[buffer] < 0)
      continue;
    int64_t top = refused[buffer] + buffers[buffer].size;
    if (std::none_of(open.begin(), open.end(), [&](int other) {
          return other != buffer && bound[other] < top &&
                 overlap(buffers[buffer], buffers[other]);
        }))
      return false;
  }
  return true;
}

uint64_t PlacementSearch::hash(const std::vector<int> &open) const {
  uint64_t sum = 0;
  for (int buffer : open)
    sum += mixBits(mixBits(mixBits(buffer + 0x9e3779b97f4a7c15) ^
                           uint64_t(bound[buffer])) ^
                   uint64_t(refused[buffer] + 1));
  return sum;
}

int PlacementSearch::choose(const std::vector<int> &open) const {
  return *std::min_element(open.begin(), open.end(), [&](int a, int b) {
    return std::tuple(bound[a], -weight[a], ranks[a]) <
           std::tuple(bound[b], -weight[b], ranks[b]);
  });
}

/// `open` is sorted by `lower`; each group of neighbours is on its own.
bool PlacementSearch::solve(std::vector<int> open) {
  return holdsForGroups(buffers, open, placed, [this](const auto &group) {
    return branch(group);
  });
}

bool PlacementSearch::branch(const std::vector<int> &open) {
  size_t start = trail.size();
  std::vector<uint64_t> keys;
  while (true) {
    if (limit.step())
      break;
    uint64_t key = hash(open);
    if (failures.count(key) || !blockersRemain(open))
      break;
    keys.push_back(key);
    int buffer = choose(open);
    size_t before = trail.size();
    if (place(buffer, open) && solve(open))
      return true;
    placed[buffer] = 0;
    undo(before);
    if (limit.reached || !refuse(buffer, open))
      break;
  }
  if (!limit.reached && failures.size() < mostFailures)
    failures.insert(keys.begin(), keys.end());
  undo(start);
  return false;
}

SearchResult PlacementSearch::run(std::span<const int> order, int64_t nodes,
                                  const std::function<bool()> &stopNow) {
  ranks = order;
  limit.extend(nodes, stopNow);
  bound.assign(buffers.size(), 0);
  refused.assign(buffers.size(), -1);
  placed.assign(buffers.size(), 0);
  trail.clear();
  std::vector<int> open = byBegin(buffers);
  for (size_t s = 0; s != sections.members.size(); ++s) {
    dirty[s] = 1;
    dirtyList.push_back(int(s));
  }
  if (!propagate())
    return SearchResult::Impossible;
  if (solve(open))
    return SearchResult::Found;
  return limit.reached ? SearchResult::Exhausted : SearchResult::Impossible;
}
