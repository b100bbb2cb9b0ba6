// The rung would see a program that goes wrong: what is planted here is found.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "compiler/catalog/catalog.h"
#include "compiler/emit/emit.h"
#include "compiler/lower/lower.h"
#include "compiler/scenario/host_calls.h"
#include "compiler/vm/files.h"
#include "compiler/vm/process.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/resolve.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using namespace scenario;

/// Compiles the programs of a small policy with `from` replaced by `to` in one of their files, and asks one question.
ProcessResult run_with(const std::string& file, const std::string& from, const std::string& to) {
  testing::Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_read) | op_bit(Op::exec), builder.set({"/a", "/b/**"}));
  Sink sink;
  const auto module = lower(builder.policy(), sink);
  SourceTree tree = emit_host_c(*module);
  const auto folder = TemporaryDirectory::make();
  const size_t at = tree[file].find(from);
  EXPECT_NE(at, std::string::npos) << file << " has no `" << from << "`";
  tree[file].replace(at, from.size(), to);
  std::filesystem::create_directory(folder->path() + "/host");
  for (const auto& [name, text] : tree) std::ofstream(folder->path() + "/" + name) << text;
  std::ofstream(folder->path() + "/questions")
      << host_mounts(module->automaton, {}) << host_subject({0, 0, 0, 0, {}, "/bin/sh"}) << "call read /a\n";
  const auto compiled =
      run_process({"clang-19", "-std=c11", "-O0", "-fno-strict-aliasing", "-fsanitize=address,undefined",
                   "-fno-sanitize-recover=all", "-DSTELE_HOST", "-I.", kHostMainSource, "-o", "host_main"},
                  folder->path());
  EXPECT_TRUE(compiled && compiled->status == 0) << (compiled ? compiled->errors : compiled.error().message);
  return *run_process({folder->path() + "/host_main", folder->path() + "/questions"});
}

/// The model calls every hook that has a program: the policy needs all of them, and each answers one call at least.
TEST(HostModel, CallsEveryHook) {
  Sink sink;
  const auto policy = load_policy(SOURCE_DIR "/tests/scenario/evasion.stele", disk_reader(), sink);
  const auto module = lower(*policy, sink);
  ASSERT_TRUE(module);
  const auto folder = TemporaryDirectory::make();
  std::filesystem::create_directory(folder->path() + "/host");
  for (const auto& [name, text] : emit_host_c(*module)) std::ofstream(folder->path() + "/" + name) << text;
  std::ofstream questions(folder->path() + "/questions");
  questions << host_mounts(module->automaton, {}) << host_subject({0, 0, 0, 0, {}, "/bin/sh"});
  for (const HostCall& call : all_host_calls()) {
    const bool two =
        std::any_of(call.requests.begin(), call.requests.end(), [](const auto& one) { return one.second == 'b'; });
    questions << "call " << call.name << " /a" << (two ? " /b" : "") << "\n";
  }
  questions.close();
  const auto compiled = run_process({"clang-19", "-std=c11", "-O0", "-fno-strict-aliasing", "-DSTELE_HOST", "-I.",
                                     kHostMainSource, "-o", "host_main"},
                                    folder->path());
  ASSERT_TRUE(compiled && compiled->status == 0) << compiled->errors;
  const auto ran = run_process({folder->path() + "/host_main", folder->path() + "/questions"});
  ASSERT_EQ(ran->status, 0) << ran->errors;
  std::set<std::string> called;
  std::istringstream lines(ran->output);
  for (std::string line; std::getline(lines, line);) called.insert(line.substr(0, line.find(' ')));
  for (const HookInfo& hook : hooks()) EXPECT_TRUE(called.contains(std::string(hook.name))) << hook.name;
}

TEST(HostFaults, NothingPlantedNothingFound) {
  const ProcessResult ran = run_with("file.h", "PROGRAM(file_open)", "PROGRAM(file_open)");
  EXPECT_EQ(ran.status, 0) << ran.errors;
  EXPECT_EQ(ran.output.substr(0, 15), "file_open -1 0 ") << ran.output;
}

TEST(HostFaults, AnArgumentTooFar) {
  const ProcessResult ran = run_with("hook.h", "ctx[ARGUMENTS_##name]", "ctx[ARGUMENTS_##name + 1]");
  EXPECT_NE(ran.errors.find("heap-buffer-overflow"), std::string::npos) << ran.errors;
}

TEST(HostFaults, ANameReadTooFar) {
  const ProcessResult ran = run_with("automaton.h", "name[0],", "name[5],");
  EXPECT_NE(ran.errors.find("heap-buffer-overflow"), std::string::npos) << ran.errors;
}

TEST(HostFaults, AVerdictThatIsNotKept) {
  const ProcessResult ran = run_with("hook.h", "earlier ? earlier : on_##name(ctx)", "on_##name(ctx)");
  EXPECT_NE(ran.errors.find("earlier program"), std::string::npos) << ran.errors;
}

TEST(HostFaults, AKernelThreadThatIsASubject) {
  const ProcessResult ran = run_with("subject.h", "return !(task->flags & PF_KTHREAD);", "return true;");
  EXPECT_NE(ran.errors.find("kernel thread"), std::string::npos) << ran.errors;
}

TEST(HostFaults, OpeningToExecuteThatIsRead) {
  const ProcessResult ran = run_with("file.h", "file->f_flags & OPENED_TO_EXECUTE", "false");
  EXPECT_NE(ran.errors.find("opening to execute"), std::string::npos) << ran.errors;
}

}  // namespace
}  // namespace stele
