// Emission: the perfect hash finds every edge and no other, sections say what the module says, text of a policy stays
// in its comments, the same module gives the same text, and what a template does not use or lacks does not compile.

#include <gtest/gtest.h>

#include <set>

#include "bpf-templates/templates.h"
#include "compiler/clang/bpf_compiler.h"
#include "compiler/emit/edges.h"
#include "compiler/emit/emit.h"
#include "compiler/emit/text.h"
#include "compiler/lower/lower.h"
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

ir::Module module_of(const std::string& rules) {
  const Policy policy = policy_of(rules);
  diag::Sink sink;
  auto module = lower::lower(policy, sink);
  EXPECT_TRUE(module.has_value());
  return module ? *module : ir::Module{};
}

std::string compiled(const emit::SourceTree& tree) {
  auto object = codegen::compile_bpf(tree, emit::kMainSource, {"v3", {"events", "counters"}});
  return object ? "" : object.error().message;
}

emit::SourceTree with(emit::SourceTree tree, const std::string& file, const std::string& from, const std::string& to) {
  const size_t at = tree.at(file).find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) tree[file].replace(at, from.size(), to);
  return tree;
}

/// The slot that edge_table.h looks at for an edge.
int32_t slot_of(const emit::PerfectHash& hash, const emit::Edge& edge) {
  using u32 = uint32_t;
#include "bpf-templates/shared.h"
  uint64_t sum = edge.words[0] * HASH_WORD_0 + edge.words[1] * HASH_WORD_1 + edge.words[2] * HASH_WORD_2 +
                 edge.words[3] * HASH_WORD_3 + edge.key * HASH_KEY;
  sum ^= sum >> HASH_FOLD;
  sum *= hash.seed;
  const uint32_t displacement = hash.displacement.at(sum >> hash.bucket_shift);
  return hash.slots.at(static_cast<u32>(static_cast<u32>(sum) * (2 * displacement + 1)) >> hash.slot_shift);
}

TEST(PerfectHash, FindsEachEdgeInItsSlot) {
  for (const size_t count : {0u, 1u, 2u, 13u, 100u, 5000u}) {
    std::vector<emit::Edge> edges;
    for (uint64_t i = 0; i < count; ++i) {
      emit::Edge edge;
      edge.key = static_cast<uint32_t>(i % 7 << 7 | 8);
      edge.words = {i * 0x9e3779b97f4a7c15, i % 3, 0, i};
      edges.push_back(edge);
    }
    const emit::PerfectHash hash = emit::perfect_hash(edges);
    std::set<int32_t> used;
    for (size_t i = 0; i < edges.size(); ++i) {
      EXPECT_EQ(slot_of(hash, edges[i]), static_cast<int32_t>(i)) << count;
      used.insert(slot_of(hash, edges[i]));
    }
    EXPECT_EQ(used.size(), count);
    EXPECT_EQ(hash.seed % 2, 1u);
    EXPECT_EQ(emit::perfect_hash(edges).slots, hash.slots);  // the same every time
  }
}

TEST(Emit, PerfectHashHasEveryEdgeOnce) {
  std::string set;
  for (int i = 0; i < 2000; ++i)
    set += (i ? ", " : "") +
           ("\"/srv/d" + std::to_string(i % 91) + "/" + std::string(i % 70, 'x') + std::to_string(i) + "\"");
  const ir::Module module = module_of("rule r: audit file stat on { " + set + " }");
  std::vector<emit::Edge> edges = emit::flatten_edges(module.automaton);
  std::set<std::pair<uint32_t, std::array<uint64_t, 4>>> keys;
  for (const emit::Edge& edge : edges) keys.emplace(edge.key, edge.words);
  EXPECT_EQ(keys.size(), edges.size());
  emit::PerfectHash hash = emit::perfect_hash(edges);
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
  diag::Sink sink;
  auto first = lower::lower(policy, sink), second = lower::lower(policy, sink);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(emit::emit_c(*first), emit::emit_c(*second));
}

TEST(Emit, TextOfThePolicyStaysInItsComments) {
  EXPECT_EQ(emit::comment_text("a */ b"), "a *\\x2f b");
  EXPECT_EQ(emit::comment_text("ends in \\"), "ends in \\x5c");
  EXPECT_EQ(emit::comment_text("a\nb\xff"), "a\\x0ab\\xff");
  const ir::Module module = module_of("rule r: deny file stat on { \"/@subjects@/#include/*/x\", \"/a\\\\\", \"/*\" }");
  EXPECT_EQ(compiled(emit::emit_c(module)), "");
}

/// What the kernel runs, and nothing of the host's model.
TEST(Emit, HostModelIsApart) {
  const ir::Module module = module_of("rule r: deny file stat on \"/a\"");
  for (const auto& [name, text] : emit::emit_c(module)) EXPECT_FALSE(name.starts_with("host")) << name;
  EXPECT_TRUE(emit::emit_host_c(module).contains(emit::kHostMainSource));
}

/// Whatever is forgotten between a row, its room and the generated constants does not compile.
TEST(Emit, NothingCanBeForgotten) {
  const emit::SourceTree tree =
      emit::emit_c(module_of("rule r: deny file stat on \"/a\" for uid 33  deny file rename on \"/b\""));
  ASSERT_EQ(compiled(tree), "");
  const struct {
    const char *what, *file, *from, *to, *message;
  } cases[] = {
      {"no program in the room", "file.h", "#ifdef DECIDE_inode_getattr", "#ifdef DECIDE_forgotten", "inode_getattr"},
      {"an operation that neither program nor constraint names", "file.h", "other_ops |= OP(inode_rename, file_delete)",
       "other_ops |= 0", "macro is not used"},
      {"an operation that is not in the row", "file.h", "OP(inode_getattr, file_stat)", "OP(inode_getattr, file_read)",
       "OP_inode_getattr_file_read"},
      {"a constant that is missing", emit::kMainSource, "#define DEEP_WALKS", "#define DEEP_WALKERS", "DEEP_WALKS"},
      {"a constant that nobody knows", emit::kMainSource, "#define STATES", "#define STELE_NEWS 1\n#define STATES",
       "macro is not used"},
      {"a constant twice", emit::kMainSource, "#define STATES", "#define STATES 1\n#define STATES", "STATES"},
      {"a decision that nobody asks for", emit::kMainSource, "static __decision u32 decide_inode_getattr",
       "static __decision u32 decide_nothing(void)\n{\n\treturn 0;\n}\nstatic __decision u32 decide_inode_getattr",
       "decide_nothing"},
  };
  for (const auto& one : cases)
    EXPECT_NE(compiled(with(tree, one.file, one.from, one.to)).find(one.message), std::string::npos)
        << one.what << ": " << compiled(with(tree, one.file, one.from, one.to));
}

}  // namespace
}  // namespace stele
