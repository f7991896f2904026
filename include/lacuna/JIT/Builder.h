//===- Builder.h - Models made in C++ ---------------------------*- C++ -*-===//
// Nodes are ONNX's operators; mistakes are reported by the model's compilation,
// with the name of the node.
//
//   lacuna::Graph graph;
//   auto x = graph.input("image", lacuna::DType::F32, {1, 3, 65, 65});
//   auto y = graph.convolution(x, graph.constant(w), {.dilations = {2, 2}});
//   graph.output("features", graph.activation("relu", y));
//   auto outputs = graph.build()->call(inputs);
//===----------------------------------------------------------------------===//
#ifndef LACUNA_JIT_BUILDER_H
#define LACUNA_JIT_BUILDER_H

#include "lacuna/JIT/Model.h"

#include <variant>

namespace lacuna {

class Graph {
public:
  /// A value of the graph it comes from; a default-made one is an operand left
  /// out.
  class Node {
  public:
    Node() = default;

  private:
    friend class Graph;
    explicit Node(std::string name) : name(std::move(name)) {}
    std::string name;
  };

  using Attribute = std::variant<int64_t, double, std::string,
                                 std::vector<int64_t>, std::vector<double>>;
  using Attributes = std::vector<std::pair<std::string, Attribute>>;

  /// Empty lists mean one, or no padding, in every spatial dimension. `padding`
  /// holds all begins, then all ends.
  struct Window {
    Shape strides, dilations, padding;
    int64_t groups = 1;
    Node bias;
  };
  struct Attention {
    /// Added to the scores, or boolean: true where a key may be seen.
    Node mask;
    bool causal = false;
    /// 0: one over the square root of the head's size.
    double scale = 0;
    /// For operands of three dimensions (batch, sequence, heads x depth).
    int64_t queryHeads = 0, keyHeads = 0;
  };

  Graph();
  Graph(Graph &&) noexcept;
  ~Graph();

  /// Dimensions of -1 are open until the model is compiled or called.
  Node input(const std::string &name, DType type, const Shape &shape);
  Node constant(const Tensor &tensor);
  void output(const std::string &name, const Node &node);

  Node convolution(const Node &input, const Node &filter, const Window &window);
  Node attention(const Node &query, const Node &key, const Node &value,
                 const Attention &options);
  Node maxPool(const Node &input, const Shape &kernel, const Window &window);
  Node averagePool(const Node &input, const Shape &kernel,
                   const Window &window);
  Node globalAveragePool(const Node &input);
  /// `relu`, `sigmoid`, `gelu`, `silu`, `hard_swish` …: ONNX's activations in
  /// small letters.
  Node activation(const std::string &name, const Node &input);
  Node matmul(const Node &left, const Node &right);
  Node add(const Node &left, const Node &right);
  Node multiply(const Node &left, const Node &right);
  Node concat(const std::vector<Node> &inputs, int64_t axis);
  Node softmax(const Node &input, int64_t axis = -1);
  Node layerNorm(const Node &input, const Node &scale, const Node &bias,
                 int64_t axis = -1, double epsilon = 1e-5);
  /// `mode`: nearest, linear or cubic; to the sizes of all dimensions.
  Node resize(const Node &input, const Shape &sizes,
              const std::string &mode = "linear");
  Node reshape(const Node &input, const Shape &shape);
  Node transpose(const Node &input, const Shape &permutation);
  /// Any operator of ONNX by its own name; its first result.
  Node apply(const std::string &op, const std::vector<Node> &operands,
             const Attributes &attributes = {});

  /// The model so far; more may be added and built afterwards.
  Expected<Model> build(const std::string &name = "<graph>") const;

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace lacuna

#endif // LACUNA_JIT_BUILDER_H
