//===- CudaLaunch.cpp - kernels that entry functions start ----------------===//
#include "CudaState.h"

#include <utility>

using namespace lacuna;

/// The driver's numbers of element types in tensor maps.
static int mapElement(DType type) {
  switch (type) {
  case DType::F16:
    return 6;
  case DType::F32:
    return 7;
  case DType::F64:
    return 8;
  case DType::BF16:
    return 9;
  case DType::I16:
  case DType::U16:
    return 1;
  case DType::I32:
  case DType::U32:
    return 2;
  default:
    return 0;
  }
}

bool CudaProgram::State::encode(const CudaTensorMap &map, void *address,
                                EncodedTensorMap &encoded) {
  int swizzle = map.swizzle == 128 ? 3 : map.swizzle == 64 ? 2
                                     : map.swizzle == 32   ? 1
                                                           : 0;
  constexpr int promoteTo256Bytes = 3;
  unsigned rank = unsigned(map.sizes.size());
  std::vector<uint32_t> steps(rank, 1);
  std::copy(map.steps.begin(), map.steps.end(), steps.begin() + 1);
  int code =
      map.steps.empty()
          ? driver->encodeTiled(encoded.bytes, mapElement(map.element), rank,
                                address, map.sizes.data(), map.strides.data(),
                                map.box.data(), steps.data(), 0, swizzle,
                                promoteTo256Bytes, 0)
          : driver->encodePixels(encoded.bytes, mapElement(map.element), rank,
                                 address, map.sizes.data(), map.strides.data(),
                                 map.lower.data(), map.upper.data(),
                                 map.box[0], map.box[1], steps.data(), 0,
                                 swizzle, promoteTo256Bytes, 0);
  note(code, "encoding a tensor map");
  return !first;
}

void CudaProgram::State::launchTensor(const CudaLaunch &kernel,
                                      void *const *args, int64_t slots) {
  const CudaTensorKernel &tensor = *kernel.tensor;
  std::vector<void *> buffers(args + 1, args + slots);
  std::vector<EncodedTensorMap> maps(tensor.maps.size());
  std::vector<void *> parameters;
  for (void *&buffer : buffers)
    parameters.push_back(&buffer);
  for (size_t i = 0; i < maps.size(); ++i) {
    if (!encode(tensor.maps[i], buffers[tensor.maps[i].buffer], maps[i]))
      return;
    parameters.push_back(&maps[i]);
  }
  // Kernels that cannot fail do not take it.
  void *place = failure.pointer();
  parameters.push_back(&place);
  auto size = [&](size_t dim) { return unsigned(tensor.grid[dim]); };
  note(driver->launch(kernel.function, size(0), size(1), size(2),
                      unsigned(tensor.block), 1, 1,
                      unsigned(tensor.sharedBytes), stream, parameters.data(),
                      nullptr),
       "launching a kernel");
}

void CudaProgram::State::launchPortable(const CudaLaunch &kernel,
                                        void *const *args, int64_t slots,
                                        int64_t count) {
  // Few steps: small blocks, so that more multiprocessors have work.
  constexpr int64_t wide = 128, narrow = 32, few = 1 << 15;
  constexpr int64_t mostBlocks = (int64_t(1) << 31) - 1;
  int64_t block = count * kernel.group < few ? narrow : wide;
  // Groups of many warps have a block, and its shared memory, to themselves.
  constexpr int64_t warp = 32;
  if (kernel.group > warp)
    block = kernel.group;
  int64_t stepsAtOnce = block / kernel.group;
  int64_t steps = (count - 1) / (stepsAtOnce * mostBlocks) + 1;
  int64_t grid = (count - 1) / (stepsAtOnce * steps) + 1;
  std::vector<void *> values(args, args + slots);
  values[0] = failure.pointer();
  void *parameters[] = {values.data(), &count, &steps};
  note(driver->launch(kernel.function, unsigned(grid), 1, 1, unsigned(block),
                      1, 1, 0, stream, parameters, nullptr),
       "launching a kernel");
}

void CudaProgram::State::launch(int64_t id, void *const *args, int64_t slots,
                                int64_t count) {
  if (count <= 0 || first)
    return;
  if (timing) {
    std::array<CudaHandle, 2> pair{};
    for (CudaHandle &event : pair)
      note(driver->createEvent(&event, 0), "making an event");
    events.push_back(pair);
    eventLaunches.push_back(id);
    note(driver->recordEvent(pair[0], stream), "timing a kernel");
  }
  const CudaLaunch &kernel = launches[size_t(id)];
  if (kernel.tensor)
    launchTensor(kernel, args, slots);
  else
    launchPortable(kernel, args, slots, count);
  if (timing)
    note(driver->recordEvent(events.back()[1], stream), "timing a kernel");
}

void CudaProgram::State::forget(CudaHandle &executable) {
  if (executable)
    driver->destroyExecutable(executable);
  executable = nullptr;
}

/// Runs the launches of `entry` one by one.
void CudaProgram::State::start(Entry entry, const Addresses &inputs,
                               const Addresses &outputs) {
  entry(reinterpret_cast<LacunaContext *>(this), inputs.data(),
        outputs.data(), arena.pointer(), constants.pointer());
}

/// The graph of them for these buffers; made if it is not there.
CudaHandle CudaProgram::State::record(Entry entry, const Addresses &inputs,
                                      const Addresses &outputs) {
  Addresses buffers(inputs);
  buffers.insert(buffers.end(), outputs.begin(), outputs.end());
  auto isKept = [&](const Recording &recording) {
    return recording.executable && recording.buffers == buffers;
  };
  if (!isKept(recordings[0]))
    std::swap(recordings[0], recordings[1]);
  Recording &latest = recordings[0];
  if (isKept(latest))
    return latest.executable;
  forget(latest.executable);
  constexpr int ownThread = 1;
  CudaHandle graph = nullptr;
  // The default stream, which may be the caller's, records nothing.
  CudaHandle given = std::exchange(stream, ownStream);
  note(driver->beginCapture(stream, ownThread), "recording the kernels");
  start(entry, inputs, outputs);
  note(driver->endCapture(stream, &graph), "recording the kernels");
  stream = given;
  if (!first)
    note(driver->instantiate(&latest.executable, graph, 0),
         "recording the kernels");
  if (graph)
    driver->destroyGraph(graph);
  latest.buffers = buffers;
  return latest.executable;
}

/// Runs the launches of `entry`: one by one in the first call and where they
/// are timed, later as one graph.
void CudaProgram::State::run(Entry entry, const Addresses &inputs,
                             const Addresses &outputs) {
  bool asGraph = !timing && !launches.empty() && calls++ > 0;
  CudaHandle graph = asGraph ? record(entry, inputs, outputs) : nullptr;
  note(driver->recordEvent(began, stream), "timing a call");
  if (!asGraph)
    start(entry, inputs, outputs);
  else if (!first)
    note(driver->launchGraph(graph, stream), "running the kernels");
  note(driver->recordEvent(ended, stream), "timing a call");
}

using DeviceCall = CudaProgram::State;

void lacuna_rt_launch(void *context, int64_t launchId, void *const *args,
                      int64_t slots, int64_t count, int64_t /*grain*/) {
  static_cast<DeviceCall *>(context)->launch(launchId, args, slots, count);
}

void lacuna_rt_copy(void *context, void *to, const void *from, int64_t bytes) {
  auto &call = *static_cast<DeviceCall *>(context);
  if (bytes > 0)
    call.note(call.driver->copy(reinterpret_cast<CudaPointer>(to),
                                reinterpret_cast<CudaPointer>(from),
                                size_t(bytes), call.stream),
              "copying on the GPU");
}
