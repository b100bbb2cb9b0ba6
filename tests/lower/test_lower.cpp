// Lowering: limits are diagnosed, strength orders the constraints, unknowns count the right way.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/lower/lower.h"
#include "compiler/lower/print_ir.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/resolve.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

Policy policy_of(const std::string& rules) {
  diag::Sink sink;
  auto policy = test::load_text("policy p version \"1.0.0\"\ntarget linux >= 6.1\n" + rules, sink);
  EXPECT_TRUE(policy.has_value());
  return policy ? *policy : Policy{};
}

TEST(Lower, TooManyStates) {
  Policy policy = policy_of("rule r: deny file read on { \"/a/b\", \"/c/d\" }");
  diag::Sink sink;
  EXPECT_FALSE(lower::lower(policy, sink, {3, 4000}));
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all()[0].code, diag::code::too_many_states);
  EXPECT_EQ(sink.all()[0].span.begin, policy.path_sets[0].span.begin);
  EXPECT_NE(sink.all()[0].message.find("more than 3 states and edges"), std::string::npos) << sink.all()[0].message;
}

TEST(Lower, TooManySubjects) {
  Policy policy = policy_of("rule r: deny file read on \"/a\" for uid 1\nrule s: deny file read on \"/b\" for uid 2");
  diag::Sink sink;
  EXPECT_FALSE(lower::lower(policy, sink, {1000, 4000, 1}));
  ASSERT_FALSE(sink.all().empty());
  EXPECT_EQ(sink.all()[0].code, diag::code::too_many_checks);
  EXPECT_GE(sink.all()[0].span.begin, policy.rules[1].span.begin) << "the constraint for which there is no room";
}

/// A list begins at a number of 16 bits: the ends of lists count, too.
TEST(Lower, TheEndsOfListsCount) {
  Policy policy = policy_of("rule r: deny file read on \"/a\"\nrule s: deny file read on \"/b\"");
  diag::Sink sink;
  const auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  uint32_t entries = 0;
  for (const ir::Hook& hook : module->hooks) {
    size_t own = hook.otherwise.empty() ? 0 : hook.otherwise.size() + 1;
    for (const auto* cases : {&hook.listed, &hook.unlisted})
      for (const ir::Case& one : *cases) own += one.checks.size() + 1;
    entries = std::max(entries, static_cast<uint32_t>(own));
  }
  EXPECT_TRUE(lower::lower(policy, sink, {1000, entries}));
  diag::Sink refused;
  EXPECT_FALSE(lower::lower(policy, refused, {1000, entries - 1}));
}

TEST(Lower, TooManyChecks) {
  Policy policy = policy_of("rule r: deny file read on { \"/a/b\" }");
  diag::Sink sink;
  EXPECT_FALSE(lower::lower(policy, sink, {1000, 0}));
  ASSERT_FALSE(sink.all().empty());
  EXPECT_EQ(sink.all()[0].code, diag::code::too_many_checks);
}

/// The constructs that have no programs, one at a time: each is refused, by name, and nothing else is said.
TEST(Lower, RefusesWhatHasNoPrograms) {
  const std::string rule = "rule r: deny file read on \"/a/b\" for uid 33 unless exe \"/c\"";
  const struct {
    const char* named;
    void (*change)(Policy&);
  } cases[] = {
      {"`net connect`", [](Policy& p) { p.constraints[0].ops = op_bit(Op::net_connect); }},
      {"`kernel sysctl`", [](Policy& p) { p.constraints[0].ops |= op_bit(Op::kernel_sysctl); }},
      {"objects other than paths", [](Policy& p) { p.constraints[0].object = p.constraints[0].subject; }},
      {"operations without objects", [](Policy& p) { p.constraints[0].objects = kAnyPath; }},
      {"`log limit`", [](Policy& p) { p.constraints[0].limit.events = 5; }},
      {"the condition `loginuid`", [](Policy& p) { p.constraints[0].subject.field = Field::loginuid; }},
      {"the condition `parent.exe`", [](Policy& p) { p.constraints[0].exception.field = Field::parent_exe; }},
      {"the pattern `b*`", [](Policy& p) { p.path_sets[0].patterns[0][1] = {Component::Kind::glob, "b*", {}}; }},
      {"`seal`", [](Policy& p) { p.seal.given = true; }},
      {"`require`", [](Policy& p) { p.requirements.emplace_back(); }},
      {"exact", [](Policy& p) { p.target.build_id = "ab"; }},
  };
  for (const auto& one : cases) {
    Policy policy = policy_of(rule);
    one.change(policy);
    diag::Sink sink;
    EXPECT_FALSE(lower::lower(policy, sink)) << one.named;
    ASSERT_EQ(sink.all().size(), 1u) << one.named;
    EXPECT_EQ(sink.all()[0].code, diag::code::not_yet_enforced);
    EXPECT_NE(sink.all()[0].message.find(one.named), std::string::npos) << sink.all()[0].message;
  }
}

TEST(Lower, StrongestFirst) {
  Policy policy = policy_of(
      "rule r: audit file stat on \"/a\"  deny file stat on \"/a\" errno EACCES  deny file stat on \"/a\"  kill file "
      "stat on \"/a\"");
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  std::vector<std::pair<Effect, int>> own;
  for (const ir::Constraint& one : module->constraints)
    if (one.part.empty()) own.emplace_back(one.effect, one.error);
  ASSERT_EQ(own.size(), 4u);
  EXPECT_EQ(own[0].first, Effect::kill);
  EXPECT_EQ(own[1], std::pair(Effect::deny, 1));
  EXPECT_EQ(own[2], std::pair(Effect::deny, 13));
  EXPECT_EQ(own[3].first, Effect::audit);
}

TEST(Lower, OnlyHooksInUse) {
  Policy policy = policy_of("rule r: audit file stat on \"/a\"");
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  ASSERT_EQ(module->hooks.size(), 1u);
  EXPECT_EQ(module->hooks[0].hook, STELE_HOOK_inode_getattr);
}

/// The strongest check comes first, the rest behind it, and none behind one that always applies.
TEST(Lower, ChecksEndAtTheOneThatAlwaysApplies) {
  Policy policy = policy_of(
      "rule r: audit file stat on \"/a\"  deny file stat on \"/a\" for uid 33  kill file stat on \"/a\" for uid 34 and "
      "not exe \"/x\"");
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  const auto hook = std::find_if(module->hooks.begin(), module->hooks.end(),
                                 [](const ir::Hook& one) { return one.hook == STELE_HOOK_inode_getattr; });
  ASSERT_NE(hook, module->hooks.end());
  for (const ir::Case& one : hook->listed) {
    ASSERT_FALSE(one.checks.empty());
    for (size_t i = 0; i < one.checks.size(); ++i) {
      EXPECT_TRUE(i == 0 || one.checks[i - 1].rank < one.checks[i].rank);
      EXPECT_EQ(i + 1 == one.checks.size(), !one.checks[i].subject.has_value());
    }
  }
  EXPECT_TRUE(hook->asks_for_exe);
}

/// What is about the subject itself has no path: it is decided where nothing is listed. Constraints that ask the same
/// of the subject are tried once, by the strongest.
TEST(Lower, OperationsWithoutObjects) {
  Policy policy = policy_of(
      "rule r: deny process set_exe for uid 33 errno EACCES  deny process set_exe for uid 33  audit process set_exe");
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  ASSERT_EQ(module->hooks.size(), 1u);
  const ir::Hook& hook = module->hooks[0];
  EXPECT_EQ(hook.hook, STELE_HOOK_task_prctl);
  EXPECT_TRUE(hook.has_only && hook.listed.empty() && hook.unlisted.empty());
  ASSERT_EQ(hook.otherwise.size(), 2u);
  EXPECT_EQ(hook.otherwise[0].rank, 0u);
  EXPECT_EQ(module->constraints[0].error, 1);
  EXPECT_EQ(hook.otherwise[1].rank, 2u);
}

/// A fixture of every hook: what it needs the three kernels prove one by one (tests/scenario/evasion.test.yaml).
TEST(Lower, EvasionUsesEveryHook) {
  diag::Sink sink;
  const auto policy = sema::load_policy(SOURCE_DIR "/tests/scenario/evasion.stele", sema::disk_reader(), sink);
  ASSERT_TRUE(policy);
  const auto module = lower::lower(*policy, sink);
  ASSERT_TRUE(module);
  EXPECT_EQ(module->hooks.size(), static_cast<size_t>(STELE_HOOK_COUNT));
}

/// `for`: what is unknown counts as true; `unless`: as false; each `not` turns it round.
TEST(Lower, UnknownsCountTheWayThatTheConstraintApplies) {
  const struct {
    const char* conditions;
    const char* subject;
  } cases[] = {
      {"for exe \"/x\"", "exe in 0?"},
      {"for not exe \"/x\"", "not exe in 0"},
      {"unless exe \"/x\"", "not exe in 0"},
      {"unless not exe \"/x\"", "not not exe in 0?"},
      {"for gid in { 5, 7..9 }", "gid in {5, 7..9}?"},
      {"for uid 33 unless exe \"/x\" or gid 5", "uid in {33} and not (exe in 0 or gid in {5})"},
      {"for (uid 33 or euid 33) and egid 4", "(uid in {33} or euid in {33}) and egid in {4}"},
  };
  for (const auto& one : cases) {
    Policy policy = policy_of(std::string("rule r: audit file stat on \"/a\" ") + one.conditions);
    diag::Sink sink;
    auto module = lower::lower(policy, sink);
    ASSERT_TRUE(module) << one.conditions;
    ASSERT_FALSE(module->subjects.empty()) << one.conditions;
    EXPECT_EQ(lower::print_test(module->subjects[0]), one.subject) << one.conditions;
  }
}

/// The decision IR as text, where the text is the point: everything that a program of this policy will decide.
TEST(Lower, PrintsTheDecisions) {
  Policy policy = policy_of(
      "let accounts = path { \"/etc/shadow\" }\n"
      "rule r: deny file { stat, list } on accounts unless uid 0  errno EACCES log alert\n"
      "rule o: only exec on { \"/bin/**\" } for uid 33");
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module);
  EXPECT_EQ(lower::print_ir(*module), R"IR(policy p 1.0.0, linux 6.1..
7 states, walks end after 2 components

// `?` behind a test: true where it cannot be known.
// Class 0: in no set and above none; class 1: a file without a name; class 2: a name that cannot be read.

constraints, strongest first
  0 p.stele:5 rule o: deny exec, errno 1, log
  1 p.stele:4 rule r: deny file stat, file list, errno 13, log alert
  2 p.stele:4 rule r closure rename: deny file rename, errno 13, log alert

sets of paths
  0 { "/etc/shadow" }
  1 { "/bin/**" }

classes of paths: the sets that they are in, and those that they lie above
  3 above 1
  4 above 0
  5 in 1
  6 in 0
  7 above 0, 1

subjects
  0 not uid in {0}
  1 uid in {33}

hook file_open: file list
  listed
    classes 2, 6
      1 for subject 0

hook inode_rename: file rename
  listed
    classes 2, 4, 6, 7
      2 for subject 0

hook inode_getattr: file stat
  as file_open

hook bprm_check_security: exec
  unlisted
    classes 5
    every other class
      0 for subject 1
)IR");
}

}  // namespace
}  // namespace stele
