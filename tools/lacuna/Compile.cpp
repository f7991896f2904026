//===- Compile.cpp - lacuna compile ---------------------------------------===//
#include "Command.h"
#include "lacuna/JIT/Model.h"
#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

using namespace lacuna;
namespace cl = llvm::cl;

static cl::SubCommand compile("compile", "Compile a model");
static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("MODEL"), cl::sub(compile));
static cl::opt<std::string> emitStage("emit", cl::init("llvm"),
                                      cl::desc("Stage to print"),
                                      cl::sub(compile));
static cl::opt<std::string> target("target", cl::init("cpu"),
                                   cl::desc("cpu, or a processor's name"),
                                   cl::sub(compile));

static int runCompile() {
  Expected<Model> model = Model::load(modelPath);
  if (!model)
    return tool::fail(model.error());
  CompileOptions options;
  options.target = target;
  Expected<std::string> text = model->emit(emitStage, options);
  if (!text)
    return tool::fail(text.error());
  fmt::print("{}", *text);
  return 0;
}

tool::Command tool::compileCommand() {
  return {&compile, runCompile, "MODEL",
          "  lacuna compile net.onnx --emit=tensor\n"};
}
