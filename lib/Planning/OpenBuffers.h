//===- OpenBuffers.h - What searches ask of buffers left to place -*- C++ -*-===//
#ifndef LACUNA_LIB_PLANNING_OPENBUFFERS_H
#define LACUNA_LIB_PLANNING_OPENBUFFERS_H

#include "lacuna/Planning/Placement.h"

#include <functional>
#include <limits>

namespace lacuna::planning {

/// Stands for no offset.
inline constexpr int64_t noOffset = std::numeric_limits<int64_t>::max();

/// What a search may still do.
struct SearchLimit {
  const std::function<bool()> *stop = nullptr;
  int64_t visited = 0, most = 0;
  bool reached = false;

  /// Lets `nodes` more steps be done.
  void extend(int64_t nodes, const std::function<bool()> &stopNow);
  /// Counts a step; whether it is one too many.
  bool step();
};

/// All buffers by `lower`.
std::vector<int> byBegin(std::span<const Buffer> buffers);
/// Whether `holds` for each group of buffers of `open`, sorted by `lower` and not
/// `placed` yet, that no other one lives with.
bool holdsForGroups(std::span<const Buffer> buffers,
                    const std::vector<int> &open,
                    const std::vector<char> &placed,
                    const std::function<bool(const std::vector<int> &)> &holds);

/// Sorts `members`, nearly in order, by `bound`.
void sortByBound(std::vector<int> &members, const std::vector<int64_t> &bound);

/// Of what is open in a section, sorted by bound: its bytes, where it ends if one
/// is put on the other from `floor` on as the bounds allow, and the two least
/// tops.
struct OpenTops {
  int64_t total = 0, end, least = noOffset, second = noOffset;
  int lowest = -1;

  OpenTops(const std::vector<int> &members, std::span<const Buffer> buffers,
           const std::vector<char> &placed, const std::vector<int64_t> &bound,
           int64_t floor);
};

/// Who lies so high that all others do not fit on top of it is not the lowest:
/// it rests on another, the least top or, if that is its own, the second. Whether
/// each could be raised so.
template <typename Raise>
bool raiseLate(const OpenTops &tops, const std::vector<int> &members,
               const std::vector<char> &placed,
               const std::vector<int64_t> &bound, int64_t capacity,
               Raise raise) {
  for (auto it = members.rbegin(); it != members.rend(); ++it) {
    int buffer = *it;
    if (bound[buffer] + tops.total <= capacity)
      break;
    if (placed[buffer])
      continue;
    int64_t rest = buffer == tops.lowest ? tops.second : tops.least;
    if (rest == noOffset || !raise(buffer, rest))
      return false;
  }
  return true;
}

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_OPENBUFFERS_H
