//===- Evaluation.cpp - Loss and scores over a data set -------------------===//
// The last batch is filled up with samples whose labels do not count.
//===----------------------------------------------------------------------===//
#include "lacuna/Training/Evaluation.h"

#include "lacuna/Training/Scores.h"

#include <algorithm>
#include <numeric>

using namespace lacuna;

static int64_t batchSizeOf(const Trainer &trainer) {
  for (const Value &input : trainer.batchInputs())
    if (!input.shape.empty())
      return input.shape[0];
  return 1;
}

/// Labels of samples that only fill the last batch up do not count.
static void ignoreRest(const Trainer &trainer, std::vector<Tensor> &batch,
                       int64_t used) {
  for (size_t i = 0; i < batch.size(); ++i) {
    const Value &input = trainer.batchInputs()[i];
    if (input.name != training::label || input.dtype != DType::I64)
      continue;
    int64_t row = batch[i].elementCount() / batchSizeOf(trainer);
    std::fill(batch[i].data<int64_t>() + used * row,
              batch[i].data<int64_t>() + batch[i].elementCount(),
              trainer.options().step.ignoreIndex);
  }
}

static int64_t countOf(const Tensor &confusion) {
  const int64_t *counts = confusion.data<int64_t>();
  return std::accumulate(counts, counts + confusion.elementCount(), int64_t(0));
}

namespace {
struct Sums {
  Evaluation result;
  double weight = 0;
};
} // namespace

static Expected<std::vector<Tensor>> gather(const Trainer &trainer,
                                            const DataSet &data, int64_t first,
                                            int64_t used) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < batchSizeOf(trainer); ++i)
    samples.push_back(first + std::min(i, used - 1));
  std::vector<Tensor> batch;
  for (const Value &input : trainer.batchInputs()) {
    Expected<Tensor> tensor = data.gather(input, samples);
    if (!tensor)
      return tensor.error();
    batch.push_back(*tensor);
  }
  return batch;
}

static Error addBatch(Trainer &trainer, const DataSet &data, int64_t first,
                      Sums &sums) {
  int64_t used = std::min(batchSizeOf(trainer), data.size() - first);
  Expected<std::vector<Tensor>> batch = gather(trainer, data, first, used);
  if (!batch)
    return batch.error();
  if (used < batchSizeOf(trainer))
    ignoreRest(trainer, *batch, used);
  Expected<StepReport> report = trainer.evaluate(*batch);
  if (!report)
    return report.error();
  // A mean over labels counts as many times as there were labels.
  double weight = double(used);
  if (report->confusion)
    weight = double(countOf(*report->confusion));
  if (weight > 0)
    sums.result.loss += report->loss * weight;
  sums.weight += weight;
  sums.result.samples += used;
  if (report->confusion && sums.result.confusion)
    addCounts(*sums.result.confusion, *report->confusion);
  else
    sums.result.confusion = report->confusion;
  return Error::success();
}

static Error check(const Trainer &trainer, const DataSet &data) {
  for (const Value &input : trainer.batchInputs())
    if (Error error = data.check(input))
      return error;
  if (data.size() % batchSizeOf(trainer) == 0 ||
      trainer.options().step.loss == "cross-entropy")
    return Error::success();
  return Error(ErrorCode::InvalidArgument,
               "the batch must divide the " + std::to_string(data.size()) +
                   " samples with this loss, got " +
                   std::to_string(batchSizeOf(trainer)));
}

Expected<Evaluation> lacuna::evaluate(Trainer &trainer, const DataSet &data,
                                      const std::function<void()> &progress) {
  if (Error error = check(trainer, data))
    return error;
  Sums sums;
  for (int64_t first = 0; first < data.size(); first += batchSizeOf(trainer)) {
    if (Error error = addBatch(trainer, data, first, sums))
      return error;
    if (progress)
      progress();
  }
  sums.result.loss /= sums.weight;
  return sums.result;
}
