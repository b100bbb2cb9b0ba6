// What goes into the guest and what comes out of it.

#include <gtest/gtest.h>

#include "compiler/scenario/script.h"

namespace stele::scenario {
namespace {

TEST(Script, WordsComeBack) {
  for (const std::string& word : {std::string(), std::string("plain/word"), std::string("a b\nc%d\xff"),
                                  std::string("%"), std::string("%41"), std::string("ünïcode")}) {
    const std::string escaped = escape_word(word);
    EXPECT_EQ(escaped.find_first_of(" \n"), std::string::npos);
    EXPECT_EQ(unescape_word(escaped), word);
  }
  EXPECT_EQ(escape_word("a b"), "a%20b");
  EXPECT_EQ(escape_word(""), "%");
}

Scenario scenario() {
  Result<Scenario> read = read_scenario("t.yaml", R"(
image:
  /a: { content: "x y", mode: 0600, uid: 3 }
  /late/f: "z"
  /b: { hard_link: /a }
mounts: [ { at: /late, type: tmpfs, after: start }, { at: /data, type: tmpfs, options: "size=1m" } ]
cases:
  - { name: first, as: { uid: 1, groups: [2, 3] }, do: [ { mkdir: /d }, { read: /a } ], expect: allow }
  - { name: second, do: anon_exec, expect: allow }
)");
  EXPECT_TRUE(read);
  return *read;
}

TEST(Script, Enforced) {
  EXPECT_EQ(write_script(scenario(), {0, 1}, "p", Enforcement::enforced),
            "policy p\nroot tmpfs\n"
            "mount /data tmpfs tmpfs size=1m\n"
            "file /a 0600 3 0 x%20y\nprogram /agent 0755 0 0\nlink /b /a\n"
            "apply\n"
            "mount /late tmpfs tmpfs %\nfile /late/f 0644 0 0 z\n"
            "case 0 1 1 0 0 2,3 /agent\nstep mkdir /d\nstep read /a\nend\n"
            "case 1 0 0 0 0 % /agent\nstep anon_exec\nend\n");
}

TEST(Script, BareHasNoEnforcerAndOnlyTheChosenCases) {
  const std::string script = write_script(scenario(), {1}, "p", Enforcement::bare);
  EXPECT_EQ(script.rfind("bare\n", 0), 0u);
  EXPECT_EQ(script.find("apply"), std::string::npos);
  EXPECT_EQ(script.find("case 0"), std::string::npos);
  EXPECT_NE(script.find("case 1"), std::string::npos);
}

TEST(ParseReport, AWholeRun) {
  Result<GuestReport> report = parse_report(
      "output hello%20there\nenforcer 0 1234\r\n"
      "case 4\nstep 0 1 0 0 -1\noutput said\nstep 1 -1 13 9 -1\nend 256 1\n"
      "event 7 2 1 3 1 13 100 33 34 1 cat //////usr/bin/cat 1 ////etc/a%20b\ndone\n");
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->enforcer_output, std::vector<std::string>{"hello there"});
  EXPECT_EQ(report->enforcer_us, 1234u);
  ASSERT_EQ(report->cases.size(), 1u);
  const GuestCase& one = report->cases[0];
  EXPECT_EQ(one.index, 4u);
  EXPECT_EQ(one.output, std::vector<std::string>{"said"});
  ASSERT_EQ(one.steps.size(), 2u);
  EXPECT_EQ(one.steps[1].error, 13);
  EXPECT_EQ(one.steps[1].signal, 9);
  EXPECT_TRUE(one.timed_out);
  EXPECT_EQ(one.status, 256);
  ASSERT_EQ(one.events.size(), 1u);
  EXPECT_EQ(one.events[0].exe, "/usr/bin/cat");
  EXPECT_EQ(one.events[0].object, "/etc/a b");
  EXPECT_EQ(one.events[0].uid, 33u);
  EXPECT_TRUE(report->done);
}

TEST(ParseReport, Refuses) {
  for (const char* text : {"nonsense\n", "case\n", "case x\n", "step 0 1 0 0 -1\n", "case 1\nstep 0 1\n", "done 1\n",
                           "case 1\nevent 1 2\n", "enforcer 99999999999 1\n"})
    EXPECT_FALSE(parse_report(text)) << text;
}

TEST(ParseReport, FailuresAreKept) {
  EXPECT_EQ(parse_report("failed mount /x%20y 2\n")->failures, std::vector<std::string>{"mount /x y: ENOENT"});
}

}  // namespace
}  // namespace stele::scenario
