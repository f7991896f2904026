//===- CheckAccuracy.cpp - Compiled functions against their true values ---===//
// lacuna-check-accuracy [--stride N] [--only NAME] [--time]
// Compiles every activation and elementary function and compares it with
// `long double` over every N-th f32 number (1: all 2^32) and over all bf16 and
// f16 numbers. Fails beyond 2 ulp in f32 or 1 ulp in the narrow types.
//===----------------------------------------------------------------------===//
#include "Oracle.h"
#include "Ulp.h"

#include "lacuna/JIT/Model.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>

using namespace lacuna;

namespace {

constexpr int64_t batch = 1 << 16;

struct Settings {
  uint64_t stride = 100003;
  std::string only;
  bool time = false;
};

/// The largest error seen, and where.
struct Worst {
  double error = 0;
  double argument = 0, got = 0;
  long double want = 0;
};

std::string sourceOf(const CheckedFunction &function, const Format &format) {
  std::string type = fmt::format("tensor<{}x{}>", batch, format.name);
  return fmt::format("func.func @main(%x: {0}) -> {0} {{\n"
                     "  %y = {1} %x {2} : {0}\n"
                     "  return %y : {0}\n}}\n",
                     type, function.op, function.attributes);
}

/// Compares one batch; results beyond `count` are left alone.
void compare(const CheckedFunction &function, const Format &format,
             const Tensor &input, const Tensor &output, int64_t count,
             Worst &worst) {
  bool isActivation = std::strncmp(function.op, "lacuna.", 7) == 0;
  std::vector<double> arguments(count), results(count);
  input.load(0, arguments);
  output.load(0, results);
  for (int64_t i = 0; i < count; ++i) {
    long double x = arguments[i];
    if (isActivation && std::isinf(x))
      x = std::copysign(1e300L, x);
    long double want = function.oracle(x);
    double error = ulpError(results[i], want, format);
    if (error > worst.error)
      worst = {error, arguments[i], results[i], want};
  }
}

/// Fills `input` with the bit patterns first, first + stride, …; how many.
int64_t fill(Tensor &input, uint64_t first, uint64_t stride, uint64_t end) {
  int64_t count = 0;
  for (uint64_t bits = first; bits < end && count < batch; bits += stride) {
    if (input.dtype() == DType::F32)
      input.data<uint32_t>()[count++] = static_cast<uint32_t>(bits);
    else
      input.data<uint16_t>()[count++] = static_cast<uint16_t>(bits);
  }
  return count;
}

/// The bit patterns a stride may miss: zeros, infinities, NaN, the extremes.
int64_t fillSpecial(Tensor &input) {
  constexpr uint32_t patterns[] = {
      0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000,
      0xffc12345, 0x7f812345, 1,          0x80000001, 0x7f7fffff,
      0xff7fffff, 0x3f800000, 0xbf800000, 0x007fffff, 0x00800000};
  std::memcpy(input.data(), patterns, sizeof(patterns));
  return std::size(patterns);
}

/// Nanoseconds an element on one thread, the best of several calls, for
/// arguments between -8 and 8.
Expected<double> timeOf(const Program &program, Tensor &input) {
  for (int64_t i = 0; i < batch; ++i)
    input.data<float>()[i] = (i - batch / 2) * (16.0f / batch);
  std::vector<Tensor> inputs{input};
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < 25; ++run) {
    auto start = std::chrono::steady_clock::now();
    auto outputs = program.call(inputs, /*threads=*/1);
    if (!outputs)
      return outputs.takeError();
    std::chrono::duration<double, std::nano> spent =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / batch);
  }
  return best;
}

Error sweep(const Program &program, const CheckedFunction &function,
            const Format &format, Tensor &input, uint64_t stride,
            Worst &worst) {
  uint64_t end = uint64_t(1) << (8 * byteWidth(format.type));
  auto run = [&](int64_t count) -> Error {
    auto outputs = program.call(std::vector<Tensor>{input}, 1);
    if (!outputs)
      return outputs.takeError();
    compare(function, format, input, outputs->front(), count, worst);
    return Error::success();
  };
  for (uint64_t first = 0; first < end; first += stride * batch)
    if (Error error = run(fill(input, first, stride, end)))
      return error;
  return format.type == DType::F32 ? run(fillSpecial(input))
                                   : Error::success();
}

/// Checks one function in one format and prints its line; whether it holds.
Expected<bool> check(const CheckedFunction &function, const Format &format,
                     const Settings &settings) {
  auto model = Model::parse(sourceOf(function, format), function.name);
  if (!model)
    return model.takeError();
  auto program = model->compile();
  if (!program)
    return program.takeError();
  auto input = Tensor::zeros(format.type, {batch});
  if (!input)
    return input.takeError();
  bool single = format.type == DType::F32;
  Worst worst;
  if (Error error = sweep(*program, function, format, *input,
                          single ? settings.stride : 1, worst))
    return error;
  fmt::print("{:<17} {:<5} {:8.4f} ulp at {:<15.9g} got {:<15.9g} want {:<15.9g}",
             function.name, format.name, worst.error, worst.argument, worst.got,
             static_cast<double>(worst.want));
  if (single && settings.time) {
    auto nanoseconds = timeOf(*program, *input);
    if (!nanoseconds)
      return nanoseconds.takeError();
    fmt::print(" {:7.3f} ns", *nanoseconds);
  }
  bool holds = worst.error <= (single ? 2 : 1);
  fmt::print("{}\n", holds ? "" : "  TOO FAR");
  std::fflush(stdout);
  return holds;
}

bool parse(int count, char **arguments, Settings &settings) {
  for (int i = 1; i < count; ++i) {
    std::string_view word = arguments[i];
    if (word == "--time") {
      settings.time = true;
    } else if (word == "--only" && i + 1 < count) {
      settings.only = arguments[++i];
    } else if (word == "--stride" && i + 1 < count) {
      std::string_view number = arguments[++i];
      auto [end, failed] = std::from_chars(
          number.data(), number.data() + number.size(), settings.stride);
      if (failed != std::errc() || settings.stride == 0)
        return false;
    } else {
      return false;
    }
  }
  return true;
}

} // namespace

int main(int count, char **arguments) {
  Settings settings;
  if (!parse(count, arguments, settings)) {
    fmt::print(stderr, "usage: lacuna-check-accuracy [--stride N] "
                       "[--only NAME] [--time]\n");
    return 2;
  }
  bool holds = true;
  for (auto list : {checkedActivations(), checkedElementaryFunctions()})
    for (const CheckedFunction &function : list) {
      if (!settings.only.empty() && settings.only != function.name)
        continue;
      for (const Format &format : formats) {
        auto result = check(function, format, settings);
        if (!result)
          fmt::print(stderr, "{} {}: {}\n", function.name, format.name,
                     result.error().message());
        holds &= result && *result;
      }
    }
  return holds ? 0 : 1;
}
