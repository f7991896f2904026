/*===- Library.h - calls into a compiled library -----------*- C -*-===*\
|*
|* What the functions of a library made by `lacuna compile --emit=library` call.
|* The compiler builds the struct field by field: change both together.
|*
\*===----------------------------------------------------------------------===*/

#ifndef LACUNA_RUNTIME_LIBRARY_H
#define LACUNA_RUNTIME_LIBRARY_H

#include "lacuna/Runtime/ABI.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Beside the codes of ABI.h. */
enum { LACUNA_OUT_OF_MEMORY = 4 };

/* One compiled entry with all it needs. */
typedef struct {
  void (*entry)(LacunaContext *context, void *const *inputs,
                void *const *outputs, void *arena, void *constants);
  void *constants;
  int64_t arenaBytes;
  int64_t kernelCount;
  void *frames; /* arenas and contexts not in use; null at first */
} LacunaLibrary;

/* Calls the entry on `threads` threads (0: all the process may use). Any number
 * of threads may call one library at once. Returns a code of ABI.h's. */
int32_t lacuna_rt_call(LacunaLibrary *library, void *const *inputs,
                       void *const *outputs, int32_t threads);

/* Text of the calling thread's last failure. */
const char *lacuna_rt_message(void);

/* Frees what is kept for later calls; none may be in flight. */
void lacuna_rt_release(LacunaLibrary *library);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LACUNA_RUNTIME_LIBRARY_H */
