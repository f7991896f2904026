//===- CudaProgram.cpp - programs on a GPU --------------------------------===//
#include "lacuna/Runtime/Cuda.h"

#include "CudaState.h"
#include "lacuna/Support/DiskCache.h"

#include <fmt/format.h>

namespace lacuna {

/// The driver's number of that attribute of a device.
constexpr int processorCount = 16;

CudaProgram::State::~State() {
  if (!context)
    return;
  driver->setContext(context);
  for (Recording &recording : recordings)
    forget(recording.executable);
  for (CudaHandle event : {began, ended})
    if (event)
      driver->destroyEvent(event);
  if (ownStream)
    driver->destroyStream(ownStream);
  for (CudaHandle module : {portable, hopper})
    if (module)
      driver->unloadModule(module);
}

CudaProgram::CudaProgram(std::unique_ptr<State> state)
    : state(std::move(state)) {}
CudaProgram::~CudaProgram() = default;

Error CudaProgram::State::open(const CudaImage &image) {
  Expected<const CudaDriver *> found = CudaDriver::get();
  if (!found)
    return found.error();
  driver = *found;
  int count = 0, device = 0;
  if (Error error = driver->check(driver->deviceCount(&count), "finding GPUs"))
    return error;
  if (image.ordinal >= count)
    return Error(ErrorCode::NotFound,
                 "the device's number must be below " + std::to_string(count) +
                     ", got " + std::to_string(image.ordinal));
  if (Error error =
          driver->check(driver->device(&device, image.ordinal), "the GPU"))
    return error;
  // The primary context is PyTorch's too; it stays for the process.
  if (Error error = driver->check(driver->retainContext(&context, device),
                                  "opening the GPU"))
    return error;
  driver->setContext(context);
  constexpr int major = 75, minor = 76; // of the compute capability
  int capability[2] = {};
  note(driver->deviceAttribute(&capability[0], major, device), "the GPU");
  note(driver->deviceAttribute(&capability[1], minor, device), "the GPU");
  note(driver->deviceAttribute(&processors, processorCount, device),
       "the GPU");
  isHopper = capability[0] == 9 && capability[1] == 0;
  int version = 0;
  note(driver->version(&version), "the GPU's driver");
  target = fmt::format("sm_{}{} CUDA {}", capability[0], capability[1],
                       version);
  ordinal = image.ordinal;
  for (CudaHandle *event : {&began, &ended})
    note(driver->createEvent(event, 0), "making an event");
  constexpr unsigned nonBlocking = 1;
  note(driver->createStream(&ownStream, nonBlocking), "making a stream");
  stream = ownStream;
  return first;
}

int cudaProcessors(int ordinal) {
  Expected<const CudaDriver *> driver = CudaDriver::get();
  int device = 0, found = 0;
  if (!driver || (*driver)->device(&device, ordinal) != 0 ||
      (*driver)->deviceAttribute(&found, processorCount, device) != 0)
    return 0;
  return found;
}

Error CudaProgram::State::loadCode(CudaHandle &module,
                                   const std::string &code) {
  std::string machineCode;
  DiskCache cache(code, target, "cubin");
  if (std::optional<std::string> kept = cache.read()) {
    machineCode = *kept;
    if (driver->loadModule(&module, machineCode.data(), 0, nullptr, nullptr) ==
        0)
      return Error::success();
  }
  if (Error error = assemble(code, machineCode))
    return error;
  cache.write(machineCode);
  return driver->check(
      driver->loadModule(&module, machineCode.data(), 0, nullptr, nullptr),
      "loading the kernels");
}

/// The driver's assembler.
Error CudaProgram::State::assemble(const std::string &code,
                                   std::string &machineCode) {
  constexpr int isPTX = 1;
  CudaHandle link = nullptr;
  void *result = nullptr;
  size_t bytes = 0;
  int failed = driver->createLink(0, nullptr, nullptr, &link);
  if (!failed)
    failed = driver->addToLink(link, isPTX, const_cast<char *>(code.c_str()),
                               code.size() + 1, "kernels", 0, nullptr,
                               nullptr);
  if (!failed)
    failed = driver->finishLink(link, &result, &bytes);
  if (!failed)
    machineCode.assign(static_cast<const char *>(result), bytes);
  if (link)
    driver->destroyLink(link);
  return driver->check(failed, "assembling the kernels");
}

Error CudaProgram::State::findKernel(CudaHandle module,
                                     const std::string &name,
                                     CudaHandle &function) {
  return driver->check(driver->getFunction(&function, module, name.c_str()),
                       ("finding `" + name + "`").c_str());
}

/// Blocks that cannot all run would wait for ever. Tensor-core kernels have one
/// a multiprocessor.
Error CudaProgram::State::checkWaits(const CudaTensorKernel &kernel) const {
  int64_t blocks = kernel.grid[0] * kernel.grid[1] * kernel.grid[2];
  if (!kernel.waits || blocks <= processors)
    return Error::success();
  return Error(ErrorCode::Unsupported,
               fmt::format("the GPU must have {} multiprocessors to run `{}`, "
                           "got {}",
                           blocks, kernel.name, processors));
}

/// Two programs whose blocks wait must not share a GPU at a time: each might
/// have half of its blocks running.
std::unique_lock<std::mutex> CudaProgram::State::keepOthersOut() const {
  static std::mutex waiting;
  return waits ? std::unique_lock(waiting) : std::unique_lock<std::mutex>();
}

Error CudaProgram::State::findKernels() {
  constexpr int sharedLimit = 8;
  for (const CudaKernel &kernel : kernels) {
    CudaLaunch launch;
    launch.group = kernel.group;
    if (hopper && kernel.hopper) {
      launch.tensor = &*kernel.hopper;
      if (Error error = checkWaits(*kernel.hopper))
        return error;
      waits |= kernel.hopper->waits;
      if (Error error =
              findKernel(hopper, kernel.hopper->name, launch.function))
        return error;
      note(driver->setAttribute(launch.function, sharedLimit,
                                int(kernel.hopper->sharedBytes)),
           "reserving shared memory");
    } else if (Error error = findKernel(portable, kernel.name + "_launch",
                                        launch.function)) {
      return error;
    }
    launches.push_back(launch);
  }
  return first;
}

Error CudaProgram::State::reserve(const CudaImage &image) {
  const std::pair<DeviceMemory *, int64_t> blocks[] = {
      {&constants, image.constants.byteSize()},
      {&arena, image.arenaBytes},
      {&failure, int64_t(sizeof(CudaFailure))}};
  for (auto [block, bytes] : blocks) {
    Expected<DeviceMemory> memory = DeviceMemory::allocate(*driver, bytes);
    if (!memory)
      return memory.error();
    *block = std::move(*memory);
  }
  size_t bytes = size_t(image.constants.byteSize());
  if (bytes == 0)
    return Error::success();
  note(driver->upload(constants.get(), image.constants.data(), bytes, stream),
       "uploading constants");
  note(driver->synchronize(stream), "uploading constants");
  return first;
}

Expected<std::shared_ptr<CudaProgram>>
CudaProgram::load(const CudaImage &image) {
  auto state = std::make_unique<State>();
  if (Error error = state->open(image))
    return error;
  if (Error error = state->loadCode(state->portable, image.code))
    return error;
  if (state->isHopper && !image.hopperCode.empty())
    if (Error error = state->loadCode(state->hopper, image.hopperCode))
      return error;
  state->kernels = image.kernels;
  if (Error error = state->findKernels())
    return error;
  if (Error error = state->reserve(image))
    return error;
  return std::make_shared<CudaProgram>(std::move(state));
}

void CudaProgram::State::note(int code, const char *what) {
  if (code != 0 && !first)
    first = driver->check(code, what);
}

/// Readies a call whose work goes to `target`. Kernels have memory of their
/// own: what an earlier call left unfinished elsewhere comes before.
void CudaProgram::State::begin(CudaHandle target) {
  first = Error::success();
  stream = target;
  note(driver->setContext(context), "opening the GPU");
  note(driver->waitEvent(stream, ended, 0), "waiting for the call before");
  note(driver->fill(failure.get(), 0, sizeof(CudaFailure), stream),
       "clearing the checks");
}

Error CudaProgram::call(Entry entry, std::span<const Tensor> inputs,
                        std::span<Tensor> outputs,
                        std::span<LacunaKernelProfile> times,
                        std::span<void *const> places) {
  std::lock_guard<std::mutex> lock(state->mutex);
  State &now = *state;
  std::unique_lock<std::mutex> alone = now.keepOthersOut();
  now.timing = !times.empty();
  now.begin(now.ownStream);
  State::Addresses in, out;
  std::span<void *const> outputPlaces =
      places.empty() ? places : places.subspan(inputs.size());
  if (Error error = now.upload(inputs, places, in))
    return error;
  if (Error error = now.reserve(now.outputs, outputs, outputPlaces, out))
    return error;
  now.run(entry, in, out);
  return now.finish(outputs, outputPlaces, times);
}

Error CudaProgram::callInPlace(Entry entry, std::span<void *const> inputs,
                               std::span<void *const> outputs, void *stream) {
  std::lock_guard<std::mutex> lock(state->mutex);
  State &now = *state;
  std::unique_lock<std::mutex> alone = now.keepOthersOut();
  now.timing = false;
  now.begin(stream);
  now.run(entry, {inputs.begin(), inputs.end()},
             {outputs.begin(), outputs.end()});
  return now.readFailure();
}

int CudaProgram::ordinal() const { return state->ordinal; }

double CudaProgram::seconds() const {
  std::lock_guard<std::mutex> lock(state->mutex);
  float milliseconds = 0;
  state->driver->setContext(state->context);
  state->driver->elapsed(&milliseconds, state->began, state->ended);
  return milliseconds / 1e3;
}

int64_t CudaProgram::bytes() const {
  std::lock_guard<std::mutex> lock(state->mutex);
  int64_t sum = state->arena.bytes() + state->constants.bytes() +
                state->failure.bytes();
  for (const std::vector<DeviceMemory> *list : {&state->inputs, &state->outputs})
    for (const DeviceMemory &memory : *list)
      sum += memory.bytes();
  return sum;
}

} // namespace lacuna
