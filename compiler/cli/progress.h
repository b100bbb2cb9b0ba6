#pragma once

// A word on the terminal about work that takes more than a second; nothing in a file or a pipe.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace stele::cli {

/// While it lives: after `second`, and then each `second`, one line on `fd` says what is being done and for how long.
/// The line is wiped at the end. Does nothing when `fd` is not a terminal.
class Progress {
public:
  explicit Progress(std::string what, int fd = 2, std::chrono::milliseconds second = std::chrono::seconds(1));
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

private:
  void run();

  std::string what_;
  int fd_;
  std::chrono::milliseconds second_;  // another length in tests alone
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_;
};

}  // namespace stele::cli
