//===- RecomputeOracle.cpp - The cheapest schedules there are -------------===//
// Variables by stage t and task i: R runs i, S has its value at the stage's
// begin, F(t, i, k) frees value i once task k ran, U is what lives meanwhile.
//===----------------------------------------------------------------------===//
#include "RecomputeOracle.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace lacuna::planning;

namespace {
class Program {
public:
  Program(const RecomputeProblem &problem, int64_t budget);
  std::string text() const;

private:
  using Term = std::pair<double, std::string>;
  static std::string name(const char *letter, int t, int i, int k = -1);
  void constrain(const std::vector<Term> &terms, const char *relation,
                 double bound);
  void addStage(int t);
  void addFrees(int t, int k);
  void addMemory(int t, int k);
  std::string variable(const char *letter, int t, int i, int k = -1);
  double bytes(int task) const {
    return double(
        problem.graph.values[problem.graph.tasks[task].writes[0]].bytes);
  }
  std::vector<int> readersUpTo(int task, int last) const;

  const RecomputeProblem &problem;
  int count;
  double budget;
  /// By task: those whose values it reads, and those that read its value.
  std::vector<std::vector<int>> sources, readers;
  std::ostringstream constraints, binaries;
  int rows = 0;
};
} // namespace

std::string Program::name(const char *letter, int t, int i, int k) {
  std::string text =
      letter + std::to_string(t) + "_" + std::to_string(i);
  return k < 0 ? text : text + "_" + std::to_string(k);
}

std::string Program::variable(const char *letter, int t, int i, int k) {
  std::string text = name(letter, t, i, k);
  binaries << " " << text << "\n";
  return text;
}

void Program::constrain(const std::vector<Term> &terms, const char *relation,
                        double bound) {
  constraints << " c" << rows++ << ":";
  for (const auto &[factor, variable] : terms)
    constraints << (factor < 0 ? " - " : " + ") << std::abs(factor) << " "
                << variable;
  constraints << " " << relation << " " << bound << "\n";
}

Program::Program(const RecomputeProblem &problem, int64_t budget)
    : problem(problem), count(int(problem.graph.tasks.size())),
      budget(double(budget)), sources(count), readers(count) {
  std::vector<int> writers = findWriters(problem.graph);
  for (int task = 0; task != count; ++task)
    for (int value : problem.graph.tasks[task].reads) {
      int writer = writers[value];
      if (writer < 0 || std::ranges::count(sources[task], writer))
        continue;
      sources[task].push_back(writer);
      readers[writer].push_back(task);
    }
  for (int t = 0; t != count; ++t)
    addStage(t);
}

void Program::addStage(int t) {
  for (int i = 0; i <= t; ++i) {
    variable("R", t, i);
    if (i == t || (!problem.repeatable[i] && i < t))
      constrain({{1, name("R", t, i)}}, "=", i == t);
    for (int source : sources[i]) // what is read is there or made before
      constrain(source < t ? std::vector<Term>{{1, name("R", t, i)},
                                               {-1, name("R", t, source)},
                                               {-1, name("S", t, source)}}
                           : std::vector<Term>{{1, name("R", t, i)},
                                               {-1, name("R", t, source)}},
                "<=", 0);
  }
  for (int i = 0; i < t; ++i) { // what is kept was there or made
    variable("S", t, i);
    std::vector<Term> terms{{1, name("S", t, i)}, {-1, name("R", t - 1, i)}};
    if (i < t - 1)
      terms.push_back({-1, name("S", t - 1, i)});
    constrain(terms, "<=", 0);
  }
  for (int k = 0; k <= t; ++k) {
    addFrees(t, k);
    addMemory(t, k);
  }
}

std::vector<int> Program::readersUpTo(int task, int last) const {
  std::vector<int> result;
  for (int reader : readers[task])
    if (reader <= last)
      result.push_back(reader);
  return result;
}

/// Value i may go once k ran if nobody keeps it or reads it later in the stage.
void Program::addFrees(int t, int k) {
  std::vector<int> candidates = sources[k];
  candidates.push_back(k);
  for (int i : candidates) {
    std::string freed = variable("F", t, i, k);
    constrain({{1, freed}, {-1, name("R", t, k)}}, "<=", 0);
    if (t + 1 < count)
      constrain({{1, freed}, {1, name("S", t + 1, i)}}, "<=", 1);
    else if (i == t)
      constrain({{1, freed}}, "=", 0);
    for (int later : readersUpTo(i, t))
      if (later > k)
        constrain({{1, freed}, {1, name("R", t, later)}}, "<=", 1);
  }
}

/// U(t, k): what lives while k runs; what is freed behind it goes then.
void Program::addMemory(int t, int k) {
  std::vector<Term> terms{{1, name("U", t, k)},
                          {-bytes(k), name("R", t, k)}};
  if (k == 0) {
    for (int i = 0; i < t; ++i)
      terms.push_back({-bytes(i), name("S", t, i)});
  } else {
    terms.push_back({-1, name("U", t, k - 1)});
    std::vector<int> freed = sources[k - 1];
    freed.push_back(k - 1);
    for (int i : freed)
      terms.push_back({bytes(i), name("F", t, i, k - 1)});
  }
  constrain(terms, "=", 0);
  constrain({{1, name("U", t, k)}}, "<=", budget);
}

std::string Program::text() const {
  std::ostringstream text;
  text << "Minimize\n cost:";
  for (int t = 0; t != count; ++t)
    for (int i = 0; i <= t; ++i)
      text << " + " << problem.costs[i] << " " << name("R", t, i);
  text << "\nSubject To\n" << constraints.str() << "Binaries\n"
       << binaries.str() << "End\n";
  return text.str();
}

bool hasSolver() {
  return std::system("command -v cbc > /dev/null 2>&1") == 0;
}

std::optional<double> solveRecompute(const RecomputeProblem &problem,
                                     int64_t budget,
                                     const std::string &path) {
  std::string input = path + ".lp", output = path + ".txt";
  std::ofstream(input) << Program(problem, budget).text();
  std::string command = "cbc " + input + " seconds 120 ratio 0 solve " +
                        "solution " + output + " > /dev/null 2>&1";
  if (std::system(command.c_str()) != 0)
    return std::nullopt;
  std::ifstream answer(output);
  std::string line;
  std::getline(answer, line);
  size_t value = line.find("objective value ");
  if (line.rfind("Optimal", 0) != 0 || value == std::string::npos)
    return std::nullopt;
  return std::stod(line.substr(value + 16));
}
