#include "compiler/analyze/model.h"

#include <algorithm>
#include <tuple>

namespace stele::analyze {
namespace {

constexpr size_t kLong = 64;  // constraints that a class lists before a tree is worth it

/// Smaller is stronger.
auto strength(const Constraint& constraint) {
  const int error = constraint.effect == Effect::audit ? 0 : constraint.error;
  return std::tuple(-static_cast<int>(constraint.effect), error, -static_cast<int>(constraint.log),
                    constraint.limit.events != 0, constraint.or_kill);
}

bool contains(const std::vector<uint32_t>& ascending, uint32_t item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

}  // namespace

Model::Model(const Policy& policy, Universe& universe, uint32_t first, uint32_t last)
    : policy_(policy), universe_(universe), first_(first), last_(last), removed_(policy.constraints.size(), false) {
  rank_all();
  parts_.resize(policy.constraints.size());
  for (uint32_t c = first; c < last; ++c) {
    const Constraint& constraint = policy.constraints[c];
    const Diagram core = (universe.holds(constraint.scope).may & universe.holds(constraint.subject).may) -
                         universe.holds(constraint.exception).must;
    parts_[c] = parts(constraint, core);
  }
  list_atoms();
  sort_classes();
  make_groups();
}

Parts Model::parts(const Constraint& constraint, const Diagram& core) {
  const Known object = universe_.holds(constraint.object);
  if (constraint.form == Form::on_listed) return {core & object.may, {}};
  return {core - object.must, core};
}

void Model::rank_all() {
  for (uint32_t c = first_; c < last_; ++c) order_.push_back(c);
  std::stable_sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
    return strength(policy_.constraints[a]) < strength(policy_.constraints[b]);
  });
  position_.resize(policy_.constraints.size());
  ranks_.resize(policy_.constraints.size());
  for (uint32_t i = 0; i < order_.size(); ++i) {
    const Constraint& constraint = policy_.constraints[order_[i]];
    const bool same = i > 0 && strength(policy_.constraints[order_[i - 1]]) == strength(constraint);
    if (!same)
      rank_keys_.push_back({constraint.effect, constraint.effect == Effect::audit ? 0 : constraint.error,
                            constraint.log, constraint.or_kill});
    position_[order_[i]] = i;
    ranks_[order_[i]] = static_cast<Rank>(rank_keys_.size() - 1);
  }
}

Model::Rank Model::end_of(evaluate::Verdict verdict) const {
  const auto least = static_cast<Effect>(static_cast<int>(verdict) - 1);
  return static_cast<Rank>(
      std::count_if(rank_keys_.begin(), rank_keys_.end(), [&](const RankKey& key) { return key.effect >= least; }));
}

Model::Rank Model::end_of_denials_below(int error) const {
  return static_cast<Rank>(std::count_if(rank_keys_.begin(), rank_keys_.end(), [&](const RankKey& key) {
    return key.effect == Effect::kill || (key.effect == Effect::deny && key.error < error);
  }));
}

bool Model::is_default(uint32_t constraint) const {
  const Constraint& c = policy_.constraints[constraint];
  return c.form == Form::only_listed || c.objects == kAnyPath;
}

NameClasses::List Model::atoms_of(const Constraint& constraint) const {
  const NameClasses& paths = universe_.paths();
  NameClasses::List out = paths.member_atoms.at(constraint.objects);
  if (constraint.reach == Reach::listed) return out;
  const NameClasses::List& above = paths.above_atoms.at(constraint.objects);
  NameClasses::List both;
  std::set_union(out.begin(), out.end(), above.begin(), above.end(), std::back_inserter(both));
  return both;
}

void Model::list_atoms() {
  const NameClasses& paths = universe_.paths();
  const auto unresolvable = static_cast<uint32_t>(paths.classes.size());
  atoms_ = paths.atoms;
  atoms_.push_back({unresolvable});
  atoms_.emplace_back();  // no path
  listed_.resize(unresolvable + 1);
  for (const uint32_t c : order_) {
    const Constraint& constraint = policy_.constraints[c];
    if (constraint.objects == kAnyPath) continue;
    for (const uint32_t atom : atoms_of(constraint)) listed_[atom].push_back(c);
    if (constraint.form == Form::on_listed) listed_[unresolvable].push_back(c);
  }
  for (const NameClasses::List& atoms : atoms_) {
    lengths_.push_back(0);
    for (const uint32_t atom : atoms) lengths_.back() += listed_[atom].size();
  }
}

bool Model::listed_sooner(PathClass a, PathClass b) const {
  return std::pair(lengths_[a], a) < std::pair(lengths_[b], b);
}

void Model::sort_classes() {
  for (PathClass path = 0; path < universe_.path_class_count(); ++path) all_classes_.push_back(path);
  std::sort(all_classes_.begin(), all_classes_.end(), [&](PathClass a, PathClass b) { return listed_sooner(a, b); });
  std::copy_if(all_classes_.begin(), all_classes_.end(), std::back_inserter(named_),
               [&](PathClass path) { return path != universe_.no_path(); });
  nameless_ = {universe_.no_path()};
}

void Model::make_groups() {
  std::vector<std::vector<uint32_t>> by_op(kOpCount);
  for (const uint32_t c : order_)
    for (uint32_t op = 0; op < kOpCount; ++op)
      if (policy_.constraints[c].ops >> op & 1) by_op[op].push_back(c);
  // Without constraints no field of an object matters, so any operation of the same shape will do.
  std::map<std::tuple<std::vector<uint32_t>, RequestDomain, int, int>, GroupId> known;
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const int with_path = universe_.domain(op, 0).id(), without = universe_.domain(op, universe_.no_path()).id();
    const auto [group, is_new] =
        known.try_emplace({by_op[i], domain_of(op), with_path, without}, static_cast<GroupId>(groups_.size()));
    if (is_new) groups_.push_back({0, op, std::move(by_op[i])});
    groups_[group->second].ops |= op_bit(op);
  }
  for (const OpGroup& group : groups_) {
    std::vector<uint32_t> defaults;
    std::copy_if(group.constraints.begin(), group.constraints.end(), std::back_inserter(defaults),
                 [&](uint32_t c) { return is_default(c); });
    lists_.push_back({make_list(std::move(defaults), true), {}});
  }
}

Model::List Model::make_list(std::vector<uint32_t> constraints, bool defaults) const {
  std::vector<Diagram> leaves;
  for (const uint32_t c : constraints) {
    const bool elsewhere = defaults && policy_.constraints[c].objects != kAnyPath;
    leaves.push_back(removed_[c] ? Diagram() : elsewhere ? parts_[c].otherwise : parts_[c].listed);
  }
  return {std::move(constraints), UnionTree(std::move(leaves))};
}

bool Model::lists(uint32_t constraint, PathClass path) const {
  const Constraint& c = policy_.constraints[constraint];
  if (c.objects == kAnyPath || path == universe_.no_path()) return c.objects == kAnyPath;
  if (path == universe_.unresolvable()) return c.form == Form::on_listed;
  const NameClasses& paths = universe_.paths();
  return paths.has_one_of(path, paths.member_atoms.at(c.objects)) ||
         (c.reach == Reach::listed_or_above && paths.has_one_of(path, paths.above_atoms.at(c.objects)));
}

Diagram Model::applies(uint32_t constraint, PathClass path) const {
  return lists(constraint, path) ? parts_[constraint].listed : parts_[constraint].otherwise;
}

const std::vector<PathClass>& Model::classes(GroupId group) const {
  switch (domain_of(groups_[group].first).path) {
    case PathShape::none:
      return nameless_;
    case PathShape::always:
      return named_;
    case PathShape::optional:
    case PathShape::unix_only:
      break;
  }
  return all_classes_;
}

std::vector<PathClass> Model::classes(GroupId group, uint32_t constraint) const {
  return is_default(constraint) ? classes(group) : listed_classes(group, constraint);
}

std::vector<PathClass> Model::listed_classes(GroupId group, uint32_t constraint) const {
  const Constraint& c = policy_.constraints[constraint];
  if (c.objects == kAnyPath) return classes(group);
  std::vector<PathClass> out = universe_.paths().with_one_of(atoms_of(c));
  if (c.form == Form::on_listed) out.push_back(universe_.unresolvable());
  std::sort(out.begin(), out.end(), [&](PathClass a, PathClass b) { return listed_sooner(a, b); });
  return out;
}

std::vector<PathClass> Model::telling_classes(GroupId group, uint32_t constraint) {
  // The classes that list nothing come first in the order of classes.
  const std::vector<PathClass>& all = classes(group);
  const bool has_plain = all.size() > 2 && all.front() < universe_.unresolvable() && atoms_[all.front()].empty();
  if (!is_default(constraint) || !has_plain) return classes(group, constraint);
  NameClasses::List atoms;
  List& defaults = lists_[group].defaults;
  for (const uint32_t place : defaults.tree.meeting(parts_[constraint].otherwise | parts_[constraint].listed)) {
    const Constraint& other = policy_.constraints[defaults.constraints[place]];
    if (other.objects == kAnyPath) continue;
    const NameClasses::List more = atoms_of(other);
    atoms.insert(atoms.end(), more.begin(), more.end());
  }
  std::sort(atoms.begin(), atoms.end());
  atoms.erase(std::unique(atoms.begin(), atoms.end()), atoms.end());
  std::vector<PathClass> out = universe_.paths().with_one_of(atoms);
  for (const PathClass path : {all.front(), universe_.unresolvable(), universe_.no_path()}) out.push_back(path);
  std::sort(out.begin(), out.end(), [&](PathClass a, PathClass b) { return listed_sooner(a, b); });
  return out;
}

Model::List* Model::long_list(GroupId group, uint32_t atom) {
  if (listed_[atom].size() <= kLong) return nullptr;
  std::map<uint32_t, List>& lists = lists_[group].of_atom;
  auto found = lists.find(atom);
  if (found == lists.end()) {
    std::vector<uint32_t> constraints;
    std::copy_if(listed_[atom].begin(), listed_[atom].end(), std::back_inserter(constraints),
                 [&](uint32_t c) { return (policy_.constraints[c].ops & groups_[group].ops) != 0; });
    found = lists.emplace(atom, make_list(std::move(constraints), false)).first;
  }
  return &found->second;
}

bool Model::counts(uint32_t constraint, GroupId group, const std::vector<uint32_t>& except) const {
  return (policy_.constraints[constraint].ops & groups_[group].ops) != 0 && !removed_[constraint] &&
         !contains(except, constraint);
}

size_t Model::prefix(const std::vector<uint32_t>& constraints, Rank end) const {
  return static_cast<size_t>(
      std::partition_point(constraints.begin(), constraints.end(), [&](uint32_t c) { return ranks_[c] < end; }) -
      constraints.begin());
}

std::vector<uint32_t> Model::places(const List& list, const std::vector<uint32_t>& constraints) const {
  std::vector<uint32_t> out;
  for (const uint32_t c : constraints) {
    const auto found = std::lower_bound(list.constraints.begin(), list.constraints.end(), c,
                                        [&](uint32_t a, uint32_t b) { return position_[a] < position_[b]; });
    if (found != list.constraints.end() && *found == c)
      out.push_back(static_cast<uint32_t>(found - list.constraints.begin()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<uint32_t> Model::skipped_defaults(const List& defaults, PathClass path,
                                              const std::vector<uint32_t>& except) const {
  std::vector<uint32_t> skipped = except;
  for (const uint32_t atom : atoms_[path])
    for (const uint32_t c : listed_[atom])
      if (policy_.constraints[c].form == Form::only_listed) skipped.push_back(c);
  std::vector<uint32_t> out = places(defaults, skipped);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Diagram Model::uncovered(Diagram requests, GroupId group, PathClass path, Rank end,
                         const std::vector<uint32_t>& except) {
  for (const uint32_t atom : atoms_[path]) {
    if (List* list = long_list(group, atom)) {
      requests = list->tree.minus_first(std::move(requests), prefix(list->constraints, end), places(*list, except));
      continue;
    }
    for (const uint32_t c : listed_[atom]) {
      if (ranks_[c] >= end || requests.is_false()) break;
      if (counts(c, group, except)) requests -= parts_[c].listed;
    }
  }
  List& defaults = lists_[group].defaults;
  if (requests.is_false() || defaults.constraints.empty()) return requests;
  return defaults.tree.minus_first(std::move(requests), prefix(defaults.constraints, end),
                                   skipped_defaults(defaults, path, except));
}

std::optional<uint32_t> Model::covering(const std::vector<bool>& point, GroupId group, PathClass path, Rank end,
                                        const std::vector<uint32_t>& except) {
  std::vector<uint32_t> found;
  for (const uint32_t atom : atoms_[path]) {
    if (List* list = long_list(group, atom)) {
      if (const auto at = list->tree.first_holding(point, prefix(list->constraints, end), places(*list, except)))
        found.push_back(list->constraints[*at]);
      continue;
    }
    for (const uint32_t c : listed_[atom]) {
      if (ranks_[c] >= end) break;
      if (counts(c, group, except) && parts_[c].listed.holds(point)) found.push_back(c);
    }
  }
  List& defaults = lists_[group].defaults;
  if (const auto at = defaults.tree.first_holding(point, prefix(defaults.constraints, end),
                                                  skipped_defaults(defaults, path, except)))
    found.push_back(defaults.constraints[*at]);
  const auto strongest =
      std::min_element(found.begin(), found.end(), [&](uint32_t a, uint32_t b) { return position_[a] < position_[b]; });
  return strongest == found.end() ? std::nullopt : std::optional(*strongest);
}

void Model::remove(uint32_t constraint) {
  removed_[constraint] = true;
  const Constraint& c = policy_.constraints[constraint];
  NameClasses::List atoms;
  if (c.objects != kAnyPath) atoms = atoms_of(c);
  if (c.form == Form::on_listed) atoms.push_back(static_cast<uint32_t>(listed_.size() - 1));
  for (GroupId group = 0; group < groups_.size(); ++group) {
    if (!(groups_[group].ops & c.ops)) continue;
    Lists& lists = lists_[group];
    for (const uint32_t place : places(lists.defaults, {constraint})) lists.defaults.tree.clear(place);
    for (const uint32_t atom : atoms) {
      const auto list = lists.of_atom.find(atom);
      if (list == lists.of_atom.end()) continue;
      for (const uint32_t place : places(list->second, {constraint})) list->second.tree.clear(place);
    }
  }
}

}  // namespace stele::analyze
