#include "compiler/analyze/name_classes.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "compiler/analyze/diagram.h"

namespace stele::analyze {
namespace {

using NodeId = uint32_t;
using Nodes = std::vector<NodeId>;  // ascending: a state of the subset automaton

constexpr NodeId kRoot = 0;
// In a signature: above the set rather than in it; all that is beneath is in it.
constexpr uint64_t kAbove = uint64_t{1} << 32, kAllBeneath = uint64_t{1} << 33;

constexpr PathSetId kSeveral = UINT32_MAX;

using Classes = NameClasses::List;

/// What is known of a name at a state: sets, ascending; with kAbove or kAllBeneath what is so of them.
using Signature = std::vector<uint64_t>;

struct Hash {
  template <typename T>
  size_t operator()(const std::vector<T>& items) const {
    uint64_t hash = 0xcbf29ce484222325;
    for (const T item : items) hash = (hash ^ item) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 32);
  }
};

/// Signatures that differ, numbered.
class Atoms {
public:
  /// Requires: ascending, not empty.
  uint32_t intern(const Signature& signature) {
    const auto [known, is_new] = known_.try_emplace(signature, static_cast<uint32_t>(signatures_.size()));
    if (is_new) signatures_.push_back(signature);
    return known->second;
  }
  const std::vector<Signature>& all() const { return signatures_; }

private:
  std::unordered_map<Signature, uint32_t, Hash> known_;
  std::vector<Signature> signatures_;
};

/// A node of the merged patterns: a prefix of some of them.
struct Node {
  std::vector<std::pair<std::string_view, NodeId>> literals;
  std::vector<std::pair<const Component*, NodeId>> globs;  // by the texts of globs, one each
  NodeId any_one = 0;                                      // 0: none, as nothing leads to the root
  NodeId any_depth = 0;                                    // entered with this node, and left only with the name's end
  NodeId depth_end = 0;                                    // of an any_depth node: at the end of a pattern
  bool is_depth = false;
  bool is_beneath = false;    // a depth_end: all that follows is in its sets
  bool passes = false;        // its any_depth says all that it says
  PathSetId only = kSeveral;  // the one set that it and all below it speak of
  Signature signature;        // sets that end here, and sets that go on from here
  uint32_t atom = 0;          // of the signature, when that is not empty
};

/// The tree of all patterns of the listed sets.
class Patterns {
public:
  Patterns() : nodes_(1) {}

  void add(const PathPattern& pattern, PathSetId set, bool above, bool all_beneath) {
    NodeId at = kRoot;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (above) note(at, set | kAbove);
      at = child(at, pattern[i], i + 1 == pattern.size());
      if (above && nodes_[at].is_depth && nodes_[at].depth_end) note(at, set | kAbove);
    }
    if (nodes_[at].is_depth) {
      if (all_beneath) note(at, set | kAllBeneath);
      at = nodes_[at].depth_end;
    }
    note(at, set);
  }

  const Node& operator[](NodeId id) const { return nodes_[id]; }
  void finish(Atoms& atoms) {
    for (Node& node : nodes_) {
      std::sort(node.signature.begin(), node.signature.end());
      node.signature.erase(std::unique(node.signature.begin(), node.signature.end()), node.signature.end());
      if (!node.signature.empty()) node.atom = atoms.intern(node.signature);
    }
    share_rests();
  }

private:
  /// Nodes behind which patterns go on alike become one, so that a state does not remember by which it came.
  void share_rests() {
    std::vector<NodeId> shared(nodes_.size());
    std::unordered_map<std::vector<uint64_t>, NodeId, Hash> known;
    for (NodeId id = static_cast<NodeId>(nodes_.size()); id-- > 0;) {  // children stand behind their parents
      Node& node = nodes_[id];
      for (NodeId* child : {&node.any_one, &node.any_depth, &node.depth_end}) *child = shared[*child];
      std::vector<uint64_t> key = {node.any_one,  node.any_depth,  node.depth_end,
                                   node.is_depth, node.is_beneath, node.signature.empty() ? UINT64_MAX : node.atom};
      std::sort(node.literals.begin(), node.literals.end());
      for (auto& [text, child] : node.literals) {
        child = shared[child];
        key.insert(key.end(), {number_of(text), child});
      }
      key.push_back(UINT64_MAX);
      for (auto& [glob, child] : node.globs) {
        child = shared[child];
        key.insert(key.end(), {number_of(glob->text), child});
      }
      shared[id] = id == kRoot ? kRoot : known.try_emplace(std::move(key), id).first->second;
      if (id == kRoot) continue;
      node.only = only_set(node);
      node.passes = node.any_depth && node.literals.empty() && node.globs.empty() && !node.any_one && !node.is_depth &&
                    std::includes(nodes_[node.any_depth].signature.begin(), nodes_[node.any_depth].signature.end(),
                                  node.signature.begin(), node.signature.end());
    }
  }

  /// The one set that the node and all below it speak of.
  PathSetId only_set(const Node& node) const {
    PathSetId only = kSeveral;
    bool is_first = true;
    const auto add = [&](PathSetId set) {
      if (!is_first && set != only) return false;
      only = set;
      is_first = false;
      return set != kSeveral;
    };
    for (const uint64_t item : node.signature)
      if (!add(static_cast<PathSetId>(item))) return kSeveral;
    for (const NodeId child : {node.any_one, node.any_depth, node.depth_end})
      if (child && !add(nodes_[child].only)) return kSeveral;
    for (const auto& [text, child] : node.literals)
      if (!add(nodes_[child].only)) return kSeveral;
    for (const auto& [glob, child] : node.globs)
      if (!add(nodes_[child].only)) return kSeveral;
    return only;
  }

  uint64_t number_of(std::string_view text) { return texts_.try_emplace(text, texts_.size()).first->second; }

  void note(NodeId at, uint64_t what) {
    Signature& signature = nodes_[at].signature;
    if (signature.empty() || signature.back() != what) signature.push_back(what);
  }

  NodeId fresh() {
    nodes_.emplace_back();
    return static_cast<NodeId>(nodes_.size() - 1);
  }

  NodeId child(NodeId at, const Component& component, bool last) {
    switch (component.kind) {
      case Component::Kind::any_one:
        if (!nodes_[at].any_one) set_child(&Node::any_one, at);
        return nodes_[at].any_one;
      case Component::Kind::any_depth:
        if (!nodes_[at].any_depth) nodes_[set_child(&Node::any_depth, at)].is_depth = true;
        at = nodes_[at].any_depth;
        if (last && !nodes_[at].depth_end) nodes_[set_child(&Node::depth_end, at)].is_beneath = true;
        return at;
      case Component::Kind::glob:
        return glob_child(at, component);
      case Component::Kind::literal:
        break;
    }
    const auto [known, is_new] = literals_.try_emplace({at, component.text}, 0);
    if (is_new) {
      known->second = fresh();
      nodes_[at].literals.emplace_back(component.text, known->second);
    }
    return known->second;
  }

  NodeId set_child(NodeId Node::* member, NodeId at) {
    const NodeId made = fresh();
    nodes_[at].*member = made;
    return made;
  }

  NodeId glob_child(NodeId at, const Component& component) {
    for (const auto& [glob, id] : nodes_[at].globs)
      if (glob->glob == component.glob) return id;
    const NodeId made = fresh();
    nodes_[at].globs.emplace_back(&component, made);
    return made;
  }

  using LiteralKey = std::pair<NodeId, std::string_view>;
  struct LiteralHash {
    size_t operator()(const LiteralKey& key) const {
      return std::hash<std::string_view>{}(key.second) ^ (size_t{key.first} * 0x9e3779b97f4a7c15);
    }
  };
  std::vector<Node> nodes_;
  std::unordered_map<std::string_view, uint64_t> texts_;
  std::unordered_map<LiteralKey, NodeId, LiteralHash> literals_;
};

/// The subset automaton, explored by depth. Only what a name's class depends on is kept of it.
class Automaton {
public:
  Automaton(const Patterns& patterns, const NameQuestion& question, Atoms& atoms)
      : patterns_(patterns), question_(question), atoms_(atoms) {}

  void run() {
    Nodes start;
    enter(start, kRoot);
    reach(std::move(start), 0, {});
    for (uint32_t depth = 0; depth < question_.max_depth && layer_ < states_.size(); ++depth) {
      const size_t end = states_.size();
      for (; layer_ < end; ++layer_) extend(static_cast<uint32_t>(layer_), depth);
    }
  }

  /// One entry a class: its atoms, and a shortest name.
  std::vector<std::pair<Classes, std::string>> classes() const {
    std::vector<std::pair<Classes, std::string>> out;
    for (const auto& [atoms, state] : classes_) out.emplace_back(atoms, name_of(state));
    return out;
  }

private:
  struct State {
    Nodes nodes;
    uint32_t parent = 0;
    std::string component;
  };

  void enter(Nodes& out, NodeId node) const {
    if (!patterns_[node].passes) out.push_back(node);
    if (const NodeId depth = patterns_[node].any_depth) enter(out, depth);
  }

  /// Nodes that every component leads to, whatever its name.
  Nodes common_successors(const Nodes& at) const {
    Nodes out;
    for (const NodeId id : at) {
      const Node& node = patterns_[id];
      if (node.any_one) enter(out, node.any_one);
      if (node.is_depth) enter(out, id);
      if (node.depth_end) enter(out, node.depth_end);
    }
    return out;
  }

  struct Edges {
    std::vector<std::pair<std::string_view, NodeId>> literals;  // sorted by name
    std::vector<const Glob*> globs;
    std::vector<NodeId> glob_targets;
  };

  Edges edges_of(const Nodes& at) const {
    Edges edges;
    for (const NodeId id : at) {
      const Node& node = patterns_[id];
      edges.literals.insert(edges.literals.end(), node.literals.begin(), node.literals.end());
      for (const auto& [component, target] : node.globs) {
        edges.globs.push_back(&component->glob);
        edges.glob_targets.push_back(target);
      }
    }
    std::sort(edges.literals.begin(), edges.literals.end());
    return edges;
  }

  void extend(uint32_t from, uint32_t depth) {
    const Nodes common = common_successors(states_[from].nodes);
    const Edges edges = edges_of(states_[from].nodes);
    std::vector<std::string_view> words;
    for (size_t i = 0; i < edges.literals.size();) {
      const std::string_view word = edges.literals[i].first;
      words.push_back(word);
      Nodes next = common;
      for (; i < edges.literals.size() && edges.literals[i].first == word; ++i) enter(next, edges.literals[i].second);
      if (word.size() > question_.components.max_bytes) continue;
      if (!edges.globs.empty()) add_globs(next, edges, matching_globs(edges.globs, word));
      reach(std::move(next), from, std::string(word), depth + 1);
    }
    for (OtherNames& other : other_names(edges.globs, words, question_.components, question_.max_states)) {
      Nodes next = common;
      add_globs(next, edges, other.globs);
      reach(std::move(next), from, std::move(other.witness), depth + 1);
    }
  }

  void add_globs(Nodes& out, const Edges& edges, const std::vector<uint32_t>& globs) const {
    for (const uint32_t glob : globs) enter(out, edges.glob_targets[glob]);
  }

  void reach(Nodes nodes, uint32_t parent, std::string component, uint32_t depth = 0) {
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    drop_implied(nodes);
    const auto [known, is_new] = known_.try_emplace(nodes, static_cast<uint32_t>(states_.size()));
    if (!is_new) return;
    if (states_.size() == question_.max_states) throw LimitReached{"paths"};
    const auto state = static_cast<uint32_t>(states_.size());
    if (depth >= question_.min_depth) classes_.try_emplace(atoms_of(nodes, depth == 0), state);
    states_.push_back({std::move(nodes), parent, std::move(component)});
  }

  /// Beneath a trailing `**` of a set, what else may be matched of that set says nothing.
  void drop_implied(Nodes& nodes) const {
    Signature in;
    for (const NodeId id : nodes)
      if (patterns_[id].is_beneath) in.insert(in.end(), patterns_[id].signature.begin(), patterns_[id].signature.end());
    if (in.empty()) return;
    std::sort(in.begin(), in.end());
    std::erase_if(nodes, [&](NodeId id) {
      const Node& node = patterns_[id];
      return !node.is_beneath && !node.depth_end && std::binary_search(in.begin(), in.end(), uint64_t{node.only});
    });
  }

  /// The root directory counts as above nothing, and nothing is asked of what is beneath it; only the first state is
  /// the root's.
  Classes atoms_of(const Nodes& nodes, bool is_root) {
    Classes out;
    for (const NodeId id : nodes) {
      Signature signature = patterns_[id].signature;
      if (is_root) std::erase_if(signature, [](uint64_t item) { return (item & (kAbove | kAllBeneath)) != 0; });
      if (!signature.empty()) out.push_back(is_root ? atoms_.intern(signature) : patterns_[id].atom);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    const Classes all = out;
    std::erase_if(out, [&](uint32_t atom) {
      return std::any_of(all.begin(), all.end(), [&](uint32_t other) { return adds_nothing(atom, other); });
    });
    return out;
  }

  /// So that a path that a set names twice over is of the class of its neighbours.
  bool adds_nothing(uint32_t atom, uint32_t beside) const {
    const Signature& small = atoms_.all()[atom];
    const Signature& large = atoms_.all()[beside];
    return small.size() < large.size() &&
           std::all_of(
               small.begin(), small.end(),
               [&](uint64_t item) { return std::binary_search(large.begin(), large.end(), item); });
  }

  std::string name_of(uint32_t state) const {
    std::string name;
    for (; state != 0; state = states_[state].parent) name.insert(0, "/" + states_[state].component);
    return name.empty() ? "/" : name;
  }

  const Patterns& patterns_;
  const NameQuestion& question_;
  Atoms& atoms_;
  std::vector<State> states_;
  size_t layer_ = 0;
  std::unordered_map<Nodes, uint32_t, Hash> known_;
  std::unordered_map<Classes, uint32_t, Hash> classes_;  // by atoms: the first state of each, so a shortest name
};

Classes joined(PathSet::Kind kind, const Classes& a, const Classes& b) {
  Classes out;
  const auto to = std::back_inserter(out);
  if (kind == PathSet::Kind::unite) std::set_union(a.begin(), a.end(), b.begin(), b.end(), to);
  if (kind == PathSet::Kind::intersection) std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), to);
  if (kind == PathSet::Kind::difference) std::set_difference(a.begin(), a.end(), b.begin(), b.end(), to);
  return out;
}

class Partition {
public:
  Partition(const Policy& policy, const NameQuestion& question) : policy_(policy), question_(question) {
    for (const PathSetId set : question.members) collect(set, members_);
    for (const PathSetId set : question.above) collect(set, above_);
    for (const PathSetId set : above_)
      if (is_difference(set)) collect(policy_.path_sets[set].right, all_beneath_);
  }

  NameClasses run() {
    Patterns patterns;
    for (const PathSetId set : listed_sets())
      for (const PathPattern& pattern : policy_.path_sets[set].patterns)
        patterns.add(pattern, set, above_.contains(set), all_beneath_.contains(set));
    patterns.finish(atoms_);
    Automaton automaton(patterns, question_, atoms_);
    automaton.run();
    number(automaton.classes());
    index(0);
    join_sets();
    return std::move(out_);
  }

private:
  bool is_listed(PathSetId id) const { return policy_.path_sets[id].kind == PathSet::Kind::listed; }
  bool is_difference(PathSetId id) const { return policy_.path_sets[id].kind == PathSet::Kind::difference; }

  void collect(PathSetId id, std::set<PathSetId>& into) const {
    if (!into.insert(id).second) return;
    const PathSet& set = policy_.path_sets[id];
    if (is_listed(id)) return;
    collect(set.left, into);
    collect(set.right, into);
  }

  std::vector<PathSetId> listed_sets() const {
    std::vector<PathSetId> out;
    std::set_union(members_.begin(), members_.end(), above_.begin(), above_.end(), std::back_inserter(out));
    std::erase_if(out, [&](PathSetId set) { return !is_listed(set); });
    return out;
  }

  void number(std::vector<std::pair<Classes, std::string>> classes) {
    std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
      return std::pair(!a.first.empty(), std::string_view(a.second)) <
             std::pair(!b.first.empty(), std::string_view(b.second));
    });
    for (auto& [atoms, witness] : classes) {
      out_.atoms.push_back(std::move(atoms));
      out_.witnesses.push_back(std::move(witness));
    }
  }

  /// Lists the sets and classes of atoms that are numbered `first` or higher.
  void index(size_t first) {
    out_.classes.resize(atoms_.all().size());
    for (uint32_t c = 0; c < out_.atoms.size(); ++c)
      for (const uint32_t atom : out_.atoms[c])
        if (atom >= first) out_.classes[atom].push_back(c);
    for (const PathSetId set : members_) out_.member_atoms[set];
    for (const PathSetId set : above_) out_.above_atoms[set];
    for (size_t atom = first; atom < atoms_.all().size(); ++atom)
      for (const uint64_t item : atoms_.all()[atom])
        atoms_about(item)[static_cast<PathSetId>(item)].push_back(static_cast<uint32_t>(atom));
  }

  std::map<PathSetId, NameClasses::List>& atoms_about(uint64_t item) {
    if (item & kAllBeneath) return all_beneath_atoms_;
    return item & kAbove ? out_.above_atoms : out_.member_atoms;
  }

  /// A joined set's classes are worked out one by one; what a class gets from joined sets is one more atom of it.
  void join_sets() {
    std::vector<Signature> by_class(out_.atoms.size());
    // Sets stand behind those that they are made of.
    std::map<PathSetId, Classes> members, above, all;
    for (const PathSetId id : members_) {
      const PathSet& set = policy_.path_sets[id];
      members[id] = is_listed(id) ? out_.members(id) : joined(set.kind, members.at(set.left), members.at(set.right));
      if (is_listed(id)) continue;
      for (const uint32_t c : members[id]) by_class[c].push_back(id);
    }
    for (const PathSetId id : above_) {
      const PathSet& set = policy_.path_sets[id];
      const bool wants_all = all_beneath_.contains(id);
      if (is_listed(id)) {
        above[id] = out_.above(id);
        if (wants_all) all[id] = out_.with_one_of(all_beneath_atoms_[id]);
        continue;
      }
      // What a difference leaves beneath a directory depends on how much of that is taken away.
      const auto& taken = is_difference(id) ? all : above;
      above[id] = joined(set.kind, above.at(set.left), taken.at(set.right));
      const auto& other = is_difference(id) ? above : all;
      if (wants_all) all[id] = joined(set.kind, all.at(set.left), other.at(set.right));
      for (const uint32_t c : above[id]) by_class[c].push_back(id | kAbove);
    }
    const size_t first = atoms_.all().size();
    for (size_t c = 0; c < by_class.size(); ++c)
      if (!by_class[c].empty()) out_.atoms[c].push_back(atoms_.intern(by_class[c]));
    if (atoms_.all().size() > first) index(first);
  }

  const Policy& policy_;
  const NameQuestion& question_;
  std::set<PathSetId> members_, above_;  // with the sets that they are made of
  std::set<PathSetId> all_beneath_;      // of above_: those that are taken away, likewise
  std::map<PathSetId, NameClasses::List> all_beneath_atoms_;
  Atoms atoms_;
  NameClasses out_;
};

}  // namespace

bool NameClasses::has_one_of(uint32_t name_class, const List& some) const {
  const List& own = atoms[name_class];
  return std::any_of(own.begin(), own.end(),
                     [&](uint32_t atom) { return std::binary_search(some.begin(), some.end(), atom); });
}

NameClasses::List NameClasses::with_one_of(const List& some) const {
  List out;
  for (const uint32_t atom : some) out.insert(out.end(), classes[atom].begin(), classes[atom].end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

NameClasses name_classes(const Policy& policy, const NameQuestion& question) {
  return Partition(policy, question).run();
}

}  // namespace stele::analyze
