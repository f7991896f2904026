//===- BufferFile.cpp - Buffers and placements as CSV ---------------------===//
#include "lacuna/Planning/BufferFile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <unordered_set>

using namespace lacuna;
using namespace lacuna::planning;

/// Sums of sizes and offsets stay far from overflow.
static constexpr int64_t largest = int64_t(1) << 48;
static constexpr std::array<std::string_view, 4> columns = {"id", "lower",
                                                            "upper", "size"};

static std::string_view trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

static std::vector<std::string_view> splitFields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    size_t comma = line.find(',');
    fields.push_back(trim(line.substr(0, comma)));
    if (comma == std::string_view::npos)
      return fields;
    line.remove_prefix(comma + 1);
  }
}

namespace {
class Parser {
public:
  explicit Parser(const std::string &name) : name(name) {}

  Error parseLine(std::string_view line);
  Error parseHeading(const std::vector<std::string_view> &fields);
  Error parseRow(const std::vector<std::string_view> &fields);
  Expected<int64_t> parseNumber(std::string_view column, std::string_view text);
  Error fail(const std::string &message) const {
    return Error(ErrorCode::Corrupt,
                 fmt::format("{}:{}: {}", name, number, message));
  }

  const std::string &name;
  int number = 0;
  size_t width = 0;
  std::array<size_t, columns.size()> place;
  std::unordered_set<std::string> seen;
  NamedBuffers result;
};
} // namespace

Error Parser::parseHeading(const std::vector<std::string_view> &fields) {
  width = fields.size();
  for (size_t column = 0; column != columns.size(); ++column) {
    auto found = std::find(fields.begin(), fields.end(), columns[column]);
    if (found == fields.end())
      return fail(fmt::format("the heading must name `{}`, got `{}`",
                              columns[column], fmt::join(fields, ",")));
    place[column] = found - fields.begin();
  }
  return Error::success();
}

Expected<int64_t> Parser::parseNumber(std::string_view column,
                                      std::string_view text) {
  int64_t value = 0;
  auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0 ||
      value > largest)
    return fail(fmt::format("`{}` must be a whole number from 0 to 2^48, got "
                            "`{}`",
                            column, text));
  return value;
}

Error Parser::parseRow(const std::vector<std::string_view> &fields) {
  if (fields.size() != width)
    return fail(fmt::format("a row must have {} fields as the heading has, "
                            "got {}",
                            width, fields.size()));
  std::string id(fields[place[0]]);
  if (id.empty() || !seen.insert(id).second)
    return fail(fmt::format("`id` must be new and not empty, got `{}`", id));
  std::array<int64_t, columns.size()> values = {};
  for (size_t column = 1; column != columns.size(); ++column) {
    Expected<int64_t> value =
        parseNumber(columns[column], fields[place[column]]);
    if (!value)
      return value.error();
    values[column] = *value;
  }
  if (values[2] < values[1])
    return fail(fmt::format("`upper` must be at least `lower` ({}), got `{}`",
                            values[1], values[2]));
  result.names.push_back(std::move(id));
  result.buffers.push_back({values[1], values[2], values[3]});
  return Error::success();
}

Error Parser::parseLine(std::string_view line) {
  ++number;
  if (trim(line).empty())
    return Error::success();
  std::vector<std::string_view> fields = splitFields(line);
  return width == 0 ? parseHeading(fields) : parseRow(fields);
}

Expected<NamedBuffers>
lacuna::planning::parseBuffers(std::string_view text, const std::string &name) {
  Parser parser(name);
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    if (Error error = parser.parseLine(text.substr(0, end)))
      return error;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (parser.width == 0)
    return Error(ErrorCode::Corrupt,
                 name + ": must have a heading `id,lower,upper,size`, got an "
                        "empty file");
  return std::move(parser.result);
}

std::string lacuna::planning::formatPlacement(const NamedBuffers &named,
                                              const Placement &placement) {
  std::string text = "id,lower,upper,size,offset\n";
  for (size_t i = 0; i != named.buffers.size(); ++i) {
    const Buffer &buffer = named.buffers[i];
    text += fmt::format("{},{},{},{},{}\n", named.names[i], buffer.lower,
                        buffer.upper, buffer.size, placement.offsets[i]);
  }
  return text;
}
