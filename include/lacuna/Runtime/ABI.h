/*===- ABI.h - between compiled code and the runtime -------*- C -*-===*\
|*
|* The C interface between the functions Lacuna compiles, the runtime library,
|* and whoever calls them. Plain C, so that generated headers can include it.
|*
\*===----------------------------------------------------------------------===*/

#ifndef LACUNA_RUNTIME_ABI_H
#define LACUNA_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*===-- Context -----------------------------------------------------------===*
 * A context is the state of one call into compiled code: how many threads it
 * may use, whether it failed, where its time went. Compiled entry functions
 * take it as their first argument. Any number of contexts may be in use at
 * once; one context serves one call at a time.
 */
typedef struct LacunaContext LacunaContext;

/* Codes of `lacuna_rt_error`. Compiled code passes LACUNA_CHECK_FAILED or any
 * larger number of its own. */
enum {
  LACUNA_OK = 0,
  LACUNA_CANCELLED = 1,
  LACUNA_CHECK_FAILED = 2,
  LACUNA_INDEX_OUT_OF_RANGE = 3
};

/* Makes a context for `threads` threads (0: OMP_NUM_THREADS or as many as the
 * processors this process may run on) and a profile
 * of `kernelCount` kernels. Null when memory is out. */
LacunaContext *lacuna_rt_create(int32_t threads, int64_t kernelCount);
void lacuna_rt_destroy(LacunaContext *context);

int32_t lacuna_rt_threads(const LacunaContext *context);

/* Forgets failure and cancellation; call before the context's next use. */
void lacuna_rt_reset(LacunaContext *context);

/* Asks the call that uses the context to stop; any thread may. Chunks that
 * have begun finish, later ones and later launches are skipped, outputs are
 * left undefined. */
void lacuna_rt_cancel(LacunaContext *context);

/* Records that a check in compiled code failed; the first failure wins, and
 * the rest of the call is skipped as after a cancellation. The message is
 * copied (up to 255 bytes). Safe in kernels on any thread. The caller must
 * still not perform the access it has refused. */
void lacuna_rt_fail(LacunaContext *context, int32_t code, const char *message);

/* After the call: its code (LACUNA_OK: none) and, when `message` is not null,
 * its text, which lives until the next reset. */
int32_t lacuna_rt_error(const LacunaContext *context, const char **message);

/*===-- Kernels -----------------------------------------------------------===*
 * A kernel computes the iterations [begin, end) of its outer parallel space.
 * `args` is the array given at the launch, as it stands: pointers to buffers,
 * or to whatever else the compiler has agreed with itself, such as the context.
 */
typedef void (*LacunaKernel)(int64_t begin, int64_t end, void *const *args);

/* Runs `kernel` over [0, count) on the context's threads and waits for it.
 * Every chunk begins at a multiple of `grain` and ends at one or at `count`.
 * Thread i begins with the i-th part of the iterations, the same in every
 * launch of as many, and takes from the others' parts when its own is done.
 * With one thread, or with count <= grain, it is a plain call of
 * kernel(0, count).
 * `grain` below 1 counts as 1, and count <= 0 does nothing. */
void lacuna_rt_parallel(LacunaContext *context, int64_t kernelId,
                        LacunaKernel kernel, void *const *args, int64_t count,
                        int64_t grain);

/*===-- Device ------------------------------------------------------------===*
 * What entry functions call instead when their kernels run on a GPU. Buffers
 * are device memory there, and the context is the runtime's own for the call.
 * Both return before the work is done; it is done in order.
 */

/* Starts launch `launchId` over [0, count). `args` holds `slots` pointers, the
 * first of which the runtime replaces by the place for failures. `grain`: the
 * fewest steps worth a task of a processor; a device may take fewer. */
void lacuna_rt_launch(void *context, int64_t launchId, void *const *args,
                      int64_t slots, int64_t count, int64_t grain);

/* Copies `bytes` from one place in device memory to another. */
void lacuna_rt_copy(void *context, void *to, const void *from, int64_t bytes);

/*===-- Profile -----------------------------------------------------------===*
 * Off until enabled: then every launch costs two readings of the clock.
 */
typedef struct {
  int64_t calls;
  int64_t nanoseconds; /* wall time from launch to join */
} LacunaKernelProfile;

/* Enabling clears what was counted before. */
void lacuna_rt_profile_enable(LacunaContext *context, int32_t enable);

/* What kernel `kernelId` has used so far; zeros for an unknown id. */
LacunaKernelProfile lacuna_rt_profile(const LacunaContext *context,
                                      int64_t kernelId);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LACUNA_RUNTIME_ABI_H */
