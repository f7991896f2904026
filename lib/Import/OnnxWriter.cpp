//===- OnnxWriter.cpp - ONNX models made in memory ------------------------===//
#include "lacuna/Import/OnnxWriter.h"

#include <onnx/onnx_pb.h>

using namespace lacuna;

struct OnnxWriter::Proto {
  onnx::ModelProto model;
};

OnnxWriter::OnnxWriter(int64_t opset) : proto(std::make_unique<Proto>()) {
  constexpr int64_t irVersion = 10;
  proto->model.set_ir_version(irVersion);
  proto->model.set_producer_name("lacuna");
  proto->model.add_opset_import()->set_version(opset);
  proto->model.mutable_graph()->set_name("graph");
}
OnnxWriter::OnnxWriter(OnnxWriter &&) noexcept = default;
OnnxWriter::~OnnxWriter() = default;

void OnnxWriter::addInput(const std::string &name, int32_t type,
                          std::span<const int64_t> shape) {
  auto *input = proto->model.mutable_graph()->add_input();
  input->set_name(name);
  auto *tensor = input->mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (int64_t size : shape) {
    auto *dim = tensor->mutable_shape()->add_dim();
    if (size >= 0)
      dim->set_dim_value(size);
  }
}

void OnnxWriter::addConstant(const std::string &name, int32_t type,
                             std::span<const int64_t> shape,
                             std::span<const std::byte> elements) {
  auto *tensor = proto->model.mutable_graph()->add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(type);
  for (int64_t size : shape)
    tensor->add_dims(size);
  tensor->set_raw_data(elements.data(), elements.size());
}

namespace {
/// Writes the alternative an attribute holds.
struct AttributeWriter {
  onnx::AttributeProto &to;

  void operator()(int64_t value) const {
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(value);
  }
  void operator()(double value) const {
    to.set_type(onnx::AttributeProto::FLOAT);
    to.set_f(static_cast<float>(value));
  }
  void operator()(const std::string &value) const {
    to.set_type(onnx::AttributeProto::STRING);
    to.set_s(value);
  }
  void operator()(const std::vector<int64_t> &values) const {
    to.set_type(onnx::AttributeProto::INTS);
    for (int64_t value : values)
      to.add_ints(value);
  }
  void operator()(const std::vector<double> &values) const {
    to.set_type(onnx::AttributeProto::FLOATS);
    for (double value : values)
      to.add_floats(static_cast<float>(value));
  }
};
} // namespace

void OnnxWriter::addNode(
    const std::string &name, const std::string &op,
    std::span<const std::string> operands, std::span<const std::string> results,
    std::span<const std::pair<std::string, OnnxAttribute>> attributes) {
  auto *node = proto->model.mutable_graph()->add_node();
  node->set_name(name);
  node->set_op_type(op);
  for (const std::string &operand : operands)
    node->add_input(operand);
  for (const std::string &result : results)
    node->add_output(result);
  for (const auto &[key, value] : attributes) {
    auto *attribute = node->add_attribute();
    attribute->set_name(key);
    std::visit(AttributeWriter{*attribute}, value);
  }
}

void OnnxWriter::addOutput(const std::string &name) {
  proto->model.mutable_graph()->add_output()->set_name(name);
}

std::string OnnxWriter::serialize() const {
  return proto->model.SerializeAsString();
}

static void setElements(onnx::TensorProto &tensor,
                        std::span<const std::byte> elements) {
  tensor.clear_float_data();
  tensor.clear_double_data();
  tensor.clear_int32_data();
  tensor.clear_external_data();
  tensor.clear_data_location();
  tensor.set_raw_data(elements.data(), elements.size());
}

std::optional<std::string>
lacuna::replaceInitializers(const std::string &bytes,
                            std::span<const OnnxInitializer> values,
                            std::string &problem) {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) {
    problem = "not an ONNX model";
    return std::nullopt;
  }
  for (const OnnxInitializer &value : values) {
    auto &all = *model.mutable_graph()->mutable_initializer();
    auto found = std::find_if(all.begin(), all.end(), [&](const auto &tensor) {
      return tensor.name() == value.name;
    });
    if (found == all.end() ||
        !std::equal(value.shape.begin(), value.shape.end(),
                    found->dims().begin(), found->dims().end())) {
      problem = "there is no initialiser `" + value.name + "` of this shape";
      return std::nullopt;
    }
    setElements(*found, value.elements);
  }
  return model.SerializeAsString();
}
