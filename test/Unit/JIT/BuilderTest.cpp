//===- BuilderTest.cpp - Models made in C++ -------------------------------===//
// Every operation against numbers worked out by hand or by a plain loop.
//===----------------------------------------------------------------------===//
#include "lacuna/JIT/Builder.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace lacuna;

static Tensor random(Shape shape, uint64_t seed) {
  return *Tensor::random(DType::F32, std::move(shape), seed);
}

static Tensor run(const Graph &graph, const std::vector<Tensor> &inputs) {
  Expected<Model> model = graph.build();
  EXPECT_TRUE(model) << model.error().message();
  auto outputs = model->call(inputs);
  EXPECT_TRUE(outputs) << outputs.error().message();
  return outputs ? outputs->front() : Tensor();
}

TEST(BuilderTest, ConvolvesWithHoles) {
  constexpr int size = 9, rate = 3, filters = 4;
  Tensor x = random({1, 1, size, size}, 1), w = random({filters, 1, 3, 3}, 2);
  Graph graph;
  auto input = graph.input("x", DType::F32, {1, 1, size, size});
  graph.output("y", graph.convolution(input, graph.constant(w),
                                      {.dilations = {rate, rate},
                                       .padding = {rate, rate, rate, rate}}));
  Tensor y = run(graph, {x});
  ASSERT_EQ(y.shape(), (Shape{1, filters, size, size}));
  auto pixel = [&](int r, int c) {
    bool inside = r >= 0 && r < size && c >= 0 && c < size;
    return inside ? x.element(r * size + c) : 0.0;
  };
  for (int i = 0; i < y.elementCount(); ++i) {
    int filter = i / (size * size), r = i / size % size, c = i % size;
    double sum = 0;
    for (int tap = 0; tap < 9; ++tap)
      sum += pixel(r + (tap / 3 - 1) * rate, c + (tap % 3 - 1) * rate) *
             w.element(filter * 9 + tap);
    EXPECT_NEAR(y.element(i), sum, 1e-5);
  }
}

TEST(BuilderTest, Attends) {
  constexpr int length = 5, depth = 4;
  Tensor q = random({1, 1, length, depth}, 1);
  Tensor k = random({1, 1, length, depth}, 2);
  Tensor v = random({1, 1, length, depth}, 3);
  Graph graph;
  Shape shape = {1, 1, length, depth};
  auto query = graph.input("q", DType::F32, shape);
  auto key = graph.input("k", DType::F32, shape);
  auto value = graph.input("v", DType::F32, shape);
  graph.output("y", graph.attention(query, key, value, {.causal = true}));
  Tensor y = run(graph, {q, k, v});
  for (int i = 0; i < length; ++i) {
    std::vector<double> weight(i + 1, 0);
    double total = 0;
    for (int j = 0; j <= i; ++j) {
      for (int d = 0; d < depth; ++d)
        weight[j] += q.element(i * depth + d) * k.element(j * depth + d);
      total += weight[j] = std::exp(weight[j] / 2); // sqrt(depth)
    }
    for (int d = 0; d < depth; ++d) {
      double sum = 0;
      for (int j = 0; j <= i; ++j)
        sum += weight[j] / total * v.element(j * depth + d);
      EXPECT_NEAR(y.element(i * depth + d), sum, 1e-5);
    }
  }
}

TEST(BuilderTest, AddsMultipliesAndActivates) {
  Tensor x = random({2, 3}, 1), w = random({3, 2}, 2), b = random({2}, 3);
  Graph graph;
  auto input = graph.input("x", DType::F32, {2, 3});
  auto product = graph.matmul(input, graph.constant(w));
  auto sum = graph.add(product, graph.constant(b));
  graph.output("y", graph.activation("silu", graph.transpose(sum, {1, 0})));
  Tensor y = run(graph, {x});
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) {
      double value = b.element(j);
      for (int k = 0; k < 3; ++k)
        value += x.element(i * 3 + k) * w.element(k * 2 + j);
      EXPECT_NEAR(y.element(j * 2 + i), value / (1 + std::exp(-value)), 1e-5);
    }
}

TEST(BuilderTest, MovesAndNormalises) {
  Tensor x = random({2, 4}, 1);
  Graph graph;
  auto input = graph.input("x", DType::F32, {2, 4});
  auto twice = graph.concat({input, input}, 1);
  auto flat = graph.reshape(twice, {4, 4});
  graph.output("y", graph.softmax(flat));
  Tensor y = run(graph, {x});
  ASSERT_EQ(y.shape(), (Shape{4, 4}));
  double total = 0;
  for (int j = 0; j < 4; ++j)
    total += std::exp(x.element(4 + j));
  for (int j = 0; j < 4; ++j)
    EXPECT_NEAR(y.element(8 + j), std::exp(x.element(4 + j)) / total, 1e-6);
}

TEST(BuilderTest, ReportsMistakesWhenBuilt) {
  Graph graph;
  auto x = graph.input("x", DType::F32, {2, 3});
  graph.output("y", graph.matmul(x, x));
  Expected<Program> program = graph.build()->compile();
  ASSERT_FALSE(program);
  EXPECT_NE(program.error().message().find("MatMul_0"), std::string::npos)
      << program.error().message();
  graph.activation("frobnicate", x);
  EXPECT_EQ(graph.build("net").error().message(),
            "net: there is no activation `frobnicate`");
}
