//===- CorruptArchiveTest.cpp - files that lie ----------------------------===//
//
// Truncated, flipped and hostile files: each is refused with a message, and
// none is believed about its size.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Archive.h"

#include "../TemporaryFolder.h"

using namespace lacuna;

namespace {

class CorruptArchiveTest : public test::TemporaryFolder {
protected:
  static std::string golden(const char *name) {
    return readFile(std::string(LACUNA_TEST_INPUTS "/") + name);
  }

  /// The message for an array with this header and 16 bytes of elements.
  std::string refusal(std::string_view header) {
    std::string bytes("\x93NUMPY\1\0", 8);
    bytes += static_cast<char>(header.size() & 0xff);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    return refusalOfBytes(bytes + std::string(16, '\0'));
  }

  std::string refusalOfBytes(std::string_view bytes) {
    writeFile(path("x.npy"), bytes);
    Expected<Tensor> tensor = readNpy(path("x.npy"));
    if (tensor)
      return "accepted";
    std::string prefix = "cannot read `" + path("x.npy") + "`: ";
    EXPECT_TRUE(tensor.error().message().starts_with(prefix));
    return tensor.error().message().substr(prefix.size());
  }

  /// Reads all that can be read, for the sanitizers to watch.
  bool readsWhole(std::string_view bytes) {
    writeFile(path("x.npz"), bytes);
    Expected<NpzReader> reader = NpzReader::open(path("x.npz"));
    if (!reader)
      return false;
    size_t good = 0;
    for (const std::string &name : reader->names())
      good += static_cast<bool>(reader->read(name));
    return good == reader->names().size();
  }
};

constexpr std::string_view headerError =
    "header must be a dictionary of a plain `descr`, `fortran_order` and "
    "`shape`";

} // namespace

TEST_F(CorruptArchiveTest, AcceptsTheHeaderOfTheseTests) {
  EXPECT_EQ(
      refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }"),
      "accepted");
  EXPECT_EQ(
      refusal("{\"shape\":(2,2L),\"descr\":\"=f4\",\"fortran_order\":True}"),
      "accepted");
}

TEST_F(CorruptArchiveTest, RefusesImpossibleShapes) {
  auto refusalOfShape = [&](std::string shape) {
    return refusal("{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                   shape + ")}");
  };
  EXPECT_EQ(refusalOfShape("-4,"), "dimensions must not be negative, got -4");
  EXPECT_EQ(refusalOfShape("4294967296, 4294967296"),
            "shape 4294967296x4294967296 of f32 must fit in 64-bit sizes");
  EXPECT_EQ(refusalOfShape("0, 4294967296, 4294967296"),
            "shape 0x4294967296x4294967296 of f32 must fit in 64-bit sizes");
  EXPECT_EQ(refusalOfShape("1099511627776,"),
            "elements of 1099511627776 f32 must take 4398046511104 bytes, "
            "got 16");
  EXPECT_EQ(refusalOfShape("3,"),
            "elements of 3 f32 must take 12 bytes, got 16");
  EXPECT_EQ(refusalOfShape("99999999999999999999,"), headerError);
  EXPECT_EQ(refusalOfShape("4.5,"), headerError);
  EXPECT_EQ(refusalOfShape("4 4"), headerError);
}

TEST_F(CorruptArchiveTest, RefusesMalformedHeaders) {
  for (const char *header :
       {"", "{}", "{'descr': '<f4'", "[1, 2]",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} x",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (4,)}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, "
        "'shape': (4,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), 'a': 1}"})
    EXPECT_EQ(refusal(header), headerError) << header;
  EXPECT_EQ(refusal("{'descr': '', 'fortran_order': False, 'shape': (4,)}"),
            "element type must be a real number or a boolean of 8 to 64 bits, "
            "got ``");
}

TEST_F(CorruptArchiveTest, RefusesOtherFiles) {
  EXPECT_EQ(refusalOfBytes(""), "must begin with a header, but ends before");
  EXPECT_EQ(refusalOfBytes("this is no array"),
            "must begin with NumPy's magic bytes");
  EXPECT_EQ(refusalOfBytes(std::string("\x93NUMPY\4\0\0\0\0\0", 12)),
            "format version must be 1, 2 or 3, got 4");
  EXPECT_EQ(refusalOfBytes(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12)),
            "header of 4294967295 bytes must end within the array");
  EXPECT_FALSE(readsWhole(""));
  EXPECT_FALSE(readsWhole("this is no archive"));
}

TEST_F(CorruptArchiveTest, RefusesEveryTruncation) {
  std::string array = golden("fortran.npy");
  for (size_t size = 0; size < array.size(); ++size)
    EXPECT_NE(refusalOfBytes(array.substr(0, size)), "accepted") << size;
  std::string archive = golden("golden.npz");
  for (size_t size = 0; size < archive.size(); size += 7)
    EXPECT_FALSE(readsWhole(archive.substr(0, size))) << size;
}

TEST_F(CorruptArchiveTest, SurvivesEveryFlippedByte) {
  std::string array = golden("fortran.npy");
  for (char &byte : array) {
    byte = ~byte;
    refusalOfBytes(array);
    byte = ~byte;
  }
  std::string archive = golden("golden.npz");
  for (size_t i = 0; i < archive.size(); i += 3) {
    archive[i] = ~archive[i];
    readsWhole(archive);
    archive[i] = ~archive[i];
  }
}

TEST_F(CorruptArchiveTest, NoticesAWrongChecksum) {
  NamedTensor tensor{"x", *Tensor::zeros(DType::F32, {100})};
  ASSERT_FALSE(writeNpz(path("x.npz"), {&tensor, 1}));
  std::string bytes = readFile(path("x.npz"));
  bytes[300] ^= 1; // an element
  writeFile(path("x.npz"), bytes);
  Expected<NpzReader> reader = NpzReader::open(path("x.npz"));
  ASSERT_TRUE(reader);
  Expected<Tensor> back = reader->read("x");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().message(),
            "cannot read array `x` of `" + path("x.npz") + "`: CRC error");
}
