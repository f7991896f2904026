//===- PlacementSearch.h - Whether buffers fit into a capacity --*- C++ -*-===//
// Depth-first search over lower bounds of offsets. The buffer whose bound is
// least either lies there, or is blocked by one that it will have to rest on.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_PLANNING_PLACEMENTSEARCH_H
#define LACUNA_LIB_PLANNING_PLACEMENTSEARCH_H

#include "OpenBuffers.h"
#include "Sections.h"

#include <functional>
#include <unordered_set>

namespace lacuna::planning {

enum class SearchResult { Found, Impossible, Exhausted };

class PlacementSearch {
public:
  PlacementSearch(std::span<const Buffer> buffers, int64_t capacity);

  /// Of several buffers with the same bound the one comes first that took part
  /// in most dead ends, in this call or before, then the one of least rank.
  /// Gives up after `nodes` steps or when `stop` says so; what was found
  /// impossible is remembered for the next call.
  SearchResult run(std::span<const int> ranks, int64_t nodes,
                   const std::function<bool()> &stop);

  const std::vector<int64_t> &offsets() const { return bound; }
  int64_t nodesVisited() const { return limit.visited; }

private:
  struct Change {
    int buffer;
    int64_t bound, refused;
  };

  bool solve(std::vector<int> open);
  bool branch(const std::vector<int> &open);
  int choose(const std::vector<int> &open) const;
  bool place(int buffer, const std::vector<int> &open);
  bool refuse(int buffer, const std::vector<int> &open);
  bool blockersRemain(const std::vector<int> &open) const;
  void touch(int buffer);
  bool raise(int buffer, int64_t to);
  bool propagate();
  bool checkSection(int section);
  void undo(size_t mark);
  uint64_t hash(const std::vector<int> &open) const;

  std::span<const Buffer> buffers;
  int64_t capacity;
  Sections sections;
  std::span<const int> ranks;
  /// How often a buffer was part of a section that could not fit.
  std::vector<int64_t> weight;
  /// Least offset still possible; its offset once placed.
  std::vector<int64_t> bound;
  /// The offset at which a buffer was refused and not blocked yet, or -1.
  std::vector<int64_t> refused;
  std::vector<char> placed, dirty;
  std::vector<int> dirtyList;
  std::vector<Change> trail;
  std::unordered_set<uint64_t> failures;
  SearchLimit limit;
};

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_PLACEMENTSEARCH_H
