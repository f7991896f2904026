//===- NpyHeader.cpp - the header of an array of NumPy's format -----------===//
//
// A header is the literal of a Python dictionary with the keys `descr`,
// `fortran_order` and `shape`, in any order (NEP 1); this parses no more of
// Python than that.
//
//===----------------------------------------------------------------------===//

#include "Npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace lacuna {

namespace {

class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : rest(text) {}

  /// False on any breach of the grammar.
  bool parse(NpyHeader &header) {
    if (!take('{'))
      return false;
    while (!take('}')) {
      if (!entry(header) || (!take(',') && peek() != '}'))
        return false;
    }
    return peek() == '\0' && hasDescr && hasOrder && hasShape;
  }

private:
  bool entry(NpyHeader &header) {
    std::string key;
    if (!string(key) || !take(':'))
      return false;
    if (key == "descr")
      return !std::exchange(hasDescr, true) && string(header.descr);
    if (key == "fortran_order")
      return !std::exchange(hasOrder, true) && boolean(header.fortranOrder);
    if (key == "shape")
      return !std::exchange(hasShape, true) && tuple(header.shape);
    return false;
  }

  bool string(std::string &value) {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return false;
    size_t end = rest.find(quote, 1);
    if (end == std::string_view::npos)
      return false;
    value = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
  }

  bool boolean(bool &value) {
    peek();
    for (std::string_view word : {"True", "False"})
      if (rest.starts_with(word)) {
        value = word == "True";
        rest.remove_prefix(word.size());
        return true;
      }
    return false;
  }

  bool tuple(Shape &value) {
    if (!take('('))
      return false;
    while (!take(')')) {
      int64_t dim;
      if (!integer(dim) || (!take(',') && peek() != ')'))
        return false;
      value.push_back(dim);
    }
    return true;
  }

  bool integer(int64_t &value) {
    peek();
    const char *end = rest.data() + rest.size();
    auto [next, status] = std::from_chars(rest.data(), end, value);
    if (status != std::errc())
      return false;
    rest.remove_prefix(static_cast<size_t>(next - rest.data()));
    take('L'); // how Python 2 wrote long integers
    return true;
  }

  /// The next character that is no space; NUL at the end.
  char peek() {
    size_t start = rest.find_first_not_of(" \t\n");
    rest.remove_prefix(std::min(start, rest.size()));
    return rest.empty() ? '\0' : rest.front();
  }

  bool take(char wanted) {
    if (peek() != wanted)
      return false;
    rest.remove_prefix(1);
    return true;
  }

  std::string_view rest;
  bool hasDescr = false;
  bool hasOrder = false;
  bool hasShape = false;
};

struct DescrFacts {
  DType type;
  std::string_view descr;
};

} // namespace

/// NumPy's names on a little-endian machine; bf16 as ml_dtypes writes it.
static constexpr std::array<DescrFacts, 13> descrFacts = {
    {{DType::F64, "<f8"},
     {DType::F32, "<f4"},
     {DType::F16, "<f2"},
     {DType::BF16, "<V2"},
     {DType::I1, "|b1"},
     {DType::I8, "|i1"},
     {DType::I16, "<i2"},
     {DType::I32, "<i4"},
     {DType::I64, "<i8"},
     {DType::U8, "|u1"},
     {DType::U16, "<u2"},
     {DType::U32, "<u4"},
     {DType::U64, "<u8"}}};

Expected<NpyHeader> parseNpyHeader(std::string_view text) {
  NpyHeader header;
  if (text.find('\0') != text.npos || !HeaderParser(text).parse(header))
    return Error(ErrorCode::Corrupt,
                 "header must be a dictionary of a plain `descr`, "
                 "`fortran_order` and `shape`");
  return header;
}

/// A bf16 that the file itself calls so.
static bool isNamedBFloat(std::string_view descr) {
  return descr == "bfloat16" || descr == "<bfloat16";
}

static Expected<DType> typeInFile(std::string_view descr) {
  if (isNamedBFloat(descr))
    return DType::BF16;
  if (descr.starts_with('>') && !descr.ends_with('1'))
    return Error(
        ErrorCode::Unsupported,
        fmt::format("elements must be little-endian, got `{}`", descr));
  // The byte order means nothing for bytes, and `=` is that of the machine.
  for (const DescrFacts &facts : descrFacts)
    if (!descr.empty() && descr.substr(1) == facts.descr.substr(1) &&
        (descr[0] == '<' || descr[0] == '=' || byteWidth(facts.type) == 1 ||
         facts.type == DType::BF16))
      return facts.type;
  return Error(ErrorCode::Unsupported,
               fmt::format("element type must be a real number or a boolean of "
                           "8 to 64 bits, got `{}`",
                           descr));
}

Expected<DType> resolveNpyType(std::string_view descr,
                               std::optional<DType> asked) {
  Expected<DType> found = typeInFile(descr);
  if (!found)
    return found;
  if (asked == DType::BF16 && *found == DType::U16)
    return DType::BF16;
  if (!asked && *found == DType::BF16 && !isNamedBFloat(descr))
    return Error(ErrorCode::Unsupported,
                 fmt::format("raw elements of 2 bytes (`{}`) must be asked for "
                             "as bf16",
                             descr));
  if (asked && *asked != *found)
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("element type must be {}, got {}",
                             dtypeName(*asked), dtypeName(*found)));
  return found;
}

std::string formatNpyHeader(const Tensor &tensor) {
  std::string shape;
  for (int64_t dim : tensor.shape())
    shape += fmt::format("{}, ", dim);
  std::string_view descr =
      std::ranges::find(descrFacts, tensor.dtype(), &DescrFacts::type)->descr;
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                  descr, shape);
  // Version 1 counts the header in 2 bytes, version 2 in 4. Elements begin at
  // a multiple of 64 bytes, so that the file can be mapped.
  bool longHeader = text.size() + 128 > UINT16_MAX;
  size_t countBytes = longHeader ? 4 : 2;
  size_t prefix = 8 + countBytes;
  text.append(63 - (prefix + text.size()) % 64, ' ');
  text += '\n';
  std::string result("\x93NUMPY");
  result += longHeader ? '\2' : '\1';
  result += '\0';
  for (size_t byte = 0; byte < countBytes; ++byte)
    result += static_cast<char>(text.size() >> (8 * byte));
  return result + text;
}

} // namespace lacuna
