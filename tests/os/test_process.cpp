// Child processes: what comes back, and that nothing runs longer or writes more than it may.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "compiler/os/files.h"
#include "compiler/os/process.h"

namespace stele {
namespace {

TEST(Process, OutputErrorsAndStatus) {
  Result<os::ProcessResult> done = os::run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output, "out\n");
  EXPECT_EQ(done->errors, "err\n");
  EXPECT_EQ(done->status, 3);
}

TEST(Process, ArgumentsAreNotForAShell) {
  EXPECT_EQ(os::run_process({"printf", "%s", "$(id) * ; x"})->output, "$(id) * ; x");
}

TEST(Process, Directory) {
  EXPECT_EQ(os::run_process({"pwd"}, "/")->output, "/\n");
}

TEST(Process, Failures) {
  EXPECT_EQ(os::run_process({"no-such-program-at-all"}).error().error, ENOENT);
  EXPECT_EQ(os::run_process({"head", "-c", "100000", "/dev/zero"}, "", 1000).error().error, EFBIG);
  EXPECT_EQ(os::run_process({"sh", "-c", "kill -9 $$"})->status, 128 + 9);
}

TEST(Process, SupervisionEndsWhatRunsTooLong) {
  os::TemporaryDirectory folder = *os::TemporaryDirectory::make();
  os::Supervision supervision;
  supervision.timeout_seconds = 0.1;
  int status = 0;
  EXPECT_EQ(*os::run_supervised({"sleep", "60"}, folder.path() + "/log", supervision, &status), os::ChildEnd::timeout);
  EXPECT_EQ(status, 128 + 9);
}

TEST(Process, SupervisionEndsWhatWritesTooMuch) {
  os::TemporaryDirectory folder = *os::TemporaryDirectory::make();
  os::Supervision supervision;
  supervision.watched = {folder.path() + "/log"};
  supervision.limit = 10000;
  int status = 0;
  EXPECT_EQ(*os::run_supervised({"sh", "-c", "while :; do printf '%01000d' 0; sleep 0.01; done"},
                                folder.path() + "/log", supervision, &status),
            os::ChildEnd::too_much_output);
}

TEST(Process, SupervisionEndsWhatHasSaidItsLastWords) {
  os::TemporaryDirectory folder = *os::TemporaryDirectory::make();
  os::Supervision supervision;
  supervision.watched = {folder.path() + "/log"};
  supervision.last_words = "the end\n";
  int status = 0;
  EXPECT_EQ(*os::run_supervised({"sh", "-c", "echo the end; echo not yet; sleep 0.1; echo the end; sleep 60"},
                                folder.path() + "/log", supervision, &status),
            os::ChildEnd::last_words);
  EXPECT_EQ(*os::read_whole_file(folder.path() + "/log"), "the end\nnot yet\nthe end\n");
}

TEST(Process, NoChildOutlivesWhoIsKilled) {
  os::TemporaryDirectory folder = *os::TemporaryDirectory::make();
  const std::string fifo = folder.path() + "/fifo", log = folder.path() + "/log";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // the grandchild becomes ours
  const pid_t tool = fork();
  if (tool == 0) {
    int status = 0;
    static_cast<void>(os::run_supervised({"sh", "-c", "echo $$ >" + fifo + "; exec sleep 10"}, log, {}, &status));
    _exit(0);
  }
  pid_t child = 0;
  std::ifstream(fifo) >> child;
  kill(tool, SIGTERM);
  int status = 0;
  EXPECT_EQ(waitpid(tool, &status, 0), tool);
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(Process, SupervisionReportsTheStatus) {
  os::TemporaryDirectory folder = *os::TemporaryDirectory::make();
  int status = 0;
  EXPECT_EQ(*os::run_supervised({"sh", "-c", "echo said; exit 4"}, folder.path() + "/log", {}, &status),
            os::ChildEnd::exited);
  EXPECT_EQ(status, 4);
  EXPECT_EQ(*os::read_whole_file(folder.path() + "/log"), "said\n");
}

}  // namespace
}  // namespace stele
