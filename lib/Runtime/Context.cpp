//===- Context.cpp - the state of one call into compiled code -------------===//
//
// Life of a context, failure and cancellation, and its profile.
//
//===----------------------------------------------------------------------===//

#include "Context.h"

#include <algorithm>
#include <cstring>
#include <new>

LacunaContext *lacuna_rt_create(int32_t threads, int64_t kernelCount) {
  auto context = std::unique_ptr<LacunaContext>(new (
      std::nothrow) LacunaContext(threads > 0 ? threads : defaultThreads()));
  if (!context)
    return nullptr;
  context->shares.reset(new (std::nothrow) LacunaShare[context->threads]);
  if (!context->shares)
    return nullptr;
  if (kernelCount > 0) {
    size_t count = static_cast<size_t>(kernelCount);
    context->profileStorage.reset(new (std::nothrow)
                                      LacunaKernelProfile[count]());
    if (!context->profileStorage)
      return nullptr;
    context->profile = {context->profileStorage.get(), count};
  }
  return context.release();
}

void lacuna_rt_destroy(LacunaContext *context) { delete context; }

int32_t lacuna_rt_threads(const LacunaContext *context) {
  return context->threads;
}

void lacuna_rt_reset(LacunaContext *context) {
  context->code = LACUNA_OK;
  context->message[0] = '\0';
  context->failed.store(false);
  context->cancelled.store(false);
  context->stopped.store(false);
}

void lacuna_rt_cancel(LacunaContext *context) {
  context->cancelled.store(true);
  context->stopped.store(true);
}

void lacuna_rt_fail(LacunaContext *context, int32_t code, const char *message) {
  if (context->failed.exchange(true))
    return;
  context->code = code == LACUNA_OK ? LACUNA_CHECK_FAILED : code;
  std::strncpy(context->message, message ? message : "",
               sizeof(context->message) - 1);
  context->stopped.store(true);
}

int32_t lacuna_rt_error(const LacunaContext *context, const char **message) {
  bool failed = context->failed.load();
  bool cancelled = !failed && context->cancelled.load();
  if (message)
    *message = cancelled ? "the call was cancelled" : context->message;
  return cancelled ? LACUNA_CANCELLED : context->code;
}

void lacuna_rt_profile_enable(LacunaContext *context, int32_t enable) {
  context->profiling = enable != 0;
  if (enable)
    std::ranges::fill(context->profile, LacunaKernelProfile{0, 0});
}

LacunaKernelProfile lacuna_rt_profile(const LacunaContext *context,
                                      int64_t kernelId) {
  if (static_cast<uint64_t>(kernelId) >= context->profile.size())
    return {0, 0};
  return context->profile[static_cast<size_t>(kernelId)];
}
