//===- Fuzz.cpp - Mutated inputs against the compiler ---------------------===//
// lacuna-fuzz [--seed N] [--count N] [--batch N] [--memory MIB] [--seconds N]
//             [--out DIR] PATH...
// Compiles N mutations of the .onnx files and N of the .mlir files in forked
// children, and runs those with small inputs. Each input ends as a program or
// with a message that says why not; all else is written to DIR and fails.
//===----------------------------------------------------------------------===//
#include "CompileInput.h"
#include "Mutate.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Signals.h"
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lacuna;
namespace fs = std::filesystem;

namespace {

struct Settings {
  int64_t seed = 1, count = 1000, batch = 50, memory = 4096, seconds = 20;
  std::string out = "fuzz";
  std::vector<std::string> paths;
};

constexpr const char *outcomeNames[] = {
    "waiting", "started", "compiled", "refused", "silent", "crash", "hang"};

/// All mutations of one kind of input.
template <typename Mutator> struct Campaign {
  const char *ending;
  Mutator mutator;

  size_t inputCount(const Settings &settings) const {
    if (mutator.size() == 0)
      return 0;
    return settings.count ? settings.count : mutator.size();
  }
  /// Input `index`; without mutations the corpus itself.
  Seed make(const Settings &settings, size_t index) const {
    if (settings.count == 0)
      return mutator.seed(index);
    Dice dice(settings.seed * 0x9e3779b97f4a7c15 + index);
    return mutator.mutate(dice);
  }
};

} // namespace

/// Processor time catches a loop, real time a deadlock.
static void setTimers(int64_t seconds) {
  itimerval processor{{0, 0}, {seconds, 0}}, real{{0, 0}, {seconds * 10, 0}};
  setitimer(ITIMER_PROF, &processor, nullptr);
  setitimer(ITIMER_REAL, &real, nullptr);
}

template <typename Mutator>
[[noreturn]] static void runBatch(const Campaign<Mutator> &campaign,
                                  const Settings &settings, Row *rows,
                                  size_t begin, size_t end, int errors) {
  dup2(errors, STDERR_FILENO);
  rlimit memory{rlim_t(settings.memory) << 20, rlim_t(settings.memory) << 20};
  rlimit core{0, 0};
  // A sanitizer reserves terabytes of addresses.
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
  setrlimit(RLIMIT_AS, &memory);
  llvm::sys::PrintStackTraceOnErrorSignal("");
#endif
  setrlimit(RLIMIT_CORE, &core);
  for (size_t i = begin; i < end; ++i) {
    (void)!ftruncate(errors, 0);
    lseek(errors, 0, SEEK_SET);
    Seed input = campaign.make(settings, i);
    rows[i].set(Started, "");
    setTimers(settings.seconds);
    compileInput(input.text, campaign.ending == std::string(".onnx"), rows[i]);
  }
  _exit(0);
}

static std::string readAll(int file) {
  std::string text(1 << 16, 0);
  ssize_t length = pread(file, text.data(), text.size(), 0);
  text.resize(std::max<ssize_t>(length, 0));
  return text;
}

/// What was printed first, and our own function nearest to the crash.
static std::string summarise(const std::string &errors) {
  std::istringstream lines(errors);
  std::string line, first;
  std::getline(lines, first);
  if (size_t assertion = first.find("Assertion"); assertion < first.size())
    first.erase(0, assertion);
  while (std::getline(lines, line)) {
    size_t name = line.find("lacuna::");
    if (line.find("lacuna-fuzz") < name && name != std::string::npos)
      return fmt::format("{}: {}", line.substr(name, line.find('(') - name),
                         first);
  }
  return first;
}

/// Marks the input that ended a child; where the next child goes on.
static size_t settle(Row *rows, size_t begin, size_t end, int status,
                     const std::string &errors) {
  size_t at = begin;
  while (at < end && rows[at].outcome > Started)
    ++at;
  if (at == end)
    return end;
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  bool slow = signal == SIGPROF || signal == SIGALRM;
  rows[at].set(slow ? Hang : Crash,
               fmt::format("{}: {}", signal ? strsignal(signal) : "exit",
                           summarise(errors)));
  return at + 1;
}

/// A line on a terminal that says how far the inputs have come.
static void showProgress(const char *ending, const Row *rows, size_t count,
                         bool last) {
  if (!isatty(STDERR_FILENO))
    return;
  size_t done = std::count_if(
      rows, rows + count, [](const Row &row) { return row.outcome > Started; });
  fmt::print(
      stderr, "\r\x1b[K{}",
      last ? "" : fmt::format("{} of {} mutations of {}", done, count, ending));
  fflush(stderr);
}

template <typename Mutator>
static void writeFinding(const Campaign<Mutator> &campaign,
                         const Settings &settings, size_t index, const Row &row,
                         const std::string &errors) {
  Seed input = campaign.make(settings, index);
  fs::create_directories(settings.out);
  fs::path path = fs::path(settings.out) /
                  fmt::format("{}-{}-{}{}", outcomeNames[row.outcome],
                              settings.seed, index, campaign.ending);
  std::ofstream(path, std::ios::binary) << input.text;
  if (!errors.empty())
    std::ofstream(path.string() + ".txt") << errors;
  fmt::print("{} (of {}): {}\n", path.string(), input.name, row.message);
  std::fflush(stdout);
}

/// Runs all inputs of a kind; whether each ended well.
template <typename Mutator>
static bool run(const Campaign<Mutator> &campaign, const Settings &settings) {
  size_t count = campaign.inputCount(settings);
  if (count == 0)
    return true;
  void *memory = mmap(nullptr, count * sizeof(Row), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return false;
  Row *rows = static_cast<Row *>(memory);
  std::FILE *errors = std::tmpfile();
  for (size_t at = 0; at < count;) {
    size_t begin = at, end = std::min<size_t>(count, at + settings.batch);
    std::fflush(nullptr);
    pid_t child = fork();
    if (child == 0)
      runBatch(campaign, settings, rows, begin, end, fileno(errors));
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      showProgress(campaign.ending, rows, count, false);
      usleep(50000);
    }
    showProgress(campaign.ending, rows, count, true);
    std::string printed = readAll(fileno(errors));
    at = settle(rows, begin, end, status, printed);
    for (size_t i = begin; i < at; ++i)
      if (rows[i].outcome > Refused)
        writeFinding(campaign, settings, i, rows[i],
                     rows[i].outcome == Silent ? "" : printed);
  }
  std::fclose(errors);
  size_t counts[Hang + 1] = {};
  for (size_t i = 0; i < count; ++i)
    ++counts[rows[i].outcome];
  munmap(memory, count * sizeof(Row));
  fmt::print("{} {}: {} compiled, {} refused, {} refused without a reason, "
             "{} crash, {} hang\n",
             count, campaign.ending, counts[Compiled], counts[Refused],
             counts[Silent], counts[Crash], counts[Hang]);
  return counts[Compiled] + counts[Refused] == count;
}

static std::optional<Settings> parse(int count, char **arguments) {
  Settings settings;
  const std::map<std::string_view, int64_t *> numbers = {
      {"--seed", &settings.seed},
      {"--count", &settings.count},
      {"--batch", &settings.batch},
      {"--memory", &settings.memory},
      {"--seconds", &settings.seconds}};
  for (int i = 1; i < count; ++i) {
    std::string_view word = arguments[i];
    auto number = numbers.find(word);
    if (!word.starts_with("--")) {
      settings.paths.emplace_back(word);
    } else if (++i == count) {
      return std::nullopt;
    } else if (word == "--out") {
      settings.out = arguments[i];
    } else {
      std::string_view text = arguments[i];
      if (number == numbers.end() ||
          std::from_chars(text.data(), text.data() + text.size(),
                          *number->second)
                  .ptr != text.data() + text.size() ||
          *number->second < (word != "--batch" ? 0 : 1))
        return std::nullopt;
    }
  }
  if (settings.paths.empty())
    return std::nullopt;
  return settings;
}

/// Files in order of name, so that a seed means the same everywhere.
static std::vector<fs::path> listFiles(const std::vector<std::string> &paths) {
  std::vector<fs::path> files;
  for (const fs::path path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto &entry : fs::recursive_directory_iterator(path))
      if (entry.path().extension() == ".onnx" ||
          entry.path().extension() == ".mlir")
        files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

int main(int count, char **arguments) {
  std::optional<Settings> settings = parse(count, arguments);
  if (!settings) {
    fmt::print(stderr, "usage: lacuna-fuzz [--seed N] [--count N] [--batch N] "
                       "[--memory MIB] [--seconds N] [--out DIR] PATH...\n");
    return 2;
  }
  Campaign<OnnxMutator> onnx{".onnx", {}};
  Campaign<MlirMutator> mlir{".mlir", {}};
  for (const fs::path &path : listFiles(settings->paths)) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!(text << file.rdbuf())) {
      fmt::print(stderr, "{}: cannot be read\n", path.string());
      return 2;
    }
    Seed seed{path.filename().string(), text.str()};
    if (path.extension() == ".onnx")
      onnx.mutator.add(seed);
    else
      mlir.mutator.add(seed);
  }
  setenv("LLVM_DISABLE_SYMBOLIZATION", "1", 1);
  bool good = run(onnx, *settings);
  good &= run(mlir, *settings);
  return good ? 0 : 1;
}
