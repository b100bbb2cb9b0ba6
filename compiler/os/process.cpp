// Children by fork and exec. Output is collected through pipes with poll, so that neither side can block the other.

#include "compiler/os/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>

namespace stele::os {
namespace {

constexpr size_t kErrorLimit = 64u << 10;

/// In the child: becomes argv[0], or returns errno. It dies with the thread that started it, whatever ends that.
int become(char* const* argv, pid_t parent, int output, int errors, const std::string& directory) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return ESRCH;  // dead before it could be said
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) return errno;
  if (!directory.empty() && chdir(directory.c_str()) < 0) return errno;
  execvp(argv[0], argv);
  return errno;
}

/// A fork and not posix_spawn, which cannot have the child die with its parent.
Result<pid_t> spawn(const std::vector<std::string>& argv, int output, int errors, const std::string& directory = "") {
  const auto failed = [&](int error) {
    return tl::unexpected(Failure{argv[0], error, "cannot start `" + argv[0] + "`"});
  };
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  int failure[2];  // the child's errno, or nothing once it is the program
  if (pipe2(failure, O_CLOEXEC) < 0) return failed(errno);
  const pid_t parent = getpid(), pid = fork();
  int error = pid < 0 ? errno : 0;
  if (pid == 0) {
    error = become(arguments.data(), parent, output, errors, directory);
    _exit(write(failure[1], &error, sizeof error) < 0 ? 126 : 127);
  }
  close(failure[1]);
  while (pid > 0 && read(failure[0], &error, sizeof error) < 0 && errno == EINTR) {
  }
  close(failure[0]);
  if (!error) return pid;
  if (pid > 0) waitpid(pid, nullptr, 0);
  return failed(error);
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
  Result<pid_t> pid = spawn(argv, out[1], errors[1], directory);
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
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (out < 0) return tl::unexpected(Failure{log, errno, "cannot write"});
  Result<pid_t> pid = spawn(argv, out, out);
  close(out);
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
