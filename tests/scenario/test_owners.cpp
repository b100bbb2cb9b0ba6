// Whose the files of a case are: by the image, by what steps make, move and give away, and where nobody can tell.

#include <gtest/gtest.h>

#include "compiler/evaluate/explain_request.h"
#include "compiler/scenario/owners.h"
#include "compiler/scenario/scenario.h"
#include "tests/sema/memory_reader.h"

namespace stele::scenario {
namespace {

/// The requests of the scenario's last case, in the words of `stele explain`.
std::string asked(const std::string& steps, const std::string& unless = " unless owner") {
  diag::Sink sink;
  const std::string text =
      "policy p version \"1\"\ntarget linux >= 6.1\nrule r:\n  deny file { read, rename } on \"/h/**\"";
  const auto policy = test::load_text(text + unless + "\n", sink);
  EXPECT_TRUE(policy);
  auto scenario = read_scenario("p.test.yaml",
                                "image:\n"
                                "  /h/own: { content: x, uid: 7 }\n"
                                "  /h/others: { content: x, uid: 8 }\n"
                                "  /h/second: { hard_link: /h/own }\n"
                                "  /h/sub/own: { content: x, uid: 7 }\n"
                                "as: { uid: 7 }\n"
                                "cases:\n"
                                "  - { name: before, do: { create: /h/earlier }, expect: allow }\n"
                                "  - name: it\n"
                                "    do: " +
                                    steps + "\n" + "    expect: allow\n");
  EXPECT_TRUE(scenario) << scenario.error().message;
  if (!policy || !scenario) return "";
  tell_owners(*policy, *scenario);
  std::string out;
  for (const evaluate::Request& request : scenario->cases.at(1).requests)
    out += (out.empty() ? "" : ", ") + evaluate::operation_text(request);
  return out;
}

TEST(Owners, OfTheImage) {
  EXPECT_EQ(asked("{ read: /h/own }"), "file read /h/own owner self");
  EXPECT_EQ(asked("{ read: /h/others }"), "file read /h/others owner other");
  EXPECT_EQ(asked("{ read: /h/second }"), "file read /h/second owner self");
}

TEST(Owners, OfWhatStepsMakeMoveAndGiveAway) {
  EXPECT_EQ(asked("[ { create: /h/new }, { read: /h/new } ]"), "file read /h/new owner self");
  EXPECT_EQ(asked("[ { mkdir: /h/new }, { list: /h/new } ]"), "file list /h/new owner self");
  EXPECT_EQ(asked("[ { chown: [/h/own, 8, 8] }, { read: /h/own } ]"), "file read /h/own owner other");
  EXPECT_EQ(asked("[ { rename: [/h/others, /h/own] }, { read: /h/own } ]"), "file read /h/own owner other");
  EXPECT_EQ(asked("[ { link: [/h/others, /h/third] }, { read: /h/third } ]"), "file read /h/third owner other");
  EXPECT_EQ(asked("[ { rename: [/h/sub, /h/moved] }, { read: /h/moved/own } ]"), "file read /h/moved/own owner self");
}

TEST(Owners, OfNamesThatAreNotThereYet) {
  EXPECT_EQ(asked("{ create: /h/new }\n    as: { uid: 7, euid: 8 }"),
            "file create /h/new owner self, file write /h/new owner other");
  EXPECT_EQ(asked("{ create: /h/new }"), "file create /h/new owner self, file write /h/new owner self");
  EXPECT_EQ(asked("{ rename: [/h/others, /h/new] }"),
            "file rename /h/others kind plain as /h/new owner other, "
            "file rename /h/new kind plain as /h/new owner self, file create /h/new owner self");
}

TEST(Owners, OfAMemfd) {
  EXPECT_EQ(asked("memfd_exec"), "exec nameless owner self, file map_exec nameless owner self");
  EXPECT_EQ(asked("memfd_exec\n    as: { uid: 7, euid: 8 }"),
            "exec nameless owner other, file map_exec nameless owner other");
}

TEST(Owners, NobodyTells) {
  EXPECT_EQ(asked("{ read: /proc/self/status }"), "file read /proc/self/status");
  EXPECT_EQ(asked("anon_exec"), "file map_exec nameless");
  EXPECT_EQ(asked("{ read: /h/own }", ""), "file read /h/own");
  EXPECT_EQ(asked("{ rename: [/h/earlier, /h/new] }"),
            "file rename /h/earlier as /h/new, file rename /h/new as /h/new owner self, file create /h/new owner self");
}

}  // namespace
}  // namespace stele::scenario
