//===- TrainingLog.cpp - What a training has done so far ------------------===//
#include "TrainingLog.h"

#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Charts.h"
#include "lacuna/Training/Scores.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;

static constexpr const char *heading = "step,loss,mean_loss,rate,mean_iou";
/// Batches whose predictions the confusion matrix shows.
static constexpr size_t window = 50;

static Error writeText(const std::string &path, const std::string &text) {
  return writeFileAtomically(path, std::as_bytes(std::span<const char>(text)));
}

TrainingLog::TrainingLog(std::string folder, int64_t steps)
    : folder(std::move(folder)), bar(steps) {}

std::string TrainingLog::lineOf(const Row &row) {
  return fmt::format("{},{},{},{},{}\n", row.step, row.loss, row.mean, row.rate,
                     row.meanIoU);
}

/// Replaces the file by `content`; rows come behind it.
Error TrainingLog::open(const std::string &content) {
  std::string path = folder + "/log.csv";
  if (Error error = writeText(path, content))
    return error;
  file.open(path, std::ios::app);
  return file ? Error::success()
              : Error(ErrorCode::InputOutput, path + ": cannot be written");
}

Error TrainingLog::begin() { return open(std::string(heading) + "\n"); }

Error TrainingLog::continueAt(int64_t batches) {
  std::ifstream before(folder + "/log.csv");
  std::string line, content = std::string(heading) + "\n";
  std::getline(before, line);
  while (int64_t(rows.size()) < batches && std::getline(before, line)) {
    Row row{};
    long long number = 0;
    if (std::sscanf(line.c_str(), "%lld,%lf,%lf,%lf,%lf", &number, &row.loss,
                    &row.mean, &row.rate, &row.meanIoU) != 5)
      return Error(ErrorCode::Corrupt, folder + "/log.csv: not a log: " + line);
    row.step = number;
    bool isNewStep = rows.empty() || rows.back().step != row.step;
    rows.push_back(row);
    mean.add(row.loss);
    if (isNewStep)
      bar.advance("");
    content += lineOf(row);
  }
  return open(content);
}

static Tensor sumOf(const std::vector<Tensor> &parts) {
  Expected<Tensor> sum = parts.front().clone();
  if (!sum)
    return parts.front();
  for (size_t i = 1; i < parts.size(); ++i)
    addCounts(*sum, parts[i]);
  return *sum;
}

Error TrainingLog::add(const StepReport &report) {
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
  // A row at a time, so that a log can be followed and none is lost.
  file << lineOf(rows.back()) << std::flush;
  return file ? Error::success()
              : Error(ErrorCode::InputOutput,
                      folder + "/log.csv: cannot be written");
}

Error TrainingLog::draw() const {
  Curve loss{"loss (running mean)", {}}, scores{"MIoU", {}};
  for (const Row &row : rows) {
    loss.points.push_back({double(row.step), row.mean});
    scores.points.push_back({double(row.step), row.meanIoU});
  }
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
