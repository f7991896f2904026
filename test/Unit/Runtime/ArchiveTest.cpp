//===- ArchiveTest.cpp - arrays to and from files -------------------------===//
//
// Inputs/make-golden.py wrote the golden files with NumPy and ml_dtypes.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Archive.h"

#include "../TemporaryFolder.h"

#include <numeric>

using namespace lacuna;

namespace {

using ArchiveTest = test::TemporaryFolder;

const DType allTypes[] = {DType::F64, DType::F32, DType::F16, DType::BF16,
                          DType::I1,  DType::I8,  DType::I16, DType::I32,
                          DType::I64, DType::U8,  DType::U16, DType::U32,
                          DType::U64};

std::string inputPath(const char *name) {
  return std::string(LACUNA_TEST_INPUTS "/") + name;
}

std::vector<double> valuesOf(const Tensor &tensor) {
  std::vector<double> values(static_cast<size_t>(tensor.elementCount()));
  tensor.load(0, values);
  return values;
}

NpzReader openGolden() {
  Expected<NpzReader> reader = NpzReader::open(inputPath("golden.npz"));
  EXPECT_TRUE(reader) << reader.error().message();
  return *std::move(reader);
}

/// The message of a read of golden.npz that must fail, from the colon on.
std::string refusal(const char *name, std::optional<DType> type = {}) {
  Expected<Tensor> tensor = openGolden().read(name, type);
  EXPECT_FALSE(tensor);
  std::string prefix = "cannot read array `" + std::string(name) + "` of `" +
                       inputPath("golden.npz") + "`: ";
  std::string message = tensor.error().message();
  EXPECT_TRUE(message.starts_with(prefix)) << message;
  return message.substr(prefix.size());
}

Tensor sample(DType type, Shape shape) {
  RandomFill fill;
  fill.high = 100;
  return *Tensor::random(type, std::move(shape), 1, fill);
}

} // namespace

TEST_F(ArchiveTest, ReadsWhatNumPyWrote) {
  NpzReader reader = openGolden();
  EXPECT_EQ(reader.names().front(), "f64");
  EXPECT_TRUE(reader.contains("u16"));
  EXPECT_FALSE(reader.contains("u17"));
  for (DType type : allTypes) {
    Expected<Tensor> tensor = reader.read(std::string(dtypeName(type)), type);
    ASSERT_TRUE(tensor) << tensor.error().message();
    EXPECT_EQ(tensor->dtype(), type);
    EXPECT_EQ(tensor->shape(), (Shape{2, 3}));
    std::vector<double> expected = {0, 1, 2, 3, 100, 127};
    if (type == DType::I1)
      expected = {0, 1, 0, 1, 0, 1};
    EXPECT_EQ(valuesOf(*tensor), expected) << dtypeName(type);
  }
}

TEST_F(ArchiveTest, ReadsScalarsAndEmptyArrays) {
  NpzReader reader = openGolden();
  Expected<Tensor> scalar = reader.read("scalar");
  ASSERT_TRUE(scalar);
  EXPECT_EQ(scalar->rank(), 0);
  EXPECT_EQ(scalar->element(0), 2.5);
  Expected<Tensor> empty = reader.read("empty");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->shape(), (Shape{4, 0, 3}));
}

TEST_F(ArchiveTest, TurnsColumnMajorArrays) {
  for (const Expected<Tensor> &tensor :
       {openGolden().read("fortran"), readNpy(inputPath("fortran.npy"))}) {
    ASSERT_TRUE(tensor);
    EXPECT_EQ(tensor->shape(), (Shape{2, 3, 4}));
    EXPECT_TRUE(tensor->isContiguous());
    std::vector<double> expected(24);
    std::iota(expected.begin(), expected.end(), 0.0);
    EXPECT_EQ(valuesOf(*tensor), expected);
  }
}

TEST_F(ArchiveTest, RefusesOtherElementTypes) {
  EXPECT_EQ(refusal("big_endian"), "elements must be little-endian, got `>f4`");
  EXPECT_EQ(refusal("complex"), "element type must be a real number or a "
                                "boolean of 8 to 64 bits, got `<c8`");
  EXPECT_EQ(refusal("text"), "element type must be a real number or a "
                             "boolean of 8 to 64 bits, got `<U1`");
  EXPECT_EQ(refusal("record"), "header must be a dictionary of a plain "
                               "`descr`, `fortran_order` and `shape`");
  EXPECT_EQ(refusal("f64", DType::F32), "element type must be f32, got f64");
  EXPECT_EQ(refusal("missing"), "no such array");
}

TEST_F(ArchiveTest, ReadsBFloatOnlyWhenAsked) {
  EXPECT_EQ(refusal("bf16"),
            "raw elements of 2 bytes (`<V2`) must be asked for as bf16");
  Expected<Tensor> fromBits = openGolden().read("u16", DType::BF16);
  ASSERT_TRUE(fromBits);
  EXPECT_EQ(fromBits->dtype(), DType::BF16);
  EXPECT_EQ(fromBits->data<uint16_t>()[5], 127);
}

TEST_F(ArchiveTest, RoundTripsEveryType) {
  std::vector<NamedTensor> tensors;
  for (DType type : allTypes)
    for (Shape shape : {Shape{}, Shape{7}, Shape{0, 3}, Shape{2, 3, 5}})
      tensors.push_back(
          {std::string(dtypeName(type)) + "/" + formatShape(shape),
           sample(type, shape)});
  ASSERT_FALSE(writeNpz(path("all.npz"), tensors));
  EXPECT_EQ(fileCount(), 1);
  Expected<NpzReader> reader = NpzReader::open(path("all.npz"));
  ASSERT_TRUE(reader);
  ASSERT_EQ(reader->names().size(), tensors.size());
  for (const NamedTensor &tensor : tensors) {
    Expected<Tensor> back = reader->read(tensor.name, tensor.value.dtype());
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(back->dtype(), tensor.value.dtype());
    EXPECT_EQ(back->shape(), tensor.value.shape());
    EXPECT_EQ(valuesOf(*back), valuesOf(tensor.value));
    ASSERT_FALSE(writeNpy(path("one.npy"), tensor.value));
    Expected<Tensor> single = readNpy(path("one.npy"), tensor.value.dtype());
    ASSERT_TRUE(single) << single.error().message();
    EXPECT_EQ(valuesOf(*single), valuesOf(tensor.value));
  }
}

TEST_F(ArchiveTest, WritesEqualBytesForEqualTensors) {
  NamedTensor tensor{"x", sample(DType::F32, {3, 4})};
  ASSERT_FALSE(writeNpz(path("a.npz"), {&tensor, 1}));
  ASSERT_FALSE(writeNpz(path("b.npz"), {&tensor, 1}));
  EXPECT_EQ(readFile(path("a.npz")), readFile(path("b.npz")));
}

TEST_F(ArchiveTest, WritesStridedTensorsInOrder) {
  Tensor base = sample(DType::I32, {2, 3});
  Expected<Tensor> turned =
      Tensor::borrow(DType::I32, {3, 2}, {1, 3}, base.data(), nullptr);
  ASSERT_TRUE(turned);
  ASSERT_FALSE(writeNpy(path("x.npy"), *turned));
  Expected<Tensor> back = readNpy(path("x.npy"));
  ASSERT_TRUE(back);
  EXPECT_EQ(valuesOf(*back), valuesOf(*turned));
}

TEST_F(ArchiveTest, WritesAnEmptyArchive) {
  ASSERT_FALSE(writeNpz(path("none.npz"), {}));
  Expected<std::vector<NamedTensor>> back = readNpz(path("none.npz"));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_TRUE(back->empty());
}

TEST_F(ArchiveTest, RefusesBadNames) {
  NamedTensor twice[] = {{"x", Tensor()}, {"x", Tensor()}};
  EXPECT_EQ(writeNpz(path("x.npz"), twice).message(),
            "cannot write `" + path("x.npz") + "`: array `x` is given twice");
  NamedTensor nameless{"", Tensor()};
  EXPECT_TRUE(writeNpz(path("x.npz"), {&nameless, 1}));
  EXPECT_EQ(fileCount(), 0);
}

TEST_F(ArchiveTest, FailsWithoutTouchingTheOldFile) {
  writeFile(path("x.npz"), "old");
  NamedTensor bad{"\xff\xfe", Tensor()}; // no UTF-8
  EXPECT_TRUE(writeNpz(path("x.npz"), {&bad, 1}));
  EXPECT_EQ(readFile(path("x.npz")), "old");
  EXPECT_EQ(fileCount(), 1);
  NamedTensor good{"x", Tensor()};
  EXPECT_TRUE(writeNpz(path("missing/x.npz"), {&good, 1}));
}

TEST_F(ArchiveTest, NamesMissingFilesAndFolders) {
  EXPECT_EQ(readNpy(path("no.npy")).error().message(),
            "cannot read `" + path("no.npy") + "`: No such file or directory");
  EXPECT_EQ(readNpz(path("no.npz")).error().code(), ErrorCode::NotFound);
  EXPECT_EQ(readNpy(folder.string()).error().message(),
            "cannot read `" + folder.string() + "`: not a regular file");
  EXPECT_EQ(readNpz(folder.string()).error().message(),
            "cannot read `" + folder.string() + "`: not a regular file");
}
