/* Compiles a model given as text and calls it, from C. */
#include "lacuna/C/lacuna.h"

#include <stdio.h>

static const char *text =
    "func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {\n"
    "  %y = lacuna.activation relu %x : tensor<4xf32>\n"
    "  return %y : tensor<4xf32>\n"
    "}\n";

static int fail(void) {
  fprintf(stderr, "%s\n", lacuna_error_message());
  return 1;
}

int main(void) {
  LacunaModel *model;
  LacunaProgram *program;
  if (lacuna_model_from_mlir(text, &model) != 0)
    return fail();
  if (lacuna_model_compile(model, NULL, &program) != 0)
    return fail();

  float values[4] = {-1, 2, -3, 4};
  LacunaValue input = lacuna_program_input(program, 0);
  int64_t shape[1] = {4};
  DLTensor x = {values, {kDLCPU, 0}, input.rank, input.dtype, shape, NULL, 0};
  const DLTensor *inputs[1] = {&x};
  DLManagedTensor *output;
  if (lacuna_program_call(program, inputs, 1, &output, 1, 0) != 0)
    return fail();

  const float *y = output->dl_tensor.data;
  printf("relu %g %g %g %g\n", y[0], y[1], y[2], y[3]);
  output->deleter(output);
  lacuna_program_destroy(program);
  lacuna_model_destroy(model);
  return 0;
}
