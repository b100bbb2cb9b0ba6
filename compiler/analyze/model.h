#pragma once

// A policy's constraints over the universe: which apply to which requests.
//
// Operations with the same constraints are one group. For a group and a class of object paths, most constraints do not
// matter: listed there, by atom (name_classes.h), are those that name it. `only`s, and constraints that do not ask for
// the path, apply nearly everywhere: they are kept once for the group (`defaults`), and a class lists the `only`s that
// spare it. Constraints are ranked by what they decide: verdict, then errno, then what is logged. Of a rank or stronger
// are a prefix of each list.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/analyze/union_tree.h"
#include "compiler/analyze/universe.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

struct OpGroup {
  OpSet ops = 0;
  Op first = Op::file_read;           // the lowest of them
  std::vector<uint32_t> constraints;  // strongest first
};

/// What a constraint is where its path is among its objects, and elsewhere.
struct Parts {
  Diagram listed, otherwise;
};

/// What constraints of one rank decide.
struct RankKey {
  Effect effect = Effect::deny;
  int error = 0;  // 0 for audit
  LogLevel log = LogLevel::event;
  bool or_kill = false;
};

class Model {
public:
  using Rank = uint32_t;  // 0 is strongest; equal ranks decide alike
  using GroupId = uint32_t;

  /// Constraints whose index is not in [first, last) do not count. Both must outlive the model. Throws LimitReached.
  Model(const Policy& policy, Universe& universe, uint32_t first, uint32_t last);

  Universe& universe() { return universe_; }
  const std::vector<OpGroup>& groups() const { return groups_; }
  Rank rank(uint32_t constraint) const { return ranks_[constraint]; }
  const std::vector<RankKey>& ranks() const { return rank_keys_; }
  /// Ranks below this are decided `verdict` or stronger.
  Rank end_of(evaluate::Verdict verdict) const;
  /// Ranks below this kill, or deny with an errno smaller than `error`.
  Rank end_of_denials_below(int error) const;

  Diagram domain(GroupId group, PathClass path) { return universe_.domain(groups_[group].first, path); }
  /// To which requests of this class the constraint applies, whatever the operation.
  Diagram applies(uint32_t constraint, PathClass path) const;
  const Parts& parts(uint32_t constraint) const { return parts_[constraint]; }
  /// The same for a constraint with these conditions and another core (what must hold besides being listed).
  Parts parts(const Constraint& constraint, const Diagram& core);
  bool lists(uint32_t constraint, PathClass path) const;
  bool is_default(uint32_t constraint) const;

  /// Classes for which a constraint may apply to requests of the group; those with few constraints first.
  std::vector<PathClass> classes(GroupId group, uint32_t constraint) const;
  /// Of those, the ones that can differ in whether other constraints cover this one: where nothing is listed, one class
  /// speaks for all the others in which no `only` that meets this one spares anything.
  std::vector<PathClass> telling_classes(GroupId group, uint32_t constraint);
  /// Those in which its path is among its objects; all that exist when it does not ask for the path.
  std::vector<PathClass> listed_classes(GroupId group, uint32_t constraint) const;
  /// Classes that exist for the group, in the same order.
  const std::vector<PathClass>& classes(GroupId group) const;

  /// `requests` without those to which some constraint of a rank below `end` applies that is not in `except`
  /// (ascending).
  Diagram uncovered(Diagram requests, GroupId group, PathClass path, Rank end,
                    const std::vector<uint32_t>& except = {});
  /// The strongest such constraint for the request at the point.
  std::optional<uint32_t> covering(const std::vector<bool>& point, GroupId group, PathClass path, Rank end,
                                   const std::vector<uint32_t>& except = {});
  /// From now on the constraint does not count.
  void remove(uint32_t constraint);

private:
  /// Constraints, strongest first, and where they apply.
  struct List {
    std::vector<uint32_t> constraints;
    UnionTree tree;
  };
  struct Lists {
    List defaults;
    std::map<uint32_t, List> of_atom;  // only the long ones
  };

  void rank_all();
  void list_atoms();
  void sort_classes();
  void make_groups();
  /// Of the paths that the constraint names.
  NameClasses::List atoms_of(const Constraint& constraint) const;
  bool listed_sooner(PathClass a, PathClass b) const;
  bool counts(uint32_t constraint, GroupId group, const std::vector<uint32_t>& except) const;
  List make_list(std::vector<uint32_t> constraints, bool defaults) const;
  List* long_list(GroupId group, uint32_t atom);
  size_t prefix(const std::vector<uint32_t>& constraints, Rank end) const;
  std::vector<uint32_t> places(const List& list, const std::vector<uint32_t>& constraints) const;
  std::vector<uint32_t> skipped_defaults(const List& defaults, PathClass path,
                                         const std::vector<uint32_t>& except) const;

  const Policy& policy_;
  Universe& universe_;
  uint32_t first_, last_;
  std::vector<uint32_t> order_;     // constraints, strongest first
  std::vector<uint32_t> position_;  // their places in it
  std::vector<Rank> ranks_;
  std::vector<RankKey> rank_keys_;  // by rank
  std::vector<Parts> parts_;
  std::vector<bool> removed_;
  std::vector<std::vector<uint32_t>> listed_;              // by atom: constraints that name it, strongest first
  std::vector<NameClasses::List> atoms_;                   // by class, with one more atom for what cannot be resolved
  std::vector<size_t> lengths_;                            // by class: of its lists together
  std::vector<PathClass> all_classes_, named_, nameless_;  // short lists first
  std::vector<OpGroup> groups_;
  std::vector<Lists> lists_;  // by group
};

}  // namespace stele::analyze
