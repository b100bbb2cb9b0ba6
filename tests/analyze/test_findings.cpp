// Each finding by hand: what is said of which constraint, and what is not said.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/analyze/analyze.h"
#include "dsl/diag/codes.h"
#include "tests/evaluate/builder.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

using testing::Builder;

std::vector<diag::Diagnostic> findings(const Policy& policy, const analyze::AnalysisOptions& options = {}) {
  diag::Sink sink;
  analyze::analyze(policy, options, sink);
  return sink.all();
}

/// The one finding of this code, at constraint `at`.
diag::Diagnostic only_finding(const Policy& policy, uint16_t code, uint32_t at) {
  const std::vector<diag::Diagnostic> all = findings(policy);
  EXPECT_EQ(all.size(), 1U);
  if (all.empty()) return {};
  EXPECT_EQ(all[0].code, code) << all[0].message;
  EXPECT_EQ(all[0].span.begin, at) << all[0].message;
  EXPECT_FALSE(all[0].hint.empty());
  return all[0];
}

Condition uid(uint32_t first, uint32_t last) {
  return testing::ids(Field::uid, {{first, last}});
}

constexpr OpSet kRead = op_bit(Op::file_read);

TEST(Findings, ConstraintThatNoRequestMeets) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/a"})).subject =
      testing::all({uid(1, 5), testing::inverse(uid(0, 9))});
  only_finding(builder.policy(), diag::code::constraint_never_applies, 0);
}

TEST(Findings, ShadowedConstraintNamesWhatDecides) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/srv/**"}));
  builder.add(Effect::deny, kRead, builder.set({"/srv/www/index.html"})).subject = uid(33, 33);
  const diag::Diagnostic d = only_finding(builder.policy(), diag::code::shadowed_constraint, 1);
  ASSERT_EQ(d.labels.size(), 1U);
  EXPECT_EQ(d.labels[0].span.begin, 0U);
  EXPECT_NE(d.labels[0].text.find("uid 33: file read /srv/www/index.html"), std::string::npos) << d.labels[0].text;
}

TEST(Findings, SeveralConstraintsShadowOne) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/srv/**"})).subject = uid(10, 20);
  builder.add(Effect::deny, kRead, builder.set({"/srv/**"})).subject = uid(0, 15);
  builder.add(Effect::kill, kRead, builder.set({"/srv/**"})).subject = uid(16, 30);
  only_finding(builder.policy(), diag::code::shadowed_constraint, 0);
}

TEST(Findings, OfEqualConstraintsTheLater) {
  Builder builder;
  for (int i = 0; i < 3; ++i) builder.add(Effect::deny, kRead, builder.set({"/a"}));
  const std::vector<diag::Diagnostic> all = findings(builder.policy());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].span.begin, 2U);
  EXPECT_EQ(all[1].span.begin, 1U);
}

TEST(Findings, AConstraintThatLogsMoreIsNotShadowed) {
  Builder builder;
  const PathSetId set = builder.set({"/a"});
  builder.add(Effect::deny, kRead, set).log = LogLevel::none;
  builder.add(Effect::deny, kRead, set).subject = uid(1, 1);
  EXPECT_TRUE(findings(builder.policy()).empty());
}

TEST(Findings, WhatWasDerivedCountsWithItsAuthor) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/srv/**"}));
  builder.add(Effect::deny, kRead, builder.set({"/srv/a"}));
  builder.add(Effect::deny, op_bit(Op::file_link), 1).origin = {true, 1, "link"};
  EXPECT_TRUE(findings(builder.policy()).empty()) << "without the second, /srv/a could be linked";
}

TEST(Findings, UselessException) {
  Builder builder;
  Constraint& constraint = builder.add(Effect::deny, kRead, builder.set({"/a"}));
  constraint.subject = uid(33, 33);
  constraint.exception = uid(0, 0);
  only_finding(builder.policy(), diag::code::useless_exception, 0);
}

TEST(Findings, ExclusiveOnlysNameEachOther) {
  Builder builder;
  for (const char* path : {"/usr/sbin/nginx", "/usr/bin/php"}) {
    Constraint& only = builder.add(Effect::deny, kRead, builder.set({path}));
    only.form = Form::only_listed;
    only.subject = uid(33, 33);
  }
  const diag::Diagnostic d = only_finding(builder.policy(), diag::code::exclusive_onlys, 1);
  ASSERT_EQ(d.labels.size(), 1U);
  EXPECT_EQ(d.labels[0].span.begin, 0U);
}

TEST(Findings, OnlysOfOtherSubjectsDoNotExcludeEachOther) {
  Builder builder;
  for (uint32_t i = 0; i < 2; ++i) {
    Constraint& only = builder.add(Effect::deny, kRead, builder.set({"/x" + std::to_string(i)}));
    only.form = Form::only_listed;
    only.subject = uid(i, i);
  }
  EXPECT_TRUE(findings(builder.policy()).empty());
}

TEST(Findings, DifferentErrnos) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/srv/**"})).error = 13;
  builder.add(Effect::deny, kRead, builder.set({"/srv/www/**", "/home/**"})).error = 2;
  const diag::Diagnostic d = only_finding(builder.policy(), diag::code::different_errnos, 0);
  EXPECT_NE(d.message.find("ENOENT"), std::string::npos) << d.message;
  ASSERT_EQ(d.labels.size(), 1U);
  EXPECT_EQ(d.labels[0].span.begin, 1U);
}

/// `deny file read on "/etc/shadow" unless exe PATH`, and what keeps the program true, unless dropped.
Policy with_exception(const std::string& path, bool kept) {
  Builder builder;
  const PathSetId exes = builder.set({path});
  const Condition exception = testing::exe(exes);
  builder.add(Effect::deny, kRead, builder.set({"/etc/shadow"})).exception = exception;
  if (!kept) return builder.policy();
  constexpr OpSet changing = op_bit(Op::file_write) | op_bit(Op::file_append) | op_bit(Op::file_create) |
                             op_bit(Op::file_truncate) | op_bit(Op::file_rename) | op_bit(Op::file_mount_over);
  Constraint& keeps = builder.add(Effect::deny, changing, exes);
  keeps.exception = exception;
  keeps.origin = {true, 0, "exe_file"};
  return builder.policy();
}

TEST(Findings, ExceptionForAProgramThatOthersCanChange) {
  EXPECT_TRUE(findings(with_exception("/usr/bin/passwd", true)).empty());
  EXPECT_TRUE(findings(with_exception("/opt/*", true)).empty());
  only_finding(with_exception("/usr/bin/passwd", false), diag::code::forgeable_exception, 0);
  const diag::Diagnostic d = only_finding(with_exception("/opt/**", false), diag::code::forgeable_exception, 0);
  EXPECT_NE(d.message.find("/opt/"), std::string::npos) << d.message;
}

TEST(Findings, CommIsWeak) {
  Builder builder;
  Constraint& watch = builder.add(Effect::audit, kRead, builder.set({"/a"}));
  watch.subject = testing::names(Field::comm, builder.set({"/backup"}));
  EXPECT_EQ(only_finding(builder.policy(), diag::code::comm_is_weak, 0).severity, diag::Severity::note);
}

TEST(Findings, CommsOverFifteenBytesDoNotExist) {
  Builder builder;
  Constraint& watch = builder.add(Effect::audit, kRead, builder.set({"/a"}));
  watch.subject = testing::names(Field::comm, builder.set({"/sixteen_bytes_16"}));
  const std::vector<diag::Diagnostic> all = findings(builder.policy());
  EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                          [](const diag::Diagnostic& d) { return d.code == diag::code::constraint_never_applies; }));
}

TEST(Findings, EmptyPathSet) {
  Builder builder;
  const PathSetId a = builder.set({"/a/**"}), b = builder.set({"/b/**"});
  builder.add(Effect::deny, kRead, builder.join(PathSet::Kind::intersection, a, b));
  const std::vector<diag::Diagnostic> all = findings(builder.policy());
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].code, diag::code::empty_path_set);
}

TEST(Findings, AssertionsHaveACounterexample) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::net_bind)).object = testing::ids(Field::port, {{0, 1023}});
  Assertion never;
  never.subject = uid(33, 33);
  never.ops = op_bit(Op::net_bind);
  never.object = testing::ids(Field::port, {{443, 443}});
  builder.policy().assertions = {never};
  EXPECT_TRUE(findings(builder.policy()).empty());
  builder.policy().assertions[0].object = testing::ids(Field::port, {{443, 8080}});
  diag::Diagnostic d = only_finding(builder.policy(), diag::code::assertion_fails, 0);
  EXPECT_NE(d.message.find("uid 33: net bind"), std::string::npos) << d.message;
  EXPECT_NE(d.message.find("port 1024"), std::string::npos) << d.message;
  builder.policy().assertions[0].object = testing::ids(Field::address, {{5, 5}});
  builder.policy().assertions[0].object =
      testing::all({builder.policy().assertions[0].object, testing::ids(Field::family, {{2, 2}})});
  only_finding(builder.policy(), diag::code::assertion_about_nothing, 0);
}

TEST(Findings, AFileWithoutANameIsInNoSet) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/", "/**"})).subject = uid(33, 33);
  Assertion claim;
  claim.ops = op_bit(Op::exec);
  claim.subject = uid(33, 33);
  builder.policy().assertions.push_back(claim);
  const std::vector<diag::Diagnostic> all = findings(builder.policy());
  ASSERT_EQ(all.size(), 1U);
  const diag::Diagnostic& failed = all[0];
  EXPECT_EQ(failed.code, diag::code::assertion_fails);
  EXPECT_NE(failed.message.find("uid 33: exec nameless"), std::string::npos) << failed.message;
}

TEST(Findings, AnOnlyOfEveryNameIsNotSuperfluous) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/", "/**"}));
  Constraint& only = builder.add(Effect::deny, kRead, builder.set({"/", "/**"}));
  only.form = Form::only_listed;
  EXPECT_TRUE(findings(builder.policy()).empty());
}

/// `only exec on "/srv/bin/**" for uid 33`, and who may write there.
Policy with_list(bool kept, bool above) {
  Builder builder;
  Constraint& only = builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/srv/bin/**"}));
  only.form = Form::only_listed;
  only.subject = uid(33, 33);
  if (kept)
    builder
        .add(Effect::deny,
             op_bits({Op::file_write, Op::file_append, Op::file_create, Op::file_link, Op::file_rename,
                      Op::file_truncate, Op::file_mount_over}),
             builder.set({"/srv/bin/**"}))
        .reach = above ? Reach::listed_or_above : Reach::listed;
  return builder.policy();
}

TEST(Findings, AListedNameThatItsSubjectCanGiveAway) {
  const diag::Diagnostic d = only_finding(with_list(false, false), diag::code::forgeable_list, 0);
  EXPECT_NE(d.message.find("uid 33: file "), std::string::npos) << d.message;
  EXPECT_NE(d.message.find("/srv/bin/"), std::string::npos) << d.message;
  EXPECT_TRUE(findings(with_list(true, true)).empty());
  const diag::Diagnostic directory = only_finding(with_list(true, false), diag::code::forgeable_list, 0);
  EXPECT_NE(directory.message.find("file rename /srv` is"), std::string::npos) << directory.message;
}

TEST(Findings, LibrariesOfAnExceptionOnce) {
  Builder builder;
  for (int i = 0; i < 2; ++i) {
    builder.add(Effect::deny, kRead, builder.set({i ? "/etc/gshadow" : "/etc/shadow"})).exception =
        testing::exe(builder.set({"/usr/bin/a"}));
  }
  const PathSetId code = builder.set({"/usr/lib/**"});
  for (const uint32_t of : {0U, 1U}) {
    Constraint& libs = builder.add(Effect::deny, op_bit(Op::file_map_exec), code);
    libs.form = Form::only_listed;
    libs.subject = testing::exe(builder.set({"/usr/bin/a"}));
    libs.origin = {true, of, "exe_libs"};
  }
  const std::vector<diag::Diagnostic> all = findings(builder.policy());
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [](const diag::Diagnostic& d) { return d.code == diag::code::borrowed_exception; }),
            1);
}

/// Said once, of exceptions by the executable alone, where those whom the constraint is against may execute it.
TEST(Findings, AnExceptionByTheExecutableAlone) {
  const struct {
    Condition (*unless)(PathSetId);
    bool exec_denied, said;
  } cases[] = {
      {[](PathSetId exes) { return testing::exe(exes); }, false, true},
      {[](PathSetId exes) { return testing::exe(exes); }, true, false},
      {[](PathSetId exes) { return testing::any({uid(7, 7), testing::exe(exes)}); }, false, true},
      {[](PathSetId exes) { return testing::all({uid(7, 7), testing::exe(exes)}); }, false, false},
  };
  for (const auto& one : cases) {
    Builder builder;
    const PathSetId exes = builder.set({"/usr/bin/a"});
    for (uint32_t i = 0; i < 2; ++i)
      builder.add(Effect::deny, kRead, builder.set({i ? "/etc/gshadow" : "/etc/shadow"})).exception = one.unless(exes);
    for (uint32_t i = 0; i < 2; ++i) {
      Constraint& trace = builder.add(Effect::deny, op_bit(Op::process_ptrace), exes);
      trace.exception = one.unless(exes);
      trace.origin = {true, i, "exe_trace"};
    }
    if (one.exec_denied) builder.add(Effect::deny, op_bit(Op::exec), exes);
    const std::vector<diag::Diagnostic> all = findings(builder.policy());
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [](const diag::Diagnostic& d) { return d.code == diag::code::exception_by_exe_alone; }),
              one.said ? 1 : 0);
  }
}

/// Said once, of what machines mount after their first process has started, and not of what the author denies himself.
TEST(Findings, AMountThatIsDeniedAfterAnEarlyStart) {
  const struct {
    const char* pattern;
    const char* part;
    bool mount_is_excepted, said;
  } cases[] = {
      {"/home", "mount_over", false, true},
      {"/home", "mount_over", true, false},
      {"/home", "rename", false, false},
      {"/etc", "mount_over", false, false},
  };
  for (const auto& one : cases) {
    Builder builder;
    builder.add(Effect::deny, op_bit(Op::file_write), builder.set({"/home/*/.ssh/**"}));
    for (int i = 0; i < 2; ++i) {
      Constraint& over = builder.add(Effect::deny, op_bit(Op::file_mount_over), builder.set({one.pattern}));
      over.origin = {true, 0, one.part};
      if (one.mount_is_excepted) over.exception = testing::exe(builder.set({"/usr/bin/mount"}));
    }
    const std::vector<diag::Diagnostic> all = findings(builder.policy());
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [](const diag::Diagnostic& d) { return d.code == diag::code::mount_denied_early; }),
              one.said ? 1 : 0)
        << one.pattern << " " << one.part;
  }
}

TEST(Findings, ADenialOfTheDynamicLoader) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_map_exec), builder.set({"/usr/lib/**"})).subject = uid(33, 33);
  EXPECT_NE(only_finding(builder.policy(), diag::code::loader_denied, 0).message.find("/usr/lib/"), std::string::npos);
  Builder other;
  other.add(Effect::deny, op_bit(Op::file_map_exec), other.set({"/usr/lib/nginx/**"})).subject = uid(33, 33);
  EXPECT_TRUE(findings(other.policy()).empty());
}

TEST(Findings, TheDynamicLoaderIsMappedNotExecuted) {
  Builder exec;
  exec.add(Effect::deny, op_bit(Op::exec), exec.set({"/usr/lib/**"})).subject = uid(33, 33);
  EXPECT_TRUE(findings(exec.policy()).empty());
  Builder list;
  Constraint& only = list.add(Effect::deny, op_bit(Op::file_map_exec), list.set({"/usr/bin/**"}));
  only.form = Form::only_listed;
  only.subject = uid(33, 33);
  const std::vector<diag::Diagnostic> all = findings(list.policy());
  EXPECT_EQ(std::count_if(all.begin(), all.end(),
                          [](const diag::Diagnostic& d) { return d.code == diag::code::loader_denied; }),
            1);
}

TEST(Findings, AnAncestorIsShedBehindTwoNegations) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/usr/bin/nc"})).exception =
      testing::inverse(testing::names(Field::ancestor_exe, builder.set({"/usr/sbin/sshd"})));
  only_finding(builder.policy(), diag::code::lineage_is_shed, 0);
}

TEST(Findings, AnAncestorIsShed) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::exec), builder.set({"/usr/bin/nc"})).subject =
      testing::names(Field::ancestor_exe, builder.set({"/usr/sbin/sshd"}));
  only_finding(builder.policy(), diag::code::lineage_is_shed, 0);
  Builder outside;
  outside.add(Effect::deny, op_bit(Op::exec), outside.set({"/usr/bin/nc"})).subject =
      testing::inverse(testing::names(Field::ancestor_exe, outside.set({"/usr/sbin/sshd"})));
  for (const diag::Diagnostic& d : findings(outside.policy())) EXPECT_NE(d.code, diag::code::lineage_is_shed);
}

TEST(Findings, SayWhenTheyGiveUp) {
  Builder builder;
  builder.add(Effect::deny, kRead, builder.set({"/**/a/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*"}));
  analyze::AnalysisOptions options;
  options.max_states = 1000;
  ASSERT_EQ(findings(builder.policy(), options).size(), 1U);
  EXPECT_EQ(findings(builder.policy(), options)[0].code, diag::code::analysis_unfinished);
  builder.policy().assertions.emplace_back();
  ASSERT_EQ(findings(builder.policy(), options).size(), 1U);
  EXPECT_EQ(findings(builder.policy(), options)[0].code, diag::code::assertion_undecided);
}

/// What is found in this policy, a code and a message each.
std::vector<std::pair<uint16_t, std::string>> found_in(const std::string& rules) {
  diag::Sink sink;
  const auto policy = test::load_text("policy p version \"1.0.0\"\n" + rules, sink);
  if (!policy) return {{0, sink.all().empty() ? "" : sink.all().front().message}};
  std::vector<std::pair<uint16_t, std::string>> out;
  for (const diag::Diagnostic& d : findings(*policy)) out.emplace_back(d.code, d.message + "; " + d.hint);
  return out;
}
using Found = std::vector<std::pair<uint16_t, std::string>>;

TEST(Findings, CallsThatDoTheSame) {
  EXPECT_EQ(found_in("rule r: kill syscall clone(arg0 & CLONE_NEWUSER)"),
            (Found{{diag::code::evaded_call,
                    "`clone3` does what `clone` does, and is permitted: `uid 0: syscall clone3`; add `clone3`"}}));
  EXPECT_EQ(found_in("rule r: deny syscall mount for uid 33"),
            (Found{{diag::code::evaded_call,
                    "`fsmount` does what `mount` does, and is permitted: `uid 33: syscall fsmount`; add `fsmount`, "
                    "`mount_setattr`, `move_mount`, `open_tree`"}}));
  EXPECT_EQ(found_in("rule r: audit syscall openat for uid 33 rule s: deny syscall open for uid 33"),
            (Found{{diag::code::evaded_call,
                    "`openat2` does what `openat` does, and is not audited: `uid 33: syscall openat2`; add `openat2`"},
                   {diag::code::evaded_call,
                    "`openat` does what `open` does, and is permitted: `uid 33: syscall openat`; add `openat`, "
                    "`openat2`"}}));
}

TEST(Findings, CallsThatDoTheSameMayStandElsewhere) {
  EXPECT_EQ(found_in("rule r: kill syscall clone(arg0 & CLONE_NEWUSER) deny syscall clone3 errno ENOSYS"), Found{});
  EXPECT_EQ(found_in("rule r: kill syscall clone(arg0 & CLONE_NEWUSER) deny syscall clone3 unless uid 0"),
            (Found{{diag::code::evaded_call,
                    "`clone3` does what `clone` does, and is permitted: `uid 0: syscall clone3`; add `clone3`"}}));
  EXPECT_EQ(found_in("rule r: deny syscall chmod(arg1 & 0o6000) for uid 33 only syscall { chmod, exit } for uid 33"),
            Found{});
  EXPECT_EQ(found_in("rule r: deny syscall { open(arg1 & O_CREAT), openat(arg2 & O_CREAT), openat2 }"), Found{});
  EXPECT_EQ(found_in("rule r: deny syscall clone3"), Found{});
}

TEST(Findings, DifferencesOfPathsThatTakeNothingAway) {
  EXPECT_EQ(found_in("rule r: deny file stat on \"/srv/**\" - { \"/srv/a\", \"/srv\" }"), Found{});
  EXPECT_EQ(found_in("rule r: deny file stat on \"/srv/**\" - \"/srv\""),
            (Found{{diag::code::nothing_subtracted,
                    "{ \"/srv\" } takes nothing away: none of it is in the set before the `-`; leave it out, or look "
                    "for what was meant"}}));
  EXPECT_EQ(found_in("template t(x) { rule r: deny file stat on x - \"/a\" }\nuse t({ \"/a\", \"/b\" }) as a\n"
                     "use t(\"/c\") as b"),
            Found{});
}

TEST(Findings, ArgumentsAreComparedAsTheKernelReadsThem) {
  EXPECT_EQ(found_in("rule r: kill syscall ioctl(arg1 == 0x5412)\nassert never : syscall ioctl(arg1 == 0x5412)"),
            Found{});
  // Of 32 bits these are all there are.
  EXPECT_EQ(found_in("rule r: kill syscall { kill(arg0 < 0), kill(arg0 >= 0), tkill, tgkill, pidfd_send_signal, "
                     "rt_sigqueueinfo, rt_tgsigqueueinfo }\nassert never : syscall kill"),
            Found{});
}

}  // namespace
}  // namespace stele
