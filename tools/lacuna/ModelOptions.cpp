//===- ModelOptions.cpp - Which model, compiled how -----------------------===//
#include "ModelOptions.h"

#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

ModelOptions::ModelOptions(cl::SubCommand &command)
    : path(cl::Positional, cl::desc("MODEL"), cl::sub(command)),
      entry("entry", cl::desc("Function to take of a module with several"),
            cl::value_desc("name"), cl::sub(command)),
      target("target", cl::init("cpu"),
             cl::desc("What to compile for (cpu: this processor; cuda, cuda:1: "
                      "a GPU)"),
             cl::value_desc("processor"), cl::sub(command)),
      dtype("dtype", cl::desc("Compute what the model has in f32 in bf16 or f16; on a "
                     "GPU, bf16x2 or bf16x3: products in so many parts"),
            cl::value_desc("type"), cl::sub(command)),
      shapes("shape", cl::desc("Shape of an input the model leaves open"),
             cl::value_desc("name=2x3"), cl::sub(command)),
      gradientOf("gradient-of",
                 cl::desc("Differentiate `mean-square` (of the first output) "
                          "or the output named"),
                 cl::value_desc("loss"), cl::sub(command)),
      gradients("wrt", cl::CommaSeparated,
                cl::desc("Inputs and parameters to differentiate by (all but "
                         "initialisers without dimensions)"),
                cl::value_desc("name,..."), cl::sub(command)),
      memoryBudget("memory-budget",
                   cl::desc("Bytes, or a share (0.5) of the arena, that values "
                            "may take: recomputes for gradients"),
                   cl::value_desc("bytes|share"), cl::sub(command)),
      mixBeforeResize("mix-before-resize", cl::init(true),
                      cl::desc("Mix channels before maps are enlarged where "
                               "that saves work"),
                      cl::sub(command)) {}

Expected<Model> ModelOptions::load() const {
  if (path.empty())
    return Error(ErrorCode::InvalidArgument,
                 "no model is named: give an .onnx or .mlir file");
  return Model::load(path);
}

std::optional<Shape> tool::parseShape(llvm::StringRef text) {
  Shape shape;
  if (text == "scalar")
    return shape;
  llvm::SmallVector<llvm::StringRef> sizes;
  text.split(sizes, 'x');
  for (llvm::StringRef size : sizes) {
    int64_t value;
    if (size.getAsInteger(10, value) || value < 0)
      return std::nullopt;
    shape.push_back(value);
  }
  return shape;
}

Expected<CompileOptions> ModelOptions::compileOptions() const {
  CompileOptions options;
  options.target = target;
  options.entry = entry;
  options.dtype = dtype;
  options.gradientOf = gradientOf;
  options.memoryBudget = memoryBudget;
  options.mixBeforeResize = mixBeforeResize;
  options.gradients.assign(gradients.begin(), gradients.end());
  for (llvm::StringRef text : shapes) {
    auto [name, sizes] = text.rsplit('=');
    std::optional<Shape> shape = parseShape(sizes);
    if (name.empty() || !shape)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("`--shape` must be NAME=2x3x4 (or NAME=scalar), "
                               "got `{}`",
                               text.str()));
    options.shapes[name.str()] = *shape;
  }
  return options;
}

std::string tool::listNames(const std::vector<Value> &values) {
  std::string list = values.empty() ? "none" : "";
  for (size_t i = 0; i < values.size(); ++i)
    list += fmt::format("{}`{}`",
                        i == 0                   ? ""
                        : i + 1 == values.size() ? " and "
                                                 : ", ",
                        values[i].name);
  return list;
}

Expected<const Value *> tool::findValue(const std::vector<Value> &values,
                                        const std::string &name,
                                        const std::string &option) {
  for (const Value &value : values)
    if (value.name == name)
      return &value;
  return Error(ErrorCode::InvalidArgument,
               fmt::format("{}: the model has no input `{}`; its inputs: {}",
                           option, name, listNames(values)));
}
