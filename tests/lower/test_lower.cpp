// Lowering: limits are diagnosed, strength orders the constraints, hashes find every edge, the same policy gives the
// same text.

#include <gtest/gtest.h>

#include <set>

#include "compiler/emit/edges.h"
#include "compiler/emit/emit.h"
#include "compiler/lower/lower.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/resolve.h"

namespace stele {
namespace {

class OneFile : public FileReader {
public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  std::optional<std::string> read(const std::string&, int*) const override { return text_; }

private:
  std::string text_;
};

Policy policy_of(const std::string& rules) {
  Sink sink;
  auto policy = load_policy("p.stele", OneFile("policy p version \"1.0.0\"\ntarget linux >= 6.1\n" + rules), sink);
  EXPECT_TRUE(policy.has_value());
  return policy ? *policy : Policy{};
}

TEST(Lower, TooManyStates) {
  Policy policy = policy_of("rule r: deny file read on { \"/a/b\", \"/c/d\" }");
  Sink sink;
  EXPECT_FALSE(lower(policy, sink, {3, 4000}));
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all()[0].code, code::too_many_states);
}

TEST(Lower, TooManyChecks) {
  Policy policy = policy_of("rule r: deny file read on { \"/a/b\" }");
  Sink sink;
  EXPECT_FALSE(lower(policy, sink, {1000, 0}));
  ASSERT_FALSE(sink.all().empty());
  EXPECT_EQ(sink.all()[0].code, code::too_many_checks);
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
    Sink sink;
    EXPECT_FALSE(lower(policy, sink)) << one.named;
    ASSERT_EQ(sink.all().size(), 1u) << one.named;
    EXPECT_EQ(sink.all()[0].code, code::not_yet_enforced);
    EXPECT_NE(sink.all()[0].message.find(one.named), std::string::npos) << sink.all()[0].message;
  }
}

TEST(Lower, StrongestFirst) {
  Policy policy = policy_of(
      "rule r: audit file stat on \"/a\"  deny file stat on \"/a\" errno EACCES  deny file stat on \"/a\"  kill file "
      "stat on \"/a\"");
  Sink sink;
  auto module = lower(policy, sink);
  ASSERT_TRUE(module);
  std::vector<std::pair<Effect, int>> own;
  for (const RankedConstraint& ranked : module->ranked)
    if (!ranked.constraint->origin.derived) own.emplace_back(ranked.constraint->effect, ranked.constraint->error);
  ASSERT_EQ(own.size(), 4u);
  EXPECT_EQ(own[0].first, Effect::kill);
  EXPECT_EQ(own[1], std::pair(Effect::deny, 1));
  EXPECT_EQ(own[2], std::pair(Effect::deny, 13));
  EXPECT_EQ(own[3].first, Effect::audit);
}

TEST(Lower, OnlyHooksInUse) {
  Policy policy = policy_of("rule r: audit file stat on \"/a\"");
  Sink sink;
  auto module = lower(policy, sink);
  ASSERT_TRUE(module);
  ASSERT_EQ(module->hooks.size(), 1u);
  EXPECT_EQ(module->hooks[0].hook, STELE_HOOK_inode_getattr);
}

TEST(Emit, PerfectHashHasEveryEdgeOnce) {
  std::string set;
  for (int i = 0; i < 2000; ++i)
    set += (i ? ", " : "") +
           ("\"/srv/d" + std::to_string(i % 91) + "/" + std::string(i % 70, 'x') + std::to_string(i) + "\"");
  Policy policy = policy_of("rule r: audit file stat on { " + set + " }");
  Sink sink;
  auto module = lower(policy, sink);
  ASSERT_TRUE(module);
  std::vector<Edge> edges = flatten_edges(module->automaton);
  std::set<std::pair<uint32_t, std::array<uint64_t, 4>>> keys;
  for (const Edge& edge : edges) keys.emplace(edge.key, edge.words);
  EXPECT_EQ(keys.size(), edges.size());
  PerfectHash hash = perfect_hash(edges);
  std::set<int32_t> seen;
  for (int32_t slot : hash.slots)
    if (slot >= 0) {
      EXPECT_TRUE(seen.insert(slot).second);
    }
  EXPECT_EQ(seen.size(), edges.size());
}

TEST(Emit, SamePolicySameBytes) {
  Policy policy = policy_of(
      "rule r: deny file { read, write } on { \"/a/**\", \"/b\" } unless exe in { \"/x\" } or uid in { 1, 5..9 }");
  Sink sink;
  auto first = lower(policy, sink), second = lower(policy, sink);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(emit_c(*first), emit_c(*second));
}

}  // namespace
}  // namespace stele
