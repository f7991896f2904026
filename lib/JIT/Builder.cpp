//===- Builder.cpp - Models made in C++ -----------------------------------===//
#include "lacuna/JIT/Builder.h"

#include "lacuna/Import/OnnxWriter.h"

using namespace lacuna;

struct Graph::State {
  // The first with an operator for attention.
  static constexpr int64_t opset = 23;

  OnnxWriter writer{opset};
  int64_t count = 0;
  /// The first mistake; `build` reports it.
  std::string mistake;

  std::string fresh(const std::string &kind) {
    return kind + "_" + std::to_string(count++);
  }
  void refuse(const std::string &text) {
    if (mistake.empty())
      mistake = text;
  }
};

Graph::Graph() : state(std::make_unique<State>()) {}
Graph::Graph(Graph &&) noexcept = default;
Graph::~Graph() = default;

/// TensorProto.DataType.
static int32_t onnxType(DType type) {
  switch (type) {
  case DType::F32:
    return 1;
  case DType::U8:
    return 2;
  case DType::I8:
    return 3;
  case DType::U16:
    return 4;
  case DType::I16:
    return 5;
  case DType::I32:
    return 6;
  case DType::I64:
    return 7;
  case DType::I1:
    return 9;
  case DType::F16:
    return 10;
  case DType::F64:
    return 11;
  case DType::U32:
    return 12;
  case DType::U64:
    return 13;
  case DType::BF16:
    return 16;
  }
  return 0;
}

Graph::Node Graph::input(const std::string &name, DType type,
                         const Shape &shape) {
  state->writer.addInput(name, onnxType(type), shape);
  return Node(name);
}

Graph::Node Graph::constant(const Tensor &tensor) {
  std::string name = state->fresh("constant");
  Expected<Tensor> packed = tensor.contiguous();
  if (!packed) {
    state->refuse(packed.error().message());
    return Node(name);
  }
  std::span bytes(packed->data<std::byte>(), size_t(packed->byteSize()));
  state->writer.addConstant(name, onnxType(tensor.dtype()), tensor.shape(),
                            bytes);
  return Node(name);
}

/// Outputs bear the user's names, whatever the node's own is.
void Graph::output(const std::string &name, const Node &node) {
  const std::string operands[] = {node.name}, results[] = {name};
  state->writer.addNode(state->fresh("output"), "Identity", operands, results,
                        {});
  state->writer.addOutput(name);
}

Graph::Node Graph::apply(const std::string &op,
                         const std::vector<Node> &operands,
                         const Attributes &attributes) {
  std::string name = state->fresh(op);
  std::vector<std::string> names;
  for (const Node &operand : operands)
    names.push_back(operand.name);
  while (!names.empty() && names.back().empty())
    names.pop_back();
  const std::string results[] = {name};
  state->writer.addNode(name, op, names, results, attributes);
  return Node(name);
}

static Graph::Attributes windowAttributes(const Graph::Window &window) {
  Graph::Attributes attributes;
  if (!window.strides.empty())
    attributes.emplace_back("strides", window.strides);
  if (!window.dilations.empty())
    attributes.emplace_back("dilations", window.dilations);
  if (!window.padding.empty())
    attributes.emplace_back("pads", window.padding);
  return attributes;
}

Graph::Node Graph::convolution(const Node &input, const Node &filter,
                               const Window &window) {
  Attributes attributes = windowAttributes(window);
  attributes.emplace_back("group", window.groups);
  return apply("Conv", {input, filter, window.bias}, attributes);
}

Graph::Node Graph::attention(const Node &query, const Node &key,
                             const Node &value, const Attention &options) {
  Attributes attributes;
  attributes.emplace_back("is_causal", int64_t(options.causal));
  if (options.scale != 0)
    attributes.emplace_back("scale", options.scale);
  if (options.queryHeads) {
    attributes.emplace_back("q_num_heads", options.queryHeads);
    attributes.emplace_back("kv_num_heads", options.keyHeads
                                                ? options.keyHeads
                                                : options.queryHeads);
  }
  return apply("Attention", {query, key, value, options.mask}, attributes);
}

Graph::Node Graph::maxPool(const Node &input, const Shape &kernel,
                           const Window &window) {
  Attributes attributes = windowAttributes(window);
  attributes.emplace_back("kernel_shape", kernel);
  return apply("MaxPool", {input}, attributes);
}

Graph::Node Graph::averagePool(const Node &input, const Shape &kernel,
                               const Window &window) {
  Attributes attributes = windowAttributes(window);
  attributes.emplace_back("kernel_shape", kernel);
  return apply("AveragePool", {input}, attributes);
}

Graph::Node Graph::globalAveragePool(const Node &input) {
  return apply("GlobalAveragePool", {input});
}

Graph::Node Graph::activation(const std::string &name, const Node &input) {
  static const std::map<std::string, std::string> operators = {
      {"relu", "Relu"},
      {"leaky_relu", "LeakyRelu"},
      {"elu", "Elu"},
      {"celu", "Celu"},
      {"selu", "Selu"},
      {"sigmoid", "Sigmoid"},
      {"hard_sigmoid", "HardSigmoid"},
      {"hard_swish", "HardSwish"},
      {"tanh", "Tanh"},
      {"softplus", "Softplus"},
      {"softsign", "Softsign"},
      {"mish", "Mish"},
      {"gelu", "Gelu"},
      {"exp", "Exp"},
      {"erf", "Erf"}};
  if (name == "silu")
    return multiply(input, activation("sigmoid", input));
  auto found = operators.find(name);
  if (found == operators.end()) {
    state->refuse("there is no activation `" + name + "`");
    return input;
  }
  return apply(found->second, {input});
}

Graph::Node Graph::matmul(const Node &left, const Node &right) {
  return apply("MatMul", {left, right});
}

Graph::Node Graph::add(const Node &left, const Node &right) {
  return apply("Add", {left, right});
}

Graph::Node Graph::multiply(const Node &left, const Node &right) {
  return apply("Mul", {left, right});
}

Graph::Node Graph::concat(const std::vector<Node> &inputs, int64_t axis) {
  return apply("Concat", inputs, {{"axis", axis}});
}

Graph::Node Graph::softmax(const Node &input, int64_t axis) {
  return apply("Softmax", {input}, {{"axis", axis}});
}

Graph::Node Graph::layerNorm(const Node &input, const Node &scale,
                             const Node &bias, int64_t axis, double epsilon) {
  return apply("LayerNormalization", {input, scale, bias},
               {{"axis", axis}, {"epsilon", epsilon}});
}

/// ONNX takes sizes and shapes as tensors.
static Graph::Node shapeConstant(Graph &graph, const Shape &shape) {
  Expected<Tensor> tensor =
      Tensor::copyOf(DType::I64, {int64_t(shape.size())},
                     std::as_bytes(std::span(shape)));
  return graph.constant(tensor ? *tensor : Tensor());
}

Graph::Node Graph::resize(const Node &input, const Shape &sizes,
                          const std::string &mode) {
  return apply("Resize", {input, Node(), Node(), shapeConstant(*this, sizes)},
               {{"mode", mode}});
}

Graph::Node Graph::reshape(const Node &input, const Shape &shape) {
  return apply("Reshape", {input, shapeConstant(*this, shape)});
}

Graph::Node Graph::transpose(const Node &input, const Shape &permutation) {
  return apply("Transpose", {input}, {{"perm", permutation}});
}

Expected<Model> Graph::build(const std::string &name) const {
  if (!state->mistake.empty())
    return Error(ErrorCode::InvalidArgument, name + ": " + state->mistake);
  return Model::fromOnnx(state->writer.serialize(), name);
}
