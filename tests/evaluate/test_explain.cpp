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
  return explanation_text(policy, explain(policy, *parse_question(text)));
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

TEST(Explain, ALinkAsksTwoThings) {
  const std::string text = answer("uid 0: file link /etc/shadow /tmp/x");
  EXPECT_NE(text.find("deny (EPERM): file link /etc/shadow; an event is written\n"), std::string::npos) << text;
  EXPECT_NE(text.find("no exe given"), std::string::npos) << text;
}

TEST(Explain, Json) {
  const Policy policy = shadow_policy();
  const auto question = parse_question("uid 33 exe /bin/sh: file read /etc/shadow");
  const auto json = nlohmann::json::parse(explanation_json(policy, explain(policy, *question)));
  EXPECT_EQ(json["verdict"], "deny");
  EXPECT_EQ(json["error"], "EACCES");
  EXPECT_EQ(json["event"], true);
  EXPECT_EQ(json["decided_by"]["rule"], "r0");
  EXPECT_EQ(json["decided_by"]["source"], "policy.stele:1");
  EXPECT_EQ(json["applies"].size(), 1u);
  EXPECT_EQ(json["does_not_apply"][0]["closure"], "link");
}

TEST(Explain, JsonSurvivesBytesThatAreNotText) {
  const Policy policy = shadow_policy();
  const auto question = parse_question("uid 33 exe /bin/\xff: file read /etc/shadow");
  ASSERT_TRUE(question);
  EXPECT_NO_THROW(nlohmann::json::parse(explanation_json(policy, explain(policy, *question))));
}

}  // namespace
}  // namespace stele
