//===- RecomputeOracle.h - The cheapest schedules there are -----*- C++ -*-===//
// The mixed-integer program of Checkmate (Jain et al., MLSys 2020), solved by
// CBC. Task t runs for the first time in stage t, earlier ones again or not.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TEST_UNIT_PLANNING_RECOMPUTEORACLE_H
#define LACUNA_TEST_UNIT_PLANNING_RECOMPUTEORACLE_H

#include "lacuna/Planning/Recompute.h"

#include <optional>
#include <string>

/// Whether the program `cbc` can be run.
bool hasSolver();

/// The least cost of all runs, the first ones included, with at most `budget`
/// bytes live; none if there is no such schedule. Every task writes one value,
/// and only the last one's is a result. `path` is where files may be, without
/// their endings.
std::optional<double>
solveRecompute(const lacuna::planning::RecomputeProblem &problem,
               int64_t budget, const std::string &path);

#endif // LACUNA_TEST_UNIT_PLANNING_RECOMPUTEORACLE_H
