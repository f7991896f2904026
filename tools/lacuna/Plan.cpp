//===- Plan.cpp - lacuna plan ---------------------------------------------===//
// The memory planner for anybody's buffers.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Table.h"
#include "lacuna/Planning/BufferFile.h"
#include "lacuna/Support/AtomicFile.h"

#include "llvm/Support/MemoryBuffer.h"
#include <chrono>
#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::planning;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("plan",
                              "Place buffers with known lifetimes in memory");
static cl::opt<std::string> path(cl::Positional, cl::Required, cl::desc("FILE"),
                                 cl::sub(command));
static cl::opt<int64_t>
    capacity("capacity", cl::desc("Bytes that must suffice (as few as found)"),
             cl::value_desc("bytes"), cl::init(-1), cl::sub(command));
static cl::opt<double> timeout("timeout",
                               cl::desc("Seconds to search at most (50)"),
                               cl::value_desc("seconds"), cl::init(50),
                               cl::sub(command));
static cl::opt<uint64_t> seed("seed", cl::desc("Of the orders tried (1)"),
                              cl::value_desc("number"), cl::init(1),
                              cl::sub(command));
static cl::opt<std::string>
    output("output", cl::desc("CSV to write, the rows with their offsets"),
           cl::value_desc("file.csv"), cl::sub(command));
static cl::opt<std::string>
    picture("picture", cl::desc("SVG to draw, memory over time"),
            cl::value_desc("file.svg"), cl::sub(command));

static Error writeText(const std::string &file, const std::string &text) {
  return writeFileAtomically(file,
                             std::as_bytes(std::span<const char>(text)));
}

static Expected<NamedBuffers> loadBuffers() {
  auto file = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!file)
    return Error(ErrorCode::NotFound,
                 fmt::format("{}: {}", path.getValue(),
                             file.getError().message()));
  return parseBuffers((*file)->getBuffer(), path);
}

static Error checkOptions() {
  if (capacity.getNumOccurrences() && capacity < 0)
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("`--capacity` must be at least 0, got `{}`",
                             capacity.getValue()));
  if (!(timeout >= 0))
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("`--timeout` must be at least 0, got `{}`",
                             timeout.getValue()));
  return Error::success();
}

static void printTable(const NamedBuffers &named, const Placement &placement,
                       double seconds) {
  int64_t live = maxLive(named.buffers);
  Table table({"buffers", "max live", "greedy", "arena", "ratio", "seconds"});
  table.add({std::to_string(named.buffers.size()), std::to_string(live),
             std::to_string(placeGreedily(named.buffers).height),
             std::to_string(placement.height),
             fmt::format("{:.4f}", live ? double(placement.height) / live : 1),
             fmt::format("{:.2f}", seconds)});
  fmt::print("{}", table.text());
}

/// Nothing is written of a placement that does not fit.
static Error finish(const NamedBuffers &named, const Placement &placement) {
  if (capacity >= 0 && placement.height > capacity)
    return Error(
        ErrorCode::OutOfMemory,
        maxLive(named.buffers) > capacity
            ? fmt::format("`--capacity` must be at least {}, what lives at one "
                          "time, got `{}`",
                          maxLive(named.buffers), capacity.getValue())
            : fmt::format("no placement within {} bytes was found; a longer "
                          "`--timeout` or another `--seed` may find one",
                          capacity.getValue()));
  if (!output.empty())
    if (Error error = writeText(output, formatPlacement(named, placement)))
      return error;
  return picture.empty()
             ? Error::success()
             : writeText(picture, drawPlacement(named, placement));
}

static int runPlan() {
  if (Error error = checkOptions())
    return fail(error);
  Expected<NamedBuffers> named = loadBuffers();
  if (!named)
    return fail(named.error());
  PlacementOptions options;
  options.timeout = timeout;
  options.seed = seed;
  if (capacity >= 0)
    options.capacity = capacity;
  auto start = std::chrono::steady_clock::now();
  Placement placement = placeBuffers(named->buffers, options);
  std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  printTable(*named, placement, time.count());
  if (Error error = finish(*named, placement))
    return fail(error);
  return 0;
}

Command tool::planCommand() {
  return {&command, runPlan, "FILE",
          "  lacuna plan buffers.csv                      columns id, lower, "
          "upper, size\n"
          "  lacuna plan buffers.csv --capacity=1048576 --output=placed.csv "
          "--picture=placed.svg\n"};
}
