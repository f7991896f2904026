//===- SectionSearch.h - Placement upwards, section by section --*- C++ -*-===//
// Depth-first search over what comes next in the lowest section: each section
// has a floor, the top of what is placed there, and can afford to waste what
// its buffers leave of the capacity. Where little may be wasted few fit next.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_PLANNING_SECTIONSEARCH_H
#define LACUNA_LIB_PLANNING_SECTIONSEARCH_H

#include "PlacementSearch.h"
#include "Sections.h"

#include <unordered_set>

namespace lacuna::planning {

class SectionSearch {
public:
  SectionSearch(std::span<const Buffer> buffers, int64_t capacity);

  /// Of what fits next, that of least rank comes first; `smoothness` is what it
  /// counts that a buffer's top meets those beside it. Gives up after `nodes`
  /// steps or when `stop` says so; what was found impossible is remembered.
  SearchResult run(std::span<const double> ranks, double smoothness,
                   int64_t nodes, const std::function<bool()> &stop);

  const std::vector<int64_t> &offsets() const { return bound; }
  int64_t nodesVisited() const { return limit.visited; }
  /// How often a buffer was part of a dead end.
  const std::vector<double> &conflicts() const { return conflict; }

private:
  /// Of a buffer its bound and where it was passed over, of a section its
  /// floor and what it has to take still.
  struct Change {
    bool isBuffer;
    int index;
    int64_t first, second;
  };

  bool solve(const std::vector<int> &open);
  bool branch(const std::vector<int> &open);
  int chooseSection(const std::vector<int> &open);
  std::vector<int> candidates(int section) const;
  double rankOf(int buffer) const;
  double meets(int section, int64_t base, int64_t top) const;
  bool fits(int buffer) const;
  bool mayWait(int section) const;
  void passOver(int buffer);
  bool place(int buffer);
  bool raise(int buffer, int64_t to);
  void touch(int section);
  bool propagate();
  bool check(int section);
  void blame(int section);
  void undo(size_t mark);
  uint64_t hash(const std::vector<int> &open) const;
  int64_t slack(int section) const {
    return capacity - floors[section] - remaining[section];
  }

  std::span<const Buffer> buffers;
  int64_t capacity;
  Sections sections;
  /// By buffer: what lives with it.
  std::vector<std::vector<int>> neighbours;
  std::span<const double> ranks;
  double smoothness = 0;
  std::vector<double> conflict;
  /// By section: the top of what is placed there, and the sum of the others.
  std::vector<int64_t> floors, remaining;
  /// Least offset still possible; its offset once placed.
  std::vector<int64_t> bound;
  /// The offset at which a buffer was passed over since anything came to lie
  /// below it, or -1.
  std::vector<int64_t> passed;
  std::vector<char> placed, dirty;
  std::vector<int> dirtyList;
  std::vector<Change> trail;
  std::unordered_set<uint64_t> failures;
  SearchLimit limit;
};

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_SECTIONSEARCH_H
