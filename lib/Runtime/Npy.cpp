//===- Npy.cpp - arrays of NumPy's format ---------------------------------===//
//
// Reads and writes one array, and .npy files. Sizes are checked against the
// bytes there are before anything is allocated.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include "lacuna/Runtime/Archive.h"
#include "lacuna/Support/AtomicFile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>

namespace lacuna {

/// Far beyond any header NumPy writes, and cheap to hold.
static constexpr uint64_t largestHeader = 1 << 20;

static Error corrupt(std::string message) {
  return Error(ErrorCode::Corrupt, std::move(message));
}

/// Reads magic, version and the header's length; `used` counts bytes read.
static Expected<uint64_t> readHeaderLength(const ByteSource &source,
                                           uint64_t &used) {
  std::array<unsigned char, 12> bytes;
  auto read = [&](size_t count) {
    Error error = source.read(
        std::as_writable_bytes(std::span(bytes)).subspan(used, count));
    used += count;
    return error;
  };
  if (source.size < 10)
    return corrupt("must begin with a header, but ends before");
  if (Error error = read(8))
    return error;
  if (std::memcmp(bytes.data(), "\x93NUMPY", 6) != 0)
    return corrupt("must begin with NumPy's magic bytes");
  unsigned version = bytes[6];
  if (version < 1 || version > 3)
    return Error(
        ErrorCode::Unsupported,
        fmt::format("format version must be 1, 2 or 3, got {}", version));
  size_t countBytes = version == 1 ? 2 : 4;
  if (source.size < used + countBytes)
    return corrupt("must begin with a header, but ends before");
  if (Error error = read(countBytes))
    return error;
  uint64_t length = 0;
  for (size_t byte = 0; byte < countBytes; ++byte)
    length |= uint64_t{bytes[8 + byte]} << (8 * byte);
  return length;
}

static Expected<NpyHeader> readHeader(const ByteSource &source,
                                      uint64_t &used) {
  Expected<uint64_t> length = readHeaderLength(source, used);
  if (!length)
    return length.takeError();
  if (*length > std::min(source.size - used, largestHeader))
    return corrupt(
        fmt::format("header of {} bytes must end within the array", *length));
  std::string text(*length, '\0');
  if (Error error = source.read(std::as_writable_bytes(std::span(text))))
    return error;
  used += *length;
  return parseNpyHeader(text);
}

/// NumPy's column-major elements, read in order, as a row-major tensor.
static Expected<Tensor> fromColumnMajor(const Tensor &elements) {
  Shape shape(elements.shape().rbegin(), elements.shape().rend());
  Shape strides(elements.strides().rbegin(), elements.strides().rend());
  auto owner = std::make_shared<Tensor>(elements);
  void *data = owner->data();
  Expected<Tensor> view = Tensor::borrow(elements.dtype(), std::move(shape),
                                         std::move(strides), data, owner);
  if (!view)
    return view;
  return view->contiguous();
}

static Expected<Tensor> readElements(const ByteSource &source,
                                     const NpyHeader &header, DType type,
                                     uint64_t used) {
  Expected<int64_t> count = checkedElementCount(header.shape, type);
  if (!count)
    return corrupt(count.error().message());
  uint64_t bytes = static_cast<uint64_t>(*count) * byteWidth(type);
  if (bytes != source.size - used)
    return corrupt(fmt::format("elements of {} {} must take {} bytes, got {}",
                               formatShape(header.shape), dtypeName(type),
                               bytes, source.size - used));
  Shape shape = header.shape;
  if (header.fortranOrder)
    std::ranges::reverse(shape);
  Expected<Tensor> tensor = Tensor::allocate(type, std::move(shape));
  if (!tensor)
    return tensor;
  // Read even if empty: the source may have its end to check.
  if (Error error = source.read({tensor->data<std::byte>(), bytes}))
    return error;
  if (type == DType::I1)
    for (uint8_t &value : std::span(tensor->data<uint8_t>(), bytes))
      value = value != 0;
  return header.fortranOrder ? fromColumnMajor(*tensor) : std::move(tensor);
}

static Expected<Tensor> readArray(const ByteSource &source,
                                  std::optional<DType> asked) {
  uint64_t used = 0;
  Expected<NpyHeader> header = readHeader(source, used);
  if (!header)
    return header.takeError();
  Expected<DType> type = resolveNpyType(header->descr, asked);
  if (!type)
    return type.takeError();
  return readElements(source, *header, *type, used);
}

Expected<Tensor> readNpyArray(const std::string &what, const ByteSource &source,
                              std::optional<DType> asked) {
  Expected<Tensor> tensor = readArray(source, asked);
  if (tensor)
    return tensor;
  return Error(tensor.error().code(), fmt::format("cannot read {}: {}", what,
                                                  tensor.error().message()));
}

//===-- Files -------------------------------------------------------------===//

static Error cannotRead(const std::string &path, const char *reason) {
  return Error(errno == ENOENT ? ErrorCode::NotFound : ErrorCode::InputOutput,
               fmt::format("cannot read `{}`: {}", path, reason));
}

Expected<Tensor> readNpy(const std::string &path, std::optional<DType> type) {
  std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "rbe"),
                                              fclose);
  struct stat status;
  if (!file || fstat(fileno(file.get()), &status) != 0)
    return cannotRead(path, strerror(errno));
  if (!S_ISREG(status.st_mode))
    return cannotRead(path, "not a regular file");
  ByteSource source;
  source.size = static_cast<uint64_t>(status.st_size);
  source.read = [&](std::span<std::byte> out) {
    if (fread(out.data(), 1, out.size(), file.get()) == out.size())
      return Error::success();
    return Error(ErrorCode::InputOutput, "the file ends early");
  };
  return readNpyArray(fmt::format("`{}`", path), source, type);
}

Error writeNpy(const std::string &path, const Tensor &tensor) {
  Expected<Tensor> dense = tensor.contiguous();
  if (!dense)
    return dense.takeError();
  Expected<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  std::string header = formatNpyHeader(*dense);
  if (Error error = file->write(std::as_bytes(std::span(header))))
    return error;
  if (Error error = file->write(
          {dense->data<std::byte>(), static_cast<size_t>(dense->byteSize())}))
    return error;
  return file->commit();
}

} // namespace lacuna
