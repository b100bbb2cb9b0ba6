// Classes, states and edges of the automaton, as bpf-templates/automaton.h wants them.

#include <algorithm>

#include "compiler/emit/edges.h"
#include "compiler/emit/emit.h"
#include "compiler/emit/sections.h"
#include "compiler/emit/text.h"

namespace stele::emit {
namespace {

using u32 = uint32_t;
#include "bpf-templates/shared.h"

static_assert(lower::kClassNone == CLASS_NONE && lower::kClassNameless == CLASS_NAMELESS &&
              lower::kClassUnresolved == CLASS_UNRESOLVED);
static_assert(kMaxDepth == MAX_DEPTH && MAX_DEPTH % SHALLOW == 0);

std::string sets_text(const ir::Module& module, const char* word, const std::vector<PathSetId>& sets) {
  std::string text;
  for (const PathSetId set : sets) text += (text.empty() ? word : ", ") + module.set_texts[set];
  return text;
}

/// Pieces of the longest name that does not fit into a dentry; 0 when all do.
size_t long_pieces(const lower::Automaton& automaton) {
  size_t longest = 0;
  for (const lower::Automaton::State& state : automaton.states)
    for (const auto& [name, to] : state.edges) longest = std::max(longest, name.size());
  return longest < INLINE_NAME ? 0 : (longest + PIECE - 1) / PIECE;
}

/// Walks of SHALLOW components each: one component more than the depth, since what is beneath is absorbing.
uint32_t deep_walks(const ir::Module& module) {
  return std::min<uint32_t>(module.walk_depth / SHALLOW + 1, MAX_DEPTH / SHALLOW);
}

std::string key_text(uint32_t key) {
  return fmt::format("KEY({}, {}{})", key >> KEY_STATE_SHIFT, key & KEY_MORE ? "KEY_MORE | " : "", key & KEY_LENGTH);
}

std::string next_text(uint32_t next) {
  return fmt::format("{}{}", next & NEXT_STATE, next & NEXT_ABSORBING ? " | NEXT_ABSORBING" : "");
}

void write_edges(const std::vector<Edge>& edges, CText& out) {
  const PerfectHash hash = perfect_hash(edges);
  out.line("/* A perfect hash of {} edges. */", edges.size());
  out.line("#define HASH_SEED 0x{:x}u", hash.seed);
  out.line("#define HASH_BUCKET_SHIFT {}", hash.bucket_shift);
  out.line("#define HASH_SLOT_SHIFT {}", hash.slot_shift);
  const std::vector<uint32_t> displacement(hash.displacement.begin(), hash.displacement.end());
  out.numbers("u16", fmt::format("displacement[{}]", displacement.size()), displacement);
  out.line("struct edge_entry {{\n\tu64 word[4];\n\tu32 key;\n\tu32 next;\n}};");
  out.line("static const struct edge_entry edges[{}] = {{", hash.slots.size());
  for (size_t slot = 0; slot < hash.slots.size(); ++slot) {
    if (hash.slots[slot] < 0) continue;
    const Edge& edge = edges[static_cast<size_t>(hash.slots[slot])];
    out.line("\t[{}] = {{ {{ 0x{:x}, 0x{:x}, 0x{:x}, 0x{:x} }}, {}, {} }}, // \"{}\"", slot, edge.words[0],
             edge.words[1], edge.words[2], edge.words[3], key_text(edge.key), next_text(edge.next),
             comment_text(edge.text));
  }
  out.line("}};\n");
  out.line("#include \"edge_table.h\"");
}

}  // namespace

std::string automaton_section(const ir::Module& module) {
  const std::vector<lower::Automaton::State>& states = module.automaton.states;
  CText out;
  out.line("/* ---- paths: {} sets, {} states */\n", module.set_texts.size(), states.size());
  out.line("#define STATES {}\n", states.size());
  for (uint32_t number = lower::kClassUnresolved + 1; number < module.automaton.classes.size(); ++number) {
    const lower::PathClass& one = module.automaton.classes[number];
    const std::string in = sets_text(module, "in ", one.in), above = sets_text(module, "above ", one.above);
    out.line("// class {}: {}", number, comment_text(in + (in.empty() || above.empty() ? "" : "; ") + above));
  }
  std::vector<uint32_t> other, classes;
  for (const lower::Automaton::State& state : states) {
    other.push_back(state.other | (state.other && states[state.other].absorbing ? NEXT_ABSORBING : 0));
    classes.push_back(state.path_class);
  }
  out.numbers("u16", "class_of_state[STATES]", classes);
  if (std::any_of(states.begin(), states.end(),
                  [](const lower::Automaton::State& state) { return state.other != 0; })) {
    out.line("#define HAVE_OTHER");
    out.numbers("u32", "other_of_state[STATES]", other);
  }
  out.line("#define LONG_PIECES {}", long_pieces(module.automaton));
  out.line("#define DEEP_WALKS {}\n", deep_walks(module));
  write_edges(flatten_edges(module.automaton), out);
  out.line("#include \"automaton.h\"\n#include \"walk.h\"\n");
  return out.take();
}

}  // namespace stele::emit
