//===- SpareMemory.cpp - Buffers in memory that is free for a time --------===//
// At the time at which most lives, the buffer with the largest area that fits
// anywhere is taken out; then the next, until nothing there fits.
//===----------------------------------------------------------------------===//
#include "lacuna/Planning/SpareMemory.h"

#include <algorithm>

using namespace lacuna::planning;

namespace {
class SpareUser {
public:
  SpareUser(std::span<const Buffer> buffers, std::span<const SpareMemory> spare)
      : buffers(buffers), spare(spare), places(buffers.size()),
        used(spare.size()), refused(buffers.size(), 0) {}
  std::vector<SparePlace> run();

private:
  int64_t areaOf(int index) const {
    const Buffer &buffer = buffers[index];
    return (buffer.upper - buffer.lower) * buffer.size;
  }
  int64_t findOffset(size_t memory, const Buffer &buffer) const;
  bool put(int index);
  bool relieve(int64_t time);

  std::span<const Buffer> buffers;
  std::span<const SpareMemory> spare;
  std::vector<SparePlace> places;
  /// By memory: the buffers in it.
  std::vector<std::vector<int>> used;
  /// Those that fit nowhere; what is free only shrinks.
  std::vector<char> refused;
  std::vector<int64_t> live;
};
} // namespace

/// The lowest place among the buffers of its time; -1: none.
int64_t SpareUser::findOffset(size_t memory, const Buffer &buffer) const {
  std::vector<std::pair<int64_t, int64_t>> taken;
  for (int other : used[memory])
    if (buffers[other].lower < buffer.upper &&
        buffer.lower < buffers[other].upper)
      taken.push_back({places[other].offset,
                       places[other].offset + buffers[other].size});
  std::sort(taken.begin(), taken.end());
  int64_t offset = 0;
  for (auto [begin, end] : taken) {
    if (begin - offset >= buffer.size)
      return offset;
    offset = std::max(offset, end);
  }
  return spare[memory].size - offset >= buffer.size ? offset : -1;
}

/// Into the memory that is needed soonest by others, the smallest of those.
bool SpareUser::put(int index) {
  const Buffer &buffer = buffers[index];
  SparePlace best;
  auto isTighter = [&](size_t memory) {
    if (best.memory < 0)
      return true;
    const SpareMemory &a = spare[memory], &b = spare[best.memory];
    return std::pair(a.until, a.size) < std::pair(b.until, b.size);
  };
  for (size_t memory = 0; memory != spare.size(); ++memory) {
    if (buffer.upper > spare[memory].until || !isTighter(memory))
      continue;
    int64_t offset = findOffset(memory, buffer);
    if (offset >= 0)
      best = {int(memory), offset};
  }
  if (best.memory < 0)
    return false;
  places[index] = best;
  used[best.memory].push_back(index);
  for (int64_t time = buffer.lower; time != buffer.upper; ++time)
    live[time] -= buffer.size;
  return true;
}

/// Takes one buffer out that lives at `time`; whether there was one.
bool SpareUser::relieve(int64_t time) {
  std::vector<int> candidates;
  for (size_t i = 0; i != buffers.size(); ++i)
    if (buffers[i].lower <= time && time < buffers[i].upper &&
        buffers[i].size > 0 && places[i].memory < 0 && !refused[i])
      candidates.push_back(int(i));
  std::stable_sort(candidates.begin(), candidates.end(), [&](int a, int b) {
    return areaOf(a) > areaOf(b);
  });
  for (int index : candidates) {
    if (put(index))
      return true;
    refused[index] = 1;
  }
  return false;
}

std::vector<SparePlace> SpareUser::run() {
  int64_t end = 0;
  for (const Buffer &buffer : buffers)
    end = std::max(end, buffer.upper);
  live.assign(size_t(end), 0);
  for (const Buffer &buffer : buffers)
    for (int64_t time = buffer.lower; time < buffer.upper; ++time)
      live[time] += buffer.size;
  while (!live.empty()) {
    auto most = std::max_element(live.begin(), live.end());
    if (*most == 0 || !relieve(most - live.begin()))
      break;
  }
  return places;
}

std::vector<SparePlace>
lacuna::planning::useSpareMemory(std::span<const Buffer> buffers,
                                 std::span<const SpareMemory> spare) {
  return SpareUser(buffers, spare).run();
}
