#include "compiler/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace stele::cli {

Progress::Progress(std::string what, int fd, std::chrono::milliseconds second)
    : what_(std::move(what)), fd_(fd), second_(second) {
  if (isatty(fd_)) thread_ = std::thread([this] { run(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  int seconds = 0;
  while (!ended_.wait_for(lock, second_, [this] { return end_; })) {
    const std::string line = fmt::format("\r{} … {} s", what_, ++seconds);
    if (write(fd_, line.data(), line.size()) < 0) return;
  }
  constexpr char kWipe[] = "\r\033[K";
  if (seconds > 0 && write(fd_, kWipe, sizeof kWipe - 1) < 0) return;
}

}  // namespace stele::cli
