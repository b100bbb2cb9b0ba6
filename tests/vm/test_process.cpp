// Child processes: what comes back, and that nothing runs longer or writes more than it may.

#include <gtest/gtest.h>

#include <cerrno>

#include "compiler/vm/files.h"
#include "compiler/vm/process.h"

namespace stele {
namespace {

TEST(Process, OutputErrorsAndStatus) {
  Result<ProcessResult> done = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->output, "out\n");
  EXPECT_EQ(done->errors, "err\n");
  EXPECT_EQ(done->status, 3);
}

TEST(Process, ArgumentsAreNotForAShell) {
  EXPECT_EQ(run_process({"printf", "%s", "$(id) * ; x"})->output, "$(id) * ; x");
}

TEST(Process, Directory) {
  EXPECT_EQ(run_process({"pwd"}, "/")->output, "/\n");
}

TEST(Process, Failures) {
  EXPECT_EQ(run_process({"no-such-program-at-all"}).error().error, ENOENT);
  EXPECT_EQ(run_process({"head", "-c", "100000", "/dev/zero"}, "", 1000).error().error, EFBIG);
  EXPECT_EQ(run_process({"sh", "-c", "kill -9 $$"})->status, 128 + 9);
}

TEST(Process, SupervisionEndsWhatRunsTooLong) {
  TemporaryDirectory folder = *TemporaryDirectory::make();
  Supervision supervision;
  supervision.timeout_seconds = 0.1;
  int status = 0;
  EXPECT_EQ(*run_supervised({"sleep", "60"}, folder.path() + "/log", supervision, &status), ChildEnd::timeout);
  EXPECT_EQ(status, 128 + 9);
}

TEST(Process, SupervisionEndsWhatWritesTooMuch) {
  TemporaryDirectory folder = *TemporaryDirectory::make();
  Supervision supervision;
  supervision.watched = {folder.path() + "/log"};
  supervision.limit = 10000;
  int status = 0;
  EXPECT_EQ(*run_supervised({"sh", "-c", "while :; do printf '%01000d' 0; sleep 0.01; done"}, folder.path() + "/log",
                            supervision, &status),
            ChildEnd::too_much_output);
}

TEST(Process, SupervisionReportsTheStatus) {
  TemporaryDirectory folder = *TemporaryDirectory::make();
  int status = 0;
  EXPECT_EQ(*run_supervised({"sh", "-c", "echo said; exit 4"}, folder.path() + "/log", {}, &status), ChildEnd::exited);
  EXPECT_EQ(status, 4);
  EXPECT_EQ(*read_whole_file(folder.path() + "/log"), "said\n");
}

}  // namespace
}  // namespace stele
