//===- NativeHeader.cpp - The C header of a compiled library --------------===//
#include "NativeWrapper.h"

#include <fmt/format.h>

#include <iterator>
#include <set>

using namespace lacuna;

std::string lacuna::toIdentifier(const std::string &text) {
  std::string name;
  for (char c : text)
    name += llvm::isAlnum(c) ? c : '_';
  return name.empty() || llvm::isDigit(name.front()) ? "_" + name : name;
}

/// C has no 16-bit floats everywhere; these travel as their bits.
static const char *cType(DType type) {
  switch (type) {
  case DType::F64:
    return "double";
  case DType::F32:
    return "float";
  case DType::F16:
  case DType::BF16:
  case DType::U16:
    return "uint16_t";
  case DType::I1:
  case DType::U8:
    return "uint8_t";
  case DType::I8:
    return "int8_t";
  case DType::I16:
    return "int16_t";
  case DType::I32:
    return "int32_t";
  case DType::I64:
    return "int64_t";
  case DType::U32:
    return "uint32_t";
  case DType::U64:
    return "uint64_t";
  }
  return "void";
}

namespace {
/// Names of parameters: identifiers that differ from each other and from
/// whatever C or the header uses.
class ParameterNames {
public:
  std::string add(const std::string &wanted) {
    static const std::set<std::string> keywords = {
        "auto",   "break",    "case",     "char",   "const",    "continue",
        "default", "do",      "double",   "else",   "enum",     "extern",
        "float",  "for",      "goto",     "if",     "inline",   "int",
        "long",   "register", "restrict", "return", "short",    "signed",
        "sizeof", "static",   "struct",   "switch", "typedef",  "union",
        "unsigned", "void",   "volatile", "while",  "class",    "new",
        "delete", "this",     "template", "operator", "bool",   "true",
        "false",  "and",      "or",       "not",    "xor",      "threads"};
    std::string name = toIdentifier(wanted);
    while (keywords.count(name) || !used.insert(name).second)
      name += "_";
    return name;
  }

private:
  std::set<std::string> used;
};
} // namespace

static std::string upper(const std::string &text) {
  return llvm::StringRef(text).upper();
}

std::string lacuna::writeHeader(const NativeInterface &interface) {
  const std::string &symbol = interface.symbol;
  std::string text, sizes, parameters;
  auto out = std::back_inserter(text);
  fmt::format_to(out,
                 "/* {0}: compiled by Lacuna from {1}.\n *\n"
                 " * Tensors are row-major, without gaps:\n",
                 symbol, llvm::StringRef(interface.model).rsplit('/').second.empty()
                             ? interface.model
                             : llvm::StringRef(interface.model).rsplit('/').second.str());
  ParameterNames names;
  auto add = [&](const Value &value, const char *role, const char *prefix) {
    std::string name = names.add(value.name);
    int64_t elements = 1;
    for (int64_t size : value.shape)
      elements *= size;
    fmt::format_to(out, " *   {} {}: {}[{}]{}\n", role, name,
                   dtypeName(value.dtype), formatShape(value.shape),
                   name == value.name ? "" : " (`" + value.name + "`)");
    sizes += fmt::format("#define {}_{}_ELEMENTS {}\n", upper(symbol),
                         upper(name), elements);
    parameters += fmt::format("{}{} *{}, ", prefix, cType(value.dtype), name);
  };
  for (const Value &value : interface.inputs)
    add(value, "input ", "const ");
  for (const Value &value : interface.outputs)
    add(value, "output", "");
  fmt::format_to(
      out,
      R"( * f16 and bf16 elements are given as their 16 bits, i1 as a byte of 0 or 1.
 */
#ifndef {0}_H
#define {0}_H

#include <stdint.h>

{1}
#ifdef __cplusplus
extern "C" {{
#endif

/* Computes the outputs on `threads` threads (0: all the process may use). Any
 * number of threads may call at once. Returns 0, or not 0 after a failure. */
int32_t {2}({3}int32_t threads);

/* Text of the calling thread's last failure. */
const char *{2}_error(void);

/* Frees the memory kept for later calls; none may be in flight. */
void {2}_release(void);

#ifdef __cplusplus
}} /* extern "C" */
#endif

#endif /* {0}_H */
)",
      upper(symbol), sizes, symbol, parameters);
  return text;
}
