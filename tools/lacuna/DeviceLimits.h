//===- DeviceLimits.h - What a GPU can do at most ---------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_DEVICELIMITS_H
#define LACUNA_TOOLS_DEVICELIMITS_H

#include "lacuna/JIT/Model.h"

namespace lacuna::tool {

/// Measured rates: bytes read and written, and operations of products of bf16,
/// a second.
struct DeviceLimits {
  double bytes = 0, operations = 0;

  /// How much of a limit `kernel` reaches: the larger share of the two.
  double share(int64_t operations, int64_t bytes, double seconds) const;
};

/// Runs a ReLU of 2^27 elements and a product of 4096^3, both of bf16.
Expected<DeviceLimits> measureDeviceLimits(const std::string &target);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_DEVICELIMITS_H
