//===- Library.cpp - calls into a compiled library ------------------------===//
//
// What stands between the plain function of a library made by `lacuna compile
// --emit=library` and its compiled entry: an arena and a context for each call
// in flight, kept for the next.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Library.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace {

/// What one call needs of its own.
struct Frame {
  LacunaContext *context;
  void *arena;
  int32_t threads;
  Frame *next;
};

// Its type has no destructor to run, so no library waits for the process's end.
std::mutex mutex;

thread_local char message[256];

void destroy(Frame *frame) {
  if (frame->context)
    lacuna_rt_destroy(frame->context);
  std::free(frame->arena);
  delete frame;
}

Frame *create(const LacunaLibrary &library, int32_t threads) {
  constexpr size_t line = 64;
  size_t bytes = (static_cast<size_t>(library.arenaBytes) / line + 1) * line;
  auto *frame = new (std::nothrow) Frame{};
  if (!frame)
    return nullptr;
  frame->threads = threads;
  frame->arena = std::aligned_alloc(line, bytes);
  frame->context = lacuna_rt_create(threads, library.kernelCount);
  if (frame->arena && frame->context)
    return frame;
  destroy(frame);
  return nullptr;
}

Frame *take(LacunaLibrary &library, int32_t threads) {
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto **link = reinterpret_cast<Frame **>(&library.frames);
    for (; *link; link = &(*link)->next)
      if ((*link)->threads == threads)
        return std::exchange(*link, (*link)->next);
  }
  return create(library, threads);
}

void giveBack(LacunaLibrary &library, Frame *frame) {
  std::lock_guard<std::mutex> lock(mutex);
  frame->next = static_cast<Frame *>(library.frames);
  library.frames = frame;
}

} // namespace

int32_t lacuna_rt_call(LacunaLibrary *library, void *const *inputs,
                       void *const *outputs, int32_t threads) {
  Frame *frame = take(*library, threads);
  if (!frame) {
    std::strcpy(message, "no memory for the call's intermediate values");
    return LACUNA_OUT_OF_MEMORY;
  }
  lacuna_rt_reset(frame->context);
  library->entry(frame->context, inputs, outputs, frame->arena,
                 library->constants);
  const char *text = nullptr;
  int32_t code = lacuna_rt_error(frame->context, &text);
  std::strncpy(message, text ? text : "", sizeof message - 1);
  giveBack(*library, frame);
  return code;
}

const char *lacuna_rt_message(void) { return message; }

void lacuna_rt_release(LacunaLibrary *library) {
  std::lock_guard<std::mutex> lock(mutex);
  auto *frame = static_cast<Frame *>(std::exchange(library->frames, nullptr));
  while (frame)
    destroy(std::exchange(frame, frame->next));
}
