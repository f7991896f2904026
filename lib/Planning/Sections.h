//===- Sections.h - What lives together -------------------------*- C++ -*-===//
#ifndef LACUNA_LIB_PLANNING_SECTIONS_H
#define LACUNA_LIB_PLANNING_SECTIONS_H

#include "lacuna/Planning/Placement.h"

#include <utility>

namespace lacuna::planning {

/// The sets of buffers that live at one time and are not part of others: two
/// buffers live together where they share one.
struct Sections {
  explicit Sections(std::span<const Buffer> buffers);

  std::vector<std::vector<int>> members;
  /// By buffer: the sections [first, last) that it lives in.
  std::vector<std::pair<int, int>> span;
};

inline bool overlap(const Buffer &a, const Buffer &b) {
  return a.lower < b.upper && b.lower < a.upper;
}

/// A bijection that spreads all bits: for hashes of states.
inline uint64_t mixBits(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_SECTIONS_H
