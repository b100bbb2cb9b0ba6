// Questions as people type them, and the answers in words and as JSON.

#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "compiler/evaluate/explain.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::Builder;

TEST(Question, SubjectAndOperation) {
  const auto question = parse_question("uid 33 gid 34 groups 5,6 exe /usr/sbin/nginx: file read /etc/shadow");
  ASSERT_TRUE(question) << question.error().message;
  EXPECT_EQ(question->subject.uid, 33u);
  EXPECT_EQ(question->subject.euid, 33u);
  EXPECT_EQ(question->subject.egid, 34u);
  EXPECT_EQ(question->subject.groups, (std::vector<uint32_t>{5, 6}));
  EXPECT_EQ(question->subject.exe, "/usr/sbin/nginx");
  ASSERT_EQ(question->requests.size(), 1u);
  EXPECT_EQ(question->requests[0].op, Op::file_read);
  EXPECT_EQ(question->requests[0].path, "/etc/shadow");
}

TEST(Question, EffectiveIdsMayDiffer) {
  const auto question = parse_question("euid 0 uid 1000 : exec \"/opt/my tool\"");
  ASSERT_TRUE(question) << question.error().message;
  EXPECT_EQ(question->subject.euid, 0u);
  EXPECT_EQ(question->subject.uid, 1000u);
  EXPECT_EQ(question->requests[0].path, "/opt/my tool");
}

std::vector<std::string> requests_of(const std::string& text) {
  const auto question = parse_question(text);
  if (!question) return {question.error().message};
  std::vector<std::string> texts;
  for (const Request& request : question->requests)
    texts.push_back(op_text(request.op) + " " + request.path.value_or("-"));
  return texts;
}

TEST(Question, OperationsOnTwoNames) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(requests_of(": file rename /a /b"), (Texts{"file rename /a", "file rename /b", "file create /b"}));
  EXPECT_EQ(requests_of(": file rename /a over /b"),
            (Texts{"file rename /a", "file rename /b", "file create /b", "file delete /b"}));
  EXPECT_EQ(requests_of(": file link /a /b"), (Texts{"file link /a", "file create /b"}));
  EXPECT_EQ(requests_of(": file map_exec"), (Texts{"file map_exec -"}));
}

struct Wrong {
  const char* text;
  const char* expected;
};

const Wrong kWrong[] = {
    {"", "`:` between subject and operation is missing"},
    {"uid 33", "`:` between subject and operation is missing"},
    {"uid: file read /x", "the number of uid is missing"},
    {"uid www: file read /x", "an id is a number"},
    {"uid 4294967296: file read /x", "an id is a number"},
    {"uid -1: file read /x", "an id is a number"},
    {"groups 1,x: exec /x", "an id is a number"},
    {"user 33: exec /x", "`user` says nothing about a subject"},
    {"exe nginx: exec /x", "`nginx` is not an absolute path"},
    {":", "an operation is missing"},
    {": file", "the name of an operation of `file` is missing"},
    {": file devour /x", "no operation is called `file devour`; there are file read"},
    {": file raed /x", "no operation is called `file raed`; did you mean `file read`?"},
    {": file read", "a path is missing"},
    {": file read /a/../b", "`.` and `..` are not names"},
    {": file read /a/.", "`.` and `..` are not names"},
    {": file read /a /b", "`/b` is too much"},
    {": file rename /a over", "a path is missing"},
    {": file read \"/a", "a quotation mark is not closed"},
};

TEST(Question, MistakesAreNamed) {
  for (const Wrong& wrong : kWrong) {
    const auto question = parse_question(wrong.text);
    ASSERT_FALSE(question) << wrong.text;
    EXPECT_NE(question.error().message.find(wrong.expected), std::string::npos) << question.error().message;
  }
}

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
