//===- Sections.cpp - What lives together ---------------------------------===//
#include "Sections.h"

#include <algorithm>

using namespace lacuna::planning;

/// What lives at one time matters only where it is not part of what lives at
/// the next: between the last begin and the first end.
Sections::Sections(std::span<const Buffer> buffers) : span(buffers.size()) {
  std::vector<std::pair<int64_t, int>> events;
  for (size_t i = 0; i != buffers.size(); ++i) {
    events.push_back({buffers[i].lower, int(i)});
    events.push_back({buffers[i].upper, -1 - int(i)});
  }
  std::sort(events.begin(), events.end(), [](auto a, auto b) {
    return std::pair(a.first, a.second >= 0) <
           std::pair(b.first, b.second >= 0);
  });
  std::vector<int> live;
  bool grew = false;
  for (auto [time, event] : events) {
    if (event >= 0) {
      live.push_back(event);
      span[event].first = int(members.size());
      grew = true;
      continue;
    }
    if (grew)
      members.push_back(live);
    grew = false;
    live.erase(std::find(live.begin(), live.end(), -1 - event));
    span[-1 - event].second = int(members.size());
  }
}
