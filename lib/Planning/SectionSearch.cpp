//===- SectionSearch.cpp - Placement upwards, section by section ----------===//
// Complete: of a solution the buffers can be placed from below, each on what is
// placed already. The lowest one left in a section is one of those that fit
// there now, or it waits for another one to come below it elsewhere.
//===----------------------------------------------------------------------===//
#include "SectionSearch.h"

#include <algorithm>
#include <utility>

using namespace lacuna::planning;

/// What is remembered stays below some 200 MB.
static constexpr size_t mostFailures = 4'000'000;

SectionSearch::SectionSearch(std::span<const Buffer> buffers, int64_t capacity)
    : buffers(buffers), capacity(capacity), sections(buffers),
      neighbours(buffers.size()), conflict(buffers.size(), 0) {
  for (size_t i = 0; i != buffers.size(); ++i)
    for (size_t j = 0; j != buffers.size(); ++j)
      if (i != j && overlap(buffers[i], buffers[j]))
        neighbours[i].push_back(int(j));
}

void SectionSearch::touch(int section) {
  if (!std::exchange(dirty[section], 1))
    dirtyList.push_back(section);
}

bool SectionSearch::raise(int buffer, int64_t to) {
  if (to <= bound[buffer])
    return true;
  trail.push_back({true, buffer, bound[buffer], passed[buffer]});
  bound[buffer] = to;
  auto [first, last] = sections.span[buffer];
  for (int section = first; section != last; ++section)
    touch(section);
  return to + buffers[buffer].size <= capacity;
}

void SectionSearch::undo(size_t mark) {
  while (trail.size() > mark) {
    Change change = trail.back();
    trail.pop_back();
    (change.isBuffer ? bound : floors)[change.index] = change.first;
    (change.isBuffer ? passed : remaining)[change.index] = change.second;
  }
}

void SectionSearch::blame(int section) {
  for (int buffer : sections.members[section])
    conflict[buffer] += !placed[buffer];
}

/// One after another as their bounds allow, what is open in a section must end
/// below the capacity.
bool SectionSearch::check(int section) {
  std::vector<int> &members = sections.members[section];
  sortByBound(members, bound);
  OpenTops tops(members, buffers, placed, bound, floors[section]);
  if (tops.end <= capacity)
    return raiseLate(
        tops, members, placed, bound, capacity,
        [this](int buffer, int64_t to) { return raise(buffer, to); });
  blame(section);
  return false;
}

/// Bounds may chase each other around in small steps: not for long.
bool SectionSearch::propagate() {
  int64_t left = 3 * int64_t(sections.members.size());
  bool possible = true;
  while (!dirtyList.empty()) {
    int section = dirtyList.back();
    dirtyList.pop_back();
    dirty[section] = 0;
    possible = possible && (left-- < 0 || check(section));
  }
  return possible;
}

/// Whether `buffer` may lie at its bound with nothing to come below it.
bool SectionSearch::fits(int buffer) const {
  if (passed[buffer] == bound[buffer])
    return false;
  auto [first, last] = sections.span[buffer];
  for (int section = first; section != last; ++section)
    if (bound[buffer] - floors[section] > slack(section))
      return false;
  return true;
}

/// Whether the lowest one left may be one that something outside of `section`
/// has to come below of.
bool SectionSearch::mayWait(int section) const {
  int64_t most = floors[section] + slack(section);
  auto isBelow = [&](int other) {
    return !placed[other] && bound[other] + buffers[other].size <= most &&
           (sections.span[other].first > section ||
            sections.span[other].second <= section);
  };
  for (int buffer : sections.members[section])
    if (!placed[buffer] && bound[buffer] <= most &&
        std::ranges::any_of(neighbours[buffer], isBelow))
      return true;
  return false;
}

bool SectionSearch::place(int buffer) {
  placed[buffer] = 1;
  int64_t size = buffers[buffer].size, top = bound[buffer] + size;
  bool possible = true;
  auto [first, last] = sections.span[buffer];
  for (int section = first; section != last; ++section) {
    trail.push_back({false, section, floors[section], remaining[section]});
    floors[section] = top;
    remaining[section] -= size;
    possible = possible && slack(section) >= 0;
    touch(section);
  }
  for (int other : neighbours[buffer]) {
    if (placed[other])
      continue;
    trail.push_back({true, other, bound[other], passed[other]});
    passed[other] = -1;
    possible = possible && raise(other, top);
  }
  return propagate() && possible;
}

void SectionSearch::passOver(int buffer) {
  trail.push_back({true, buffer, bound[buffer], passed[buffer]});
  passed[buffer] = bound[buffer];
}

/// How well a top goes with the floor beside it: best at the same height, worst
/// as a new tower.
double SectionSearch::meets(int section, int64_t base, int64_t top) const {
  if (section < 0 || section >= int(floors.size()))
    return 1;
  int64_t beside = floors[section];
  return beside == top ? 2 : beside > top ? 0.7 : beside == base ? 0 : -0.5;
}

double SectionSearch::rankOf(int buffer) const {
  auto [first, last] = sections.span[buffer];
  int64_t base = bound[buffer], top = base + buffers[buffer].size;
  double score = meets(first - 1, base, top) + meets(last, base, top);
  for (int section = first; section != last; ++section)
    if (floors[section] < base) {
      score -= 1;
      break;
    }
  return ranks[buffer] - smoothness * score / 2;
}

std::vector<int> SectionSearch::candidates(int section) const {
  std::vector<std::pair<double, int>> ranked;
  for (int buffer : sections.members[section])
    if (!placed[buffer] && fits(buffer))
      ranked.push_back({rankOf(buffer), buffer});
  std::sort(ranked.begin(), ranked.end());
  std::vector<int> result;
  for (auto [rank, buffer] : ranked)
    result.push_back(buffer);
  return result;
}

/// The lowest section with anything that fits, of these the one with least
/// choice; -1 where one has none and cannot wait either.
int SectionSearch::chooseSection(const std::vector<int> &open) {
  int count = int(floors.size());
  std::vector<int> fitting(count, 0);
  std::vector<char> isOpen(count, 0);
  for (int buffer : open) {
    if (placed[buffer])
      continue;
    bool fitsNow = fits(buffer);
    auto [first, last] = sections.span[buffer];
    for (int section = first; section != last; ++section) {
      fitting[section] += fitsNow;
      isOpen[section] = 1;
    }
  }
  int best = -1;
  for (int section = 0; section != count; ++section) {
    if (!isOpen[section])
      continue;
    if (fitting[section] == 0) {
      if (mayWait(section))
        continue;
      blame(section);
      return -1;
    }
    if (best < 0 || std::pair(floors[section], fitting[section]) <
                        std::pair(floors[best], fitting[best]))
      best = section;
  }
  return best;
}

uint64_t SectionSearch::hash(const std::vector<int> &open) const {
  uint64_t sum = 0;
  for (int buffer : open)
    if (!placed[buffer])
      sum += mixBits(mixBits(mixBits(buffer + 0x9e3779b97f4a7c15) ^
                             uint64_t(bound[buffer])) ^
                     uint64_t(passed[buffer] + 1));
  return sum;
}

/// `open` is sorted by `lower`; each group of neighbours is on its own.
bool SectionSearch::solve(const std::vector<int> &open) {
  return holdsForGroups(buffers, open, placed, [this](const auto &group) {
    return branch(group);
  });
}

bool SectionSearch::branch(const std::vector<int> &open) {
  size_t start = trail.size();
  std::vector<uint64_t> keys;
  while (!limit.step()) {
    uint64_t key = hash(open);
    if (failures.count(key))
      break;
    keys.push_back(key);
    int section = chooseSection(open);
    if (section < 0)
      break;
    std::vector<int> choice = candidates(section);
    size_t before = trail.size();
    for (int buffer : choice) {
      if (place(buffer) && solve(open))
        return true;
      placed[buffer] = 0;
      undo(before);
      if (limit.reached)
        break;
    }
    if (limit.reached || !mayWait(section))
      break;
    // None of them comes next: another one must come below.
    for (int buffer : choice)
      passOver(buffer);
  }
  if (!limit.reached && failures.size() < mostFailures)
    failures.insert(keys.begin(), keys.end());
  undo(start);
  return false;
}

SearchResult SectionSearch::run(std::span<const double> order,
                                double smoothTops, int64_t nodes,
                                const std::function<bool()> &stopNow) {
  ranks = order;
  smoothness = smoothTops;
  limit.extend(nodes, stopNow);
  size_t count = sections.members.size();
  bound.assign(buffers.size(), 0);
  passed.assign(buffers.size(), -1);
  placed.assign(buffers.size(), 0);
  floors.assign(count, 0);
  remaining.assign(count, 0);
  dirty.assign(count, 0);
  trail.clear();
  std::vector<int> open = byBegin(buffers);
  for (size_t i = 0; i != open.size(); ++i) {
    auto [first, last] = sections.span[i];
    for (int section = first; section != last; ++section)
      remaining[section] += buffers[i].size;
  }
  for (size_t section = 0; section != count; ++section)
    touch(int(section));
  if (!propagate())
    return SearchResult::Impossible;
  if (solve(open))
    return SearchResult::Found;
  return limit.reached ? SearchResult::Exhausted : SearchResult::Impossible;
}
