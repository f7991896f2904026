//===- CompileInput.cpp - What becomes of one input -----------------------===//
#include "CompileInput.h"

#include "lacuna/JIT/Model.h"

using namespace lacuna;

/// Whether an error does not say what is wrong: no diagnostic came with it.
static bool isSilent(std::string_view message) {
  if (message.find_first_not_of(" \n") == std::string_view::npos)
    return true;
  for (std::string_view ending :
       {": not a module", ": not a model", ": compilation failed",
        "code generation failed", "the shapes do not fit the function"})
    if (message.ends_with(ending))
      return true;
  return false;
}

static void refuse(Row &row, const Error &error) {
  row.set(isSilent(error.message()) ? Silent : Refused, error.message());
}

/// Calls a program whose inputs are small; a check that fails is no fault.
static void call(const Program &program) {
  constexpr int64_t mostBytes = 1 << 22;
  std::vector<Tensor> inputs;
  int64_t bytes = program.info().arenaBytes;
  auto fits = [&](const Value &value) {
    auto count = checkedElementCount(value.shape, value.dtype);
    return count && *count <= mostBytes && (bytes += *count) <= mostBytes;
  };
  if (!std::ranges::all_of(program.inputs(), fits) ||
      !std::ranges::all_of(program.outputs(), fits))
    return;
  for (const Value &value : program.inputs()) {
    auto tensor = Tensor::random(value.dtype, value.shape, inputs.size() + 1);
    if (!tensor)
      return;
    inputs.push_back(*tensor);
  }
  (void)program.call(inputs, /*threads=*/1);
}

/// Options that close the open dimensions of the inputs.
static CompileOptions closeShapes(const Model &model) {
  CompileOptions options;
  auto inputs = model.inputs();
  if (!inputs)
    return options;
  for (const Value &input : *inputs) {
    Shape shape = input.shape;
    if (std::ranges::count(shape, -1) == 0)
      continue;
    std::ranges::replace(shape, -1, 4);
    options.shapes[input.name] = shape;
  }
  return options;
}

void lacuna::compileInput(const std::string &input, bool isOnnx, Row &row) {
  auto model =
      isOnnx ? Model::fromOnnx(input, "model") : Model::parse(input, "text");
  if (!model)
    return refuse(row, model.error());
  auto program = model->compile(closeShapes(*model));
  if (!program)
    return refuse(row, program.error());
  call(*program);
  row.set(Compiled, "");
}
