//===- Charts.cpp - Curves and confusion matrices as SVG ------------------===//
#include "lacuna/Training/Charts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

using namespace lacuna;

static constexpr double width = 800, height = 400, margin = 48;
static constexpr const char *colours[] = {"#1f77b4", "#d62728", "#2ca02c",
                                          "#9467bd"};

static std::string openPicture(double across, double down) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
      across, down);
}

namespace {
struct Range {
  double low = INFINITY, high = -INFINITY;
  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// 0 to 1 from low to high.
  double share(double value) const {
    return high > low ? (value - low) / (high - low) : 0.5;
  }
};
} // namespace

static bool isShown(const std::pair<double, double> &point) {
  return std::isfinite(point.first) && std::isfinite(point.second);
}

static std::string drawCurve(const Curve &curve, const Range &across,
                             size_t index) {
  Range range;
  for (const auto &point : curve.points)
    if (isShown(point))
      range.add(point.second);
  const char *colour = colours[index % std::size(colours)];
  std::string text = fmt::format(
      "<text x=\"{}\" y=\"{}\" fill=\"{}\">{}: {:.4g} to {:.4g}</text>\n"
      "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" points=\"",
      margin + 8 + 250 * index, margin - 14, colour, curve.name, range.low,
      range.high, colour);
  for (const auto &point : curve.points)
    if (isShown(point))
      text += fmt::format(
          "{:.2f},{:.2f} ", margin + width * across.share(point.first),
          margin + height * (1 - range.share(point.second)));
  return text + "\"/>\n";
}

std::string lacuna::drawCurves(const std::string &xAxis,
                               const std::vector<Curve> &curves) {
  Range across;
  for (const Curve &curve : curves)
    for (const auto &point : curve.points)
      if (isShown(point))
        across.add(point.first);
  std::string text = openPicture(width + 2 * margin, height + 2 * margin);
  text += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
                      "fill=\"none\" stroke=\"#999\"/>\n",
                      margin, margin, width, height);
  if (across.low <= across.high)
    text += fmt::format("<text x=\"{}\" y=\"{}\">{} {:g} to {:g}</text>\n",
                        margin, height + margin + 24, xAxis, across.low,
                        across.high);
  for (size_t i = 0; i < curves.size(); ++i)
    text += drawCurve(curves[i], across, i);
  return text + "</svg>\n";
}

static std::string drawCell(double x, double y, double side, double count,
                            double share) {
  int shade = int(255 - 200 * share);
  return fmt::format(
      "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{2:.1f}\" "
      "fill=\"rgb({3},{3},255)\" stroke=\"#fff\"/>\n"
      "<text x=\"{4:.1f}\" y=\"{5:.1f}\" text-anchor=\"middle\">{6:.1f}%"
      "<title>{7}</title></text>\n",
      x, y, side, shade, x + side / 2, y + side / 2 + 4, 100 * share, count);
}

std::string lacuna::drawConfusion(const Tensor &confusion) {
  int64_t classes = confusion.shape()[0];
  const int64_t *matrix = confusion.data<int64_t>();
  constexpr double side = 56;
  std::string text = openPicture(side * classes + 2 * margin,
                                 side * classes + 2 * margin);
  text += fmt::format("<text x=\"{}\" y=\"16\">labels down, predictions across;"
                      " shares of the label</text>\n",
                      margin);
  for (int64_t row = 0; row < classes; ++row) {
    double sum = 0;
    for (int64_t column = 0; column < classes; ++column)
      sum += double(matrix[row * classes + column]);
    double middle = margin + side * (double(row) + 0.5) + 4;
    text += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n"
                        "<text x=\"{}\" y=\"{}\">{}</text>\n",
                        margin - 24, middle, row, middle, margin - 8, row);
    for (int64_t column = 0; column < classes; ++column) {
      double count = double(matrix[row * classes + column]);
      text += drawCell(margin + side * double(column),
                       margin + side * double(row), side, count,
                       sum > 0 ? count / sum : 0);
    }
  }
  return text + "</svg>\n";
}
