//===- TrainingLog.cpp - What a training has done so far ------------------===//
#include "TrainingLog.h"

#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Charts.h"
#include "lacuna/Training/Scores.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>

using namespace lacuna;
using namespace lacuna::tool;

static constexpr const char *heading = "step,loss,mean_loss,rate,mean_iou";
/// Batches whose predictions the confusion matrix shows.
static constexpr size_t window = 50;

TrainingLog::TrainingLog(std::string folder, int64_t steps)
    : folder(std::move(folder)), bar(steps) {}

Error TrainingLog::continueAt(int64_t step) {
  std::ifstream file(folder + "/log.csv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    Row row{};
    long long number = 0;
    if (std::sscanf(line.c_str(), "%lld,%lf,%lf,%lf,%lf", &number, &row.loss,
                    &row.mean, &row.rate, &row.meanIoU) != 5)
      return Error(ErrorCode::Corrupt, folder + "/log.csv: not a log: " + line);
    row.step = number;
    if (row.step > step)
      break;
    rows.push_back(row);
    mean.add(row.loss);
    bar.advance("");
  }
  return Error::success();
}

static Tensor sumOf(const std::vector<Tensor> &parts) {
  Expected<Tensor> sum = parts.front().clone();
  if (!sum)
    return parts.front();
  for (size_t i = 1; i < parts.size(); ++i)
    addCounts(*sum, parts[i]);
  return *sum;
}

void TrainingLog::add(const StepReport &report) {
  mean.add(report.loss);
  if (report.confusion) {
    recent.push_back(*report.confusion);
    if (recent.size() > window)
      recent.erase(recent.begin());
    meanIoU = computeScores(sumOf(recent)).meanIoU;
  } else {
    meanIoU = std::nan("");
  }
  bool isNewStep = rows.empty() || rows.back().step != report.step;
  rows.push_back(
      {report.step, report.loss, report.rate, mean.value(), meanIoU});
  std::string text =
      fmt::format("loss {:.4f} rate {:.2e}", mean.value(), report.rate);
  if (!std::isnan(meanIoU))
    text += fmt::format(" MIoU {:.3f}", meanIoU);
  if (isNewStep)
    bar.advance(text);
}

static Error writeText(const std::string &path, const std::string &text) {
  return writeFileAtomically(path, std::as_bytes(std::span<const char>(text)));
}

Error TrainingLog::write() const {
  std::string text = std::string(heading) + "\n";
  Curve loss{"loss (running mean)", {}}, scores{"MIoU", {}};
  for (const Row &row : rows) {
    text += fmt::format("{},{},{},{},{}\n", row.step, row.loss,
                        row.mean, row.rate, row.meanIoU);
    loss.points.push_back({double(row.step), row.mean});
    scores.points.push_back({double(row.step), row.meanIoU});
  }
  if (Error error = writeText(folder + "/log.csv", text))
    return error;
  std::vector<Curve> curves{loss};
  if (!recent.empty())
    curves.push_back(scores);
  if (Error error = writeText(folder + "/loss.svg", drawCurves("step", curves)))
    return error;
  return recent.empty() ? Error::success()
                        : writeText(folder + "/confusion.svg",
                                    drawConfusion(sumOf(recent)));
}

std::string TrainingLog::summary() const {
  std::string text =
      fmt::format("{} steps, loss {:.6g}", rows.empty() ? 0 : rows.back().step,
                  rows.empty() ? std::nan("") : mean.value());
  if (!rows.empty() && !std::isnan(meanIoU))
    text += fmt::format(", MIoU {:.4f} over the last {} batches", meanIoU,
                        recent.size());
  return text + "; results in " + folder + "\n";
}
