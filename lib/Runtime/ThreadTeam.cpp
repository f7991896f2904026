//===- ThreadTeam.cpp - the threads of a context --------------------------===//
//
// Fork and join over one word of state. A worker enters a launch by adding one
// to it while the launch is open; who launches closes it when there is nothing
// left to begin, and waits for those inside. Idle workers stay awake for some
// hundred microseconds, then sleep on a futex.
//
//===----------------------------------------------------------------------===//

#include "ThreadTeam.h"

#include <algorithm>
#include <cstdlib>
#include <sched.h>
#include <unistd.h>

static constexpr uint64_t open = uint64_t(1) << 31;
static constexpr uint64_t insideMask = open - 1;
/// Turns of the loops below, 10 to 50 ns each: how long an idle worker stays
/// awake, and how long a join keeps its core.
static constexpr int idleTurns = 20000;
static constexpr int joinTurns = 1000;

static inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// How often this process is a fork of one that held teams: workers do not come
/// along.
static int32_t forks = 0;
[[maybe_unused]] static const int forksAreCounted =
    pthread_atfork(nullptr, nullptr, [] { ++forks; });

static uint32_t launchOf(uint64_t state) { return uint32_t(state >> 32); }

/// Enters launch `seen` + 1 or later if it is open, and notes its number.
bool ThreadTeam::join(uint32_t &seen) {
  uint64_t now = state.load(std::memory_order_acquire);
  while ((now & open) && launchOf(now) != seen)
    if (state.compare_exchange_weak(now, now + 1, std::memory_order_acquire)) {
      seen = launchOf(now);
      return true;
    }
  return false;
}

/// Waits for another launch than `seen`; its number.
uint32_t ThreadTeam::await(uint32_t seen) {
  for (int turn = 0; turn < idleTurns; ++turn) {
    if (signal.load(std::memory_order_relaxed) != seen)
      return seen;
    relax();
  }
  signal.wait(seen);
  return seen;
}

void *ThreadTeam::work(void *worker) {
  auto &self = *static_cast<Worker *>(worker);
  ThreadTeam &team = *self.team;
  uint32_t seen = 0;
  while (!team.quit.load(std::memory_order_acquire)) {
    if (team.join(seen)) {
      team.body(team.data, self.thread);
      team.state.fetch_sub(1, std::memory_order_release);
      continue;
    }
    // A launch that closed before this worker came is as good as seen.
    uint32_t now = team.signal.load(std::memory_order_acquire);
    uint64_t state = team.state.load(std::memory_order_acquire);
    if (launchOf(state) == now && !(state & open))
      seen = now;
    if (seen == now)
      team.await(seen);
  }
  return nullptr;
}

/// Starts the workers; a system that refuses some leaves a smaller team.
void ThreadTeam::start() {
  startedIn = forks;
  started = 0;
  workers.reset(new (std::nothrow) Worker[threads - 1]);
  for (int32_t i = 0; workers && i + 1 < threads; ++i) {
    workers[i] = {this, i + 1, {}};
    if (pthread_create(&workers[i].handle, nullptr, work, &workers[i]) != 0)
      return;
    ++started;
  }
}

void ThreadTeam::run(Body launched, void *with) {
  if (startedIn != forks)
    start();
  body = launched;
  data = with;
  uint32_t number = launchOf(state.load(std::memory_order_relaxed)) + 1;
  state.store(uint64_t(number) << 32 | open, std::memory_order_release);
  signal.store(number, std::memory_order_release);
  signal.notify_all();
  launched(with, 0);
  uint64_t now = state.fetch_and(~open, std::memory_order_acquire);
  // Who is inside holds a chunk; if the system took it off its core, give it
  // this one.
  for (int turn = 0; now & insideMask; ++turn) {
    if (turn < joinTurns)
      relax();
    else
      sched_yield();
    now = state.load(std::memory_order_acquire);
  }
}

ThreadTeam::~ThreadTeam() {
  if (startedIn != forks)
    return;
  quit.store(true, std::memory_order_release);
  signal.fetch_add(1, std::memory_order_release);
  signal.notify_all();
  for (int32_t i = 0; i < started; ++i)
    pthread_join(workers[i].handle, nullptr);
}

int32_t defaultThreads() {
  if (const char *given = std::getenv("OMP_NUM_THREADS")) {
    char *end = nullptr;
    long count = std::strtol(given, &end, 10);
    if (end != given && count > 0 && count <= 4096)
      return int32_t(count);
  }
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
    return std::max(CPU_COUNT(&allowed), 1);
  return std::max<int32_t>(sysconf(_SC_NPROCESSORS_ONLN), 1);
}
