// Children by posix_spawnp. Output is collected through pipes with poll, so that neither side can block the other.

#include "compiler/os/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

extern char** environ;

namespace stele::os {
namespace {

constexpr size_t kErrorLimit = 64u << 10;

class SpawnActions {
public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

private:
  posix_spawn_file_actions_t actions_;
};

Result<pid_t> spawn(const std::vector<std::string>& argv, SpawnActions& actions) {
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  if (int error = posix_spawnp(&pid, arguments[0], actions.get(), nullptr, arguments.data(), environ))
    return tl::unexpected(Failure{argv[0], error, "cannot start `" + argv[0] + "`"});
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct Stream {
  int fd;
  std::string* text;
  size_t limit;
  bool over = false;
};

/// Reads both streams to their ends; what exceeds a limit is dropped.
void drain(std::array<Stream, 2>& streams) {
  std::array<char, 65536> buffer;
  for (;;) {
    std::array<pollfd, 2> ready{};
    for (size_t i = 0; i < 2; i++) ready[i] = {streams[i].fd, POLLIN, 0};
    if (streams[0].fd < 0 && streams[1].fd < 0) return;
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return;
    for (size_t i = 0; i < 2; i++) {
      if (ready[i].fd < 0 || ready[i].revents == 0) continue;
      ssize_t count = read(streams[i].fd, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        streams[i].fd = -1;
        continue;
      }
      size_t room = streams[i].limit - streams[i].text->size();
      streams[i].over |= static_cast<size_t>(count) > room;
      streams[i].text->append(buffer.data(), std::min(room, static_cast<size_t>(count)));
    }
  }
}

/// Has the file come to end with `words`?
bool ends_with(const std::string& path, const std::string& words) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (words.empty() || !in || in.tellg() < static_cast<std::streamoff>(words.size())) return false;
  std::string end(words.size(), 0);
  in.seekg(-static_cast<std::streamoff>(words.size()), std::ios::end);
  in.read(end.data(), static_cast<std::streamsize>(end.size()));
  return end == words;
}

}  // namespace

Result<ProcessResult> run_process(const std::vector<std::string>& argv, const std::string& directory,
                                  size_t output_limit) {
  int out[2], errors[2];
  if (pipe2(out, O_CLOEXEC) < 0) return tl::unexpected(Failure{argv[0], errno, "cannot make a pipe"});
  if (pipe2(errors, O_CLOEXEC) < 0) {
    int error = errno;
    close(out[0]), close(out[1]);
    return tl::unexpected(Failure{argv[0], error, "cannot make a pipe"});
  }
  SpawnActions actions;
  posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(actions.get(), out[1], 1);
  posix_spawn_file_actions_adddup2(actions.get(), errors[1], 2);
  if (!directory.empty()) posix_spawn_file_actions_addchdir_np(actions.get(), directory.c_str());
  Result<pid_t> pid = spawn(argv, actions);
  close(out[1]), close(errors[1]);
  ProcessResult result;
  std::array<Stream, 2> streams = {
      {{out[0], &result.output, output_limit, false}, {errors[0], &result.errors, kErrorLimit, false}}};
  if (pid) {
    drain(streams);
    result.status = wait_for(*pid);
  }
  close(out[0]), close(errors[0]);
  if (!pid) return tl::unexpected(pid.error());
  if (streams[0].over) return tl::unexpected(Failure{argv[0], EFBIG, "`" + argv[0] + "` wrote too much"});
  return result;
}

Result<ChildEnd> run_supervised(const std::vector<std::string>& argv, const std::string& log,
                                const Supervision& supervision, int* ret_status) {
  using Clock = std::chrono::steady_clock;
  SpawnActions actions;
  posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(actions.get(), 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(actions.get(), 1, 2);
  Result<pid_t> pid = spawn(argv, actions);
  if (!pid) return tl::unexpected(pid.error());

  const auto deadline = Clock::now() + std::chrono::duration<double>(supervision.timeout_seconds);
  for (;;) {
    int status = 0;
    pid_t ended = waitpid(*pid, &status, WNOHANG);
    if (ended == *pid) {
      *ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      return ChildEnd::exited;
    }
    uint64_t written = 0;
    for (const std::string& path : supervision.watched) {
      struct stat info{};
      if (stat(path.c_str(), &info) == 0) written += static_cast<uint64_t>(info.st_size);
    }
    const bool late = Clock::now() > deadline, flood = written > supervision.limit;
    const bool said = !supervision.watched.empty() && ends_with(supervision.watched[0], supervision.last_words);
    if (late || flood || said) {
      kill(*pid, SIGKILL);
      *ret_status = wait_for(*pid);
      return said ? ChildEnd::last_words : late ? ChildEnd::timeout : ChildEnd::too_much_output;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace stele::os
