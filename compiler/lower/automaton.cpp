#include "compiler/lower/automaton.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace stele::lower {
namespace {

/// What is left of a pattern of a set behind some of its components. Patterns that end alike share their rests, so
/// that a state does not remember by which of them it came.
struct Rest {
  // end: nothing is left; beneath: of a trailing `**`; glob: what is within a component matches nothing here.
  enum class Kind : uint8_t { end, beneath, literal, glob, any_one, any_depth };
  PathSetId set = 0;
  Kind kind = Kind::end;
  std::string_view text = {};  // of a literal, or a glob
  uint32_t next = 0;           // the rest behind the first component
  auto operator<=>(const Rest&) const = default;
};
using RestId = uint32_t;
using Items = std::vector<RestId>;  // sorted, unique

constexpr uint32_t kNone = UINT32_MAX;
constexpr RestId kRootMark = UINT32_MAX;

struct ItemsHash {
  size_t operator()(const Items& items) const {
    uint64_t hash = 0xcbf29ce484222325;
    for (const RestId item : items) hash = (hash ^ item) * 0x9e3779b97f4a7c15;
    return hash ^ (hash >> 32);
  }
};

class Builder {
public:
  Builder(const std::vector<PathSet>& sets, uint32_t limit) : sets_(sets), limit_(limit) {
    for (PathSetId set = 0; set < sets.size(); ++set) beneath_.push_back(intern({set, Rest::Kind::beneath}));
    for (PathSetId set = 0; set < sets.size(); ++set)
      for (const PathPattern& pattern : sets[set].patterns) patterns_.push_back({&pattern, intern(pattern, set)});
  }

  tl::expected<Automaton, Crowd> run() {
    out_.states.resize(1);
    out_.classes.resize(kClassUnresolved + 1);
    numbers_.emplace(Items{}, 0);
    Items start;
    for (const FlatPattern& pattern : patterns_) add(start, pattern.rest);
    start.push_back(kRootMark);  // "/" has a state of its own, even where a `**` leads back to the same positions
    enter(start);
    out_.states.resize(kStateTop + 1);
    while (!queue_.empty()) {
      if (out_.states.size() + edges_ > limit_) return tl::unexpected(crowd(start));
      expand(queue_.front());
      queue_.pop_front();
    }
    out_.states[kStateTop].path_class = classify(start, kStateTop);
    return std::move(out_);
  }

private:
  struct FlatPattern {
    const PathPattern* components;
    RestId rest;
  };

  RestId intern(Rest rest) {
    const auto [place, is_new] = rest_ids_.emplace(rest, static_cast<RestId>(rests_.size()));
    if (is_new) {
      const bool is_last = rest.kind == Rest::Kind::end || rest.kind == Rest::Kind::beneath;
      wider_.push_back(is_last                                           ? kNone
                       : rests_[rest.next].kind == Rest::Kind::any_depth ? rest.next
                                                                         : wider_[rest.next]);
      rests_.push_back(rest);
    }
    return place->second;
  }

  RestId intern(const PathPattern& pattern, PathSetId set) {
    const bool is_tree = !pattern.empty() && pattern.back().kind == Component::Kind::any_depth;
    RestId rest = is_tree ? beneath_[set] : intern({set, Rest::Kind::end});
    for (size_t i = pattern.size(); i-- > 0;) {
      switch (pattern[i].kind) {
        case Component::Kind::any_one:
          rest = intern({set, Rest::Kind::any_one, {}, rest});
          break;
        case Component::Kind::any_depth:
          rest = intern({set, Rest::Kind::any_depth, {}, rest});
          break;
        case Component::Kind::literal:
          rest = intern({set, Rest::Kind::literal, pattern[i].text, rest});
          break;
        case Component::Kind::glob:
          rest = intern({set, Rest::Kind::glob, pattern[i].text, rest});
          break;
      }
    }
    return rest;
  }

  /// Does it stand before a trailing `**`?
  bool is_tree(const Rest& rest) const {
    return rest.kind == Rest::Kind::any_depth && rests_[rest.next].kind == Rest::Kind::beneath;
  }

  /// Adds an item and what it reaches without a component: a `**` in the middle may match nothing.
  void add(Items& items, RestId item) const {
    items.push_back(item);
    for (; rests_[item].kind == Rest::Kind::any_depth && !is_tree(rests_[item]); items.push_back(item))
      item = rests_[item].next;
  }

  /// Where `item` goes with a component that no literal of the state names.
  void step_other(Items& items, RestId item) const {
    const Rest& rest = rests_[item];
    if (rest.kind == Rest::Kind::beneath) items.push_back(item);
    if (rest.kind == Rest::Kind::any_one) add(items, rest.next);
    if (rest.kind == Rest::Kind::any_depth) {
      if (is_tree(rest))
        items.push_back(rest.next);
      else
        add(items, item);
    }
  }

  /// Where a pattern waits behind a `**`, nothing matches from before that would not match from there: what is left of
  /// it from before says nothing. Likewise beneath a trailing `**` of the set: all is in it.
  bool is_implied(const Items& items, RestId item) const {
    if (item == kRootMark) return false;
    const RestId beneath = beneath_[rests_[item].set];
    if (item != beneath && std::binary_search(items.begin(), items.end(), beneath)) return true;
    for (RestId wider = wider_[item]; wider != kNone; wider = wider_[wider])
      if (std::binary_search(items.begin(), items.end(), wider)) return true;
    return false;
  }

  void normalise(Items& items) const {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    Items kept;
    std::copy_if(items.begin(), items.end(), std::back_inserter(kept),
                 [&](RestId item) { return !is_implied(items, item); });
    items = std::move(kept);
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
    std::map<std::string_view, Items> literal;
    for (const RestId item : items) {
      if (item == kRootMark) continue;
      step_other(other, item);
      if (rests_[item].kind == Rest::Kind::literal) add(literal[rests_[item].text], rests_[item].next);
    }
    const uint32_t other_state = enter(other);
    std::map<std::string, uint32_t> edges;
    for (auto& [text, next] : literal) {
      next.insert(next.end(), other.begin(), other.end());
      const uint32_t to = enter(std::move(next));
      if (to != other_state) edges.emplace(text, to);
    }
    Automaton::State& state = out_.states[number];
    state.edges = std::move(edges);
    state.other = other_state;
    state.absorbing = state.edges.empty() && other_state == number;
    state.path_class = classify(items, number);
    edges_ += state.edges.size();
  }

  /// The pattern of which something is left in most states, though not in the first.
  Crowd crowd(const Items& start) const {
    std::vector<uint32_t> states(rests_.size());
    for (const auto& [items, number] : numbers_)
      for (const RestId item : items)
        if (item != kRootMark) ++states[item];
    for (const RestId item : start)
      if (item != kRootMark) states[item] = 0;
    Crowd out;
    uint32_t most = 0;
    for (const FlatPattern& pattern : patterns_) {
      uint32_t own = 0;
      for (RestId rest = pattern.rest; rests_[rest].kind > Rest::Kind::beneath; rest = rests_[rest].next)
        own = std::max(own, states[rest]);
      if (own > most) {
        most = own;
        out = {rests_[pattern.rest].set, *pattern.components};
      }
    }
    return out;
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
    for (const RestId item : items) {
      if (item == kRootMark) continue;
      const Rest& rest = rests_[item];
      const bool is_beneath = rest.kind == Rest::Kind::beneath;
      if (is_beneath || rest.kind == Rest::Kind::end)
        of.in.insert(rest.set);
      else if (number != 1)
        of.above.insert(rest.set);
      if (is_beneath) of.beneath.insert(rest.set);
      if (is_beneath || is_tree(rest)) of.all_beneath.insert(rest.set);
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
  Automaton out_;
  std::vector<FlatPattern> patterns_;
  std::vector<Rest> rests_;
  std::vector<RestId> wider_;  // of each rest: the next one, farther on, that begins with `**`
  std::map<Rest, RestId> rest_ids_;
  std::vector<RestId> beneath_;  // of each set
  std::unordered_map<Items, uint32_t, ItemsHash> numbers_;
  size_t edges_ = 0;
  std::map<PathClass, uint32_t> class_numbers_;
  std::deque<const std::pair<const Items, uint32_t>*> queue_;
};

}  // namespace

tl::expected<Automaton, Crowd> build_automaton(const std::vector<PathSet>& sets, uint32_t limit) {
  return Builder(sets, limit).run();
}

}  // namespace stele::lower
