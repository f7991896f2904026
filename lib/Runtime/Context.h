//===- Context.h - the state of one call into compiled code -----*- C++ -*-===//
//
// What stands behind LacunaContext of the C interface.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_CONTEXT_H
#define LACUNA_LIB_RUNTIME_CONTEXT_H

#include "ThreadTeam.h"
#include "lacuna/Runtime/ABI.h"

#include <atomic>
#include <memory>
#include <span>

/// A thread's share of a launch: the grains [next, end) nobody has taken. On a
/// cache line of its own, so that threads with work left do not meet.
struct alignas(64) LacunaShare {
  std::atomic<int64_t> next = 0;
  int64_t end = 0;
};

struct LacunaContext {
  explicit LacunaContext(int32_t threads) : threads(threads), team(threads) {}

  int32_t threads;
  ThreadTeam team;
  /// One for each thread.
  std::unique_ptr<LacunaShare[]> shares;
  bool profiling = false;
  /// Written by the thread that launches, never by workers.
  std::span<LacunaKernelProfile> profile;
  std::unique_ptr<LacunaKernelProfile[]> profileStorage;

  /// Set by failure and by cancellation; every chunk looks at it.
  std::atomic<bool> stopped = false;
  std::atomic<bool> cancelled = false;
  /// The thread that turns this to true writes `code` and `message`, which are
  /// read after the join only.
  std::atomic<bool> failed = false;
  int32_t code = LACUNA_OK;
  char message[256] = {};
};

#endif // LACUNA_LIB_RUNTIME_CONTEXT_H
