//===- MutateOnnx.cpp - Models with small mistakes in them ----------------===//
// Any field of any message, through protobuf's reflection, or bytes.
//===----------------------------------------------------------------------===//
#include "Mutate.h"

#include <google/protobuf/message.h>
#include <onnx/onnx_pb.h>

#include <limits>

using namespace lacuna;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

int64_t Dice::integer(int64_t value) {
  uint64_t bits = value;
  const std::vector<int64_t> numbers = {0,
                                        -1,
                                        -2,
                                        1,
                                        2,
                                        3,
                                        7,
                                        16,
                                        1000,
                                        1 << 20,
                                        int64_t(bits + 1),
                                        int64_t(bits - 1),
                                        int64_t(-bits),
                                        int64_t(bits * 2),
                                        0x7fffffff,
                                        0x80000000,
                                        int64_t(1) << 40,
                                        int64_t(1) << 62,
                                        std::numeric_limits<int64_t>::max(),
                                        std::numeric_limits<int64_t>::min()};
  return pick(numbers);
}

double Dice::number(double value) {
  const std::vector<double> numbers = {
      0,
      -1,
      1,
      -value,
      value * 2,
      0.5,
      1e-30,
      1e30,
      std::numeric_limits<double>::infinity(),
      std::numeric_limits<double>::quiet_NaN()};
  return pick(numbers);
}

std::string lacuna::mutateBytes(std::string bytes, Dice &dice) {
  if (bytes.empty())
    return bytes;
  size_t at = dice.below(bytes.size()), length = 1 + dice.below(16);
  switch (dice.below(4)) {
  case 0:
    return bytes.substr(0, at);
  case 1:
    return bytes.erase(at, length);
  case 2:
    return bytes.insert(at, bytes.substr(at, length));
  default:
    for (size_t i = 0; i < 1 + dice.below(4); ++i)
      bytes[dice.below(bytes.size())] = static_cast<char>(dice.below(256));
    return bytes;
  }
}

namespace {
/// One value of one message; `index` -1 for fields that are not repeated.
struct Slot {
  Message *message;
  const FieldDescriptor *field;
  int index;
};
} // namespace

static void collectSlots(Message &message, std::vector<Slot> &slots) {
  const Reflection *reflection = message.GetReflection();
  std::vector<const FieldDescriptor *> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor *field : fields) {
    bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      slots.push_back({&message, field, -1});
      if (nested)
        collectSlots(*reflection->MutableMessage(&message, field), slots);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      slots.push_back({&message, field, i});
      if (nested)
        collectSlots(*reflection->MutableRepeatedMessage(&message, field, i),
                     slots);
    }
  }
}

static std::string readString(const Slot &slot) {
  const Reflection *reflection = slot.message->GetReflection();
  return slot.index < 0 ? reflection->GetString(*slot.message, slot.field)
                        : reflection->GetRepeatedString(*slot.message,
                                                        slot.field, slot.index);
}

/// Calls Set…(value) or SetRepeated…(index, value) with `make` of the old one.
#define CHANGE(TYPE, MAKE)                                                     \
  if (slot.index < 0)                                                          \
    reflection->Set##TYPE(                                                     \
        slot.message, slot.field,                                              \
        MAKE(reflection->Get##TYPE(*slot.message, slot.field)));               \
  else                                                                         \
    reflection->SetRepeated##TYPE(                                             \
        slot.message, slot.field, slot.index,                                  \
        MAKE(reflection->GetRepeated##TYPE(*slot.message, slot.field,          \
                                           slot.index)));                      \
  return

/// Changes a number or a string.
static void change(const Slot &slot, const std::vector<std::string> &strings,
                   Dice &dice) {
  const Reflection *reflection = slot.message->GetReflection();
  auto integer = [&](int64_t value) { return dice.integer(value); };
  auto number = [&](double value) { return dice.number(value); };
  auto small = [&](int32_t value) -> int32_t {
    return dice.chance(70) ? dice.below(24) : dice.integer(value);
  };
  auto text = [&](const std::string &value) {
    return dice.chance(80) && !strings.empty() ? dice.pick(strings)
                                               : mutateBytes(value, dice);
  };
  switch (slot.field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    CHANGE(Int32, small);
  case FieldDescriptor::CPPTYPE_INT64:
    CHANGE(Int64, integer);
  case FieldDescriptor::CPPTYPE_UINT64:
    CHANGE(UInt64, integer);
  case FieldDescriptor::CPPTYPE_FLOAT:
    CHANGE(Float, number);
  case FieldDescriptor::CPPTYPE_DOUBLE:
    CHANGE(Double, number);
  case FieldDescriptor::CPPTYPE_ENUM:
    CHANGE(EnumValue, small);
  case FieldDescriptor::CPPTYPE_STRING:
    CHANGE(String, text);
  default:
    return;
  }
}
#undef CHANGE

/// Takes the value out, doubles it or swaps it with another of its list.
static void rearrange(const Slot &slot, Dice &dice) {
  const Reflection *reflection = slot.message->GetReflection();
  if (slot.index < 0)
    return reflection->ClearField(slot.message, slot.field);
  int count = reflection->FieldSize(*slot.message, slot.field);
  if (dice.chance(40))
    return reflection->SwapElements(slot.message, slot.field, slot.index,
                                    dice.below(count));
  if (slot.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
      dice.chance(30)) {
    const Message &original =
        reflection->GetRepeatedMessage(*slot.message, slot.field, slot.index);
    Message *copy = reflection->AddMessage(slot.message, slot.field);
    return copy->CopyFrom(original);
  }
  reflection->SwapElements(slot.message, slot.field, slot.index, count - 1);
  reflection->RemoveLast(slot.message, slot.field);
}

void OnnxMutator::add(Seed seed) {
  onnx::ModelProto model;
  std::vector<Slot> slots;
  if (model.ParseFromString(seed.text))
    collectSlots(model, slots);
  for (const Slot &slot : slots)
    if (slot.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING)
      strings[slot.field->full_name()].push_back(readString(slot));
  seeds.push_back(std::move(seed));
}

std::string OnnxMutator::mutateFields(const std::string &bytes,
                                      Dice &dice) const {
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes))
    return mutateBytes(bytes, dice);
  for (size_t step = 0, steps = 1 + dice.below(3); step < steps; ++step) {
    std::vector<Slot> slots;
    collectSlots(model, slots);
    // A field first, so that rare ones are met as often as common ones.
    std::map<std::string, std::vector<Slot>> fields;
    for (const Slot &slot : slots)
      fields[slot.field->full_name()].push_back(slot);
    if (fields.empty())
      break;
    auto &[name, found] = *std::next(fields.begin(), dice.below(fields.size()));
    Slot slot = dice.pick(found);
    auto known = strings.find(name);
    if (dice.chance(25) ||
        slot.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      rearrange(slot, dice);
    else
      change(slot,
             known == strings.end() ? std::vector<std::string>()
                                    : known->second,
             dice);
  }
  return model.SerializeAsString();
}

Seed OnnxMutator::mutate(Dice &dice) const {
  Seed result = dice.pick(seeds);
  result.text = dice.chance(15) ? mutateBytes(result.text, dice)
                                : mutateFields(result.text, dice);
  return result;
}
