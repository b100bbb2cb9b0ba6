// Long work says so on a terminal, and nowhere else.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "compiler/cli/progress.h"

namespace stele::cli {
namespace {

/// All that there is to read now.
std::string read_some(int fd) {
  std::string text, part(4096, '\0');
  for (ssize_t size; (size = read(fd, part.data(), part.size())) > 0;) text.append(part, 0, static_cast<size_t>(size));
  return text;
}

TEST(Progress, OnATerminalOnceItIsLongAndWipedAtTheEnd) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(grantpt(terminal) + unlockpt(terminal), 0);
  const int side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  ASSERT_GE(side, 0);
  {
    const Progress progress("counting sheep", side, std::chrono::hours(1));
  }
  EXPECT_EQ(read_some(terminal), "") << "quick work is silent";
  {
    const Progress progress("counting sheep", side, std::chrono::milliseconds(100));
    pollfd readable{terminal, POLLIN, 0};
    ASSERT_EQ(poll(&readable, 1, -1), 1);
  }
  const std::string text = read_some(terminal);
  EXPECT_NE(text.find("counting sheep … 1 s"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\033[K")) << text;
  close(side);
  close(terminal);
}

TEST(Progress, NothingInAPipe) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  {
    const Progress progress("counting sheep", ends[1], std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // longer would not show more
  }
  EXPECT_EQ(read_some(ends[0]), "");
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace stele::cli
