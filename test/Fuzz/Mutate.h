//===- Mutate.h - Inputs with small mistakes in them ------------*- C++ -*-===//
// Mutations are a function of the corpus and a number alone: the same number
// gives the same input again.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TEST_FUZZ_MUTATE_H
#define LACUNA_TEST_FUZZ_MUTATE_H

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace lacuna {

/// Random choices; the distributions of <random> differ between libraries.
class Dice {
public:
  explicit Dice(uint64_t seed) : engine(seed) {}
  /// A number in [0, count).
  size_t below(size_t count) { return count ? engine() % count : 0; }
  bool chance(int percent) { return below(100) < size_t(percent); }
  template <typename List> auto &pick(List &&list) {
    return list[below(list.size())];
  }
  /// A number that programs get wrong, or a neighbour of `value`.
  int64_t integer(int64_t value);
  double number(double value);

private:
  std::mt19937_64 engine;
};

/// Takes bytes out, doubles them or changes them.
std::string mutateBytes(std::string bytes, Dice &dice);

struct Seed {
  std::string name, text;
};

/// Models, and what their fields hold.
class OnnxMutator {
public:
  void add(Seed seed);
  size_t size() const { return seeds.size(); }
  Seed mutate(Dice &dice) const;
  const Seed &seed(size_t index) const { return seeds[index]; }

private:
  std::string mutateFields(const std::string &bytes, Dice &dice) const;

  std::vector<Seed> seeds;
  /// Strings by the full name of their field: op types, names ….
  std::map<std::string, std::vector<std::string>> strings;
};

/// Functions of .mlir files, and their words.
class MlirMutator {
public:
  /// Each function of a page is an input of its own.
  void add(const Seed &page);
  size_t size() const { return seeds.size(); }
  Seed mutate(Dice &dice) const;
  const Seed &seed(size_t index) const { return seeds[index]; }

private:
  std::vector<Seed> seeds;
  /// Words by kind (see `kindOf`).
  std::map<int, std::vector<std::string>> words;
};

} // namespace lacuna

#endif // LACUNA_TEST_FUZZ_MUTATE_H
