//===- CheckAccuracy.cpp - Compiled functions against their true values ---===//
// lacuna-check-accuracy [--stride N] [--only NAME] [--jobs N] [--begin BITS]
//   [--end BITS] [--time]
// Compiles every activation and elementary function and compares it with its
// true value over every N-th f32 number (1: all 2^32) and over all bf16 and f16
// numbers. f64 finds the f32 candidates for the largest error, `long double`
// measures them. Fails beyond 2 ulp in f32 or 1 ulp in the narrow types.
//===----------------------------------------------------------------------===//
#include "Oracle.h"
#include "Ulp.h"

#include "lacuna/JIT/Model.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>
#include <thread>

using namespace lacuna;

namespace {

constexpr int64_t batch = 1 << 16;

struct Settings {
  uint64_t stride = 100003;
  uint64_t jobs = 1;
  /// Bit patterns of f32 to check.
  uint64_t begin = 0, end = uint64_t(1) << 32;
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

void judge(const CheckedFunction &function, const Format &format,
           double argument, double result, Worst &worst) {
  bool isActivation = std::strncmp(function.op, "lacuna.", 7) == 0;
  long double x = argument;
  if (isActivation && std::isinf(x))
    x = std::copysign(1e300L, x);
  long double want = function.oracle(x);
  double error = ulpError(result, want, format);
  if (error > worst.error)
    worst = {error, argument, result, want};
}

/// Compares one batch; results beyond `count` are left alone.
void compare(const CheckedFunction &function, const Format &format,
             const Tensor &input, const Tensor &output, int64_t count,
             Worst &worst) {
  std::vector<double> arguments(count), results(count);
  input.load(0, arguments);
  output.load(0, results);
  for (int64_t i = 0; i < count; ++i)
    judge(function, format, arguments[i], results[i], worst);
}

/// About how many ulp of f32 `got` is from `want`: 0 where it is what `want`
/// rounds to, and in any case not finite where it needs a closer look.
double roughError(float got, double want) {
  if (got == static_cast<float>(want))
    return 0;
  // 2^-23 times the power of 2 below `want`, and at least the least number.
  uint64_t power = std::bit_cast<uint64_t>(want) & 0x7ff0000000000000;
  double unit = std::max(std::bit_cast<double>(power) * 0x1p-23, 0x1p-149);
  double error = std::fabs(got - want) / unit;
  return want != want && got != got ? 0 : error;
}

/// Judges what lies further from the f64 value than `worst`, or near to it.
/// What is rounded correctly counts as half an ulp at most.
void compareFast(const CheckedFunction &function, const float *arguments,
                 const float *results, int64_t count, Worst &worst) {
  constexpr int64_t block = 256;
  bool isActivation = std::strncmp(function.op, "lacuna.", 7) == 0;
  double wide[block], wants[block], errors[block];
  for (int64_t first = 0; first < count; first += block) {
    for (int64_t i = 0; i < block; ++i) {
      double x = arguments[first + i];
      bool isInfinite = isActivation && std::fabs(x) > 1e300;
      wide[i] = isInfinite ? std::copysign(1e300, x) : x;
    }
    function.fast(wide, wants, block);
    for (int64_t i = 0; i < block; ++i)
      errors[i] = roughError(results[first + i], wants[i]);
    int64_t last = std::min(block, count - first);
    for (int64_t i = 0; i < last; ++i)
      if (!(errors[i] <= worst.error - 1e-6))
        judge(function, formats[0], arguments[first + i], results[first + i],
              worst);
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

/// Batches number `job`, job + jobs, … of all numbers of a format.
Error sweepPart(const Program &program, const CheckedFunction &function,
                const Format &format, const Settings &settings, uint64_t job,
                Worst &worst) {
  auto made = Tensor::zeros(format.type, {batch});
  if (!made)
    return made.takeError();
  Tensor input = *made;
  bool single = format.type == DType::F32;
  uint64_t stride = single ? settings.stride : 1;
  uint64_t begin = single ? settings.begin : 0;
  uint64_t end = single ? settings.end : 1 << 16;
  auto run = [&](int64_t count) -> Error {
    auto outputs = program.call(std::vector<Tensor>{input}, 1);
    if (!outputs)
      return outputs.takeError();
    Tensor &output = outputs->front();
    if (single && function.fast && count == batch)
      compareFast(function, input.data<float>(), output.data<float>(), count,
                  worst);
    else
      compare(function, format, input, output, count, worst);
    return Error::success();
  };
  for (uint64_t first = begin + job * stride * batch; first < end;
       first += settings.jobs * stride * batch)
    if (Error error = run(fill(input, first, stride, end)))
      return error;
  return single ? run(fillSpecial(input)) : Error::success();
}

/// All parts, each on a thread of its own.
Error sweep(const Program &program, const CheckedFunction &function,
            const Format &format, const Settings &settings, Worst &worst) {
  std::vector<Error> errors(settings.jobs, Error::success());
  std::vector<Worst> worsts(settings.jobs, worst);
  std::vector<std::thread> threads;
  for (uint64_t job = 0; job < settings.jobs; ++job)
    threads.emplace_back([&, job] {
      errors[job] =
          sweepPart(program, function, format, settings, job, worsts[job]);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (uint64_t job = 0; job < settings.jobs; ++job) {
    if (errors[job])
      return errors[job];
    if (worsts[job].error > worst.error)
      worst = worsts[job];
  }
  return Error::success();
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
  Worst worst;
  if (Error error = sweep(*program, function, format, settings, worst))
    return error;
  fmt::print(
      "{:<17} {:<5} {:8.4f} ulp at {:<15.9g} got {:<15.9g} want {:<15.9g}",
      function.name, format.name, worst.error, worst.argument, worst.got,
      static_cast<double>(worst.want));
  bool single = format.type == DType::F32;
  if (single && settings.time) {
    auto input = Tensor::zeros(format.type, {batch});
    if (!input)
      return input.takeError();
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

bool parseCount(std::string_view text, uint64_t &value) {
  auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && value > 0 && end == text.end();
}

bool parse(int count, char **arguments, Settings &settings) {
  for (int i = 1; i < count; ++i) {
    std::string_view word = arguments[i];
    bool follows = i + 1 < count;
    if (word == "--time")
      settings.time = true;
    else if (word == "--only" && follows)
      settings.only = arguments[++i];
    else if (word == "--stride" && follows &&
             parseCount(arguments[i + 1], settings.stride))
      ++i;
    else if (word == "--begin" && follows &&
             parseCount(arguments[i + 1], settings.begin))
      ++i;
    else if (word == "--end" && follows &&
             parseCount(arguments[i + 1], settings.end))
      ++i;
    else if (word == "--jobs" && follows &&
             parseCount(arguments[i + 1], settings.jobs))
      ++i;
    else
      return false;
  }
  return true;
}

} // namespace

int main(int count, char **arguments) {
  Settings settings;
  if (!parse(count, arguments, settings)) {
    fmt::print(stderr, "usage: lacuna-check-accuracy [--stride N] "
                       "[--only NAME] "
                       "[--jobs N] [--begin BITS] [--end BITS] "
                       "[--time]\n");
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
