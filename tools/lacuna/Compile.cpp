//===- Compile.cpp - lacuna compile ---------------------------------------===//
#include "Command.h"
#include "ModelOptions.h"
#include "lacuna/Support/AtomicFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("compile",
                              "Compile a model to a stage, code or a library");
static ModelOptions modelOptions(command);
static cl::opt<std::string>
    emit("emit",
         cl::desc("What to write: a stage (model, plan, tensor, memory, device, "
                  "llvm), llvm-ir, assembly, object, library, ptx"),
         cl::value_desc("what"), cl::sub(command));
static cl::opt<std::string> output("o", cl::desc("File to write (-: print)"),
                                   cl::value_desc("file"), cl::init("-"),
                                   cl::sub(command));
static cl::opt<std::string>
    publicName("name", cl::desc("Name of the C function (the file's)"),
               cl::value_desc("identifier"), cl::sub(command));
static cl::opt<std::string>
    reproducer("reproducer",
               cl::desc("Where a failing pass writes its input "
                        "(lacuna-reproducer.mlir)"),
               cl::value_desc("file"), cl::init("lacuna-reproducer.mlir"),
               cl::sub(command));

static Error writeText(const std::string &path, const std::string &text) {
  return writeFileAtomically(path,
                             std::as_bytes(std::span<const char>(text)));
}

/// What to emit when nothing says so: what the file's ending means.
static std::string chooseFormat() {
  if (!emit.empty())
    return emit;
  llvm::StringRef ending = llvm::sys::path::extension(output);
  if (ending == ".so")
    return "library";
  if (ending == ".o")
    return "object";
  if (ending == ".s")
    return "assembly";
  if (ending == ".ptx")
    return "ptx";
  return ending == ".ll" ? "llvm-ir" : "llvm";
}

/// `--name`, or the output's name without `lib`, as an identifier.
static Expected<std::string> chooseName() {
  llvm::StringRef stem = llvm::sys::path::stem(
      output == "-" ? modelOptions.path.getValue() : output.getValue());
  stem.consume_front("lib");
  std::string name = toIdentifier(publicName.empty() ? stem.str() : publicName);
  if (!publicName.empty() && name != publicName)
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("`--name` must be a C identifier, got `{}`",
                             publicName.getValue()));
  return name;
}

/// The library or object, and the header that declares what is in it.
static Error writeCode(const NativeCode &code, const std::string &name,
                       bool isLibrary) {
  llvm::SmallString<128> header(llvm::StringRef(output.getValue()));
  llvm::sys::path::replace_extension(header, ".h");
  if (Error error = isLibrary ? linkLibrary(code.content, name, output)
                              : writeText(output, code.content))
    return error;
  Error error = writeText(header.str().str(), code.header);
  if (error) // Without its header it is half of what was asked for.
    llvm::sys::fs::remove(output);
  return error;
}

static Error emitNative(const Model &model, const std::string &format,
                        const CompileOptions &options) {
  NativeFormat native = format == "llvm-ir"    ? NativeFormat::LLVMIR
                        : format == "assembly" ? NativeFormat::Assembly
                        : format == "ptx"      ? NativeFormat::PTX
                                               : NativeFormat::Object;
  if (native == NativeFormat::Object && output == "-")
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("`--emit={}` needs a file: add `-o FILE`", format));
  Expected<std::string> name = chooseName();
  if (!name)
    return name.error();
  Expected<NativeCode> code = model.generate(native, *name, options);
  if (!code)
    return code.error();
  if (native == NativeFormat::Object)
    return writeCode(*code, *name, format == "library");
  if (output != "-")
    return writeText(output, code->content);
  fmt::print("{}", code->content);
  return Error::success();
}

static Error emitStage(const Model &model, const std::string &stage,
                       const CompileOptions &options) {
  Expected<std::string> text = model.emit(stage, options);
  if (!text)
    return text.error();
  if (output != "-")
    return writeText(output, *text);
  fmt::print("{}", *text);
  return Error::success();
}

/// When the reproducer was last written, or nothing.
static std::optional<llvm::sys::TimePoint<>> reproducerTime() {
  llvm::sys::fs::file_status status;
  if (llvm::sys::fs::status(reproducer, status))
    return std::nullopt;
  return status.getLastModificationTime();
}

/// A failing pass leaves its input behind: says how to run it again.
static void tellReproducer(std::optional<llvm::sys::TimePoint<>> before) {
  if (reproducerTime() != before)
    fmt::print(stderr,
               "the failing pass and its input are in {0}; to run it again:\n"
               "  lacuna-opt --run-reproducer {0}\n",
               reproducer.getValue());
}

static int runCompile() {
  Expected<Model> model = modelOptions.load();
  if (!model)
    return fail(model.error());
  Expected<CompileOptions> options = modelOptions.compileOptions();
  if (!options)
    return fail(options.error());
  auto before = reproducerTime();
  options->reproducer = reproducer;
  std::string format = chooseFormat();
  bool native = format == "llvm-ir" || format == "assembly" ||
                format == "object" || format == "library" || format == "ptx";
  Error error = native ? emitNative(*model, format, *options)
                       : emitStage(*model, format, *options);
  if (!error)
    return 0;
  int code = fail(error);
  tellReproducer(before);
  return code;
}

Command tool::compileCommand() {
  return {&command, runCompile, "MODEL",
          "  lacuna compile net.onnx --emit=tensor\n"
          "  lacuna compile net.onnx -o libnet.so     and libnet.h: a C "
          "library\n"
          "  lacuna compile net.onnx --target=x86-64-v3 -o net.o\n"
          "  lacuna compile net.onnx --target=cuda -o net.ptx\n"};
}
