//===- FirstFit.h - Placement by an order of buffers ------------*- C++ -*-===//
// First fit in a given order, and orders that are worth a try.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_PLANNING_FIRSTFIT_H
#define LACUNA_LIB_PLANNING_FIRSTFIT_H

#include "lacuna/Planning/Placement.h"

#include <random>

namespace lacuna::planning {

enum class Order { Size, Area, Lifetime, Upper, Lower };

/// What the order goes by.
double weigh(const Buffer &buffer, Order order);

/// All buffers, what the order names greatest (`Lower`: least) first; `noise`
/// scales each by a random factor between 1 - noise and 1 + noise.
std::vector<int> orderBuffers(std::span<const Buffer> buffers, Order order,
                              double noise, std::mt19937_64 &random);

/// Each in turn at the lowest offset that is free while it lives.
Placement placeFirstFit(std::span<const Buffer> buffers,
                        std::span<const int> order);

/// Moves what lies highest to the front of the order, as often as `rounds`
/// or until `target` is reached; the best placement seen.
Placement improveFirstFit(std::span<const Buffer> buffers,
                          std::vector<int> order, int64_t target, int rounds);

} // namespace lacuna::planning

#endif // LACUNA_LIB_PLANNING_FIRSTFIT_H
