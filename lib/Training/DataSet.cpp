//===- DataSet.cpp - Samples to train on ----------------------------------===//
// Everything is read at once; batches are gathered row by row.
//===----------------------------------------------------------------------===//
#include "lacuna/Training/DataSet.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <numeric>

using namespace lacuna;
namespace fs = std::filesystem;

static Expected<std::vector<NamedTensor>> readFolder(const std::string &path) {
  std::vector<NamedTensor> arrays;
  std::error_code failed;
  for (const auto &entry : fs::directory_iterator(path, failed)) {
    if (entry.path().extension() != ".npy")
      continue;
    Expected<Tensor> array = readNpy(entry.path().string());
    if (!array)
      return array.error();
    arrays.push_back({entry.path().stem().string(), *array});
  }
  if (failed)
    return Error(ErrorCode::InputOutput, path + ": " + failed.message());
  if (arrays.empty())
    return Error(ErrorCode::NotFound, path + ": no .npy file in this folder");
  return arrays;
}

Expected<DataSet> DataSet::open(const std::string &path) {
  auto arrays = fs::is_directory(path) ? readFolder(path) : readNpz(path);
  if (!arrays)
    return arrays.error();
  return of(*arrays, path);
}

Expected<DataSet> DataSet::of(const std::vector<NamedTensor> &arrays,
                              const std::string &name) {
  DataSet set;
  set.path = name;
  for (const NamedTensor &array : arrays) {
    int64_t count = array.value.rank() ? array.value.shape()[0] : 0;
    if (set.arrays.empty())
      set.samples = count;
    if (count != set.samples || count == 0)
      return Error(ErrorCode::InvalidArgument,
                   name + ": the first dimension of each array must count the "
                          "samples: `" +
                       array.name + "` has the shape " +
                       formatShape(array.value.shape()) + ", another array " +
                       std::to_string(set.samples) + " samples");
    Expected<Tensor> packed = array.value.contiguous();
    if (!packed)
      return packed.error();
    set.arrays[array.name] = *packed;
  }
  return set;
}

const Tensor *DataSet::find(const std::string &name) const {
  auto found = arrays.find(name);
  return found == arrays.end() ? nullptr : &found->second;
}

std::string DataSet::listNames() const {
  std::string list;
  for (const auto &[name, array] : arrays)
    list += (list.empty() ? "`" : ", `") + name + "`";
  return list;
}

static bool isInteger(DType type) {
  return !isFloat(type) && type != DType::I1;
}

Error DataSet::check(const Value &value) const {
  const Tensor *array = find(value.name);
  if (!array)
    return Error(ErrorCode::NotFound, path + ": no array `" + value.name +
                                          "`; it has " + listNames());
  bool sameType = array->dtype() == value.dtype ||
                  (value.dtype == DType::I64 && isInteger(array->dtype()));
  bool sameShape =
      !value.shape.empty() && array->shape().size() == value.shape.size() &&
      std::equal(value.shape.begin() + 1, value.shape.end(),
                 array->shape().begin() + 1);
  if (sameType && sameShape)
    return Error::success();
  auto describe = [](DType type, const Shape &shape) {
    return std::string(dtypeName(type)) + "[" + formatShape(shape) + "]";
  };
  return Error(ErrorCode::InvalidArgument,
               path + ": `" + value.name + "` must be samples for batches of " +
                   describe(value.dtype, value.shape) + ", got " +
                   describe(array->dtype(), array->shape()));
}

/// Rows of integers of any width as i64.
static void gatherIntegers(const Tensor &from, std::span<const int64_t> indices,
                           int64_t row, int64_t *to) {
  std::vector<double> values(row);
  for (int64_t index : indices) {
    from.load(index * row, values);
    for (double value : values)
      *to++ = int64_t(value);
  }
}

Expected<Tensor> DataSet::gather(const Value &value,
                                 std::span<const int64_t> indices) const {
  const Tensor &from = arrays.at(value.name);
  Expected<Tensor> batch = Tensor::allocate(value.dtype, value.shape);
  if (!batch)
    return batch;
  int64_t row = from.elementCount() / samples;
  if (from.dtype() != value.dtype) {
    gatherIntegers(from, indices, row, batch->data<int64_t>());
    return batch;
  }
  size_t bytes = row * byteWidth(from.dtype());
  char *to = batch->data<char>();
  for (int64_t index : indices) {
    std::memcpy(to, from.data<char>() + index * bytes, bytes);
    to += bytes;
  }
  return batch;
}

static uint64_t splitmix(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

int64_t SampleOrder::at(int64_t position) {
  if (position / size != epoch) {
    epoch = position / size;
    uint64_t state = seed ^ uint64_t(epoch) * 0xd1342543de82ef95;
    order.resize(size);
    std::iota(order.begin(), order.end(), 0);
    // Fisher and Yates; our own numbers, as libraries shuffle differently.
    for (int64_t i = size - 1; i > 0; --i)
      std::swap(order[i], order[splitmix(state) % uint64_t(i + 1)]);
  }
  return order[position % size];
}
