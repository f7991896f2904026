//===- Recomputed.h - How to know what was computed again -------*- C++ -*-===//
#ifndef LACUNA_TRANSFORMS_RECOMPUTED_H
#define LACUNA_TRANSFORMS_RECOMPUTED_H

namespace lacuna::names {
/// The name in the location of ops that PlanRecompute cloned; unlike an
/// attribute it outlives lowering.
inline constexpr char recomputed[] = "recomputed";
} // namespace lacuna::names

#endif // LACUNA_TRANSFORMS_RECOMPUTED_H
