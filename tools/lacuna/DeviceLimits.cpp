//===- DeviceLimits.cpp - What a GPU can do at most -----------------------===//
// Both limits are those of kernels of our own: a share of more than 1 says that
// another kernel does better, or that its data was in the cache.
//===----------------------------------------------------------------------===//
#include "DeviceLimits.h"

#include <algorithm>

using namespace lacuna;
using namespace lacuna::tool;

static constexpr char copyText[] = R"(
func.func @main(%x: tensor<134217728xbf16>) -> tensor<134217728xbf16> {
  %y = lacuna.activation relu %x : tensor<134217728xbf16>
  return %y : tensor<134217728xbf16>
})";

static constexpr char productText[] = R"(
#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>
func.func @main(%x: tensor<4096x4096xbf16>, %w: tensor<4096x4096xbf16>)
    -> tensor<4096x4096xbf16> {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<4096x4096xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<4096x4096xbf16>)
      -> tensor<4096x4096xbf16>
  %y = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%x, %w : tensor<4096x4096xbf16>, tensor<4096x4096xbf16>)
      outs(%f : tensor<4096x4096xbf16>) -> tensor<4096x4096xbf16>
  return %y : tensor<4096x4096xbf16>
})";

/// The one kernel of a program, at the best of a few runs.
static Expected<KernelTime> fastest(const char *text,
                                    const std::string &target) {
  Expected<Model> model = Model::parse(text, "limits");
  if (!model)
    return model.error();
  CompileOptions options;
  options.target = target;
  Expected<Program> program = model->compile(options);
  if (!program)
    return program.error();
  std::vector<Tensor> inputs;
  for (const Value &value : program->inputs()) {
    // Products of zeros draw less power, and run faster, than any others.
    auto input = value.shape.size() == 1
                     ? Tensor::zeros(value.dtype, value.shape)
                     : Tensor::random(value.dtype, value.shape, inputs.size());
    if (!input)
      return input.error();
    inputs.push_back(*input);
  }
  std::optional<KernelTime> best;
  constexpr int runs = 4;
  for (int run = 0; run < runs; ++run) {
    auto times = program->profile(inputs);
    if (!times)
      return times.error();
    if (!best || times->front().nanoseconds < best->nanoseconds)
      best = times->front();
  }
  return *best;
}

double DeviceLimits::share(int64_t done, int64_t moved, double seconds) const {
  if (seconds <= 0)
    return 0;
  return std::max(std::max<int64_t>(done, 0) / seconds / operations,
                  moved / seconds / bytes);
}

Expected<DeviceLimits>
tool::measureDeviceLimits(const std::string &target) {
  DeviceLimits limits;
  Expected<KernelTime> copy = fastest(copyText, target);
  if (!copy)
    return copy.error();
  Expected<KernelTime> product = fastest(productText, target);
  if (!product)
    return product.error();
  auto rate = [](int64_t amount, const KernelTime &time) {
    return amount / (std::max<int64_t>(time.nanoseconds, 1) / 1e9);
  };
  limits.bytes = rate(copy->bytes, *copy);
  limits.operations = rate(product->operations, *product);
  return limits;
}
