/*===- lacuna.h - Lacuna from C ----------------------------*- C -*-===*\
|*
|* Functions that can fail return 0, or one of the codes of ErrorCode in
|* lacuna/Support/Error.h; then lacuna_error_message says what went wrong.
|* Tensors are DLPack's, in host memory; none is copied unless its rows have
|* gaps. All functions may be called from any thread.
|*
\*===----------------------------------------------------------------------===*/

#ifndef LACUNA_C_LACUNA_H
#define LACUNA_C_LACUNA_H

#include <dlpack/dlpack.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LACUNA_API __attribute__((visibility("default")))

typedef struct LacunaModel LacunaModel;
typedef struct LacunaProgram LacunaProgram;

/* `0.1.0`. */
LACUNA_API const char *lacuna_version(void);

/* Text of the calling thread's last failure; lives until its next one. */
LACUNA_API const char *lacuna_error_message(void);

/*===-- Models ------------------------------------------------------------===*/

/* Reads `.onnx` or `.mlir`. */
LACUNA_API int lacuna_model_load(const char *path, LacunaModel **model);
/* Takes a serialised ONNX ModelProto, or MLIR text. */
LACUNA_API int lacuna_model_from_onnx(const void *bytes, size_t size,
                                      LacunaModel **model);
LACUNA_API int lacuna_model_from_mlir(const char *text, LacunaModel **model);
/* Programs made of a model outlive it. */
LACUNA_API void lacuna_model_destroy(LacunaModel *model);

/* An input or output. What it points at lives as long as its model or program.
 * Open dimensions are -1, and so is the rank where a model does not say. */
typedef struct {
  const char *name;
  DLDataType dtype;
  int32_t rank;
  const int64_t *shape;
} LacunaValue;

/* Inputs of the model's function `entry` (null: the only one, or `main`). */
LACUNA_API int lacuna_model_inputs(LacunaModel *model, const char *entry,
                                   const LacunaValue **values, size_t *count);

/* The float initialisers of an ONNX model, called `param:` and their name, as
 * inputs of programs with gradients by them; none of other models. */
LACUNA_API int lacuna_model_parameters(LacunaModel *model,
                                       const LacunaValue **values,
                                       size_t *count);
/* The value of one of them: a new tensor, which the caller's deleter frees. */
LACUNA_API int lacuna_model_parameter(LacunaModel *model, size_t index,
                                      DLManagedTensor **tensor);

/*===-- Programs ----------------------------------------------------------===*/

/* The shape of one input, for models that leave dimensions open. */
typedef struct {
  const char *name;
  int32_t rank;
  const int64_t *sizes;
} LacunaShape;

typedef struct {
  const char *target; /* null: this processor; or x86-64-v3, znver4 ... */
  const char *entry;  /* null: the only function, or `main` */
  const LacunaShape *shapes;
  size_t shape_count;
  const char *dtype; /* null: f32; or bf16, f16 */
  /* The loss to differentiate: `mean-square` or an output's name; null: none.
   * It becomes the first output, `loss`; gradients `d_NAME` come last. */
  const char *gradient_of;
  /* What to differentiate by: inputs, float initialisers of an ONNX model, or
   * `all`. Initialisers become inputs behind the others. None: all. */
  const char *const *gradients;
  size_t gradient_count;
  const char *memory_budget; /* null: no bound; bytes, or a share: `0.5` */
} LacunaCompileOptions;

/* `options` may be null. */
LACUNA_API int lacuna_model_compile(const LacunaModel *model,
                                    const LacunaCompileOptions *options,
                                    LacunaProgram **program);
LACUNA_API void lacuna_program_destroy(LacunaProgram *program);

LACUNA_API size_t lacuna_program_input_count(const LacunaProgram *program);
LACUNA_API size_t lacuna_program_output_count(const LacunaProgram *program);
LACUNA_API LacunaValue lacuna_program_input(const LacunaProgram *program,
                                            size_t index);
LACUNA_API LacunaValue lacuna_program_output(const LacunaProgram *program,
                                             size_t index);

/* Reads `inputs` and writes into `outputs`, row-major tensors of the types and
 * shapes above. `threads` 0: all the process may use. */
LACUNA_API int lacuna_program_call_into(const LacunaProgram *program,
                                        const DLTensor *const *inputs,
                                        size_t input_count,
                                        const DLTensor *const *outputs,
                                        size_t output_count, int threads);

/* The same in place on tensors in the memory of the GPU that the program was
 * compiled for, behind what `stream` (a CUstream; null: the default one) has to
 * do already. Returns when all is done. */
LACUNA_API int lacuna_program_call_on_device(
    const LacunaProgram *program, const DLTensor *const *inputs,
    size_t input_count, const DLTensor *const *outputs, size_t output_count,
    void *stream);

/* The same into new tensors, which the caller owns: their deleters free
 * them. */
LACUNA_API int lacuna_program_call(const LacunaProgram *program,
                                   const DLTensor *const *inputs,
                                   size_t input_count,
                                   DLManagedTensor **outputs,
                                   size_t output_count, int threads);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LACUNA_C_LACUNA_H */
