//===- Program.cpp - Compiled programs and their calls --------------------===//
#include "Program.h"

#include "Constants.h"
#include "Diagnostics.h"
#include "ElementType.h"
#include "ParsedTarget.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Runtime/Symbols.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;
using namespace lacuna;

Program::Program(std::shared_ptr<State> state) : state(std::move(state)) {}
const std::vector<lacuna::Value> &Program::inputs() const {
  return state->inputs;
}
const std::vector<lacuna::Value> &Program::outputs() const {
  return state->outputs;
}
const ProgramInfo &Program::info() const { return state->info; }
const std::vector<Expectation> &Program::expectations() const {
  return state->expectations;
}

Program::State::~State() {
  for (Frame &frame : frames)
    lacuna_rt_destroy(frame.context);
}

static Expectation readExpectation(DictionaryAttr check) {
  auto index = [&](StringRef name) {
    return size_t(check.getAs<IntegerAttr>(name).getInt());
  };
  auto number = [&](StringRef name) {
    return check.getAs<FloatAttr>(name).getValueAsDouble();
  };
  return {index("actual"), index("expected"), number("rtol"), number("atol"),
          check.getAs<StringAttr>("location").str()};
}

/// What the attributes of an input or output say beside its name.
static Error readAttributes(DictionaryAttr attributes, lacuna::Value &value) {
  if (auto updates = attributes.getAs<StringAttr>(names::updates))
    value.updates = updates.str();
  value.isFrozen = attributes.contains(names::frozen);
  if (auto watched = attributes.getAs<ArrayAttr>(names::watched))
    value.watched = describeOp(cast<StringAttr>(watched[0]).getValue(),
                               cast<LocationAttr>(watched[1]));
  Attribute initial = attributes.get(names::initial);
  if (auto number = dyn_cast_if_present<FloatAttr>(initial))
    value.initial = number.getValueAsDouble();
  else if (initial)
    return Error(ErrorCode::InvalidArgument,
                 "`lacuna.initial` of `" + value.name +
                     "` must be a float, as in `0.5 : f64`");
  return Error::success();
}

/// Whether each output with `updates` is as the input it names.
Error Program::State::checkUpdates() const {
  for (const lacuna::Value &output : outputs) {
    auto fits = [&](const lacuna::Value &input) {
      return input.name == output.updates && input.dtype == output.dtype &&
             input.shape == output.shape;
    };
    if (!output.updates.empty() && llvm::none_of(inputs, fits))
      return Error(ErrorCode::InvalidArgument,
                   "`lacuna.updates` of output `" + output.name +
                       "` must name an input of its type, got `" +
                       output.updates + "`");
  }
  return Error::success();
}

Error Program::State::describe(ModuleOp module) {
  LLVM::LLVMFuncOp entryOp;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>())
    if (function->hasAttr(names::entryInputs))
      entryOp = function;
  if (!entryOp)
    return Error(ErrorCode::NotFound, "the module has no public function");
  auto integer = [&](StringRef name) {
    return entryOp->getAttrOfType<IntegerAttr>(name).getInt();
  };
  auto names = entryOp->getAttrOfType<ArrayAttr>(names::entryNames);
  auto types = entryOp->getAttrOfType<ArrayAttr>("lacuna.entry_types");
  auto attributes = entryOp->getAttrOfType<ArrayAttr>(names::entryAttributes);
  auto unsignedness = entryOp->getAttrOfType<DenseBoolArrayAttr>(names::entryUnsigned);
  int64_t inputCount = integer(names::entryInputs);
  for (auto [index, name] : llvm::enumerate(names)) {
    auto type = cast<MemRefType>(cast<TypeAttr>(types[index]).getValue());
    auto dtype = dtypeOf(type.getElementType(), unsignedness[index]);
    std::string text = cast<StringAttr>(name).getValue().str();
    if (!dtype)
      return Error(ErrorCode::Unsupported,
                   "`" + text + "` has an element type no tensor can hold");
    Value value{text, *dtype, Shape(type.getShape())};
    if (Error error =
            readAttributes(cast<DictionaryAttr>(attributes[index]), value))
      return error;
    (int64_t(index) < inputCount ? inputs : outputs).push_back(value);
  }
  if (auto checks = entryOp->getAttrOfType<ArrayAttr>(names::checks))
    for (auto check : checks.getAsRange<DictionaryAttr>())
      expectations.push_back(readExpectation(check));
  entryName = entryOp.getSymName().str();
  info.arenaBytes = integer(names::arenaBytes);
  info.liveBytes = integer(names::liveBytes);
  for (Attribute name : entryOp->getAttrOfType<ArrayAttr>("lacuna.launches"))
    kernelNames.push_back(cast<StringAttr>(name).getValue().str());
  info.kernels = kernelNames.size();
  return checkUpdates();
}

static Error toError(llvm::Error error) {
  return Error(ErrorCode::Internal, llvm::toString(std::move(error)));
}

Error Program::State::build(ModuleOp module, const std::string &targetName) {
  if (Error error = describe(module))
    return error;
  Expected<Tensor> segment = takeConstants(module);
  if (!segment)
    return segment.error();
  constants = *segment;
  info.constantBytes = constants.byteSize();
  Expected<ParsedTarget> target = parseTarget(targetName);
  if (!target)
    return target.error();
  if (target->ordinal)
    if (Error error = loadDevice(module, *target->ordinal))
      return error;
  unsigned parts = std::min(8u, std::max(1u, std::thread::hardware_concurrency()));
  auto objects = compileToObjects(module, target->native,
                                  kernelNames.size() < 4 || device ? 1 : parts);
  if (failed(objects))
    return Error(ErrorCode::Internal, "code generation failed");
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto created = llvm::orc::LLJITBuilder().create();
  if (!created)
    return toError(created.takeError());
  jit = std::move(*created);
  llvm::orc::SymbolMap symbols;
  for (const RuntimeSymbol &symbol : runtimeSymbols())
    symbols[jit->mangleAndIntern(symbol.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(symbol.address),
        llvm::JITSymbolFlags::Exported};
  llvm::orc::JITDylib &library = jit->getMainJITDylib();
  if (auto error = library.define(llvm::orc::absoluteSymbols(symbols)))
    return toError(std::move(error));
  auto process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit->getDataLayout().getGlobalPrefix());
  if (!process)
    return toError(process.takeError());
  library.addGenerator(std::move(*process));
  for (NativeObject &object : *objects)
    if (auto error = jit->addObjectFile(std::move(object)))
      return toError(std::move(error));
  auto address = jit->lookup(entryName);
  if (!address)
    return toError(address.takeError());
  entry = address->toPtr<EntryFunction>();
  return Error::success();
}

Expected<Program::State::Frame> Program::State::takeFrame(int threads) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    for (auto it = frames.begin(); it != frames.end(); ++it) {
      if (it->threads != threads)
        continue;
      Frame frame = *it;
      frames.erase(it);
      return frame;
    }
  }
  Frame frame;
  frame.threads = threads;
  Expected<Tensor> arena = Tensor::allocate(DType::U8, {info.arenaBytes});
  if (!arena)
    return arena.error();
  frame.arena = *arena;
  frame.context = lacuna_rt_create(threads, kernelNames.size());
  if (!frame.context)
    return Error(ErrorCode::OutOfMemory, "no memory for a call's context");
  return frame;
}

void Program::State::returnFrame(Frame frame) {
  std::lock_guard<std::mutex> lock(mutex);
  frames.push_back(frame);
}

/// Whether `tensor` is what the program was compiled for.
static Error checkTensor(const Tensor &tensor, const lacuna::Value &expected,
                         const char *role) {
  if (tensor.dtype() == expected.dtype && tensor.shape() == expected.shape)
    return Error::success();
  auto describe = [](DType type, const Shape &shape) {
    return std::string(dtypeName(type)) + "[" + formatShape(shape) + "]";
  };
  return Error(ErrorCode::InvalidArgument,
               std::string(role) + " `" + expected.name + "` must be " +
                   describe(expected.dtype, expected.shape) + ", got " +
                   describe(tensor.dtype(), tensor.shape()));
}

/// Outputs hold other values until they are written: they must lie apart from
/// each other and from all inputs.
static Error checkApart(std::span<const Tensor> inputs,
                        std::span<const Tensor> outputs,
                        const std::vector<lacuna::Value> &described) {
  struct Range {
    uintptr_t begin, end;
    int output;
  };
  std::vector<Range> ranges;
  auto add = [&](const Tensor &tensor, int output) {
    auto begin = reinterpret_cast<uintptr_t>(tensor.data());
    if (tensor.byteSize() > 0)
      ranges.push_back({begin, begin + uintptr_t(tensor.byteSize()), output});
  };
  for (const Tensor &input : inputs)
    add(input, -1);
  for (size_t i = 0; i < outputs.size(); ++i)
    add(outputs[i], int(i));
  llvm::sort(ranges, [](const Range &a, const Range &b) {
    return a.begin < b.begin;
  });
  uintptr_t inputEnd = 0, outputEnd = 0;
  int last = -1;
  for (const Range &range : ranges) {
    bool isOutput = range.output >= 0;
    if (range.begin < (isOutput ? std::max(inputEnd, outputEnd) : outputEnd))
      return Error(ErrorCode::InvalidArgument,
                   "output `" + described[isOutput ? range.output : last].name +
                       "` must not share memory with an input or another "
                       "output");
    (isOutput ? outputEnd : inputEnd) =
        std::max(isOutput ? outputEnd : inputEnd, range.end);
    last = isOutput ? range.output : last;
  }
  return Error::success();
}

/// Checks what is given; `packed` are the inputs, contiguous.
Error Program::State::prepare(std::span<const Tensor> given,
                              std::span<Tensor> results,
                              std::vector<Tensor> &packed) const {
  if (given.size() != inputs.size())
    return Error(ErrorCode::InvalidArgument,
                 "the program takes " + std::to_string(inputs.size()) +
                     " inputs, got " + std::to_string(given.size()));
  for (size_t i = 0; i < given.size(); ++i) {
    if (Error error = checkTensor(given[i], inputs[i], "input"))
      return error;
    Expected<Tensor> contiguous = given[i].contiguous();
    if (!contiguous)
      return contiguous.error();
    packed.push_back(*contiguous);
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (Error error = checkTensor(results[i], outputs[i], "output"))
      return error;
    if (!results[i].isContiguous())
      return Error(ErrorCode::InvalidArgument,
                   "output `" + outputs[i].name + "` must be contiguous");
  }
  return checkApart(packed, results, outputs);
}

Error Program::State::run(std::span<const Tensor> given,
                          std::span<Tensor> results, Frame &frame) const {
  std::vector<Tensor> packed;
  if (Error error = prepare(given, results, packed))
    return error;
  std::vector<void *> in, out;
  for (Tensor &tensor : packed)
    in.push_back(tensor.data());
  for (Tensor &tensor : results)
    out.push_back(tensor.data());
  lacuna_rt_reset(frame.context);
  entry(frame.context, in.data(), out.data(), frame.arena.data(),
        const_cast<void *>(constants.data()));
  const char *message = nullptr;
  if (lacuna_rt_error(frame.context, &message) != LACUNA_OK)
    return Error(ErrorCode::RuntimeCheck, message ? message : "call failed");
  return Error::success();
}

Error Program::callInto(std::span<const Tensor> inputs,
                        std::span<Tensor> outputs, int threads) const {
  if (outputs.size() != state->outputs.size())
    return Error(ErrorCode::InvalidArgument,
                 "the program has " + std::to_string(state->outputs.size()) +
                     " outputs, got " + std::to_string(outputs.size()));
  if (state->device)
    return state->runOnDevice(inputs, outputs, {});
  Expected<State::Frame> frame = state->takeFrame(threads);
  if (!frame)
    return frame.error();
  Error error = state->run(inputs, outputs, *frame);
  state->returnFrame(*frame);
  return error;
}

Expected<std::vector<Tensor>> Program::call(std::span<const Tensor> inputs,
                                            int threads) const {
  auto results = state->allocateOutputs();
  if (!results)
    return results.error();
  if (Error error = callInto(inputs, *results, threads))
    return error;
  return results;
}

Expected<std::vector<Tensor>> Program::State::allocateOutputs() const {
  std::vector<Tensor> results;
  for (const Value &output : outputs) {
    Expected<Tensor> result = Tensor::allocate(output.dtype, output.shape);
    if (!result)
      return result.error();
    results.push_back(*result);
  }
  return results;
}

/// Runs on the host with its profile on; adds to `times`.
Error Program::State::profileOnHost(
    std::span<const Tensor> inputs, std::span<Tensor> results, int threads,
    std::span<LacunaKernelProfile> times) {
  Expected<Frame> frame = takeFrame(threads);
  if (!frame)
    return frame.error();
  lacuna_rt_profile_enable(frame->context, 1);
  Error error = run(inputs, results, *frame);
  for (size_t id = 0; id < times.size(); ++id)
    times[id] = lacuna_rt_profile(frame->context, int64_t(id));
  lacuna_rt_profile_enable(frame->context, 0);
  returnFrame(*frame);
  return error;
}

Expected<std::vector<KernelTime>>
Program::profile(std::span<const Tensor> inputs, int threads) const {
  auto results = state->allocateOutputs();
  if (!results)
    return results.error();
  std::vector<LacunaKernelProfile> profiles(state->kernelNames.size());
  Error error =
      state->device ? state->runOnDevice(inputs, *results, profiles)
                    : state->profileOnHost(inputs, *results, threads, profiles);
  if (error)
    return error;
  std::vector<KernelTime> times;
  for (size_t id = 0; id < profiles.size(); ++id) {
    int64_t operations =
        id < state->operations.size() ? state->operations[id] : -1;
    int64_t bytes = id < state->bytes.size() ? state->bytes[id] : 0;
    times.push_back({state->kernelNames[id], profiles[id].calls,
                     profiles[id].nanoseconds, operations, bytes});
  }
  return times;
}
