//===- CudaProgram.cpp - programs on a GPU --------------------------------===//
#include "lacuna/Runtime/Cuda.h"

#include "CudaDriver.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace lacuna {

namespace {
/// Device memory, freed with its owner.
class DeviceMemory {
public:
  DeviceMemory() = default;
  DeviceMemory(const CudaDriver &driver, CudaPointer address)
      : driver(&driver), address(address) {}
  DeviceMemory(DeviceMemory &&other) noexcept { *this = std::move(other); }
  DeviceMemory &operator=(DeviceMemory &&other) noexcept {
    std::swap(driver, other.driver);
    std::swap(address, other.address);
    return *this;
  }
  ~DeviceMemory() {
    if (driver)
      driver->release(address);
  }

  static Expected<DeviceMemory> allocate(const CudaDriver &driver,
                                         int64_t bytes) {
    CudaPointer address = 0;
    // Programs may have buffers of no bytes; the driver does not.
    int code = driver.allocate(&address, size_t(std::max<int64_t>(bytes, 16)));
    if (Error error = driver.check(code, "allocating memory on the GPU"))
      return error;
    return DeviceMemory(driver, address);
  }

  CudaPointer get() const { return address; }
  void *pointer() const { return reinterpret_cast<void *>(address); }

private:
  const CudaDriver *driver = nullptr;
  CudaPointer address = 0;
};

/// The word checks set, and the address of its message.
struct Failure {
  int32_t code = LACUNA_OK;
  int32_t padding = 0;
  CudaPointer message = 0;
};
} // namespace

struct CudaProgram::State {
  ~State();
  Error open(const CudaImage &image);
  Error findKernels(const CudaImage &image);
  Error reserve(const CudaImage &image);
  Error upload(std::span<const Tensor> tensors, std::vector<void *> &pointers);
  Error reserveOutputs(std::span<Tensor> tensors,
                       std::vector<void *> &pointers);
  Error finish(std::span<Tensor> outputs,
               std::span<LacunaKernelProfile> times);
  Error readFailure();
  void launch(int64_t id, void *const *args, int64_t slots, int64_t count);
  /// Keeps the first error of a call, for launches that can return none.
  void note(int code, const char *what);

  const CudaDriver *driver = nullptr;
  CudaHandle context = nullptr, module = nullptr, stream = nullptr;
  std::vector<CudaHandle> functions;
  DeviceMemory constants, arena, failure;
  std::vector<DeviceMemory> inputs, outputs;
  std::mutex mutex;
  Error first = Error::success();
  bool timing = false;
  /// One pair around each launch of a call that is timed.
  std::vector<std::array<CudaHandle, 2>> events;
  std::vector<int64_t> eventLaunches;
};

CudaProgram::State::~State() {
  if (!context)
    return;
  driver->setContext(context);
  if (stream)
    driver->destroyStream(stream);
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
  constexpr unsigned nonBlocking = 1;
  return driver->check(driver->createStream(&stream, nonBlocking),
                       "making a stream");
}

Error CudaProgram::State::findKernels(const CudaImage &image) {
  int code = driver->loadModule(&module, image.code.c_str(), 0, nullptr,
                                nullptr);
  if (Error error = driver->check(code, "loading the kernels"))
    return error;
  for (const std::string &kernel : image.kernels) {
    CudaHandle function = nullptr;
    std::string name = kernel + "_launch";
    code = driver->getFunction(&function, module, name.c_str());
    if (Error error = driver->check(code, ("finding `" + name + "`").c_str()))
      return error;
    functions.push_back(function);
  }
  return Error::success();
}

Error CudaProgram::State::reserve(const CudaImage &image) {
  const std::pair<DeviceMemory *, int64_t> blocks[] = {
      {&constants, image.constants.byteSize()},
      {&arena, image.arenaBytes},
      {&failure, int64_t(sizeof(Failure))}};
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
  if (Error error = state->findKernels(image))
    return error;
  if (Error error = state->reserve(image))
    return error;
  return std::make_shared<CudaProgram>(std::move(state));
}

void CudaProgram::State::note(int code, const char *what) {
  if (code != 0 && !first)
    first = driver->check(code, what);
}

Error CudaProgram::State::reserveOutputs(std::span<Tensor> tensors,
                                         std::vector<void *> &pointers) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (i == outputs.size()) {
      auto memory = DeviceMemory::allocate(*driver, tensors[i].byteSize());
      if (!memory)
        return memory.error();
      outputs.push_back(std::move(*memory));
    }
    pointers.push_back(outputs[i].pointer());
  }
  return Error::success();
}

Error CudaProgram::State::upload(std::span<const Tensor> tensors,
                                 std::vector<void *> &pointers) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    size_t bytes = size_t(tensors[i].byteSize());
    if (i == inputs.size()) {
      auto memory = DeviceMemory::allocate(*driver, int64_t(bytes));
      if (!memory)
        return memory.error();
      inputs.push_back(std::move(*memory));
    }
    pointers.push_back(inputs[i].pointer());
    if (bytes)
      note(driver->upload(inputs[i].get(), tensors[i].data(), bytes, stream),
           "uploading an input");
  }
  return Error::success();
}

void CudaProgram::State::launch(int64_t id, void *const *args, int64_t slots,
                                int64_t count) {
  if (count <= 0 || first)
    return;
  // Few steps: small blocks, so that more multiprocessors have work.
  constexpr int64_t wide = 128, narrow = 32, few = 1 << 15;
  constexpr int64_t mostBlocks = (int64_t(1) << 31) - 1;
  int64_t block = count < few ? narrow : wide;
  int64_t steps = (count - 1) / (block * mostBlocks) + 1;
  int64_t grid = (count - 1) / (block * steps) + 1;
  std::vector<void *> values(args, args + slots);
  values[0] = failure.pointer();
  void *parameters[] = {values.data(), &count, &steps};
  if (timing) {
    std::array<CudaHandle, 2> pair{};
    for (CudaHandle &event : pair)
      note(driver->createEvent(&event, 0), "making an event");
    events.push_back(pair);
    eventLaunches.push_back(id);
    note(driver->recordEvent(pair[0], stream), "timing a kernel");
  }
  note(driver->launch(functions[size_t(id)], unsigned(grid), 1, 1,
                      unsigned(block), 1, 1, 0, stream, parameters, nullptr),
       "launching a kernel");
  if (timing)
    note(driver->recordEvent(events.back()[1], stream), "timing a kernel");
}

Error CudaProgram::State::readFailure() {
  Failure found;
  note(driver->download(&found, failure.get(), sizeof(found), stream),
       "reading the checks");
  note(driver->synchronize(stream), "running the kernels");
  if (first || found.code == LACUNA_OK)
    return first;
  // Messages differ in length, and memory may end behind the last: read bytes
  // until the terminator.
  std::string text;
  for (char letter = 0; text.size() < 255; text.push_back(letter)) {
    note(driver->download(&letter, found.message + text.size(), 1, stream),
         "reading a message");
    note(driver->synchronize(stream), "reading a message");
    if (first || letter == 0)
      break;
  }
  return Error(ErrorCode::RuntimeCheck, text);
}

Error CudaProgram::State::finish(std::span<Tensor> results,
                                 std::span<LacunaKernelProfile> times) {
  for (size_t i = 0; i < results.size(); ++i)
    if (size_t bytes = size_t(results[i].byteSize()))
      note(driver->download(results[i].data(), outputs[i].get(), bytes,
                            stream),
           "downloading an output");
  Error error = readFailure();
  for (size_t i = 0; i < events.size(); ++i) {
    float milliseconds = 0;
    driver->elapsed(&milliseconds, events[i][0], events[i][1]);
    LacunaKernelProfile &entry = times[size_t(eventLaunches[i])];
    ++entry.calls;
    entry.nanoseconds += int64_t(double(milliseconds) * 1e6);
    for (CudaHandle event : events[i])
      driver->destroyEvent(event);
  }
  events.clear();
  eventLaunches.clear();
  return error;
}

Error CudaProgram::call(Entry entry, std::span<const Tensor> inputs,
                        std::span<Tensor> outputs,
                        std::span<LacunaKernelProfile> times) {
  std::lock_guard<std::mutex> lock(state->mutex);
  State &run = *state;
  run.first = Error::success();
  run.timing = !times.empty();
  run.note(run.driver->setContext(run.context), "opening the GPU");
  std::vector<void *> in, out;
  if (Error error = run.upload(inputs, in))
    return error;
  if (Error error = run.reserveOutputs(outputs, out))
    return error;
  run.note(run.driver->fill(run.failure.get(), 0, sizeof(Failure), run.stream),
           "clearing the checks");
  entry(reinterpret_cast<LacunaContext *>(&run), in.data(), out.data(),
        run.arena.pointer(), run.constants.pointer());
  return run.finish(outputs, times);
}

} // namespace lacuna

using DeviceCall = lacuna::CudaProgram::State;

void lacuna_rt_launch(void *context, int64_t launchId, void *const *args,
                      int64_t slots, int64_t count, int64_t /*grain*/) {
  static_cast<DeviceCall *>(context)->launch(launchId, args, slots, count);
}

void lacuna_rt_copy(void *context, void *to, const void *from, int64_t bytes) {
  auto &call = *static_cast<DeviceCall *>(context);
  if (bytes > 0)
    call.note(call.driver->copy(reinterpret_cast<lacuna::CudaPointer>(to),
                                reinterpret_cast<lacuna::CudaPointer>(from),
                                size_t(bytes), call.stream),
              "copying on the GPU");
}
