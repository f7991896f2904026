//===- Parallel.cpp - kernels on all threads ------------------------------===//
//
// Work is handed out by affinity scheduling (Markatos and LeBlanc, 1994): a
// thread begins with the part of the iterations it had in the last launch, whose
// data its caches hold, and helps the others when it is done.
//
//===----------------------------------------------------------------------===//

#include "Context.h"

#include <algorithm>
#include <chrono>

namespace {

/// One launch; lives on the stack of the thread that waits for it.
struct Launch {
  LacunaContext &context;
  LacunaKernel kernel;
  void *const *args;
  int64_t count;
  int64_t grain;
  int64_t grains;
};

} // namespace

/// Takes grains [first, last), half of what the share still has; false when it
/// has none. Halves, so that few chunks suffice and yet a thread that falls
/// behind leaves most of its work to others.
static bool takeChunk(LacunaShare &share, int64_t &first, int64_t &last) {
  first = share.next.load(std::memory_order_relaxed);
  do {
    if (first >= share.end)
      return false;
    last = first + (share.end - first + 1) / 2;
  } while (!share.next.compare_exchange_weak(first, last,
                                             std::memory_order_relaxed));
  return true;
}

static void runShare(const Launch &launch, LacunaShare &share) {
  int64_t first, last;
  while (!launch.context.stopped.load(std::memory_order_relaxed) &&
         takeChunk(share, first, last)) {
    // The last grain may be a part; its end is also what may overflow.
    int64_t end = last == launch.grains ? launch.count : last * launch.grain;
    launch.kernel(first * launch.grain, end, launch.args);
  }
}

/// The body of the team: its own share, then those of the threads after it.
static void runShares(void *data, int32_t own) {
  Launch &launch = *static_cast<Launch *>(data);
  int32_t threads = launch.context.threads;
  for (int32_t i = 0; i < threads; ++i)
    runShare(launch, launch.context.shares[(own + i) % threads]);
}

/// Cuts the grains into one share a thread, as equal as can be.
static void dealShares(LacunaContext &context, int64_t grains) {
  int64_t each = grains / context.threads;
  int64_t larger = grains % context.threads;
  int64_t next = 0;
  for (int32_t i = 0; i < context.threads; ++i) {
    LacunaShare &share = context.shares[i];
    share.next.store(next, std::memory_order_relaxed);
    share.end = next += each + (i < larger ? 1 : 0);
  }
}

static void launchKernel(LacunaContext &context, LacunaKernel kernel,
                         void *const *args, int64_t count, int64_t grain) {
  grain = std::max<int64_t>(grain, 1);
  if (context.threads == 1 || count <= grain)
    return kernel(0, count, args);
  Launch launch{context, kernel, args, count, grain, (count - 1) / grain + 1};
  dealShares(context, launch.grains);
  context.team.run(runShares, &launch);
}

void lacuna_rt_parallel(LacunaContext *context, int64_t kernelId,
                        LacunaKernel kernel, void *const *args, int64_t count,
                        int64_t grain) {
  if (count <= 0 || context->stopped.load(std::memory_order_relaxed))
    return;
  if (!context->profiling)
    return launchKernel(*context, kernel, args, count, grain);
  auto start = std::chrono::steady_clock::now();
  launchKernel(*context, kernel, args, count, grain);
  auto spent = std::chrono::steady_clock::now() - start;
  if (static_cast<uint64_t>(kernelId) >= context->profile.size())
    return;
  LacunaKernelProfile &entry = context->profile[static_cast<size_t>(kernelId)];
  ++entry.calls;
  entry.nanoseconds +=
      std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count();
}
