//===- DrawPlacement.cpp - A placement as SVG -----------------------------===//
#include "lacuna/Planning/BufferFile.h"

#include <algorithm>
#include <fmt/format.h>

using namespace lacuna::planning;

static constexpr double width = 960, height = 540, margin = 40;

static std::string escapeXml(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else
      result += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return result;
}

/// Hues a golden angle apart: neighbours in the file look different.
static double hueOf(size_t index) {
  return 137.508 * double(index) - 360.0 * int64_t(137.508 * index / 360.0);
}

std::string lacuna::planning::drawPlacement(const NamedBuffers &named,
                                            const Placement &placement) {
  int64_t first = 0, last = 1;
  if (!named.buffers.empty())
    first = last = named.buffers.front().lower;
  for (const Buffer &buffer : named.buffers) {
    first = std::min(first, buffer.lower);
    last = std::max(last, buffer.upper);
  }
  double across = width / std::max<double>(1, double(last - first));
  double up = height / std::max<double>(1, double(placement.height));
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
      "<text x=\"{}\" y=\"{}\">{} buffers, {} bytes, time {} to {}</text>\n",
      width + 2 * margin, height + 2 * margin, margin, margin - 12,
      named.buffers.size(), placement.height, first, last);
  for (size_t i = 0; i != named.buffers.size(); ++i) {
    const Buffer &buffer = named.buffers[i];
    int64_t top = placement.offsets[i] + buffer.size;
    text += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
        "fill=\"hsl({:.0f},60%,70%)\" stroke=\"#333\" stroke-width=\"0.3\">"
        "<title>{}: {} bytes at {}, time {} to {}</title></rect>\n",
        margin + across * double(buffer.lower - first),
        margin + height - up * double(top),
        across * double(buffer.upper - buffer.lower), up * double(buffer.size),
        hueOf(i), escapeXml(named.names[i]), buffer.size, placement.offsets[i],
        buffer.lower, buffer.upper);
  }
  return text + "</svg>\n";
}
