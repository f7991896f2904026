/*===- training.h - Train models from C --------------------*- C -*-===*\
|*
|* As lacuna.h: functions return 0, or a code and leave a message. A trainer is
|* for one thread at a time.
|*
\*===----------------------------------------------------------------------===*/

#ifndef LACUNA_C_TRAINING_H
#define LACUNA_C_TRAINING_H

#include "lacuna/C/lacuna.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct LacunaTrainer LacunaTrainer;

/* The same words and numbers as `lacuna train` has; fill in the defaults
 * first. */
typedef struct {
  const LacunaCompileOptions *compile; /* null: none */
  const char *memory_budget;           /* null: no bound */
  const char *loss, *optimizer, *schedule;
  double rate, final_rate, offset, power;
  double momentum, beta1, beta2, epsilon, weight_decay;
  double clip_value, clip_norm;
  int64_t steps, warmup, accumulate;
  int64_t class_axis, ignore_index;
  uint64_t seed;
  int threads;
  /* Parameters that keep their values; `*` stands for any characters. */
  const char *const *freeze;
  size_t freeze_count;
} LacunaTrainingOptions;

LACUNA_API void lacuna_training_defaults(LacunaTrainingOptions *options);

LACUNA_API int lacuna_trainer_create(const LacunaModel *model,
                                     const LacunaTrainingOptions *options,
                                     LacunaTrainer **trainer);
LACUNA_API void lacuna_trainer_destroy(LacunaTrainer *trainer);

/* What a batch consists of: the model's inputs, then the label. */
LACUNA_API size_t lacuna_trainer_input_count(const LacunaTrainer *trainer);
LACUNA_API LacunaValue lacuna_trainer_input(const LacunaTrainer *trainer,
                                            size_t index);

/* What one batch gave; numbers that there are none of are NaN. */
typedef struct {
  int64_t step;
  double loss, rate, gradient_norm;
  double pixel_accuracy, mean_iou;
} LacunaStepReport;

/* Runs one batch. After a failure all parameters are as before. */
LACUNA_API int lacuna_trainer_run(LacunaTrainer *trainer,
                                  const DLTensor *const *inputs, size_t count,
                                  LacunaStepReport *report);

/* How often a class was a label, a prediction, and both. */
typedef struct {
  int64_t labels, predictions, correct;
  double accuracy, iou;
} LacunaClassScores;

/* Loss and scores over samples; numbers that there are none of are NaN.
 * `classes` lives until the trainer is asked again or destroyed. */
typedef struct {
  double loss;
  int64_t samples;
  double pixel_accuracy, mean_pixel_accuracy, mean_iou, weighted_iou;
  const LacunaClassScores *classes;
  size_t class_count;
} LacunaEvaluation;

/* Evaluates what was trained so far. Tensors are as for a batch, but of any
 * number of samples; cross entropy fills the last batch up, for other losses
 * batches must divide it. */
LACUNA_API int lacuna_trainer_evaluate(LacunaTrainer *trainer,
                                       const DLTensor *const *inputs,
                                       size_t count, LacunaEvaluation *result);

/* A checkpoint as `.npz`, written whole or not at all; a trainer of the same
 * model and options goes on from it bit for bit. */
LACUNA_API int lacuna_trainer_save(const LacunaTrainer *trainer,
                                   const char *path);
LACUNA_API int lacuna_trainer_restore(LacunaTrainer *trainer, const char *path);

/* The model with the trained parameters built in, as `.onnx` or `.mlir`,
 * whichever it was. */
LACUNA_API int lacuna_trainer_write_model(const LacunaTrainer *trainer,
                                          const char *path);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LACUNA_C_TRAINING_H */
