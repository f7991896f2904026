//===- Evaluate.cpp - lacuna evaluate -------------------------------------===//
// Loss and scores of a model over all samples of a data set.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "ProgressBar.h"
#include "Table.h"
#include "TrainingInputs.h"
#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Charts.h"
#include "lacuna/Training/Scores.h"

#include <cmath>
#include <fmt/format.h>
#include <numeric>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("evaluate",
                              "Loss and scores of a model on labelled data");
static TrainingInputs inputs(command);
static cl::opt<bool> json("json", cl::desc("Print JSON"), cl::sub(command));
static cl::opt<std::string>
    picture("confusion", cl::desc("SVG to draw, the confusion matrix"),
            cl::value_desc("file.svg"), cl::sub(command));

namespace {
struct Result {
  double loss = 0, weight = 0;
  int64_t samples = 0;
  std::optional<Tensor> confusion;
};
} // namespace

/// Labels of samples that only fill the last batch up do not count.
static void ignoreRest(const Trainer &trainer, std::vector<Tensor> &batch,
                       int64_t used) {
  for (size_t i = 0; i < batch.size(); ++i) {
    const Value &input = trainer.batchInputs()[i];
    if (input.name != training::label || input.dtype != DType::I64)
      continue;
    int64_t row = batch[i].elementCount() / inputs.batchSize();
    std::fill(batch[i].data<int64_t>() + used * row,
              batch[i].data<int64_t>() + batch[i].elementCount(),
              int64_t(inputs.ignoreIndex));
  }
}

static int64_t countOf(const Tensor &confusion) {
  const int64_t *counts = confusion.data<int64_t>();
  return std::accumulate(counts, counts + confusion.elementCount(), int64_t(0));
}

static Error addBatch(Trainer &trainer, int64_t first, Result &result) {
  int64_t size = inputs.batchSize(), all = inputs.data->size();
  int64_t used = std::min(size, all - first);
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < size; ++i)
    samples.push_back(std::min(first + i, all - 1));
  Expected<std::vector<Tensor>> batch = inputs.gather(trainer, samples);
  if (!batch)
    return batch.error();
  if (used < size)
    ignoreRest(trainer, *batch, used);
  Expected<StepReport> report = trainer.run(*batch);
  if (!report)
    return report.error();
  // A mean over labels counts as many times as there were labels.
  double weight = double(used);
  if (report->confusion)
    weight = double(countOf(*report->confusion));
  if (weight > 0)
    result.loss += report->loss * weight;
  result.weight += weight;
  result.samples += used;
  if (report->confusion && result.confusion)
    addCounts(*result.confusion, *report->confusion);
  else
    result.confusion = report->confusion;
  return Error::success();
}

/// Without labels to leave out, the last samples must fill a batch.
static Error checkRest() {
  int64_t rest = inputs.data->size() % inputs.batchSize();
  if (rest == 0 || inputs.loss == "cross-entropy")
    return Error::success();
  return Error(ErrorCode::InvalidArgument,
               fmt::format("`--batch` must divide the {} samples with this "
                           "loss, got {}",
                           inputs.data->size(), inputs.batchSize()));
}

static std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

static std::string textOf(const Result &result) {
  std::string text =
      fmt::format("loss {:.6g} over {} samples\n", result.loss, result.samples);
  if (!result.confusion)
    return text;
  Scores scores = computeScores(*result.confusion);
  text += fmt::format("PA {}  MPA {}  MIoU {}  FWIoU {}\n\n",
                      number(scores.pixelAccuracy),
                      number(scores.meanPixelAccuracy), number(scores.meanIoU),
                      number(scores.weightedIoU));
  Table table({"class", "labels", "predictions", "accuracy", "IoU"});
  for (size_t i = 0; i < scores.classes.size(); ++i) {
    const Scores::Class &entry = scores.classes[i];
    table.add({std::to_string(i), std::to_string(entry.labels),
               std::to_string(entry.predictions), number(entry.accuracy),
               number(entry.iou)});
  }
  return text + table.text();
}

static std::string jsonNumber(double value) {
  return std::isfinite(value) ? fmt::format("{:.9g}", value) : "null";
}

static std::string jsonOf(const Result &result) {
  std::string text = fmt::format("{{\"loss\": {}, \"samples\": {}",
                                 jsonNumber(result.loss), result.samples);
  if (!result.confusion)
    return text + "}\n";
  Scores scores = computeScores(*result.confusion);
  text += fmt::format(
      ", \"pixel_accuracy\": {}, \"mean_pixel_accuracy\": {}, \"mean_iou\": {}, "
      "\"frequency_weighted_iou\": {}, \"classes\": [",
      jsonNumber(scores.pixelAccuracy), jsonNumber(scores.meanPixelAccuracy),
      jsonNumber(scores.meanIoU), jsonNumber(scores.weightedIoU));
  for (size_t i = 0; i < scores.classes.size(); ++i) {
    const Scores::Class &entry = scores.classes[i];
    text += fmt::format("{}{{\"labels\": {}, \"predictions\": {}, \"accuracy\": "
                        "{}, \"iou\": {}}}",
                        i ? ", " : "", entry.labels, entry.predictions,
                        jsonNumber(entry.accuracy), jsonNumber(entry.iou));
  }
  return text + "]}\n";
}

static Error drawPicture(const Result &result) {
  if (picture.empty() || !result.confusion)
    return Error::success();
  std::string text = drawConfusion(*result.confusion);
  return writeFileAtomically(picture,
                             std::as_bytes(std::span<const char>(text)));
}

static int runEvaluate() {
  Expected<Trainer> trainer = inputs.open({});
  if (!trainer)
    return fail(trainer.error());
  if (Error error = checkRest())
    return fail(error);
  Result result;
  int64_t batches =
      (inputs.data->size() + inputs.batchSize() - 1) / inputs.batchSize();
  ProgressBar bar(batches);
  for (int64_t i = 0; i < batches; ++i) {
    if (Error error = addBatch(*trainer, i * inputs.batchSize(), result))
      return fail(error);
    bar.advance("");
  }
  bar.clear();
  result.loss /= result.weight;
  fmt::print("{}", json ? jsonOf(result) : textOf(result));
  if (Error error = drawPicture(result))
    return fail(error);
  return 0;
}

Command tool::evaluateCommand() {
  return {&command, runEvaluate, "MODEL",
          "  lacuna evaluate run/trained.onnx --data test.npz\n"
          "  lacuna evaluate net.mlir --parameters run/parameters.npz --data "
          "test.npz --json\n"};
}
