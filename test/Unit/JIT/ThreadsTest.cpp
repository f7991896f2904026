//===- ThreadsTest.cpp - One model, many threads --------------------------===//
// To be run under the thread sanitizer too (LACUNA_SANITIZE=thread).
//===----------------------------------------------------------------------===//
#include "lacuna/JIT/Builder.h"

#include <gtest/gtest.h>

#include <thread>

using namespace lacuna;

/// y = relu(x w) of a few rows.
static Model buildModel() {
  Graph graph;
  auto x = graph.input("x", DType::F32, {-1, 16});
  auto w = graph.constant(*Tensor::random(DType::F32, {16, 16}, 1));
  graph.output("y", graph.activation("relu", graph.matmul(x, w)));
  return *graph.build();
}

static void expectSame(const Tensor &a, const Tensor &b) {
  ASSERT_EQ(a.shape(), b.shape());
  for (int64_t i = 0; i < a.elementCount(); ++i)
    ASSERT_EQ(a.element(i), b.element(i));
}

TEST(ThreadsTest, ShareAProgram) {
  Model model = buildModel();
  Program program = *model.compile({.shapes = {{"x", {64, 16}}}});
  std::vector<std::thread> threads;
  for (int id = 0; id < 8; ++id)
    threads.emplace_back([&, id] {
      Tensor x = *Tensor::random(DType::F32, {64, 16}, id);
      Tensor alone = program.call(std::span(&x, 1), 1)->front();
      for (int call = 0; call < 20; ++call)
        expectSame(program.call(std::span(&x, 1), 1 + call % 3)->front(),
                   alone);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(ThreadsTest, ShareAModelsPrograms) {
  Model model = buildModel();
  std::vector<std::thread> threads;
  for (int id = 0; id < 6; ++id)
    threads.emplace_back([&, id] {
      Tensor x = *Tensor::random(DType::F32, {1 + id % 3, 16}, id);
      auto outputs = model.call(std::span(&x, 1), {}, 1);
      ASSERT_TRUE(outputs) << outputs.error().message();
      EXPECT_EQ(outputs->front().shape(), x.shape());
    });
  for (std::thread &thread : threads)
    thread.join();
}
