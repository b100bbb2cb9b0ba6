#pragma once

// Child processes: argument vectors, never a shell. None outlives the thread that started it, also when that is killed.

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/failure.h"

namespace stele::os {

/// How a child ended and what it wrote. `status` is the exit code, or 128 + signal.
struct ProcessResult {
  int status = 0;
  std::string output;  // standard output, at most the limit
  std::string errors;  // standard error, at most 64 KiB
};

/// Runs argv[0] (looked up in PATH) with standard input from /dev/null until it ends. `directory`: where, "" = here.
/// Fails when it cannot be started (error = ENOENT: not installed) or writes more than `output_limit` bytes.
Result<ProcessResult> run_process(const std::vector<std::string>& argv, const std::string& directory = "",
                                  size_t output_limit = 256u << 20);

/// Ends a child that runs longer than `timeout_seconds`, whose `watched` files together exceed `limit` bytes, or when
/// the first of them ends with `last_words`.
enum class ChildEnd : uint8_t { exited, timeout, too_much_output, last_words };
struct Supervision {
  double timeout_seconds = 60;
  std::vector<std::string> watched;
  std::string last_words;  // "": none
  uint64_t limit = 64u << 20;
};
/// Runs argv[0] with no input and both outputs to the file `log`.
Result<ChildEnd> run_supervised(const std::vector<std::string>& argv, const std::string& log,
                                const Supervision& supervision, int* ret_status);

}  // namespace stele::os
