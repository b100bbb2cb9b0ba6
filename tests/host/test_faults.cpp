// The rung would see a program that goes wrong: what is planted here is found.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "compiler/catalog/catalog.h"
#include "compiler/emit/emit.h"
#include "compiler/lower/lower.h"
#include "compiler/os/files.h"
#include "compiler/os/process.h"
#include "compiler/scenario/host_calls.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/resolve.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using namespace scenario;

/// Compiles the programs of a small policy with `from` replaced by `to` in one of their files, and asks one question.
os::ProcessResult run_with(const std::string& file, const std::string& from, const std::string& to) {
  testing::Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_read) | op_bit(Op::exec), builder.set({"/a", "/b/**"}));
  diag::Sink sink;
  const auto module = lower::lower(builder.policy(), sink);
  emit::SourceTree tree = emit::emit_host_c(*module);
  const auto folder = os::TemporaryDirectory::make();
  const size_t at = tree[file].find(from);
  EXPECT_NE(at, std::string::npos) << file << " has no `" << from << "`";
  tree[file].replace(at, from.size(), to);
  std::filesystem::create_directory(folder->path() + "/host");
  for (const auto& [name, text] : tree) std::ofstream(folder->path() + "/" + name) << text;
  std::ofstream(folder->path() + "/questions")
      << host_mounts(module->automaton, {}) << host_subject({0, 0, 0, 0, {}, "/bin/sh"}) << "call read /a\n";
  const auto compiled =
      os::run_process({"clang-19", "-std=c11", "-O0", "-fno-strict-aliasing", "-fsanitize=address,undefined",
                       "-fno-sanitize-recover=all", "-DSTELE_HOST", "-I.", emit::kHostMainSource, "-o", "host_main"},
                      folder->path());
  EXPECT_TRUE(compiled && compiled->status == 0) << (compiled ? compiled->errors : compiled.error().message);
  return *os::run_process({folder->path() + "/host_main", folder->path() + "/questions"});
}

struct Answer {
  std::string hook;
  int64_t counted = -1;
};

std::string question_of(const HostCall& call) {
  const bool two =
      std::any_of(call.requests.begin(), call.requests.end(), [](const auto& one) { return one.path == 'b'; });
  return std::string("call ") + call.name + " /a" + (two ? " /b\n" : "\n");
}

/// The subject whom one constraint alone speaks of: that about this operation.
uint32_t uid_of(Op op) {
  return 1000 + static_cast<uint32_t>(op);
}

/// What the programs of `module` say to the questions, line by line.
std::vector<Answer> answers_of(const ir::Module& module, const std::string& questions) {
  const auto folder = os::TemporaryDirectory::make();
  std::filesystem::create_directory(folder->path() + "/host");
  for (const auto& [name, text] : emit::emit_host_c(module)) std::ofstream(folder->path() + "/" + name) << text;
  std::ofstream(folder->path() + "/questions") << questions;
  const auto compiled = os::run_process({"clang-19", "-std=c11", "-O0", "-fno-strict-aliasing", "-DSTELE_HOST", "-I.",
                                         emit::kHostMainSource, "-o", "host_main"},
                                        folder->path());
  EXPECT_TRUE(compiled && compiled->status == 0) << compiled->errors;
  const auto ran = os::run_process({folder->path() + "/host_main", folder->path() + "/questions"});
  EXPECT_EQ(ran->status, 0) << ran->errors;
  std::vector<Answer> answers;
  std::istringstream lines(ran->output);
  for (std::string line; std::getline(lines, line);) {
    Answer answer;
    int returned = 0, signal = 0;
    std::istringstream(line) >> answer.hook >> returned >> signal >> answer.counted;
    if (answer.hook != "end") answers.push_back(answer);
  }
  return answers;
}

/// The model calls every hook that has a program: the policy needs all of them, and each answers one call at least.
TEST(HostModel, CallsEveryHook) {
  diag::Sink sink;
  const auto policy = sema::load_policy(SOURCE_DIR "/tests/scenario/evasion.stele", sema::disk_reader(), sink);
  const auto module = lower::lower(*policy, sink);
  ASSERT_TRUE(module);
  std::string questions = host_mounts(module->automaton, {}) + host_subject({0, 0, 0, 0, {}, "/bin/sh"});
  for (const HostCall& call : all_host_calls()) questions += question_of(call);
  std::set<std::string> called;
  for (const Answer& answer : answers_of(*module, questions)) called.insert(answer.hook);
  for (const catalog::HookInfo& hook : catalog::hooks())
    EXPECT_TRUE(called.contains(std::string(hook.name))) << hook.name;
}

/// Each program raises each operation of its hook's row: every subject has a constraint of its own about one operation,
/// and every hook that sees the operation decides by it.
TEST(HostModel, ProgramsRaiseEveryOperation) {
  testing::Builder builder;
  const PathSetId set = builder.set({"/a", "/b"});
  std::vector<Op> enforced;
  for (const OperationInfo& one : kOperations)
    if (has_programs(one.op)) enforced.push_back(one.op);
  for (const Op op : enforced)
    builder.add(Effect::deny, op_bit(op), info_of(op).object == ObjectShape::nothing ? kAnyPath : set).subject =
        testing::ids(Field::uid, {{uid_of(op), uid_of(op)}});
  diag::Sink sink;
  const auto module = lower::lower(builder.policy(), sink);
  ASSERT_TRUE(module);
  std::string questions = host_mounts(module->automaton, {});
  for (const Op op : enforced) {
    questions += host_subject({uid_of(op), 0, 0, 0, {}, "/bin/sh"});
    for (const HostCall& call : all_host_calls()) questions += question_of(call);
  }
  std::map<std::string, std::set<int64_t>> decided;  // hook → ranks; the ranks are in the order of `enforced`
  for (const Answer& answer : answers_of(*module, questions)) decided[answer.hook].insert(answer.counted);
  for (const catalog::HookInfo& hook : catalog::hooks())
    for (const Op op : hook.operations) {
      const auto rank = std::find(enforced.begin(), enforced.end(), op) - enforced.begin();
      EXPECT_TRUE(decided[std::string(hook.name)].contains(rank)) << hook.name << " does not raise " << op_text(op);
    }
}

TEST(HostFaults, NothingPlantedNothingFound) {
  const os::ProcessResult ran = run_with("file.h", "PROGRAM(file_open)", "PROGRAM(file_open)");
  EXPECT_EQ(ran.status, 0) << ran.errors;
  EXPECT_EQ(ran.output.substr(0, 15), "file_open -1 0 ") << ran.output;
}

TEST(HostFaults, AnArgumentTooFar) {
  const os::ProcessResult ran = run_with("hook.h", "ctx[ARGUMENTS_##name]", "ctx[ARGUMENTS_##name + 1]");
  EXPECT_NE(ran.errors.find("heap-buffer-overflow"), std::string::npos) << ran.errors;
}

TEST(HostFaults, ANameReadTooFar) {
  const os::ProcessResult ran = run_with("automaton.h", "name[0] &", "name[5] &");
  EXPECT_NE(ran.errors.find("buffer-overflow"), std::string::npos) << ran.errors;
}

TEST(HostFaults, AVerdictThatIsNotKept) {
  const os::ProcessResult ran = run_with("hook.h", "earlier ? earlier : on_##name(ctx)", "on_##name(ctx)");
  EXPECT_NE(ran.errors.find("earlier program"), std::string::npos) << ran.errors;
}

TEST(HostFaults, AKernelThreadThatIsASubject) {
  const os::ProcessResult ran = run_with("subject.h", "return !(task->flags & PF_KTHREAD);", "return true;");
  EXPECT_NE(ran.errors.find("kernel thread"), std::string::npos) << ran.errors;
}

TEST(HostFaults, OpeningToExecuteThatIsRead) {
  const os::ProcessResult ran = run_with("file.h", "file->f_flags & OPENED_TO_EXECUTE", "false");
  EXPECT_NE(ran.errors.find("opening to execute"), std::string::npos) << ran.errors;
}

}  // namespace
}  // namespace stele
