// Each sentence of the language about verdicts, errnos, sets, subjects and names that cannot be resolved.

#include <gtest/gtest.h>

#include <cerrno>

#include "compiler/evaluate/explain_request.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::Builder;

const OpSet kRead = op_bit(Op::file_read);

evaluate::Subject user(uint32_t uid, const std::string& exe = "/bin/sh") {
  evaluate::Subject subject;
  subject.uid = subject.euid = uid;
  subject.exe = exe;
  return subject;
}

evaluate::Decision read(Builder& builder, const evaluate::Subject& subject, const std::string& path) {
  return evaluate::evaluate(builder.policy(), subject, {{Op::file_read, path}});
}

std::string too_deep() {
  std::string path;
  for (int i = 0; i < 65; ++i) path += "/d";
  return path;
}

TEST(Evaluate, NothingAppliesIsAllow) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/secret"}));
  const evaluate::Decision decision = read(builder, user(0), "/other");
  EXPECT_EQ(decision.verdict, evaluate::Verdict::allow);
  EXPECT_EQ(decision.error, 0);
  EXPECT_FALSE(decision.constraint);
  EXPECT_FALSE(decision.event);
}

TEST(Evaluate, StrongestWinsWhateverTheOrder) {
  Builder builder;
  const PathSetId set = builder.set({"/secret"});
  builder.add(Effect::deny, kRead, set);
  builder.add(Effect::kill, kRead, set);
  builder.add(Effect::audit, kRead, set);
  const evaluate::Decision decision = read(builder, user(0), "/secret");
  EXPECT_EQ(decision.verdict, evaluate::Verdict::kill);
  EXPECT_EQ(decision.constraint, 1u);
}

TEST(Evaluate, SmallerErrnoThenSmallerIndex) {
  Builder builder;
  const PathSetId set = builder.set({"/secret"});
  builder.add(Effect::deny, kRead, set).error = EACCES;
  builder.add(Effect::deny, kRead, set).error = ENOENT;
  builder.add(Effect::deny, kRead, set).error = ENOENT;
  const evaluate::Decision decision = read(builder, user(0), "/secret");
  EXPECT_EQ(decision.error, ENOENT);
  EXPECT_EQ(decision.constraint, 1u);
}

TEST(Evaluate, AuditHasNoErrno) {
  Builder builder;
  builder.add(Effect::audit, kRead, builder.set({"/secret"}));
  const evaluate::Decision decision = read(builder, user(0), "/secret");
  EXPECT_EQ(decision.verdict, evaluate::Verdict::audit);
  EXPECT_EQ(decision.error, 0);
  EXPECT_TRUE(decision.event);
}

TEST(Evaluate, LogNoneWritesNoEvent) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/secret"})).log = LogLevel::none;
  EXPECT_FALSE(read(builder, user(0), "/secret").event);
}

TEST(Evaluate, OnlyDeniesTheRestForItsSubjectAndItsOperations) {
  Builder builder;
  Constraint& only = builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/bin/ls"}));
  only.form = Form::only_listed;
  only.subject = testing::ids(Field::uid, {{33, 33}});
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(33), {{Op::exec, "/bin/ls"}}).verdict, evaluate::Verdict::allow);
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(33), {{Op::exec, "/bin/sh"}}).verdict, evaluate::Verdict::deny);
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(34), {{Op::exec, "/bin/sh"}}).verdict, evaluate::Verdict::allow);
  EXPECT_EQ(read(builder, user(33), "/bin/sh").verdict, evaluate::Verdict::allow);
}

TEST(Evaluate, TwoOnlysIntersect) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/a", "/b"})).form = Form::only_listed;
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/b", "/c"})).form = Form::only_listed;
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::exec, "/b"}}).verdict, evaluate::Verdict::allow);
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::exec, "/a"}}).verdict, evaluate::Verdict::deny);
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::exec, "/c"}}).verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, UnlessIsAnExceptionInsideItsConstraint) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/secret"})).exception = testing::exe(builder.set({"/usr/bin/passwd"}));
  EXPECT_EQ(read(builder, user(0, "/usr/bin/passwd"), "/secret").verdict, evaluate::Verdict::allow);
  EXPECT_EQ(read(builder, user(0, "/usr/bin/passwdx"), "/secret").verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, RealAndEffectiveIdsAreDifferentThings) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/secret"})).subject = testing::ids(Field::euid, {{0, 0}});
  evaluate::Subject setuid = user(1000);
  EXPECT_EQ(read(builder, setuid, "/secret").verdict, evaluate::Verdict::allow);
  setuid.euid = 0;
  EXPECT_EQ(read(builder, setuid, "/secret").verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, SupplementaryGroupsCountForGidOnly) {
  Builder builder;
  const PathSetId set = builder.set({"/secret"});
  builder.add(Effect::deny, kRead, set).subject = testing::ids(Field::gid, {{10, 20}});
  evaluate::Subject subject = user(1000);
  subject.groups = {5, 15};
  EXPECT_EQ(read(builder, subject, "/secret").verdict, evaluate::Verdict::deny);
  builder.policy().constraints.front().subject.field = Field::egid;
  EXPECT_EQ(read(builder, subject, "/secret").verdict, evaluate::Verdict::allow);
}

TEST(Evaluate, DirectoriesAboveButNotTheRoot) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/a/b/c"})).reach = Reach::listed_or_above;
  EXPECT_EQ(read(builder, user(0), "/a/b/c").verdict, evaluate::Verdict::deny);
  EXPECT_EQ(read(builder, user(0), "/a/b").verdict, evaluate::Verdict::deny);
  EXPECT_EQ(read(builder, user(0), "/a").verdict, evaluate::Verdict::deny);
  EXPECT_EQ(read(builder, user(0), "/").verdict, evaluate::Verdict::allow);
  EXPECT_EQ(read(builder, user(0), "/a/x").verdict, evaluate::Verdict::allow);
}

TEST(Evaluate, UnresolvedObjectIsDeniedByDenyAndByOnly) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/secret"}));
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/**"})).form = Form::only_listed;
  EXPECT_EQ(read(builder, user(0), too_deep()).verdict, evaluate::Verdict::deny);
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::exec, too_deep()}}).verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, UnresolvedExecutableExceptsNothingAndIsMetByEverySubject) {
  Builder builder;
  const PathSetId secret = builder.set({"/secret"}), all = builder.set({"/**"});
  builder.add(Effect::deny, kRead, secret).exception = testing::exe(all);
  EXPECT_EQ(read(builder, user(0, too_deep()), "/secret").verdict, evaluate::Verdict::deny);
  builder.policy().constraints.front().exception = testing::inverse(testing::exe(all));
  EXPECT_EQ(read(builder, user(0, too_deep()), "/secret").verdict, evaluate::Verdict::deny);
  builder.policy().constraints.front().exception = testing::never();
  builder.policy().constraints.front().subject = testing::exe(builder.set({"/nowhere"}));
  EXPECT_EQ(read(builder, user(0, too_deep()), "/secret").verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, WhatIsCertainDoesNotCareAboutAnUnresolvedExecutable) {
  Builder builder;
  Constraint& deny = builder.add(Effect::deny, kRead, builder.set({"/secret"}));
  deny.exception = testing::any({testing::exe(builder.set({"/x"})), testing::ids(Field::uid, {{900, 900}})});
  EXPECT_EQ(read(builder, user(900, too_deep()), "/secret").verdict, evaluate::Verdict::allow);
  EXPECT_EQ(read(builder, user(901, too_deep()), "/secret").verdict, evaluate::Verdict::deny);
}

TEST(Evaluate, MemoryWithoutAFileIsInNoSet) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_map_exec), builder.set({"/**"}));
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::file_map_exec, {}}}).verdict, evaluate::Verdict::allow);
  builder.policy().constraints.front().form = Form::only_listed;
  EXPECT_EQ(evaluate::evaluate(builder.policy(), user(0), {{Op::file_map_exec, {}}}).verdict, evaluate::Verdict::deny);
}

/// What a builder's policy says to a question.
evaluate::Verdict ask(Builder& builder, const std::string& text) {
  const auto question = evaluate::parse_question(text);
  EXPECT_TRUE(question) << question.error().message;
  return evaluate::evaluate(builder.policy(), question->subject, question->requests).verdict;
}

TEST(Evaluate, AConstraintWithoutAPathSpeaksOfRequestsWithAndWithoutOne) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::process_ptrace));
  EXPECT_EQ(ask(builder, ": process ptrace"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, ": process ptrace exe /bin/sh"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, ": process ptrace exe \"/" + std::string(256, 'x') + "\""), evaluate::Verdict::deny);
}

TEST(Evaluate, WithAPathSetARequestWithoutAPathIsNotListed) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::process_ptrace), builder.set({"/**"}));
  EXPECT_EQ(ask(builder, ": process ptrace"), evaluate::Verdict::allow);
  builder.policy().constraints.front().form = Form::only_listed;
  EXPECT_EQ(ask(builder, ": process ptrace"), evaluate::Verdict::deny);
}

TEST(Evaluate, ListedIsPathAndObject) {
  Builder builder;
  Constraint& deny = builder.add(Effect::deny, op_bit(Op::process_ptrace), builder.set({"/usr/sbin/sshd"}));
  deny.object = testing::ids(Field::target_uid, {{0, 0}});
  EXPECT_EQ(ask(builder, ": process ptrace uid 0 exe /usr/sbin/sshd"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, ": process ptrace uid 1 exe /usr/sbin/sshd"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, ": process ptrace uid 0 exe /bin/sh"), evaluate::Verdict::allow);
  deny.form = Form::only_listed;
  EXPECT_EQ(ask(builder, ": process ptrace uid 0 exe /usr/sbin/sshd"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, ": process ptrace uid 1 exe /usr/sbin/sshd"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, ": process ptrace uid 0"), evaluate::Verdict::deny);
}

TEST(Evaluate, AnUnresolvedPathOfTheWrongObjectIsCertainlyNotListed) {
  Builder builder;
  Constraint& deny = builder.add(Effect::deny, op_bit(Op::process_ptrace), builder.set({"/x"}));
  deny.object = testing::ids(Field::target_uid, {{0, 0}});
  const std::string unresolved = " exe \"/" + std::string(256, 'x') + "\"";
  EXPECT_EQ(ask(builder, ": process ptrace uid 0" + unresolved), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, ": process ptrace uid 1" + unresolved), evaluate::Verdict::allow);
}

/// only net connect to 10.2.0.0/16 port 443/tcp for uid 33
void add_only_net(Builder& builder) {
  Constraint& only = builder.add(Effect::deny, op_bit(Op::net_connect));
  only.form = Form::only_listed;
  only.scope = testing::ids(Field::family, {{2, 2}, {10, 10}});
  only.object = testing::all({testing::ids(Field::address, {{kIpv4Base + 0x0a020000, kIpv4Base + 0x0a02ffff}}),
                              testing::ids(Field::port, {{443, 443}}), testing::ids(Field::protocol, {{6, 6}})});
  only.subject = testing::ids(Field::uid, {{33, 33}});
}

TEST(Evaluate, OnlySpeaksOfItsScope) {
  Builder builder;
  add_only_net(builder);
  EXPECT_EQ(ask(builder, "uid 33: net connect to 10.2.0.1 port 443/tcp"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, "uid 33: net connect to 10.2.0.1 port 443/udp"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, "uid 33: net connect to 10.3.0.1 port 443/tcp"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, "uid 33: net connect to 2001:db8::1 port 443/tcp"), evaluate::Verdict::deny);
  EXPECT_EQ(ask(builder, "uid 34: net connect to 10.3.0.1 port 443/tcp"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, "uid 33: net connect on /run/docker.sock"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, "uid 33: net bind to 10.3.0.1 port 443/tcp"), evaluate::Verdict::allow);
}

TEST(Evaluate, AnUnknownScopeCounts) {
  Builder builder;
  Constraint& only = builder.add(Effect::kill, op_bit(Op::mount_mount), builder.set({"/mnt/*"}));
  only.form = Form::only_listed;
  only.scope = testing::names(Field::source, builder.set({"/dev/**"}));
  EXPECT_EQ(ask(builder, ": mount mount on /srv from /dev/sda"), evaluate::Verdict::kill);
  EXPECT_EQ(ask(builder, ": mount mount on /srv from /srv"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, ": mount mount on /srv from \"/" + std::string(256, 'x') + "\""), evaluate::Verdict::kill);
}

TEST(Evaluate, OnlyWithEveryPathListedNeverApplies) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::exec)).form = Form::only_listed;
  EXPECT_EQ(ask(builder, ": exec /x"), evaluate::Verdict::allow);
}

TEST(Evaluate, OnlySystemCalls) {
  Builder builder;
  Constraint& only = builder.add(Effect::kill, op_bit(Op::syscall));
  only.form = Form::only_listed;
  only.object = testing::any(
      {testing::ids(Field::syscall, {{0, 1}, {60, 60}}),
       testing::all({testing::ids(Field::syscall, {{16, 16}}), testing::ids(Field::arg1, {{0x5401, 0x5401}})})});
  EXPECT_EQ(ask(builder, ": syscall read"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, ": syscall ioctl(1, 0x5401)"), evaluate::Verdict::allow);
  EXPECT_EQ(ask(builder, ": syscall ioctl(1, 0x5402)"), evaluate::Verdict::kill);
  EXPECT_EQ(ask(builder, ": syscall execve"), evaluate::Verdict::kill);
}

TEST(Evaluate, ErrnoAndLogLimitOfAConstraintAreItsOwn) {
  Builder builder;
  Constraint& deny = builder.add(Effect::deny, op_bit(Op::syscall));
  deny.error = ENOSYS;
  deny.limit = {5, 1};
  const auto question = evaluate::parse_question(": syscall bpf");
  const evaluate::Decision decision = evaluate::evaluate(builder.policy(), question->subject, question->requests);
  EXPECT_EQ(decision.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(decision.error, ENOSYS);
  EXPECT_TRUE(decision.event);
}

TEST(Evaluate, ASystemCallGetsTheStrongestOfItsRequests) {
  Builder builder;
  const PathSetId set = builder.set({"/secret"});
  builder.add(Effect::audit, op_bit(Op::file_create), set);
  builder.add(Effect::deny, op_bit(Op::file_write), set);
  const evaluate::Decision decision =
      evaluate::evaluate(builder.policy(), user(0), {{Op::file_create, "/secret"}, {Op::file_write, "/secret"}});
  EXPECT_EQ(decision.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(decision.request, 1u);
  EXPECT_EQ(decision.constraint, 1u);
}

}  // namespace
}  // namespace stele
