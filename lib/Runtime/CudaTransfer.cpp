//===- CudaTransfer.cpp - tensors to a GPU and back -----------------------===//
#include "CudaState.h"

namespace lacuna {

static void *placeOf(std::span<void *const> places, size_t index) {
  return places.empty() ? nullptr : places[index];
}

/// Where each tensor lies: at its place, or in memory of the program's own.
Error CudaProgram::State::reserve(std::vector<DeviceMemory> &memory,
                                  std::span<const Tensor> tensors,
                                  std::span<void *const> places,
                                  Addresses &pointers) {
  memory.resize(tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (void *place = placeOf(places, i)) {
      pointers.push_back(place);
      continue;
    }
    if (!memory[i].get()) {
      auto made = DeviceMemory::allocate(*driver, tensors[i].byteSize());
      if (!made)
        return made.error();
      memory[i] = std::move(*made);
    }
    pointers.push_back(memory[i].pointer());
  }
  return Error::success();
}

Error CudaProgram::State::upload(std::span<const Tensor> tensors,
                                 std::span<void *const> places,
                                 Addresses &pointers) {
  if (Error error = reserve(inputs, tensors, places, pointers))
    return error;
  for (size_t i = 0; i < tensors.size(); ++i) {
    size_t bytes = size_t(tensors[i].byteSize());
    if (bytes && !placeOf(places, i))
      note(driver->upload(inputs[i].get(), tensors[i].data(), bytes, stream),
           "uploading an input");
  }
  return Error::success();
}

Expected<std::shared_ptr<void>> CudaProgram::allocate(int64_t bytes) {
  std::lock_guard<std::mutex> lock(state->mutex);
  state->driver->setContext(state->context);
  Expected<DeviceMemory> memory = DeviceMemory::allocate(*state->driver, bytes);
  if (!memory)
    return memory.error();
  auto owner = std::make_shared<DeviceMemory>(std::move(*memory));
  return std::shared_ptr<void>(owner, owner->pointer());
}

Error CudaProgram::write(void *to, const Tensor &from) {
  std::lock_guard<std::mutex> lock(state->mutex);
  State &now = *state;
  now.begin(now.ownStream);
  if (from.byteSize() > 0)
    now.note(now.driver->upload(reinterpret_cast<CudaPointer>(to), from.data(),
                                size_t(from.byteSize()), now.stream),
             "uploading a state");
  now.note(now.driver->synchronize(now.stream), "uploading a state");
  return now.first;
}

Error CudaProgram::read(Tensor &to, const void *from) {
  std::lock_guard<std::mutex> lock(state->mutex);
  State &now = *state;
  now.begin(now.ownStream);
  if (to.byteSize() > 0)
    now.note(now.driver->download(to.data(),
                                  reinterpret_cast<CudaPointer>(from),
                                  size_t(to.byteSize()), now.stream),
             "downloading a state");
  now.note(now.driver->synchronize(now.stream), "downloading a state");
  return now.first;
}

Error CudaProgram::State::readFailure() {
  CudaFailure found;
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
                                 std::span<void *const> places,
                                 std::span<LacunaKernelProfile> times) {
  for (size_t i = 0; i < results.size(); ++i)
    if (size_t bytes = size_t(results[i].byteSize());
        bytes && !placeOf(places, i))
      note(driver->download(results[i].data(), outputs[i].get(), bytes,
                            stream),
           "downloading an output");
  Error error = readFailure();
  readTimes(times);
  return error;
}

void CudaProgram::State::readTimes(std::span<LacunaKernelProfile> times) {
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
}

} // namespace lacuna
