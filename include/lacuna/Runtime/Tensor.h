//===- Tensor.h - tensors on the host ---------------------------*- C++ -*-===//
//
// The value type that goes into compiled code and comes out of it. Storage is
// counted and shared: copying a Tensor copies no element. Storage of others is
// borrowed through DLPack without a copy.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_RUNTIME_TENSOR_H
#define LACUNA_RUNTIME_TENSOR_H

#include "lacuna/Support/Error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct DLManagedTensor; // of dlpack/dlpack.h

namespace lacuna {

/// Element types. I1 takes a byte per element: 0 or 1.
enum class DType : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  I1,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64
};

/// Bytes one element takes in memory.
size_t byteWidth(DType type);
/// The name in Lacuna's messages and options: `f32`, `bf16`, `i1`, `u8` ….
std::string_view dtypeName(DType type);
std::optional<DType> parseDType(std::string_view name);
bool isFloat(DType type);

using Shape = std::vector<int64_t>;

/// `2x3x4`; `scalar` for no dimensions at all.
std::string formatShape(std::span<const int64_t> shape);

/// The number of elements, or an error if a dimension is negative or if the
/// elements' bytes do not fit an int64_t.
Expected<int64_t> checkedElementCount(std::span<const int64_t> shape,
                                      DType type);

/// How Tensor::random fills. Integers lie in [low, high), i1 is a fair coin.
struct RandomFill {
  double mean = 0.0;
  double deviation = 1.0;
  int64_t low = 0;
  int64_t high = 2;
};

class Tensor {
public:
  /// Alignment of storage that Lacuna allocates: a cache line and the widest
  /// vector there is.
  static constexpr size_t alignment = 64;

  /// A tensor of no elements (f32, shape 0).
  Tensor() = default;

  /// Row-major, owned storage; uninitialised or all zero.
  static Expected<Tensor> allocate(DType type, Shape shape);
  static Expected<Tensor> zeros(DType type, Shape shape);
  /// Copies `bytes`, which must be exactly the row-major elements.
  static Expected<Tensor> copyOf(DType type, Shape shape,
                                 std::span<const std::byte> bytes);

  /// Borrowed storage: `owner` is released with the last tensor that uses it
  /// (a null owner: the caller keeps `data` alive). Strides count elements;
  /// none given means row-major.
  static Expected<Tensor> borrow(DType type, Shape shape, Shape strides,
                                 void *data, std::shared_ptr<void> owner);

  /// Normally distributed floats, uniform integers, from xoshiro256++ seeded
  /// through splitmix64: the same seed always gives the same tensor.
  static Expected<Tensor> random(DType type, Shape shape, uint64_t seed,
                                 const RandomFill &fill = {});

  /// Takes `managed` over without a copy; its deleter runs with the last tensor
  /// that uses it. On failure the caller still owns it. With `gpu`, it must lie
  /// in the memory of that GPU, and nothing here may touch its elements.
  static Expected<Tensor> fromDLPack(DLManagedTensor *managed,
                                     std::optional<int> gpu = std::nullopt);
  /// A view for others that keeps the storage alive until its deleter is
  /// called. i1 is told as DLPack's bool (code 6, since DLPack 0.8).
  DLManagedTensor *toDLPack() const;

  DType dtype() const { return type; }
  int64_t rank() const { return static_cast<int64_t>(dims.size()); }
  const Shape &shape() const { return dims; }
  /// In elements, not bytes.
  const Shape &strides() const { return steps; }
  int64_t elementCount() const { return count; }
  int64_t byteSize() const;
  bool isContiguous() const;

  void *data() { return base; }
  const void *data() const { return base; }
  template <typename T> T *data() { return static_cast<T *>(base); }
  template <typename T> const T *data() const {
    return static_cast<const T *>(base);
  }

  /// This tensor if it is row-major already, else a row-major copy.
  Expected<Tensor> contiguous() const;
  /// A row-major copy that shares nothing.
  Expected<Tensor> clone() const;
  /// Element `index` of the row-major order as f64 (64-bit integers round).
  double element(int64_t index) const;
  /// Elements [first, first + out.size()) of the row-major order as f64.
  void load(int64_t first, std::span<double> out) const;

private:
  Tensor(DType type, Shape shape, Shape strides, int64_t count, void *data,
         std::shared_ptr<void> owner);

  DType type = DType::F32;
  Shape dims = {0};
  Shape steps = {1};
  int64_t count = 0;
  void *base = nullptr;
  std::shared_ptr<void> storage;
};

} // namespace lacuna

#endif // LACUNA_RUNTIME_TENSOR_H
