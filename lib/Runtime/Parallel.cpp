//===- Parallel.cpp - kernels on all threads ------------------------------===//
//
// Fork and join by libgomp, work handed out by guided self-scheduling
// (Polychronopoulos and Kuck, 1987): each chunk is a share of what is left, so
// that few chunks suffice and a thread that falls behind delays only the end.
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

namespace {

/// One launch; lives on the stack of the thread that waits for it.
struct Launch {
  LacunaContext &context;
  LacunaKernel kernel;
  void *const *args;
  int64_t count;
  int64_t grain;
  int64_t grains;
  /// The first grain nobody has taken, on a cache line of its own.
  alignas(64) std::atomic<int64_t> next = 0;
};

} // namespace

/// Takes the next grains [first, last); false when none are left.
static bool takeChunk(Launch &launch, int64_t &first, int64_t &last) {
  first = launch.next.load(std::memory_order_relaxed);
  do {
    int64_t left = launch.grains - first;
    if (left <= 0)
      return false;
    int64_t share = left / (2 * int64_t{launch.context.threads});
    last = first + std::max<int64_t>(share, 1);
  } while (!launch.next.compare_exchange_weak(first, last,
                                              std::memory_order_relaxed));
  return true;
}

static void runChunks(void *data) {
  Launch &launch = *static_cast<Launch *>(data);
  __tsan_acquire(&launch);
  int64_t first, last;
  while (!launch.context.stopped.load(std::memory_order_relaxed) &&
         takeChunk(launch, first, last)) {
    // The last grain may be a part; its end is also what may overflow.
    int64_t end = last == launch.grains ? launch.count : last * launch.grain;
    launch.kernel(first * launch.grain, end, launch.args);
  }
  __tsan_release(&launch);
}

static void launchKernel(LacunaContext &context, LacunaKernel kernel,
                         void *const *args, int64_t count, int64_t grain) {
  grain = std::max<int64_t>(grain, 1);
  if (context.threads == 1 || count <= grain)
    return kernel(0, count, args);
  Launch launch{context, kernel, args, count, grain, (count - 1) / grain + 1};
  __tsan_release(&launch);
  // Always the full team, even for fewer chunks: libgomp ends the threads that
  // a smaller team leaves over and would have to start them again.
  GOMP_parallel(runChunks, &launch, static_cast<unsigned>(context.threads), 0);
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
