//===- atrous-pyramid.cpp - A model built in C++ --------------------------===//
// A pyramid of atrous convolutions, then attention over all pixels: built,
// compiled and run without a file.
//===----------------------------------------------------------------------===//
#include "lacuna/JIT/Builder.h"

#include <cstdio>

using namespace lacuna;

constexpr int64_t channels = 16, size = 17, pixels = size * size;

static Tensor weights(Shape shape, uint64_t seed) {
  return *Tensor::random(DType::F32, std::move(shape), seed,
                         {.deviation = 0.1});
}

/// 3x3, its taps `rate` pixels apart, then ReLU.
static Graph::Node atrous(Graph &graph, Graph::Node x, int64_t rate) {
  auto filter = graph.constant(weights({channels, channels, 3, 3}, rate));
  auto y = graph.convolution(x, filter,
                             {.dilations = {rate, rate},
                              .padding = {rate, rate, rate, rate}});
  return graph.activation("relu", y);
}

/// (1, C, H, W) as one head of attention: (1, 1, H W, C).
static Graph::Node attend(Graph &graph, Graph::Node x) {
  auto rows = graph.transpose(graph.reshape(x, {1, 1, channels, pixels}),
                              {0, 1, 3, 2});
  return graph.attention(rows, rows, rows, {});
}

int main() {
  Graph graph;
  auto image = graph.input("image", DType::F32, {1, channels, size, size});
  auto pyramid = graph.concat({atrous(graph, image, 1), atrous(graph, image, 2),
                               atrous(graph, image, 4)}, 1);
  auto mixed = graph.convolution(
      pyramid, graph.constant(weights({channels, 3 * channels, 1, 1}, 9)), {});
  graph.output("features", attend(graph, mixed));

  Expected<Model> model = graph.build("pyramid");
  if (!model)
    return std::puts(model.error().message().c_str()), 1;
  Tensor input = weights({1, channels, size, size}, 10);
  auto outputs = model->call(std::span(&input, 1));
  if (!outputs)
    return std::puts(outputs.error().message().c_str()), 1;
  std::printf("features %s\n",
              formatShape(outputs->front().shape()).c_str());
  return 0;
}
