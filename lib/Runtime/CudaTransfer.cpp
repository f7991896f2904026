//===- CudaTransfer.cpp - tensors to a GPU and back -----------------------===//
#include "CudaState.h"

namespace lacuna {

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
                                 std::span<LacunaKernelProfile> times) {
  for (size_t i = 0; i < results.size(); ++i)
    if (size_t bytes = size_t(results[i].byteSize()))
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
