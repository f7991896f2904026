//===- TensorTest.cpp - tensors on the host -------------------------------===//
//
// Types, storage, strides, and the exchange through DLPack.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Tensor.h"

#include <dlpack/dlpack.h>
#include <gtest/gtest.h>

#include <numeric>

using namespace lacuna;

namespace {

/// 0, 1, 2 … of type i32.
Tensor counting(Shape shape) {
  Tensor tensor = *Tensor::allocate(DType::I32, std::move(shape));
  std::iota(tensor.data<int32_t>(),
            tensor.data<int32_t>() + tensor.elementCount(), 0);
  return tensor;
}

/// A DLPack tensor as another library would hand it over.
struct Foreign {
  int64_t shape[2] = {2, 3};
  int64_t strides[2] = {1, 2};
  float data[7] = {-1, 0, 1, 2, 3, 4, 5};
  int deleted = 0;
  DLManagedTensor managed = {};

  Foreign() {
    managed.dl_tensor = {data,  {kDLCPU, 0}, 2, {kDLFloat, 32, 1},
                         shape, strides,     4}; // begins at data[1]
    managed.manager_ctx = this;
    managed.deleter = [](DLManagedTensor *self) {
      ++static_cast<Foreign *>(self->manager_ctx)->deleted;
    };
  }
};

} // namespace

TEST(DTypes, HaveNamesAndWidths) {
  for (int i = 0; i <= static_cast<int>(DType::U64); ++i)
    EXPECT_EQ(parseDType(dtypeName(static_cast<DType>(i))),
              static_cast<DType>(i));
  EXPECT_EQ(parseDType("f8"), std::nullopt);
  EXPECT_EQ(dtypeName(DType::BF16), "bf16");
  EXPECT_EQ(byteWidth(DType::BF16), 2u);
  EXPECT_EQ(byteWidth(DType::I1), 1u);
  EXPECT_TRUE(isFloat(DType::BF16));
  EXPECT_FALSE(isFloat(DType::I1));
}

TEST(Tensors, AreAlignedAndShared) {
  Tensor tensor = *Tensor::zeros(DType::F32, {3, 5});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.data()) % Tensor::alignment, 0u);
  EXPECT_EQ(tensor.byteSize(), 60);
  EXPECT_EQ(tensor.strides(), (Shape{5, 1}));
  Tensor same = tensor;
  Tensor copy = *tensor.clone();
  tensor.data<float>()[4] = 7;
  EXPECT_EQ(same.element(4), 7.0);
  EXPECT_EQ(copy.element(4), 0.0);
}

TEST(Tensors, RefuseImpossibleShapes) {
  EXPECT_EQ(Tensor::allocate(DType::F32, {2, -1}).error().message(),
            "dimensions must not be negative, got 2x-1");
  EXPECT_EQ(Tensor::allocate(DType::F64, {INT64_MAX}).error().code(),
            ErrorCode::InvalidArgument);
  EXPECT_EQ(Tensor::allocate(DType::I8, {INT64_MAX - 64}).error().code(),
            ErrorCode::OutOfMemory);
  EXPECT_FALSE(Tensor::copyOf(DType::F32, {2}, {}));
  EXPECT_FALSE(Tensor::borrow(DType::F32, {2}, {1, 1}, nullptr, nullptr));
  EXPECT_FALSE(Tensor::borrow(DType::F32, {2}, {}, nullptr, nullptr));
}

TEST(Tensors, ReadThroughStrides) {
  Tensor base = counting({2, 3, 4});
  Tensor turned =
      *Tensor::borrow(DType::I32, {4, 3, 2}, {1, 4, 12}, base.data(), nullptr);
  EXPECT_FALSE(turned.isContiguous());
  EXPECT_EQ(turned.element(1), 12.0);
  EXPECT_EQ(turned.element(2), 4.0);
  double values[5];
  turned.load(3, values); // begins within a row
  EXPECT_EQ(std::vector<double>(values, values + 5),
            (std::vector<double>{16, 8, 20, 1, 13}));
  Tensor dense = *turned.contiguous();
  EXPECT_TRUE(dense.isContiguous());
  for (int64_t i = 0; i < 24; ++i)
    EXPECT_EQ(dense.element(i), turned.element(i));
}

TEST(Tensors, BackwardsAndBroadcastViews) {
  Tensor base = counting({4});
  Tensor backwards =
      *Tensor::borrow(DType::I32, {4}, {-1}, base.data<int32_t>() + 3, nullptr);
  EXPECT_EQ(backwards.element(0), 3.0);
  EXPECT_EQ(backwards.clone()->data<int32_t>()[3], 0);
  Tensor repeated =
      *Tensor::borrow(DType::I32, {2, 4}, {0, 1}, base.data(), nullptr);
  EXPECT_EQ(repeated.element(7), 3.0);
  EXPECT_EQ(repeated.clone()->data<int32_t>()[5], 1);
}

TEST(Tensors, ContiguousSharesWhatIsDense) {
  Tensor base = counting({2, 1, 3});
  Tensor odd =
      *Tensor::borrow(DType::I32, {2, 1, 3}, {3, 77, 1}, base.data(), nullptr);
  EXPECT_TRUE(odd.isContiguous());
  EXPECT_EQ(odd.contiguous()->data(), base.data());
}

TEST(DLPack, BorrowsWithoutACopy) {
  Foreign foreign;
  {
    Expected<Tensor> tensor = Tensor::fromDLPack(&foreign.managed);
    ASSERT_TRUE(tensor) << tensor.error().message();
    EXPECT_EQ(tensor->data(), foreign.data + 1);
    EXPECT_EQ(tensor->dtype(), DType::F32);
    EXPECT_EQ(tensor->element(1), 2.0); // column-major
    Tensor copy = *tensor;
    EXPECT_EQ(foreign.deleted, 0);
  }
  EXPECT_EQ(foreign.deleted, 1);
}

TEST(DLPack, RefusesWithoutTakingOver) {
  auto refusal = [](auto change) {
    Foreign foreign;
    change(foreign.managed.dl_tensor);
    Expected<Tensor> tensor = Tensor::fromDLPack(&foreign.managed);
    EXPECT_FALSE(tensor);
    EXPECT_EQ(foreign.deleted, 0);
    return tensor.error().message();
  };
  EXPECT_EQ(refusal([](DLTensor &t) { t.device.device_type = kDLCUDA; }),
            "DLPack tensor must be in the memory of the host, got device type 2, "
            "number 0");
  EXPECT_EQ(refusal([](DLTensor &t) { t.dtype.lanes = 4; }),
            "DLPack type of code 2, 32 bits and 4 lanes must be one of "
            "Lacuna's element types");
  EXPECT_EQ(refusal([](DLTensor &t) { t.shape[0] = -2; }),
            "dimensions must not be negative, got -2x3");
  refusal([](DLTensor &t) { t.data = nullptr; });
  refusal([](DLTensor &t) { t.ndim = -1; });
  refusal([](DLTensor &t) { t.shape = nullptr; });
  EXPECT_FALSE(Tensor::fromDLPack(nullptr));
}

TEST(DLPack, RoundTripsEveryType) {
  for (int i = 0; i <= static_cast<int>(DType::U64); ++i) {
    DType type = static_cast<DType>(i);
    DLManagedTensor *managed = Tensor::zeros(type, {2, 3})->toDLPack();
    EXPECT_EQ(managed->dl_tensor.dtype.bits, 8 * byteWidth(type));
    Expected<Tensor> back = Tensor::fromDLPack(managed);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->dtype(), type);
    EXPECT_EQ(back->shape(), (Shape{2, 3}));
    EXPECT_EQ(back->element(5), 0.0); // storage lives on
  }
}
