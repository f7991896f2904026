//===- BufferFile.h - Buffers and placements as CSV and SVG -----*- C++ -*-===//
// The columns are id, lower, upper, size and, once placed, offset.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PLANNING_BUFFERFILE_H
#define LACUNA_PLANNING_BUFFERFILE_H

#include "lacuna/Planning/Placement.h"
#include "lacuna/Support/Error.h"

#include <string>
#include <string_view>

namespace lacuna::planning {

/// Buffers with the names they have in their file.
struct NamedBuffers {
  std::vector<std::string> names;
  std::vector<Buffer> buffers;
};

/// Reads the columns id, lower, upper and size, in any order, beside others.
/// Errors are of kind Corrupt and begin with `name:line:`.
Expected<NamedBuffers> parseBuffers(std::string_view text,
                                    const std::string &name);

/// The columns id, lower, upper, size and offset.
std::string formatPlacement(const NamedBuffers &named,
                            const Placement &placement);

/// Time to the right, memory upwards, a rectangle a buffer.
std::string drawPlacement(const NamedBuffers &named,
                          const Placement &placement);

} // namespace lacuna::planning

#endif // LACUNA_PLANNING_BUFFERFILE_H
