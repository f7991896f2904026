//===- OnnxWriter.h - ONNX models made in memory ----------------*- C++ -*-===//
#ifndef LACUNA_IMPORT_ONNXWRITER_H
#define LACUNA_IMPORT_ONNXWRITER_H

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace lacuna {

/// The kinds of attributes operators have.
using OnnxAttribute = std::variant<int64_t, double, std::string,
                                   std::vector<int64_t>, std::vector<double>>;

/// New elements of an initialiser, whose type stays.
struct OnnxInitializer {
  std::string name;
  std::vector<int64_t> shape;
  std::span<const std::byte> elements;
};

/// A serialised model with other values of some initialisers of its graph.
/// Fails, with what is wrong in `problem`, when one is not there or of another
/// shape.
std::optional<std::string>
replaceInitializers(const std::string &model,
                    std::span<const OnnxInitializer> values,
                    std::string &problem);

/// Collects a graph, for `importOnnx` to read. Element types are the numbers of
/// TensorProto.DataType.
class OnnxWriter {
public:
  explicit OnnxWriter(int64_t opset);
  OnnxWriter(OnnxWriter &&) noexcept;
  ~OnnxWriter();

  void addInput(const std::string &name, int32_t type,
                std::span<const int64_t> shape);
  void addConstant(const std::string &name, int32_t type,
                   std::span<const int64_t> shape,
                   std::span<const std::byte> elements);
  void addNode(
      const std::string &name, const std::string &op,
      std::span<const std::string> operands,
      std::span<const std::string> results,
      std::span<const std::pair<std::string, OnnxAttribute>> attributes);
  void addOutput(const std::string &name);

  std::string serialize() const;

private:
  struct Proto;
  std::unique_ptr<Proto> proto;
};

} // namespace lacuna

#endif // LACUNA_IMPORT_ONNXWRITER_H
