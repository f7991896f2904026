//===- SpareMemory.h - Buffers in memory that is free for a time -*- C++ -*-===//
// A program's outputs are written late: until then their memory can hold other
// values, which take no room in the arena. No MLIR here.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_SPAREMEMORY_H
#define LACUNA_PLANNING_SPAREMEMORY_H

#include "lacuna/Planning/Placement.h"

namespace lacuna::planning {

/// `size` bytes that nobody else uses before the time `until`.
struct SpareMemory {
  int64_t size, until;
};

/// Which memory a buffer lies in and where; -1: none.
struct SparePlace {
  int memory = -1;
  int64_t offset = 0;
};

/// Puts buffers into `spare` as long as that lowers the most bytes of all others
/// that live at one time. Whole buffers of sizes that the caller has rounded up
/// to the alignment; buffers of one memory that live at the same time do not
/// overlap. About as many steps as buffers times the larger of buffers and
/// times.
std::vector<SparePlace> useSpareMemory(std::span<const Buffer> buffers,
                                       std::span<const SpareMemory> spare);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_SPAREMEMORY_H
