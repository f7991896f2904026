//===- ThreadTeam.h - the threads of a context ------------------*- C++ -*-===//
//
// Workers that join a launch if they come in time. Who launches never waits for
// one that has not begun: on a busy machine it does the work itself.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_THREADTEAM_H
#define LACUNA_LIB_RUNTIME_THREADTEAM_H

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>

class ThreadTeam {
public:
  /// What a thread does for a launch; thread 0 is the one that launches.
  using Body = void (*)(void *data, int32_t thread);

  explicit ThreadTeam(int32_t threads) : threads(threads) {}
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam &) = delete;
  ThreadTeam &operator=(const ThreadTeam &) = delete;

  /// Runs `body` here and on every worker that comes before it is done here;
  /// returns when all that have begun are done. `body` must not depend on any
  /// other thread's coming. One launch at a time.
  void run(Body body, void *data);

private:
  struct Worker {
    ThreadTeam *team;
    int32_t thread;
    pthread_t handle;
  };

  static void *work(void *worker);
  void start();
  bool join(uint32_t &seen);
  uint32_t await(uint32_t seen);

  int32_t threads;
  int32_t started = 0;
  std::unique_ptr<Worker[]> workers;
  /// In which generation of forks they were started; -1: not yet.
  int32_t startedIn = -1;

  Body body = nullptr;
  void *data = nullptr;
  /// The number of the launch (upper half), whether it still takes workers, and
  /// how many are at work in it.
  alignas(64) std::atomic<uint64_t> state = 0;
  /// The number of the launch again, for those who sleep until it changes.
  alignas(64) std::atomic<uint32_t> signal = 0;
  std::atomic<bool> quit = false;
};

/// How many threads a call uses that asks for none: OMP_NUM_THREADS if that is
/// a number, or the processors this process may run on.
int32_t defaultThreads();

#endif // LACUNA_LIB_RUNTIME_THREADTEAM_H
