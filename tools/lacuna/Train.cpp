//===- Train.cpp - lacuna train -------------------------------------------===//
// The loop around the compiled step: batches, log, checkpoints, interruption.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "TrainingInputs.h"
#include "TrainingLog.h"
#include "lacuna/Support/AtomicFile.h"

#include <csignal>
#include <filesystem>
#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;
namespace fs = std::filesystem;

static cl::SubCommand command("train", "Train a model on labelled data");
static TrainingInputs inputs(command);
static cl::opt<std::string>
    optimizer("optimizer", cl::init("adamw"),
              cl::desc("sgd, momentum, nesterov, adagrad, adam or adamw"),
              cl::value_desc("name"), cl::sub(command));
static cl::opt<int64_t> steps("steps", cl::desc("Steps in all"),
                              cl::value_desc("n"), cl::init(1000),
                              cl::sub(command));
static cl::opt<double> rate("lr", cl::desc("Rate of the steps (1e-3)"),
                            cl::value_desc("x"), cl::init(1e-3),
                            cl::sub(command));
static cl::opt<std::string>
    schedule("schedule", cl::init("constant"),
             cl::desc("Of the rate: constant, linear, cosine, or inverse: "
                      "rate / (step + offset)^power"),
             cl::value_desc("name"), cl::sub(command));
static cl::opt<int64_t> warmup("warmup", cl::init(0),
                               cl::desc("Steps in which the rate grows to --lr"),
                               cl::value_desc("n"), cl::sub(command));
static cl::opt<double> offset("offset", cl::desc("Of the schedule inverse (0)"),
                              cl::value_desc("x"), cl::init(0),
                              cl::sub(command));
static cl::opt<double> power("power", cl::desc("Of the schedule inverse (1)"),
                             cl::value_desc("x"), cl::init(1),
                             cl::sub(command));
static cl::opt<double> momentum("momentum", cl::init(0.9),
                                cl::desc("Of momentum and nesterov (0.9)"),
                                cl::value_desc("x"), cl::sub(command));
static cl::opt<double> weightDecay("weight-decay", cl::init(0),
                                   cl::desc("Pull of parameters towards 0 (0)"),
                                   cl::value_desc("x"), cl::sub(command));
static cl::opt<double> beta1("beta1", cl::init(0.9),
                             cl::desc("Of adam and adamw (0.9)"),
                             cl::value_desc("x"), cl::sub(command));
static cl::opt<double> beta2("beta2", cl::init(0.999),
                             cl::desc("Of adam and adamw (0.999)"),
                             cl::value_desc("x"), cl::sub(command));
static cl::opt<double>
    epsilon("epsilon", cl::init(-1),
            cl::desc("Added to divisors (adagrad 1e-10, else 1e-8)"),
            cl::value_desc("x"), cl::sub(command));
static cl::opt<double> clipNorm("clip-norm", cl::init(0),
                                cl::desc("Most the norm of all gradients is"),
                                cl::value_desc("x"), cl::sub(command));
static cl::opt<double> clipValue("clip-value", cl::init(0),
                                 cl::desc("Most a gradient's element is"),
                                 cl::value_desc("x"), cl::sub(command));
static cl::opt<int64_t> accumulate("accumulate", cl::init(1),
                                   cl::desc("Batches a step (1)"),
                                   cl::value_desc("n"), cl::sub(command));
static cl::list<std::string>
    freeze("freeze", cl::CommaSeparated, cl::value_desc("name,..."),
           cl::desc("Parameters that keep their values; `*`: any characters"),
           cl::sub(command));
static cl::opt<uint64_t> seed("seed", cl::init(1),
                              cl::desc("Of first values and order (1)"),
                              cl::value_desc("n"), cl::sub(command));
static cl::opt<std::string> out("out", cl::desc("Folder for all results"),
                                cl::value_desc("dir"), cl::sub(command));
static cl::opt<int64_t> every("checkpoint-every", cl::init(100),
                              cl::desc("Steps between checkpoints (100)"),
                              cl::value_desc("n"), cl::sub(command));
static cl::opt<bool> resume("resume",
                            cl::desc("Continue from the checkpoint in --out"),
                            cl::sub(command));

static volatile std::sig_atomic_t interrupted = 0;
static void interrupt(int) { interrupted = 1; }

static Expected<TrainingOptions> readOptions() {
  TrainingOptions options;
  options.step.optimizer = optimizer;
  options.step.momentum = momentum;
  options.step.beta1 = beta1;
  options.step.beta2 = beta2;
  options.step.weightDecay = weightDecay;
  options.step.clipNorm = clipNorm;
  options.step.clipValue = clipValue;
  options.step.accumulate = accumulate;
  options.step.epsilon =
      epsilon >= 0 ? double(epsilon) : optimizer == "adagrad" ? 1e-10 : 1e-8;
  Expected<Schedule::Kind> kind = parseScheduleKind(schedule);
  if (!kind)
    return kind.error();
  options.schedule = {*kind, rate, 0, steps, warmup, offset, power};
  options.compile.frozen.assign(freeze.begin(), freeze.end());
  options.seed = seed;
  return options;
}

/// Mistakes that would only show after a long compilation.
static Error checkOptions() {
  if (out.empty())
    return Error(ErrorCode::InvalidArgument,
                 "no folder for results is named: give `--out DIR`");
  if (optimizer == "none")
    return Error(ErrorCode::InvalidArgument,
                 "`--optimizer` must train; to only evaluate there is `lacuna "
                 "evaluate`");
  for (auto [name, value] : {std::pair("steps", int64_t(steps)),
                             {"accumulate", int64_t(accumulate)},
                             {"checkpoint-every", int64_t(every)}})
    if (value < 1)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("`--{}` must be at least 1, got {}", name,
                               value));
  return Error::success();
}

static std::string inOut(const char *name) {
  return (fs::path(out.getValue()) / name).string();
}

static Error saveCheckpoint(const Trainer &trainer) {
  Expected<std::vector<NamedTensor>> all = trainer.checkpoint();
  if (!all)
    return all.error();
  return writeNpz(inOut("checkpoint.npz"), *all);
}

static Error saveResults(const Trainer &trainer, const TrainingLog &log) {
  if (Error error = saveCheckpoint(trainer))
    return error;
  Expected<std::vector<NamedTensor>> trained = trainer.parameters();
  if (!trained)
    return trained.error();
  if (Error error = writeNpz(inOut("parameters.npz"), *trained))
    return error;
  Expected<Model> model = inputs.model.load();
  if (!model)
    return model.error();
  Expected<std::string> bytes = model->withParameters(*trained);
  if (!bytes)
    return bytes.error();
  std::string ending = model->isOnnx() ? "trained.onnx" : "trained.mlir";
  if (Error error = writeFileAtomically(
          inOut(ending.c_str()), std::as_bytes(std::span<const char>(*bytes))))
    return error;
  return log.draw();
}

/// The batch after `trainer.batches()`: the same whenever training goes on.
static Expected<std::vector<Tensor>> nextBatch(const Trainer &trainer,
                                               SampleOrder &order) {
  std::vector<int64_t> samples;
  int64_t first = trainer.batches() * inputs.batchSize();
  for (int64_t i = 0; i < inputs.batchSize(); ++i)
    samples.push_back(order.at(first + i));
  return inputs.gather(trainer, samples);
}

static Error trainAll(Trainer &trainer, TrainingLog &log) {
  SampleOrder order(inputs.data->size(), seed);
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  while (trainer.step() < steps && !interrupted) {
    Expected<std::vector<Tensor>> batch = nextBatch(trainer, order);
    if (!batch)
      return batch.error();
    int64_t before = trainer.step();
    Expected<StepReport> report = trainer.run(*batch);
    if (!report)
      return report.error();
    if (Error error = log.add(*report))
      return error;
    if (trainer.step() == before || trainer.step() % every)
      continue;
    if (Error error = saveCheckpoint(trainer))
      return error;
    if (Error error = log.draw())
      return error;
  }
  return Error::success();
}

static Error begin(Trainer &trainer, TrainingLog &log) {
  std::error_code failed;
  fs::create_directories(out.getValue(), failed);
  if (failed)
    return Error(ErrorCode::InputOutput,
                 fmt::format("{}: {}", out.getValue(), failed.message()));
  std::string path = inOut("checkpoint.npz");
  if (!resume && fs::exists(path))
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("{} is there already: continue with `--resume`, or "
                             "name another folder",
                             path));
  if (!resume)
    return log.begin();
  Expected<NpzReader> reader = NpzReader::open(path);
  if (!reader)
    return reader.error();
  if (Error error = trainer.restore(*reader))
    return Error(error.code(), path + ": " + error.message());
  return log.continueAt(trainer.batches());
}

static int runTrain() {
  if (Error error = checkOptions())
    return fail(error);
  Expected<TrainingOptions> options = readOptions();
  if (!options)
    return fail(options.error());
  Expected<Trainer> trainer = inputs.open(*options);
  if (!trainer)
    return fail(trainer.error());
  TrainingLog log(out, steps);
  if (Error error = begin(*trainer, log))
    return fail(error);
  Error stopped = trainAll(*trainer, log);
  log.clear();
  if (Error error = saveResults(*trainer, log))
    return fail(error);
  if (stopped)
    return fail(Error(stopped.code(),
                      fmt::format("{}; what was there before is saved in {}",
                                  stopped.message(), out.getValue())));
  if (interrupted) {
    fmt::print(stderr, "interrupted after {} steps; `--resume` continues\n",
               trainer->step());
    return failed;
  }
  fmt::print("{}", log.summary());
  return 0;
}

Command tool::trainCommand() {
  return {&command, runTrain, "MODEL",
          "  lacuna train net.onnx --data train.npz --out run --steps 2000 "
          "--lr 3e-4 --schedule cosine --warmup 100\n"
          "  lacuna train net.mlir --data train.npz --out run --optimizer sgd "
          "--schedule inverse --offset 10\n"
          "  lacuna train net.onnx --data train.npz --out run --steps 4000 "
          "--resume\n"
          "  lacuna train net.onnx --data train.npz --out run --freeze "
          "\'backbone.*\'\n"};
}
