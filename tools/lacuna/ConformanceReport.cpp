//===- ConformanceReport.cpp - The results of many cases ------------------===//
#include "ConformanceReport.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

using namespace lacuna;
using namespace lacuna::tool;

size_t ConformanceReport::count(Verdict verdict,
                                const std::string &group) const {
  size_t result = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    result += rows[i].verdict == verdict &&
              (group.empty() || cases[i].group == group);
  return result;
}

bool ConformanceReport::succeeded() const {
  return !count(Verdict::Fail) && !count(Verdict::Crash) &&
         !count(Verdict::Timeout);
}

std::vector<std::string> ConformanceReport::groups() const {
  std::set<std::string> names;
  for (const ConformanceCase &test : cases)
    names.insert(test.group);
  return {names.begin(), names.end()};
}

/// Without the name of the node, so that equal reasons fall together.
static std::string withoutNode(const std::string &detail) {
  std::string line = detail.substr(0, detail.find('\n'));
  size_t colon = line.find(": ");
  return colon == std::string::npos ? line : line.substr(colon + 2);
}

/// Reasons with how many cases each has, the most frequent first.
static std::vector<std::pair<std::string, size_t>>
reasons(const ConformanceReport &report) {
  std::map<std::string, size_t> counts;
  for (const ConformanceRow &row : report.rows)
    if (row.verdict == Verdict::Unsupported)
      ++counts[withoutNode(row.detail)];
  std::vector<std::pair<std::string, size_t>> sorted(counts.begin(),
                                                     counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](auto &a, auto &b) { return a.second > b.second; });
  return sorted;
}

std::string ConformanceReport::text() const {
  std::string result;
  auto out = std::back_inserter(result);
  for (size_t i = 0; i < rows.size(); ++i)
    if (rows[i].verdict != Verdict::Pass &&
        rows[i].verdict != Verdict::Unsupported)
      fmt::format_to(out, "{:8} {}/{}: {}\n", verdictName(rows[i].verdict),
                     cases[i].group, cases[i].name, rows[i].detail);
  if (count(Verdict::Unsupported))
    fmt::format_to(out, "not supported, and why:\n");
  for (const auto &[reason, times] : reasons(*this))
    fmt::format_to(out, "{:6}  {}\n", times, reason);
  fmt::format_to(out, "{} cases:", rows.size());
  for (int i = 0; i < verdictCount; ++i)
    fmt::format_to(out, "{} {} {}", i ? "," : "", count(Verdict(i)),
                   verdictName(Verdict(i)));
  return result + "\n";
}

/// Text as a cell of a Markdown table.
static std::string cell(std::string text) {
  std::string result;
  for (char c : text)
    result += c == '|' ? std::string("\\|") : std::string(1, c == '\n' ? ' ' : c);
  return result;
}

static void printCounts(const ConformanceReport &report, std::string &page) {
  auto out = std::back_inserter(page);
  fmt::format_to(out, "| group | pass | fail | unsupported | crash | timeout "
                      "|\n|---|--:|--:|--:|--:|--:|\n");
  auto row = [&](const std::string &title, const std::string &group) {
    fmt::format_to(out, "| {} |", title);
    for (int i = 0; i < verdictCount; ++i)
      fmt::format_to(out, " {} |", report.count(Verdict(i), group));
    fmt::format_to(out, "\n");
  };
  for (const std::string &group : report.groups())
    row(group, group);
  row("all", "");
}

static void printGroup(const ConformanceReport &report,
                       const std::string &group, std::string &page) {
  auto out = std::back_inserter(page);
  fmt::format_to(out, "\n## {}\n\n| case | result | detail |\n|---|---|---|\n",
                 group);
  for (size_t i = 0; i < report.rows.size(); ++i)
    if (report.cases[i].group == group)
      fmt::format_to(out, "| {} | {} | {} |\n", report.cases[i].name,
                     verdictName(report.rows[i].verdict),
                     cell(report.rows[i].detail));
}

std::string ConformanceReport::markdown(const Tolerance &tolerance) const {
  std::string page = fmt::format(
      "# Conformance\n\nONNX's own tests, run by `lacuna conformance` with "
      "relative tolerance {:g} and\nabsolute tolerance {:g}. Inputs "
      "of at most one dimension are fixed when a\nmodel is compiled if its "
      "shapes hang on their values. Written by `--markdown`:\ndo not edit."
      "\n\n",
      tolerance.relative, tolerance.absolute);
  printCounts(*this, page);
  page += "\n## Not supported, and why\n\n| cases | reason |\n|--:|---|\n";
  for (const auto &[reason, times] : reasons(*this))
    fmt::format_to(std::back_inserter(page), "| {} | {} |\n", times,
                   cell(reason));
  for (const std::string &group : groups())
    printGroup(*this, group, page);
  return page;
}
