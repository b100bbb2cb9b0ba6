// Requests as system calls, and answers that contradict themselves.

#include <gtest/gtest.h>

#include "compiler/lower/lower.h"
#include "compiler/scenario/host_calls.h"
#include "dsl/diag/diagnostic.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using namespace scenario;
using Calls = std::vector<std::string>;

TEST(HostCalls, RequestsAreSystemCalls) {
  const std::map<Field, Number> plain = {{Field::kind, kPlain}};
  const std::map<Field, std::string> as_a = {{Field::new_name, "/a"}}, as_b = {{Field::new_name, "/b"}};
  const struct {
    std::vector<evaluate::Request> requests;
    std::optional<Calls> calls;
  } cases[] = {
      {{}, Calls{}},
      {{{Op::file_read, "/a"}}, Calls{"call read /a\n"}},
      {{{Op::file_read, "/a"}, {Op::file_write, "/a"}}, Calls{"call read_write /a\n"}},
      {{{Op::file_read, "/a"}, {Op::file_write, "/b"}}, Calls{"call read /a\n", "call write /b\n"}},
      {{{Op::file_link, "/a", {}, as_b}, {Op::file_create, "/b"}}, Calls{"call link /a /b\n"}},
      {{{Op::file_rename, "/a", {}, as_b}, {Op::file_rename, "/b", {}, as_b}, {Op::file_create, "/b"}},
       Calls{"call rename /a /b\n"}},
      {{{Op::file_rename, "/a", plain, as_b},
        {Op::file_rename, "/b", plain, as_b},
        {Op::file_create, "/b"},
        {Op::file_delete, "/b"}},
       Calls{"call replace_plain /a /b\n"}},
      {{{Op::file_rename, "/b", plain, as_a},
        {Op::file_rename, "/a", plain, as_a},
        {Op::file_create, "/a"},
        {Op::file_delete, "/a"},
        {Op::file_rename, "/a", {}, as_b},
        {Op::file_rename, "/b", {}, as_b},
        {Op::file_create, "/b"},
        {Op::file_delete, "/b"}},
       Calls{"call replace_plain /b /a\n", "call replace /a /b\n"}},
      {{{Op::file_rename, "/a", {}, as_a}, {Op::file_rename, "/b", {}, as_b}, {Op::file_create, "/b"}}, std::nullopt},
      {{{Op::exec, std::nullopt}, {Op::file_map_exec, std::nullopt}}, Calls{"call exec -\n", "call map_exec -\n"}},
      {{{Op::file_stat, "/a b\\\xff"}}, Calls{"call stat /a\\x20b\\x5c\\xff\n"}},
      {{{Op::file_stat, "-"}}, Calls{"call stat \\x2d\n"}},
      {{{Op::file_stat, ""}}, Calls{"call stat \\x00\n"}},
      {{{Op::file_rename, "/a"}}, std::nullopt},
      {{{Op::file_link, "/a"}}, std::nullopt},
      {{{Op::file_read, "/a"}, {Op::file_rename, "/a"}, {Op::file_rename, "/b"}}, std::nullopt},
  };
  for (const auto& one : cases) EXPECT_EQ(host_calls(one.requests), one.calls) << ::testing::PrintToString(one.calls);
}

TEST(HostCalls, Subject) {
  EXPECT_EQ(host_subject({1, 2, 3, 4, {5, 6}, "/bin/sh"}), "subject 1 2 3 4 5,6 /bin/sh\n");
  EXPECT_EQ(host_subject({}), "subject 0 0 0 0 - -\n");
}

class HostOutcome : public ::testing::Test {
protected:
  HostOutcome() {
    const PathSetId set = builder_.set({"/a", "/b/**"});
    Constraint& denied = builder_.add(Effect::deny, op_bit(Op::file_read), set);
    denied.error = 13;
    builder_.add(Effect::audit, op_bit(Op::file_write), set).log = LogLevel::none;
    builder_.add(Effect::kill, op_bit(Op::file_append), set);
    module_ = *lower::lower(builder_.policy(), sink_);
  }
  Outcome outcome(const std::vector<std::vector<std::string_view>>& answers) { return host_outcome(module_, answers); }

  testing::Builder builder_;
  diag::Sink sink_;
  ir::Module module_;
};

// Ranks: 0 kills, 1 denies with EACCES, 2 audits without an event.
TEST_F(HostOutcome, OfCallsInOrder) {
  const Outcome killed = outcome({{"file_open -1 9 0 0 0 2 0 1 ///x path ///a"}});
  EXPECT_EQ(killed.verdict, evaluate::Verdict::kill);
  EXPECT_EQ(killed.error, 1);
  const Outcome denied =
      outcome({{"file_open 0 0 2 0 -1 0 0 0 - none"}, {"file_open -13 0 1 1 1 0 1 13 ///x path ///a"}, {"nonsense"}});
  EXPECT_EQ(denied.trouble, "");
  EXPECT_EQ(denied.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(denied.error, 13);
  EXPECT_EQ(denied.rule, "r0");
  ASSERT_EQ(denied.events.size(), 1u);
  EXPECT_EQ(denied.events[0].object, "/a");
  EXPECT_TRUE(denied.events[0].unresolved);
  const Outcome audited = outcome({{"file_open 0 0 2 0 -1 0 0 0 - none"}, {}});
  EXPECT_EQ(audited.verdict, evaluate::Verdict::audit);
  EXPECT_FALSE(audited.event);
  EXPECT_EQ(outcome({{}}).verdict, evaluate::Verdict::allow);
}

TEST_F(HostOutcome, Contradictions) {
  const char* const lines[] = {
      "nonsense",
      "file_open -1 0 -1 0 -1 0 0 0 - none",      // refuses without a constraint
      "file_open 0 9 -1 0 -1 0 0 0 - none",       // kills without a constraint
      "file_open 0 0 -1 0 1 0 0 13 /x path /a",   // an event without a constraint
      "file_open -1 0 1 0 1 0 0 13 /x path /a",   // another errno
      "file_open -13 9 1 0 1 0 0 13 /x path /a",  // a signal
      "file_open -1 0 0 0 0 2 0 1 /x path /a",    // no signal
      "file_open -13 0 1 0 -1 0 0 0 - none",      // no event
      "file_open 0 0 2 0 2 1 0 0 /x path /a",     // an event
      "file_open -13 0 1 0 0 0 0 13 /x path /a",  // of another constraint
      "file_open -13 0 1 0 1 1 0 13 /x path /a",  // with an operation that it does not name
      "file_open -13 0 1 1 1 0 0 13 /x path /a",  // unresolved, and yet not
  };
  for (const char* line : lines) EXPECT_NE(outcome({{line}}).trouble, "") << line;
  EXPECT_NE(
      outcome({{"inode_setxattr 0 0 -1 0 -1 0 0 0 - none", "inode_set_acl -13 0 1 0 1 0 0 13 /x path /a"}}).trouble,
      "");
}

}  // namespace
}  // namespace stele
