// Answers in words and as JSON.

#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "compiler/evaluate/explain.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::Builder;

Policy shadow_policy() {
  Builder builder;
  const PathSetId shadow = builder.set({"/etc/shadow"}), tools = builder.set({"/usr/bin/passwd"}, "tools");
  Constraint& deny = builder.add(Effect::deny, op_bit(Op::file_read), shadow);
  deny.exception = testing::exe(tools);
  deny.error = EACCES;
  builder.policy().rules[0].doc = "Nobody reads it.\nNot even root.";
  Constraint& audit = builder.add(Effect::audit, op_bit(Op::file_read), builder.set({"/etc/**"}));
  audit.subject = testing::ids(Field::uid, {{33, 33}, {1000, 1999}});
  Constraint& link = builder.add(Effect::deny, op_bit(Op::file_link), shadow);
  link.origin = {true, 0, "link"};
  return builder.policy();
}

std::string answer(const std::string& text) {
  const Policy policy = shadow_policy();
  return evaluate::explanation_text(policy, evaluate::explain(policy, *evaluate::parse_question(text)));
}

TEST(Explain, DeniedInWords) {
  EXPECT_EQ(answer("uid 33 exe /usr/sbin/nginx: file read /etc/shadow"),
            "deny (EACCES): file read /etc/shadow; an event is written\n"
            "  decided by policy.stele:1 rule r0\n"
            "  because /etc/shadow is in /etc/shadow\n"
            "  /// Nobody reads it.\n"
            "  /// Not even root.\n"
            "also applies:\n"
            "  policy.stele:2 rule r1: /etc/shadow is in /etc/**, and uid 33 is in 33, 1000..1999\n"
            "does not apply:\n"
            "  1 constraint does not speak of `file read`\n");
}

TEST(Explain, AllowedInWords) {
  EXPECT_EQ(answer("uid 0 exe /usr/bin/passwd: file read /etc/shadow"),
            "allow: file read /etc/shadow\n"
            "  no constraint applies\n"
            "does not apply:\n"
            "  policy.stele:1 rule r0: its `unless` holds: exe /usr/bin/passwd is in `tools`\n"
            "  policy.stele:2 rule r1: its `for` does not hold: uid 0 is not in 33, 1000..1999\n"
            "  1 constraint does not speak of `file read`\n");
}

/// only net connect to 10.2.0.0/16 port 443 for uid 33; deny process ptrace of uid 0; deny bpf map_update of policy
Policy mixed_policy() {
  Builder builder;
  Constraint& only = builder.add(Effect::deny, op_bit(Op::net_connect));
  only.form = Form::only_listed;
  only.scope = testing::ids(Field::family, {{2, 2}, {10, 10}});
  only.object = testing::all({testing::ids(Field::address, {{kIpv4Base + 0x0a020000, kIpv4Base + 0x0a02ffff}}),
                              testing::ids(Field::port, {{443, 443}})});
  only.subject = testing::ids(Field::uid, {{33, 33}});
  Constraint& ptrace = builder.add(Effect::deny, op_bit(Op::process_ptrace), builder.set({"/usr/sbin/*"}));
  ptrace.object = testing::ids(Field::target_uid, {{0, 0}});
  builder.add(Effect::kill, op_bit(Op::bpf_map_update)).object = testing::ids(Field::ours, {{1, 1}});
  builder.add(Effect::kill, op_bit(Op::kernel_module_load)).exception = testing::ids(Field::cap, {{16, 16}});
  return builder.policy();
}

struct AnswerCase {
  const char* question;
  const char* line;
};

const AnswerCase kAnswers[] = {
    {"uid 33: net connect to 10.3.0.1 port 443/tcp", "because address 10.3.0.1 is not in 10.2.0.0/16, and uid is 33\n"},
    {"uid 33: net connect to 10.2.0.1 port 443/tcp", "rule r0: address 10.2.0.1 is in 10.2.0.0/16 and port is 443\n"},
    {"uid 33: net connect on /run/docker.sock",
     "rule r0: it does not speak of this: family unix is not in inet, inet6\n"},
    {"uid 34: net connect to 10.3.0.1", "rule r0: its `for` does not hold: uid 34 is not 33\n"},
    {": process ptrace uid 0 exe /usr/sbin/sshd", "because /usr/sbin/sshd is in /usr/sbin/*, and target uid is 0\n"},
    {": process ptrace uid 1 exe /usr/sbin/sshd", "rule r1: target uid 1 is not 0\n"},
    {": process ptrace uid 0", "rule r1: no path that is in /usr/sbin/*\n"},
    {": bpf map_update of policy", "because owner is policy\n"},
    {": kernel module_load", "because it speaks of every `kernel module_load`\n"},
    {"cap SYS_MODULE: kernel module_load", "rule r3: its `unless` holds: capability SYS_MODULE is effective\n"},
    {": cap SYS_ADMIN", "  4 constraints do not speak of `cap`\n"},
};

TEST(Explain, EveryClassInWords) {
  const Policy policy = mixed_policy();
  for (const AnswerCase& one : kAnswers) {
    const std::string text =
        evaluate::explanation_text(policy, evaluate::explain(policy, *evaluate::parse_question(one.question)));
    EXPECT_NE(text.find(one.line), std::string::npos) << one.question << "\n" << text;
  }
}

TEST(Explain, EverythingIfAskedFor) {
  const Policy policy = shadow_policy();
  const evaluate::Explanation explanation =
      evaluate::explain(policy, *evaluate::parse_question(": file link /etc/shadow /tmp/x"));
  EXPECT_NE(evaluate::explanation_text(policy, explanation)
                .find("does not apply:\n  2 constraints do not speak of `file create` or `file link`\n"),
            std::string::npos)
      << evaluate::explanation_text(policy, explanation);
  EXPECT_NE(evaluate::explanation_text(policy, explanation, evaluate::Detail::everything)
                .find("rule r1: it does not speak of `file link`\n"),
            std::string::npos);
}

TEST(Explain, WhatCannotBeResolvedIsSaid) {
  const std::string text = answer("uid 0 exe /" + std::string(256, 'x') + ": file read /etc/shadow");
  EXPECT_EQ(text.rfind("deny (EACCES): file read /etc/shadow; an event is written\n", 0), 0u) << text;
}

TEST(Explain, BytesThatAreNotTextAreEscaped) {
  EXPECT_NE(answer("uid 0: file read \"/etc/\\x1b[2J\"").find("file read \"/etc/\\x1b[2J\""), std::string::npos);
}

TEST(Explain, ALinkAsksTwoThings) {
  const std::string text = answer("uid 0: file link /etc/shadow /tmp/x");
  EXPECT_NE(text.find("deny (EPERM): file link /etc/shadow as /tmp/x; an event is written\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("no exe given"), std::string::npos) << text;
}

TEST(Explain, Json) {
  const Policy policy = shadow_policy();
  const auto question = evaluate::parse_question("uid 33 exe /bin/sh: file read /etc/shadow");
  const auto json = nlohmann::json::parse(evaluate::explanation_json(policy, evaluate::explain(policy, *question)));
  EXPECT_EQ(json["verdict"], "deny");
  EXPECT_EQ(json["error"], "EACCES");
  EXPECT_EQ(json["event"], true);
  EXPECT_EQ(json["decided_by"]["rule"], "r0");
  EXPECT_EQ(json["decided_by"]["source"], "policy.stele:1");
  EXPECT_EQ(json["applies"].size(), 1u);
  EXPECT_EQ(json["does_not_apply"][0]["closure"], "link");
}

TEST(Explain, DenyOrKill) {
  Policy policy = shadow_policy();
  const auto question = evaluate::parse_question("uid 33 exe /bin/sh: file read /etc/shadow");
  const auto said = [&] {
    return nlohmann::json::parse(evaluate::explanation_json(policy, evaluate::explain(policy, *question)));
  };
  EXPECT_EQ(said()["or_kill"], false);
  for (Constraint& constraint : policy.constraints) constraint.or_kill = true;
  EXPECT_EQ(said()["verdict"], "deny");
  EXPECT_EQ(said()["or_kill"], true);
  const std::string text = evaluate::explanation_text(policy, evaluate::explain(policy, *question));
  EXPECT_EQ(text.rfind("deny (EACCES), or kill where the kernel cannot prevent it: file read /etc/shadow", 0), 0U)
      << text;
}

TEST(Explain, JsonSurvivesBytesThatAreNotText) {
  const Policy policy = shadow_policy();
  const auto question = evaluate::parse_question("uid 33 exe /bin/\xff: file read /etc/shadow");
  ASSERT_TRUE(question);
  EXPECT_NO_THROW(nlohmann::json::parse(evaluate::explanation_json(policy, evaluate::explain(policy, *question))));
}

}  // namespace
}  // namespace stele
