//===- Tensor.cpp - tensors on the host -----------------------------------===//
//
// Element types, shapes, storage and reading of elements.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Tensor.h"

#include "lacuna/Support/HalfFloat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace lacuna {

//===-- Element types and shapes ------------------------------------------===//

namespace {
struct DTypeFacts {
  std::string_view name;
  size_t width;
};
} // namespace

/// In the order of DType.
static constexpr std::array<DTypeFacts, 13> dtypeFacts = {{{"f64", 8},
                                                           {"f32", 4},
                                                           {"f16", 2},
                                                           {"bf16", 2},
                                                           {"i1", 1},
                                                           {"i8", 1},
                                                           {"i16", 2},
                                                           {"i32", 4},
                                                           {"i64", 8},
                                                           {"u8", 1},
                                                           {"u16", 2},
                                                           {"u32", 4},
                                                           {"u64", 8}}};

static const DTypeFacts &factsOf(DType type) {
  return dtypeFacts[static_cast<size_t>(type)];
}

size_t byteWidth(DType type) { return factsOf(type).width; }

std::string_view dtypeName(DType type) { return factsOf(type).name; }

std::optional<DType> parseDType(std::string_view name) {
  auto *found = std::ranges::find(dtypeFacts, name, &DTypeFacts::name);
  if (found == dtypeFacts.end())
    return std::nullopt;
  return static_cast<DType>(found - dtypeFacts.begin());
}

bool isFloat(DType type) { return type <= DType::BF16; }

std::string formatShape(std::span<const int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return fmt::format("{}", fmt::join(shape, "x"));
}

Expected<int64_t> checkedElementCount(std::span<const int64_t> shape,
                                      DType type) {
  // Zeros are left out of the product, so that strides never overflow either.
  int64_t product = static_cast<int64_t>(byteWidth(type));
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("dimensions must not be negative, got {}",
                               formatShape(shape)));
    empty |= dim == 0;
    if (dim && __builtin_mul_overflow(product, dim, &product))
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("shape {} of {} must fit in 64-bit sizes",
                               formatShape(shape), dtypeName(type)));
  }
  return empty ? 0 : product / static_cast<int64_t>(byteWidth(type));
}

static Shape rowMajorStrides(const Shape &shape) {
  Shape strides(shape.size());
  int64_t step = 1;
  for (size_t dim = shape.size(); dim-- > 0;) {
    strides[dim] = step;
    step *= std::max<int64_t>(shape[dim], 1);
  }
  return strides;
}

//===-- Storage -----------------------------------------------------------===//

Tensor::Tensor(DType type, Shape shape, Shape strides, int64_t count,
               void *data, std::shared_ptr<void> owner)
    : type(type), dims(std::move(shape)), steps(std::move(strides)),
      count(count), base(data), storage(std::move(owner)) {}

/// More than this is refused at once: the system would grant it, and end the
/// process when the memory is touched.
static size_t physicalMemory() {
  return static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

Expected<Tensor> Tensor::allocate(DType type, Shape shape) {
  Expected<int64_t> count = checkedElementCount(shape, type);
  if (!count)
    return count.takeError();
  // aligned_alloc wants a multiple of the alignment; the padding also lets
  // vector loads run over the last element.
  size_t bytes = static_cast<size_t>(*count) * byteWidth(type);
  size_t padded = (bytes / alignment + 1) * alignment;
  void *data = nullptr;
  if (padded <= physicalMemory())
    data = std::aligned_alloc(alignment, padded);
  if (!data)
    return Error(ErrorCode::OutOfMemory,
                 fmt::format("cannot allocate {} bytes for a tensor {} of {}",
                             bytes, formatShape(shape), dtypeName(type)));
  Shape strides = rowMajorStrides(shape);
  return Tensor(type, std::move(shape), std::move(strides), *count, data,
                std::shared_ptr<void>(data, std::free));
}

Expected<Tensor> Tensor::zeros(DType type, Shape shape) {
  Expected<Tensor> tensor = allocate(type, std::move(shape));
  if (tensor)
    std::memset(tensor->data(), 0, static_cast<size_t>(tensor->byteSize()));
  return tensor;
}

Expected<Tensor> Tensor::copyOf(DType type, Shape shape,
                                std::span<const std::byte> bytes) {
  Expected<Tensor> tensor = allocate(type, std::move(shape));
  if (!tensor)
    return tensor;
  if (bytes.size() != static_cast<size_t>(tensor->byteSize()))
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("a tensor {} of {} must be given {} bytes, got {}",
                             formatShape(tensor->dims), dtypeName(type),
                             tensor->byteSize(), bytes.size()));
  if (!bytes.empty())
    std::memcpy(tensor->data(), bytes.data(), bytes.size());
  return tensor;
}

Expected<Tensor> Tensor::borrow(DType type, Shape shape, Shape strides,
                                void *data, std::shared_ptr<void> owner) {
  Expected<int64_t> count = checkedElementCount(shape, type);
  if (!count)
    return count.takeError();
  if (strides.empty())
    strides = rowMajorStrides(shape);
  if (strides.size() != shape.size())
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("strides must be as many as dimensions, got {} "
                             "for {}",
                             strides.size(), shape.size()));
  if (!data && *count > 0)
    return Error(ErrorCode::InvalidArgument,
                 "data of a tensor with elements must not be null");
  return Tensor(type, std::move(shape), std::move(strides), *count, data,
                std::move(owner));
}

int64_t Tensor::byteSize() const {
  return count * static_cast<int64_t>(byteWidth(type));
}

bool Tensor::isContiguous() const {
  if (count == 0)
    return true;
  int64_t step = 1;
  for (size_t dim = dims.size(); dim-- > 0;) {
    if (dims[dim] != 1 && steps[dim] != step)
      return false;
    step *= dims[dim];
  }
  return true;
}

//===-- Elements ----------------------------------------------------------===//

/// Calls visit(first element, elements, stride) for every row of the innermost
/// dimension that [first, last) of the row-major order touches.
template <typename Visit>
static void forEachRow(const Tensor &tensor, int64_t first, int64_t last,
                       Visit visit) {
  const Shape &shape = tensor.shape();
  bool dense = tensor.isContiguous();
  int64_t width = dense ? tensor.elementCount() : shape.back();
  int64_t stride = dense ? 1 : tensor.strides().back();
  while (first < last) {
    int64_t row = first / width;
    int64_t column = first % width;
    int64_t count = std::min(width - column, last - first);
    int64_t offset = column * stride;
    if (!dense)
      for (size_t dim = shape.size() - 1; dim-- > 0; row /= shape[dim])
        offset += row % shape[dim] * tensor.strides()[dim];
    visit(offset, count, stride);
    first += count;
  }
}

template <typename T, typename Convert>
static double *loadRow(const Tensor &tensor, int64_t offset, int64_t count,
                       int64_t stride, double *out, Convert convert) {
  const T *from = tensor.data<T>() + offset;
  for (int64_t i = 0; i < count; ++i)
    *out++ = convert(from[i * stride]);
  return out;
}

template <typename T>
static double *loadRow(const Tensor &tensor, int64_t offset, int64_t count,
                       int64_t stride, double *out) {
  return loadRow<T>(tensor, offset, count, stride, out,
                    [](T value) { return static_cast<double>(value); });
}

static double *loadRow(const Tensor &t, int64_t offset, int64_t count,
                       int64_t stride, double *out) {
  switch (t.dtype()) {
  case DType::F64:
    return loadRow<double>(t, offset, count, stride, out);
  case DType::F32:
    return loadRow<float>(t, offset, count, stride, out);
  case DType::F16:
    return loadRow<uint16_t>(t, offset, count, stride, out, fromHalf);
  case DType::BF16:
    return loadRow<uint16_t>(t, offset, count, stride, out, fromBFloat);
  case DType::I1:
    return loadRow<uint8_t>(t, offset, count, stride, out,
                            [](uint8_t value) { return value ? 1.0 : 0.0; });
  case DType::I8:
    return loadRow<int8_t>(t, offset, count, stride, out);
  case DType::I16:
    return loadRow<int16_t>(t, offset, count, stride, out);
  case DType::I32:
    return loadRow<int32_t>(t, offset, count, stride, out);
  case DType::I64:
    return loadRow<int64_t>(t, offset, count, stride, out);
  case DType::U8:
    return loadRow<uint8_t>(t, offset, count, stride, out);
  case DType::U16:
    return loadRow<uint16_t>(t, offset, count, stride, out);
  case DType::U32:
    return loadRow<uint32_t>(t, offset, count, stride, out);
  case DType::U64:
    return loadRow<uint64_t>(t, offset, count, stride, out);
  }
  return out;
}

void Tensor::load(int64_t first, std::span<double> out) const {
  int64_t last = first + static_cast<int64_t>(out.size());
  assert(first >= 0 && last <= count && "elements must exist");
  double *next = out.data();
  forEachRow(*this, first, last,
             [&](int64_t offset, int64_t count, int64_t stride) {
               next = loadRow(*this, offset, count, stride, next);
             });
}

double Tensor::element(int64_t index) const {
  double value = 0.0;
  load(index, {&value, 1});
  return value;
}

Expected<Tensor> Tensor::contiguous() const {
  if (isContiguous())
    return *this;
  return clone();
}

Expected<Tensor> Tensor::clone() const {
  Expected<Tensor> copy = allocate(type, dims);
  if (!copy)
    return copy;
  int64_t width = static_cast<int64_t>(byteWidth(type));
  char *to = copy->data<char>();
  forEachRow(*this, 0, count,
             [&](int64_t offset, int64_t count, int64_t stride) {
               const char *from = data<char>() + offset * width;
               int64_t run = stride == 1 ? count : 1;
               for (int64_t i = 0; i < count; i += run, to += run * width)
                 std::memcpy(to, from + i * stride * width,
                             static_cast<size_t>(run * width));
             });
  return copy;
}

} // namespace lacuna
