//===- States.cpp - What calls of a program hand on to the next -----------===//
#include "lacuna/JIT/States.h"

#include "Program.h"

#include <cstring>

using namespace lacuna;

Expected<Tensor> States::allocate(const Value &value) const {
  if (!program.state->device)
    return Tensor::allocate(value.dtype, value.shape);
  Expected<int64_t> count = checkedElementCount(value.shape, value.dtype);
  if (!count)
    return count.error();
  auto memory = program.state->device->allocate(
      *count * int64_t(byteWidth(value.dtype)));
  if (!memory)
    return memory.error();
  return Tensor::borrow(value.dtype, value.shape, {}, memory->get(), *memory);
}

Expected<States> States::create(const Program &program) {
  States states(program);
  for (size_t i = 0; i < program.outputs().size(); ++i) {
    const std::string &name = program.outputs()[i].updates;
    if (name.empty())
      continue;
    Slot slot{0, i, {}, {}};
    while (program.inputs()[slot.input].name != name)
      ++slot.input; // there is one: the program was checked
    for (Tensor *tensor : {&slot.now, &slot.next}) {
      Expected<Tensor> made = states.allocate(program.inputs()[slot.input]);
      if (!made)
        return made.error();
      *tensor = *made;
    }
    states.slots.push_back(std::move(slot));
  }
  return states;
}

Error States::set(size_t state, const Tensor &value) {
  Tensor &now = slots[state].now;
  if (value.dtype() != now.dtype() || value.shape() != now.shape())
    return Error(ErrorCode::InvalidArgument,
                 "`" + program.inputs()[slots[state].input].name +
                     "` must be " + std::string(dtypeName(now.dtype())) + "[" +
                     formatShape(now.shape()) + "], got " +
                     std::string(dtypeName(value.dtype())) + "[" +
                     formatShape(value.shape()) + "]");
  Expected<Tensor> packed = value.contiguous();
  if (!packed)
    return packed.error();
  if (program.state->device)
    return program.state->device->write(now.data(), *packed);
  if (now.byteSize() > 0)
    std::memcpy(now.data(), packed->data(), size_t(now.byteSize()));
  return Error::success();
}

Expected<Tensor> States::get(size_t state) const {
  const Tensor &now = slots[state].now;
  if (!program.state->device)
    return now.clone();
  Expected<Tensor> copy = Tensor::allocate(now.dtype(), now.shape());
  if (!copy)
    return copy;
  if (Error error = program.state->device->read(*copy, now.data()))
    return error;
  return copy;
}

Error States::run(std::vector<Tensor> &inputs, std::vector<Tensor> &outputs,
                  int threads) {
  std::vector<void *> places(inputs.size() + outputs.size(), nullptr);
  for (Slot &slot : slots) {
    inputs[slot.input] = slot.now;
    outputs[slot.output] = slot.next;
    places[slot.input] = slot.now.data();
    places[inputs.size() + slot.output] = slot.next.data();
  }
  if (!program.state->device)
    return program.callInto(inputs, outputs, threads);
  return program.state->runOnDevice(inputs, outputs, {}, places);
}

void States::advance() {
  for (Slot &slot : slots)
    std::swap(slot.now, slot.next);
}
