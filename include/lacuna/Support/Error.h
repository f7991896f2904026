//===- Error.h - errors as values -------------------------------*- C++ -*-===//
//
// The error type of everything a user of Lacuna may call. It knows nothing of
// LLVM, so that public headers built on it need no compiler to be installed.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_SUPPORT_ERROR_H
#define LACUNA_SUPPORT_ERROR_H

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace lacuna {

/// What kind of thing went wrong; the C API hands these numbers out, so their
/// values never change.
enum class ErrorCode : int {
  None = 0,
  InvalidArgument = 1, ///< a value the caller passed breaks a rule
  NotFound = 2,        ///< a file, array or entry point that is not there
  InputOutput = 3,     ///< the operating system refused to read or write
  Corrupt = 4,         ///< a file breaks its format
  Unsupported = 5,     ///< well formed, but not something Lacuna handles
  OutOfMemory = 6,
  RuntimeCheck = 7, ///< a check in compiled code failed
  Cancelled = 8,
  Internal = 9 ///< a fault of Lacuna itself
};

/// Success, or a message with its kind. Tests true when it holds a failure:
/// `if (Error error = f()) return error;`.
class [[nodiscard]] Error {
public:
  static Error success() { return Error(); }

  Error(ErrorCode code, std::string message)
      : kind(code), text(std::move(message)) {
    assert(code != ErrorCode::None && "a failure needs a kind");
  }

  explicit operator bool() const { return kind != ErrorCode::None; }
  ErrorCode code() const { return kind; }
  const std::string &message() const { return text; }

private:
  Error() = default;

  ErrorCode kind = ErrorCode::None;
  std::string text;
};

/// A value or the error that kept it from being made. Tests true when it holds
/// the value.
template <typename T> class [[nodiscard]] Expected {
public:
  Expected(T value) : content(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : content(std::in_place_index<1>, std::move(error)) {
    assert(std::get<1>(content) && "an Expected needs a value or a failure");
  }

  explicit operator bool() const { return content.index() == 0; }

  T &operator*() & { return value(); }
  const T &operator*() const & { return value(); }
  T &&operator*() && { return std::move(value()); }
  T *operator->() { return &value(); }
  const T *operator->() const { return &value(); }

  const Error &error() const {
    assert(!*this && "no failure to read");
    return *std::get_if<1>(&content);
  }
  Error takeError() {
    return *this ? Error::success() : std::move(*std::get_if<1>(&content));
  }

private:
  T &value() {
    assert(*this && "no value to read");
    return *std::get_if<0>(&content);
  }
  const T &value() const {
    assert(*this && "no value to read");
    return *std::get_if<0>(&content);
  }

  std::variant<T, Error> content;
};

} // namespace lacuna

#endif // LACUNA_SUPPORT_ERROR_H
