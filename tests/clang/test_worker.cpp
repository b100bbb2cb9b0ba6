// A worker that crashes, ends early or sends much must come back as what it is.

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "compiler/clang/worker.h"

namespace stele {
namespace {

TEST(Worker, BringsBackEveryByte) {
  const std::string much(3 << 20, '\0');
  const auto bytes = codegen::run_in_worker([&] { return much; });
  ASSERT_TRUE(bytes);
  EXPECT_EQ(*bytes, much);
  EXPECT_EQ(*codegen::run_in_worker([] { return std::string(); }), "");
}

TEST(Worker, ReportsASignal) {
  const auto bytes = codegen::run_in_worker([]() -> std::string {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
    return "never";
  });
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().message, "the compiler's worker process was killed: Segmentation fault");
}

TEST(Worker, ReportsAnEarlyEnd) {
  const auto bytes = codegen::run_in_worker([]() -> std::string { _exit(0); });
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().message, "the compiler's worker process ended early");
}

}  // namespace
}  // namespace stele
