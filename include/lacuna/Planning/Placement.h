//===- Placement.h - Offsets for buffers with known lifetimes ---*- C++ -*-===//
// Dynamic storage allocation: buffers that live at the same time must not
// overlap in memory, and the whole must be as small as possible. No MLIR here.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_PLACEMENT_H
#define LACUNA_PLANNING_PLACEMENT_H

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace lacuna::planning {

/// `size` bytes that live in the half-open interval [lower, upper).
struct Buffer {
  int64_t lower, upper, size;
};

struct Placement {
  std::vector<int64_t> offsets;
  /// Where the highest buffer ends.
  int64_t height = 0;
};

struct PlacementOptions {
  /// Stop at the first placement this high; without it, the lowest found.
  std::optional<int64_t> capacity;
  /// Seconds after which the search gives up and the best so far is taken.
  double timeout = 60;
  /// Units of work after which it gives up, whatever the clock says: makes
  /// the answer the same on every machine. None: only the clock counts.
  std::optional<int64_t> effort;
  uint64_t seed = 1;
};

/// The most bytes that live at one time: no placement is lower.
int64_t maxLive(std::span<const Buffer> buffers);

/// First fit, largest first.
Placement placeGreedily(std::span<const Buffer> buffers);

/// Never higher than `placeGreedily`. The answer depends on the machine only
/// if time ran out.
Placement placeBuffers(std::span<const Buffer> buffers,
                       const PlacementOptions &options = {});

/// Whether no two buffers that live at the same time overlap, all offsets are
/// at least 0, and `height` is the highest end.
bool isValid(std::span<const Buffer> buffers, const Placement &placement);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_PLACEMENT_H
