//===- ParallelTest.cpp - launches, failures and profiles -----------------===//
//
// Every iteration runs once, whatever the count, the grain and the threads;
// contexts do not see each other.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/ABI.h"
#include "lacuna/Runtime/Symbols.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#ifdef __has_feature
#define LACUNA_THREAD_SANITIZER __has_feature(thread_sanitizer)
#else
#define LACUNA_THREAD_SANITIZER 0
#endif

namespace {

using Context = std::unique_ptr<LacunaContext, void (*)(LacunaContext *)>;

Context makeContext(int threads, int64_t kernels = 1) {
  return Context(lacuna_rt_create(threads, kernels), lacuna_rt_destroy);
}

/// args: the counts of visits, the grain, the iterations.
void countVisits(int64_t begin, int64_t end, void *const *args) {
  auto *visits = static_cast<int *>(args[0]);
  int64_t grain = *static_cast<int64_t *>(args[1]);
  int64_t count = *static_cast<int64_t *>(args[2]);
  bool aligned = begin % grain == 0 && (end % grain == 0 || end == count);
  for (int64_t i = begin; i < end; ++i)
    visits[i] += aligned ? 1 : 1000;
}

/// args: the context, the iteration that fails, a counter of chunks.
void failAt(int64_t begin, int64_t end, void *const *args) {
  ++*static_cast<std::atomic<int> *>(args[2]);
  int64_t bad = *static_cast<int64_t *>(args[1]);
  if (begin <= bad && bad < end)
    lacuna_rt_fail(static_cast<LacunaContext *>(args[0]),
                   LACUNA_INDEX_OUT_OF_RANGE, "index must be below 3, got 7");
}

void addOne(int64_t begin, int64_t end, void *const *args) {
  auto *values = static_cast<int64_t *>(args[0]);
  for (int64_t i = begin; i < end; ++i)
    values[i] += 1;
}

} // namespace

TEST(Parallel, VisitsEveryIterationOnce) {
  for (int threads : {1, 2, 3, 8}) {
    Context context = makeContext(threads);
    for (int64_t count : {0, 1, 2, 7, 64, 1000, 12345})
      for (int64_t grain : {1, 3, 64, 5000, 1 << 20}) {
        std::vector<int> visits(count);
        void *args[] = {visits.data(), &grain, &count};
        lacuna_rt_parallel(context.get(), 0, countVisits, args, count, grain);
        EXPECT_TRUE(std::ranges::all_of(visits, [](int n) { return n == 1; }))
            << count << " by " << grain << " on " << threads;
      }
  }
}

TEST(Parallel, RunsOnManyMoreThreadsThanProcessors) {
  Context context = makeContext(64);
  int64_t grain = 1, count = 1000;
  for (int launch = 0; launch < 200; ++launch) {
    std::vector<int> visits(count);
    void *args[] = {visits.data(), &grain, &count};
    lacuna_rt_parallel(context.get(), 0, countVisits, args, count, grain);
    ASSERT_TRUE(std::ranges::all_of(visits, [](int n) { return n == 1; }));
  }
}

// A fork has the context but none of its workers. (The thread sanitizer ends
// forks that start threads.)
TEST(Parallel, RunsInAForkedProcess) {
  if (LACUNA_THREAD_SANITIZER)
    GTEST_SKIP();
  Context context = makeContext(4);
  std::vector<int64_t> values(1000);
  void *args[] = {values.data()};
  lacuna_rt_parallel(context.get(), 0, addOne, args, 1000, 1);
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    lacuna_rt_parallel(context.get(), 0, addOne, args, 1000, 1);
    context.reset();
    _exit(values == std::vector<int64_t>(1000, 2) ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(Parallel, TakesSenselessCountsAndGrains) {
  Context context = makeContext(2);
  std::vector<int64_t> values(10);
  void *args[] = {values.data()};
  lacuna_rt_parallel(context.get(), 0, addOne, args, -5, 1);
  lacuna_rt_parallel(context.get(), 0, addOne, args, 10, 0);
  lacuna_rt_parallel(context.get(), 0, addOne, args, 10, INT64_MAX);
  lacuna_rt_parallel(context.get(), -1, addOne, args, 10, -3);
  EXPECT_EQ(values, std::vector<int64_t>(10, 3));
}

TEST(Parallel, DefaultsToTheMachinesThreads) {
  Context context = makeContext(0);
  EXPECT_GE(lacuna_rt_threads(context.get()), 1);
}

TEST(Parallel, FailureStopsTheCallUntilReset) {
  for (int threads : {1, 2}) {
    Context context = makeContext(threads);
    int64_t bad = 0;
    std::atomic<int> chunks = 0;
    void *args[] = {context.get(), &bad, &chunks};
    lacuna_rt_parallel(context.get(), 0, failAt, args, 1000, 1);
    const char *message = nullptr;
    EXPECT_EQ(lacuna_rt_error(context.get(), &message),
              LACUNA_INDEX_OUT_OF_RANGE);
    EXPECT_STREQ(message, "index must be below 3, got 7");
    int before = chunks;
    lacuna_rt_parallel(context.get(), 0, failAt, args, 1000, 1);
    EXPECT_EQ(chunks, before);
    lacuna_rt_reset(context.get());
    EXPECT_EQ(lacuna_rt_error(context.get(), nullptr), LACUNA_OK);
    lacuna_rt_parallel(context.get(), 0, failAt, args, 1000, 1);
    EXPECT_GT(chunks, before);
  }
}

TEST(Parallel, KeepsTheFirstFailureAndCutsLongMessages) {
  Context context = makeContext(1);
  lacuna_rt_fail(context.get(), 42, std::string(1000, 'x').c_str());
  lacuna_rt_fail(context.get(), 43, "later");
  const char *message = nullptr;
  EXPECT_EQ(lacuna_rt_error(context.get(), &message), 42);
  EXPECT_EQ(std::string(message), std::string(255, 'x'));
}

TEST(Parallel, CancellationSkipsLaunches) {
  Context context = makeContext(2);
  std::vector<int64_t> values(10);
  void *args[] = {values.data()};
  std::thread([&] { lacuna_rt_cancel(context.get()); }).join();
  lacuna_rt_parallel(context.get(), 0, addOne, args, 10, 1);
  EXPECT_EQ(values, std::vector<int64_t>(10, 0));
  EXPECT_EQ(lacuna_rt_error(context.get(), nullptr), LACUNA_CANCELLED);
}

TEST(Parallel, ProfilesEachKernelWhenAsked) {
  Context context = makeContext(2, 2);
  std::vector<int64_t> values(100);
  void *args[] = {values.data()};
  auto launch = [&](int64_t kernel) {
    lacuna_rt_parallel(context.get(), kernel, addOne, args, 100, 1);
  };
  launch(0);
  EXPECT_EQ(lacuna_rt_profile(context.get(), 0).calls, 0);
  lacuna_rt_profile_enable(context.get(), 1);
  launch(1);
  launch(1);
  launch(7); // unknown, ignored
  EXPECT_EQ(lacuna_rt_profile(context.get(), 0).calls, 0);
  EXPECT_EQ(lacuna_rt_profile(context.get(), 1).calls, 2);
  EXPECT_GT(lacuna_rt_profile(context.get(), 1).nanoseconds, 0);
  EXPECT_EQ(lacuna_rt_profile(context.get(), 7).calls, 0);
  lacuna_rt_profile_enable(context.get(), 1);
  EXPECT_EQ(lacuna_rt_profile(context.get(), 1).calls, 0);
}

/// Each host thread launches on its own context; each launch depends on the
/// one before, so that a join that returns early shows.
TEST(Parallel, ServesManyHostThreadsAtOnce) {
  constexpr int hosts = 4, launches = 50, count = 300;
  std::vector<int64_t> results(hosts);
  auto serve = [&](int host) {
    Context context = makeContext(1 + host % 3);
    std::vector<int64_t> values(count, host);
    void *args[] = {values.data()};
    for (int i = 0; i < launches; ++i)
      lacuna_rt_parallel(context.get(), 0, addOne, args, count, 1 + i % 7);
    results[host] = std::accumulate(values.begin(), values.end(), int64_t{0});
  };
  std::vector<std::thread> threads;
  for (int host = 0; host < hosts; ++host)
    threads.emplace_back(serve, host);
  for (std::thread &thread : threads)
    thread.join();
  for (int host = 0; host < hosts; ++host)
    EXPECT_EQ(results[host], int64_t{count} * (launches + host));
}

TEST(Symbols, AreNamedOnceAndDefined) {
  std::vector<std::string> names;
  for (const lacuna::RuntimeSymbol &symbol : lacuna::runtimeSymbols()) {
    EXPECT_NE(symbol.address, nullptr) << symbol.name;
    names.push_back(symbol.name);
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_TRUE(std::ranges::binary_search(names, "lacuna_rt_parallel"));
}
