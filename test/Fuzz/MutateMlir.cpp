//===- MutateMlir.cpp - Programs with small mistakes in them --------------===//
// Words of the text, one by one or all that are equal.
//===----------------------------------------------------------------------===//
#include "Mutate.h"

#include <algorithm>
#include <cctype>
#include <charconv>

using namespace lacuna;

/// Numbers, sigils with their names, words with a dot (ops), other words, the
/// rest; words are exchanged with others of their kind.
static int kindOf(const std::string &word) {
  unsigned char first = word.front();
  if (std::isspace(first))
    return 0;
  if (std::isdigit(first))
    return 1;
  if (word.size() > 1 && std::string("%@#^!").find(first) != std::string::npos)
    return 2 + int(first);
  if (std::isalpha(first))
    return word.find('.') != std::string::npos ? 257 : 258 + (word == "x");
  return 256;
}

/// Digits end a word before the `x` of a shape: 2x3xf32 is five words.
static std::vector<std::string> split(const std::string &text) {
  std::vector<std::string> words;
  auto is = [&](size_t i, auto test) {
    return i < text.size() && test(static_cast<unsigned char>(text[i]));
  };
  auto letter = [](int c) { return std::isalnum(c) || c == '_' || c == '.'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    bool shape = text[at] == 'x' && at > 0 &&
                 (text[at - 1] == '?' || is(at - 1, isdigit));
    if (is(at, isdigit))
      while (is(end, isdigit))
        ++end;
    else if (is(at, isspace))
      while (is(end, isspace))
        ++end;
    else if (!shape && (is(at, isalpha) || std::string("%@#^!").find(
                                               text[at]) != std::string::npos))
      while (is(end, letter))
        ++end;
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

/// The functions of a page, each after the page's aliases (`#map = …`); the
/// whole page where no function begins a line.
static std::vector<std::string> functionsOf(const std::string &page) {
  std::vector<std::string> functions;
  std::string aliases;
  bool inside = false;
  for (size_t at = 0; at < page.size();) {
    size_t end = std::min(page.find('\n', at), page.size() - 1) + 1;
    std::string line = page.substr(at, end - at);
    at = end;
    if (!inside && line.front() == '#')
      aliases += line;
    if (!inside && line.starts_with("func.func")) {
      functions.push_back(aliases);
      inside = true;
    }
    if (!inside || line.find("expected-") != std::string::npos)
      continue;
    functions.back() += line;
    inside = line.front() != '}';
  }
  return functions.empty() ? std::vector<std::string>{page} : functions;
}

void MlirMutator::add(const Seed &page) {
  std::vector<std::string> functions = functionsOf(page.text);
  for (size_t i = 0; i < functions.size(); ++i) {
    for (const std::string &word : split(functions[i]))
      words[kindOf(word)].push_back(word);
    seeds.push_back({page.name + "#" + std::to_string(i), functions[i]});
  }
}

/// Another word of the same kind: names come from the same text.
static std::string replace(const std::string &word,
                           const std::vector<std::string> &text,
                           const std::vector<std::string> &corpus, Dice &dice) {
  int kind = kindOf(word);
  if (kind == 1) {
    int64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return std::to_string(dice.integer(value));
  }
  if (kind != 2 + '%' && kind != 2 + '#')
    return corpus.empty() ? word : dice.pick(corpus);
  std::vector<std::string> names;
  for (const std::string &other : text)
    if (kindOf(other) == kind)
      names.push_back(other);
  return dice.pick(names);
}

Seed MlirMutator::mutate(Dice &dice) const {
  Seed result = dice.pick(seeds);
  std::vector<std::string> text = split(result.text);
  for (size_t step = 0, steps = dice.chance(60) ? 1 : 1 + dice.below(4);
       step < steps; ++step) {
    // Numbers break what is well formed otherwise; names seldom get far.
    bool numbers = dice.chance(60);
    std::vector<size_t> solid;
    for (size_t i = 0; i < text.size(); ++i)
      if (numbers ? kindOf(text[i]) == 1 : kindOf(text[i]) != 0)
        solid.push_back(i);
    if (solid.empty())
      continue;
    size_t at = dice.pick(solid);
    std::string old = text[at];
    auto known = words.find(kindOf(old));
    std::string other = replace(
        old, text,
        known == words.end() ? std::vector<std::string>() : known->second,
        dice);
    switch (numbers ? 3 + dice.below(7) : dice.below(10)) {
    case 0:
      text.erase(text.begin() + at);
      break;
    case 1:
      text.insert(text.begin() + at, old);
      break;
    case 2:
      std::swap(text[at], text[dice.pick(solid)]);
      break;
    case 3:
    case 4:
    case 5: // Keeps the types of a program in step, so that it gets further.
      std::replace(text.begin(), text.end(), old, other);
      break;
    default:
      text[at] = other;
    }
  }
  result.text.clear();
  for (const std::string &word : text)
    result.text += word;
  return result;
}
