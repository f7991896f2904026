//===- ChildProcess.cpp - Tasks in processes of their own -----------------===//
// A child writes its noise (stdout and stderr) and then, after a mark, what
// its task returned into one pipe.
//===----------------------------------------------------------------------===//
#include "ChildProcess.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace lacuna::tool;
using Clock = std::chrono::steady_clock;

namespace {
constexpr std::string_view mark("\0lacuna result\0", 15);

struct Child {
  size_t task;
  pid_t process;
  int pipe;
  Clock::time_point deadline;
  std::string output;
  bool timedOut = false;
};
} // namespace

static void writeAll(int file, std::string_view text) {
  while (!text.empty()) {
    ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      return;
    text.remove_prefix(std::max<ssize_t>(written, 0));
  }
}

[[noreturn]] static void
beChild(int pipe, size_t index, const std::function<std::string(size_t)> &task) {
  dup2(pipe, STDOUT_FILENO);
  dup2(pipe, STDERR_FILENO);
  // The parent's handlers would print a stack where a line is enough.
  for (int signal : {SIGSEGV, SIGABRT, SIGILL, SIGFPE, SIGBUS, SIGTRAP})
    std::signal(signal, SIG_DFL);
  std::string value = task(index);
  fflush(nullptr);
  writeAll(pipe, std::string(mark) + value);
  _exit(0);
}

static Child start(size_t task, const ChildOptions &options,
                   const std::function<std::string(size_t)> &run) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return {task, -1, -1, Clock::now(), ""};
  fflush(nullptr);
  pid_t process = fork();
  if (process == 0)
    beChild(ends[1], task, run);
  close(ends[1]);
  auto limit = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(options.timeoutSeconds));
  return {task, process, ends[0], Clock::now() + limit, ""};
}

/// Reads what there is; false at the end.
static bool readSome(Child &child) {
  char buffer[4096];
  ssize_t got = read(child.pipe, buffer, sizeof buffer);
  if (got < 0)
    return errno == EINTR;
  child.output.append(buffer, got);
  return got > 0;
}

static std::string lastLine(std::string text) {
  while (!text.empty() && isspace(static_cast<unsigned char>(text.back())))
    text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

static ChildResult finish(Child &child) {
  if (child.pipe >= 0)
    close(child.pipe);
  int status = 0;
  if (child.process < 0)
    return {ChildResult::End::Crashed, "", "no process could be started"};
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (child.timedOut)
    return {ChildResult::End::TimedOut, "", lastLine(child.output)};
  size_t at = child.output.find(mark);
  if (at != std::string::npos)
    return {ChildResult::End::Finished, child.output.substr(at + mark.size()),
            ""};
  std::string how = WIFSIGNALED(status)
                        ? std::string(strsignal(WTERMSIG(status)))
                        : fmt::format("exit {}", WEXITSTATUS(status));
  std::string last = lastLine(child.output);
  return {ChildResult::End::Crashed, "",
          last.empty() ? how : how + ": " + last};
}

/// Waits for any child to say something or to run out of time.
static void wait(std::vector<Child> &children) {
  std::vector<pollfd> files;
  auto first = Clock::time_point::max();
  for (const Child &child : children) {
    files.push_back({child.pipe, POLLIN, 0});
    first = std::min(first, child.deadline);
  }
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      first - Clock::now());
  poll(files.data(), files.size(), std::max<int64_t>(left.count() + 1, 0));
  for (size_t i = 0; i < children.size(); ++i) {
    Child &child = children[i];
    if (!child.timedOut && Clock::now() >= child.deadline) {
      child.timedOut = true;
      if (child.process > 0)
        kill(child.process, SIGKILL);
    }
    // A dead child's end of the pipe counts as an event too.
    if (child.pipe >= 0 && files[i].revents && !readSome(child)) {
      close(child.pipe);
      child.pipe = -1;
    }
  }
}

void lacuna::tool::runInChildren(
    size_t count, const ChildOptions &options,
    const std::function<std::string(size_t)> &task,
    const std::function<void(size_t, ChildResult)> &done) {
  std::vector<Child> children;
  size_t next = 0;
  while (next < count || !children.empty()) {
    while (next < count && children.size() < size_t(options.jobs))
      children.push_back(start(next++, options, task));
    wait(children);
    for (size_t i = children.size(); i-- > 0;) {
      if (children[i].pipe >= 0 && !children[i].timedOut)
        continue;
      size_t index = children[i].task;
      done(index, finish(children[i]));
      children.erase(children.begin() + i);
    }
  }
}
