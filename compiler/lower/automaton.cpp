#include "compiler/lower/automaton.h"

#include <algorithm>
#include <deque>
#include <set>

namespace stele::lower {
namespace {

/// A position in a pattern: `at` components are matched. at == size + 1 stands for "beneath a trailing `**`".
struct Item {
  uint32_t pattern;
  uint32_t at;
  auto operator<=>(const Item&) const = default;
};
using Items = std::vector<Item>;  // sorted, unique

constexpr Item kRootMark{UINT32_MAX, 0};

struct FlatPattern {
  const PathPattern* components;
  PathSetId set;
};

class Builder {
public:
  Builder(const std::vector<PathSet>& sets, uint32_t limit, Automaton& out) : sets_(sets), limit_(limit), out_(out) {
    for (PathSetId set = 0; set < sets.size(); ++set)
      for (const PathPattern& pattern : sets[set].patterns) patterns_.push_back({&pattern, set});
  }

  bool run() {
    out_ = {};
    out_.states.resize(1);
    out_.classes.resize(kClassUnresolved + 1);
    numbers_.emplace(Items{}, 0);
    Items start;
    for (uint32_t pattern = 0; pattern < patterns_.size(); ++pattern) add(start, {pattern, 0});
    start.push_back(kRootMark);  // "/" has a state of its own, even where a `**` leads back to the same positions
    enter(start);
    out_.states.resize(kStateTop + 1);
    while (!queue_.empty()) {
      if (out_.states.size() > limit_) return false;
      expand(queue_.front());
      queue_.pop_front();
    }
    out_.states[kStateTop].path_class = classify(start, kStateTop);
    return true;
  }

private:
  const PathPattern& pattern_of(Item item) const { return *patterns_[item.pattern].components; }
  bool is_beneath(Item item) const { return item.at > pattern_of(item).size(); }
  /// Does it stand before a trailing `**`?
  bool is_tree(Item item) const {
    return is_trailing(item) && pattern_of(item).back().kind == Component::Kind::any_depth;
  }
  bool is_trailing(Item item) const { return item.at + 1 == pattern_of(item).size(); }

  /// Adds an item and what it reaches without a component: a `**` in the middle may match nothing.
  void add(Items& items, Item item) const {
    items.push_back(item);
    const PathPattern& components = pattern_of(item);
    while (item.at < components.size() && components[item.at].kind == Component::Kind::any_depth &&
           !is_trailing(item)) {
      ++item.at;
      items.push_back(item);
    }
  }

  /// Where `item` goes with a component that no literal of the state names.
  void step_other(Items& items, Item item) const {
    const PathPattern& components = pattern_of(item);
    if (is_beneath(item)) {
      items.push_back(item);
    } else if (item.at < components.size()) {
      if (components[item.at].kind == Component::Kind::any_one) add(items, {item.pattern, item.at + 1});
      if (components[item.at].kind == Component::Kind::any_depth) {
        if (is_trailing(item))
          items.push_back({item.pattern, item.at + 2});
        else
          add(items, item);
      }
    }
  }

  static void normalise(Items& items) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
  }

  uint32_t enter(Items items) {
    normalise(items);
    auto [place, is_new] = numbers_.emplace(std::move(items), static_cast<uint32_t>(out_.states.size()));
    if (is_new) {
      out_.states.emplace_back();
      queue_.push_back(&*place);
    }
    return place->second;
  }

  void expand(const std::pair<const Items, uint32_t>* entry) {
    const auto& [items, number] = *entry;
    Items other;
    std::map<std::string, Items> literal;
    for (Item item : items) {
      if (item == kRootMark) continue;
      step_other(other, item);
      const PathPattern& components = pattern_of(item);
      if (item.at < components.size() && components[item.at].kind == Component::Kind::literal)
        add(literal[components[item.at].text], {item.pattern, item.at + 1});
    }
    normalise(other);
    uint32_t other_state = enter(other);
    std::map<std::string, uint32_t> edges;
    for (auto& [text, next] : literal) {
      next.insert(next.end(), other.begin(), other.end());
      edges.emplace(text, enter(std::move(next)));
    }
    Automaton::State& state = out_.states[number];
    state.edges = std::move(edges);
    state.other = other_state;
    state.absorbing = state.edges.empty() && other_state == number;
    state.path_class = classify(items, number);
  }

  struct Membership {
    std::set<PathSetId> in, above;
    // What matters to joined sets only: in by a trailing `**`, so above deeper members too; all beneath is in it.
    std::set<PathSetId> beneath, all_beneath;
  };

  /// What the sets that join others say, in order: each stands behind those it joins.
  void add_joined(Membership& of) const {
    for (PathSetId id = 0; id < sets_.size(); ++id) {
      const PathSet& set = sets_[id];
      if (set.kind == PathSet::Kind::listed) continue;
      auto above = [&](PathSetId part) { return of.above.contains(part) || of.beneath.contains(part); };
      if (joins(set, of.in.contains(set.left), of.in.contains(set.right))) of.in.insert(id);
      const bool all = of.all_beneath.contains(set.left);
      if (set.kind == PathSet::Kind::difference) {
        if (above(set.left) && !of.all_beneath.contains(set.right)) of.above.insert(id);
        if (all && !above(set.right)) of.all_beneath.insert(id);
      } else {
        if (joins(set, above(set.left), above(set.right))) of.above.insert(id);
        if (joins(set, all, of.all_beneath.contains(set.right))) of.all_beneath.insert(id);
      }
    }
  }

  static bool joins(const PathSet& set, bool left, bool right) {
    if (set.kind == PathSet::Kind::unite) return left || right;
    return set.kind == PathSet::Kind::intersection ? left && right : left && !right;
  }

  uint32_t classify(const Items& items, uint32_t number) {
    Membership of;
    for (Item item : items) {
      if (item == kRootMark) continue;
      PathSetId set = patterns_[item.pattern].set;
      if (item.at >= pattern_of(item).size())
        of.in.insert(set);
      else if (number != 1)
        of.above.insert(set);
      if (is_beneath(item)) of.beneath.insert(set);
      if (is_beneath(item) || is_tree(item)) of.all_beneath.insert(set);
    }
    add_joined(of);
    PathClass found{{of.in.begin(), of.in.end()}, {of.above.begin(), of.above.end()}};
    if (found == PathClass{}) return kClassNone;
    auto [place, is_new] = class_numbers_.emplace(std::move(found), static_cast<uint32_t>(out_.classes.size()));
    if (is_new) out_.classes.push_back(place->first);
    return place->second;
  }

  const std::vector<PathSet>& sets_;
  uint32_t limit_;
  Automaton& out_;
  std::vector<FlatPattern> patterns_;
  std::map<Items, uint32_t> numbers_;
  std::map<PathClass, uint32_t> class_numbers_;
  std::deque<const std::pair<const Items, uint32_t>*> queue_;
};

}  // namespace

bool build_automaton(const std::vector<PathSet>& sets, uint32_t limit, Automaton& ret_automaton) {
  return Builder(sets, limit, ret_automaton).run();
}

}  // namespace stele::lower
