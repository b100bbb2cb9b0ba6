#include "compiler/clang/worker.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stele::codegen {
namespace {

constexpr char kComplete = '!';  // last byte: the worker has sent all of it

bool write_all(int fd, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = write(fd, bytes.data() + sent, bytes.size() - sent);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    sent += static_cast<size_t>(n);
  }
  return true;
}

std::string read_all(int fd) {
  std::string bytes;
  char buffer[65536];
  for (;;) {
    const ssize_t n = read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(n));
  }
}

Failure died(int status) {
  if (WIFSIGNALED(status))
    return {"", 0, std::string("the compiler's worker process was killed: ") + strsignal(WTERMSIG(status))};
  return {"", 0, "the compiler's worker process ended early"};
}

}  // namespace

Result<std::string> run_in_worker(const std::function<std::string()>& function) {
  int ends[2];
  if (pipe(ends) != 0) return tl::unexpected(Failure{"", errno, "cannot make a pipe"});
  const pid_t child = fork();
  if (child < 0) {
    const int error = errno;
    close(ends[0]);
    close(ends[1]);
    return tl::unexpected(Failure{"", error, "cannot start the compiler's worker process"});
  }
  if (child == 0) {
    close(ends[0]);
    _exit(write_all(ends[1], function() + kComplete) ? 0 : 1);
  }
  close(ends[1]);
  std::string bytes = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0 || bytes.empty() || bytes.back() != kComplete) return tl::unexpected(died(status));
  bytes.pop_back();
  return bytes;
}

}  // namespace stele::codegen
