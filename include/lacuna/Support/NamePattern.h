//===- NamePattern.h - Names with wildcards ---------------------*- C++ -*-===//
#ifndef LACUNA_SUPPORT_NAMEPATTERN_H
#define LACUNA_SUPPORT_NAMEPATTERN_H

#include <string>
#include <string_view>
#include <vector>

namespace lacuna {

/// Whether `name` is `pattern`, in which each `*` stands for any characters.
inline bool matchesPattern(std::string_view pattern, std::string_view name) {
  size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star))
    return false;
  for (size_t from = star; from <= name.size(); ++from)
    if (matchesPattern(pattern.substr(star + 1), name.substr(from)))
      return true;
  return false;
}

/// The same for any of `patterns`; a parameter of an ONNX model may be called
/// with or without its `param:`.
inline bool matchesAnyPattern(const std::vector<std::string> &patterns,
                              std::string_view name) {
  constexpr std::string_view prefix = "param:";
  bool isParameter = name.substr(0, prefix.size()) == prefix;
  for (const std::string &pattern : patterns)
    if (matchesPattern(pattern, name) ||
        (isParameter && matchesPattern(pattern, name.substr(prefix.size()))))
      return true;
  return false;
}

} // namespace lacuna

#endif // LACUNA_SUPPORT_NAMEPATTERN_H
