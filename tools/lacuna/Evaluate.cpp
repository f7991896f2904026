//===- Evaluate.cpp - lacuna evaluate -------------------------------------===//
// Loss and scores of a model over all samples of a data set.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "ProgressBar.h"
#include "Table.h"
#include "TrainingInputs.h"
#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Charts.h"
#include "lacuna/Training/Evaluation.h"
#include "lacuna/Training/Scores.h"

#include <cmath>
#include <fmt/format.h>

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

static std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

static std::string textOf(const Evaluation &result) {
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

static std::string jsonOf(const Evaluation &result) {
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

static Error drawPicture(const Evaluation &result) {
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
  int64_t batches =
      (inputs.data->size() + inputs.batchSize() - 1) / inputs.batchSize();
  ProgressBar bar(batches);
  Expected<Evaluation> result =
      evaluate(*trainer, *inputs.data, [&] { bar.advance(""); });
  bar.clear();
  if (!result)
    return fail(result.error());
  fmt::print("{}", json ? jsonOf(*result) : textOf(*result));
  if (Error error = drawPicture(*result))
    return fail(error);
  return 0;
}

Command tool::evaluateCommand() {
  return {&command, runEvaluate, "MODEL",
          "  lacuna evaluate run/trained.onnx --data test.npz\n"
          "  lacuna evaluate net.mlir --parameters run/parameters.npz --data "
          "test.npz --json\n"};
}
