//===- CompileInput.h - What becomes of one input ---------------*- C++ -*-===//
#ifndef LACUNA_TEST_FUZZ_COMPILEINPUT_H
#define LACUNA_TEST_FUZZ_COMPILEINPUT_H

#include <algorithm>
#include <cstring>
#include <string>

namespace lacuna {

/// Silent: refused with no word on the reason.
enum Outcome { Waiting, Started, Compiled, Refused, Silent, Crash, Hang };
/// What is known of an input; children write it, so it lives in shared memory.
struct Row {
  Outcome outcome;
  char message[160];

  void set(Outcome result, const std::string &text) {
    size_t length = std::min(text.size(), sizeof(message) - 1);
    std::memcpy(message, text.data(), length);
    message[length] = 0;
    outcome = result;
  }
};

/// Compiles a model or a program, and runs it when its inputs are small.
void compileInput(const std::string &input, bool isOnnx, Row &row);

} // namespace lacuna

#endif // LACUNA_TEST_FUZZ_COMPILEINPUT_H
