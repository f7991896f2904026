//===- training.cpp - Train models from C ---------------------------------===//
// Nothing but translation, as in lacuna.cpp.
//===----------------------------------------------------------------------===//
#include "lacuna/C/training.h"

#include "Handles.h"
#include "lacuna/Runtime/Archive.h"
#include "lacuna/Support/AtomicFile.h"
#include "lacuna/Training/Evaluation.h"
#include "lacuna/Training/Scores.h"
#include "lacuna/Training/Trainer.h"

#include <cmath>

using namespace lacuna;
using namespace lacuna::c;

struct LacunaTrainer {
  Model model;
  CompileOptions compile;
  Trainer trainer;
  ValueTable inputs;
  std::vector<LacunaClassScores> classes;
};

void lacuna_training_defaults(LacunaTrainingOptions *options) {
  TrainingStep step;
  Schedule schedule;
  *options = {};
  options->loss = "cross-entropy";
  options->optimizer = "adamw";
  options->schedule = "constant";
  options->rate = schedule.rate;
  options->power = schedule.power;
  options->momentum = step.momentum;
  options->beta1 = step.beta1;
  options->beta2 = step.beta2;
  options->epsilon = step.epsilon;
  options->accumulate = step.accumulate;
  options->class_axis = step.classAxis;
  options->ignore_index = step.ignoreIndex;
  options->seed = 1;
}

static TrainingStep stepOf(const LacunaTrainingOptions &given) {
  TrainingStep step;
  step.loss = given.loss ? given.loss : step.loss;
  step.optimizer = given.optimizer ? given.optimizer : "adamw";
  step.classAxis = given.class_axis;
  step.ignoreIndex = given.ignore_index;
  step.momentum = given.momentum;
  step.beta1 = given.beta1;
  step.beta2 = given.beta2;
  step.epsilon = given.epsilon;
  step.weightDecay = given.weight_decay;
  step.clipValue = given.clip_value;
  step.clipNorm = given.clip_norm;
  step.accumulate = given.accumulate;
  return step;
}

static Expected<TrainingOptions> convert(const LacunaTrainingOptions &given) {
  TrainingOptions options;
  options.step = stepOf(given);
  Expected<Schedule::Kind> kind =
      parseScheduleKind(given.schedule ? given.schedule : "constant");
  if (!kind)
    return kind.error();
  options.schedule = {*kind,        given.rate,   given.final_rate, given.steps,
                      given.warmup, given.offset, given.power};
  options.compile = convertOptions(given.compile);
  if (given.memory_budget)
    options.compile.memoryBudget = given.memory_budget;
  options.seed = given.seed;
  options.threads = given.threads;
  for (size_t i = 0; i < given.freeze_count; ++i)
    options.compile.frozen.push_back(given.freeze[i]);
  return options;
}

int lacuna_trainer_create(const LacunaModel *model,
                          const LacunaTrainingOptions *given,
                          LacunaTrainer **trainer) {
  if (!model || !given || !trainer)
    return refuse("`model`, `options` and `trainer` must not be null");
  Expected<TrainingOptions> options = convert(*given);
  if (!options)
    return refuse(options.error());
  Expected<Trainer> made = Trainer::create(modelOf(model), *options);
  if (!made)
    return refuse(made.error());
  ValueTable inputs(made->batchInputs());
  *trainer = new LacunaTrainer{modelOf(model), options->compile,
                               std::move(*made), std::move(inputs),
                               {}};
  return 0;
}

void lacuna_trainer_destroy(LacunaTrainer *trainer) { delete trainer; }

size_t lacuna_trainer_input_count(const LacunaTrainer *trainer) {
  return trainer->inputs.rows.size();
}

LacunaValue lacuna_trainer_input(const LacunaTrainer *trainer, size_t index) {
  return trainer->inputs.row(index);
}

int lacuna_trainer_run(LacunaTrainer *trainer, const DLTensor *const *inputs,
                       size_t count, LacunaStepReport *report) {
  if (!trainer || !report)
    return refuse("`trainer` and `report` must not be null");
  Expected<std::vector<Tensor>> batch = borrow(inputs, count);
  if (!batch)
    return refuse(batch.error());
  Expected<StepReport> done = trainer->trainer.run(*batch);
  if (!done)
    return refuse(done.error());
  double none = std::nan("");
  *report = {done->step, done->loss, done->rate,
             done->gradientNorm.value_or(none), none, none};
  if (done->confusion) {
    Scores scores = computeScores(*done->confusion);
    report->pixel_accuracy = scores.pixelAccuracy;
    report->mean_iou = scores.meanIoU;
  }
  return 0;
}

/// The scores, with those of classes in `classes`.
static LacunaEvaluation scoresOf(const Evaluation &evaluation,
                                 std::vector<LacunaClassScores> &classes) {
  double none = std::nan("");
  classes.clear();
  LacunaEvaluation result{evaluation.loss, evaluation.samples, none, none,
                          none,            none,               nullptr, 0};
  if (!evaluation.confusion)
    return result;
  Scores scores = computeScores(*evaluation.confusion);
  for (const Scores::Class &entry : scores.classes)
    classes.push_back({entry.labels, entry.predictions, entry.correct,
                       entry.accuracy, entry.iou});
  result.pixel_accuracy = scores.pixelAccuracy;
  result.mean_pixel_accuracy = scores.meanPixelAccuracy;
  result.mean_iou = scores.meanIoU;
  result.weighted_iou = scores.weightedIoU;
  result.classes = classes.data();
  result.class_count = classes.size();
  return result;
}

int lacuna_trainer_evaluate(LacunaTrainer *trainer,
                            const DLTensor *const *inputs, size_t count,
                            LacunaEvaluation *result) {
  if (!trainer || !result)
    return refuse("`trainer` and `result` must not be null");
  Expected<std::vector<Tensor>> tensors = borrow(inputs, count);
  if (!tensors)
    return refuse(tensors.error());
  if (count != trainer->inputs.values.size())
    return refuse("`count` must be the number of a batch's tensors");
  std::vector<NamedTensor> arrays;
  for (size_t i = 0; i < count; ++i)
    arrays.push_back({trainer->inputs.values[i].name, (*tensors)[i]});
  Expected<DataSet> data = DataSet::of(arrays, "samples");
  if (!data)
    return refuse(data.error());
  Expected<Evaluation> evaluation = evaluate(trainer->trainer, *data);
  if (!evaluation)
    return refuse(evaluation.error());
  *result = scoresOf(*evaluation, trainer->classes);
  return 0;
}

int lacuna_trainer_save(const LacunaTrainer *trainer, const char *path) {
  if (!trainer || !path)
    return refuse("`trainer` and `path` must not be null");
  Expected<std::vector<NamedTensor>> all = trainer->trainer.checkpoint();
  if (!all)
    return refuse(all.error());
  Error error = writeNpz(path, *all);
  return error ? refuse(error) : 0;
}

int lacuna_trainer_restore(LacunaTrainer *trainer, const char *path) {
  if (!trainer || !path)
    return refuse("`trainer` and `path` must not be null");
  Expected<NpzReader> reader = NpzReader::open(path);
  if (!reader)
    return refuse(reader.error());
  Error error = trainer->trainer.restore(*reader);
  return error ? refuse(error) : 0;
}

int lacuna_trainer_write_model(const LacunaTrainer *trainer, const char *path) {
  if (!trainer || !path)
    return refuse("`trainer` and `path` must not be null");
  Expected<std::vector<NamedTensor>> trained = trainer->trainer.parameters();
  if (!trained)
    return refuse(trained.error());
  Expected<std::string> bytes =
      trainer->model.withParameters(*trained, trainer->compile);
  if (!bytes)
    return refuse(bytes.error());
  Error error = writeFileAtomically(
      path, std::as_bytes(std::span<const char>(*bytes)));
  return error ? refuse(error) : 0;
}
