//===- Parallel.cpp - kernels on all threads ------------------------------===//
//
// Fork and join by libgomp, work handed out by affinity scheduling (Markatos
// and LeBlanc, 1994): a thread begins with the part of the iterations it had in
// the last launch, whose data its caches hold, and helps the others when it is
// done.
//
//===----------------------------------------------------------------------===//

#include "Context.h"

#include <algorithm>
#include <chrono>

// The entry point that GCC's own `omp parallel` compiles to, declared by hand:
// it is a stable symbol of libgomp.so.1, which every Debian with libstdc++ has,
// and works alike under g++ and clang++ (whose -fopenmp means another runtime).
// Threads stay warm between launches and each host thread has a pool of its
// own, so concurrent calls do not wait for each other.
extern "C" void GOMP_parallel(void (*body)(void *), void *data,
                              unsigned threads, unsigned flags);

// libgomp is not built for the thread sanitizer, which therefore misses that
// fork and join order the threads; tell it.
#if defined(__SANITIZE_THREAD__)
#define LACUNA_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LACUNA_TSAN 1
#endif
#endif

#ifdef LACUNA_TSAN
extern "C" void __tsan_acquire(void *address);
extern "C" void __tsan_release(void *address);
#else
static inline void __tsan_acquire(void *) {}
static inline void __tsan_release(void *) {}
#endif

extern "C" int omp_get_thread_num();

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
/// A team smaller than asked for (as within another parallel region) still
/// visits every share.
static void runShares(void *data) {
  Launch &launch = *static_cast<Launch *>(data);
  __tsan_acquire(&launch);
  int32_t threads = launch.context.threads;
  int32_t own = omp_get_thread_num();
  for (int32_t i = 0; i < threads; ++i)
    runShare(launch, launch.context.shares[(own + i) % threads]);
  __tsan_release(&launch);
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
  __tsan_release(&launch);
  // Always the full team, even for fewer chunks: libgomp ends the threads that
  // a smaller team leaves over and would have to start them again.
  GOMP_parallel(runShares, &launch, static_cast<unsigned>(context.threads), 0);
  __tsan_acquire(&launch);
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
