// Both policies are laid into one, so that one universe tells apart whatever either of them does; each then is a model
// that counts only its own constraints.
//
// What the closure lets move within the names of a constraint stays protected, and a larger set lets more move. So what
// is decided otherwise for that alone is no difference, or every longer list would seem to permit more. What the author
// says of moves himself is one.

#include "compiler/analyze/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/analyze/header_difference.h"
#include "compiler/analyze/model.h"
#include "compiler/evaluate/explain_request.h"

namespace stele::analyze {
namespace {

using GroupId = Model::GroupId;

void move_sets(Condition& condition, PathSetId by) {
  if (condition.kind == Condition::Kind::name_in) condition.names += by;
  for (Condition& operand : condition.operands) move_sets(operand, by);
}

Condition never() {
  Condition out;
  out.kind = Condition::Kind::any_of;
  return out;
}

/// Does it keep names true? How much that lets move depends on what else its author listed.
bool keeps_names(const Constraint& constraint) {
  return constraint.origin.derived && (constraint.origin.part == "link" || constraint.origin.part == "rename");
}

/// Makes every test of the new name fail.
void forget_new_name(Condition& condition) {
  if (condition.kind == Condition::Kind::name_in && condition.field == Field::new_name) condition = never();
  for (Condition& operand : condition.operands) forget_new_name(operand);
}

/// The constraints of both, those of `b` behind those of `a`; behind these all once more, without what they let move;
/// and once more, where those that keep names true never apply.
Policy laid_together(const Policy& a, const Policy& b) {
  Policy out;
  const auto by = static_cast<PathSetId>(a.path_sets.size());
  out.path_sets = a.path_sets;
  for (PathSet set : b.path_sets) {
    set.left += by, set.right += by;
    out.path_sets.push_back(std::move(set));
  }
  out.constraints = a.constraints;
  for (Constraint constraint : b.constraints) {
    if (constraint.objects != kAnyPath) constraint.objects += by;
    for (Condition* condition : {&constraint.object, &constraint.scope, &constraint.subject, &constraint.exception})
      move_sets(*condition, by);
    out.constraints.push_back(std::move(constraint));
  }
  for (size_t i = 0, end = out.constraints.size(); i < end; ++i) {
    Constraint constraint = out.constraints[i];
    forget_new_name(constraint.object);
    out.constraints.push_back(std::move(constraint));
  }
  for (size_t i = 0, end = a.constraints.size() + b.constraints.size(); i < end; ++i) {
    Constraint constraint = out.constraints[i];
    if (keeps_names(constraint)) constraint.object = never();
    out.constraints.push_back(std::move(constraint));
  }
  return out;
}

/// Requests of one group of operations that are decided less strictly by one of the models.
struct Found {
  PathClass path = 0;
  Diagram requests;
};

class Comparison {
public:
  /// With the same groups. `still`: the model without what it lets move; `other`: without the constraints that
  /// keep names true.
  struct Side {
    Model &model, &still, &other;
  };
  Comparison(Side old_side, Side new_side) : old_(old_side), new_(new_side) {}

  /// Looks at the operations that are group `g` of the old and group `h` of the new model.
  void run(GroupId g, GroupId h) {
    for (const PathClass path : old_.model.classes(g)) {
      const Diagram all = old_.model.domain(g, path);
      for (const evaluate::Verdict verdict :
           {evaluate::Verdict::audit, evaluate::Verdict::deny, evaluate::Verdict::kill}) {
        const auto below = [&](Model& model, GroupId group) {
          return model.uncovered(all, group, path, model.end_of(verdict));
        };
        const Diagram before = below(old_.model, g), after = below(new_.model, h);
        if (before == after) continue;
        keep(wider, path, (after - before) - (below(old_.other, g) - below(new_.still, h)));
        keep(narrower, path, (before - after) - (below(new_.other, h) - below(old_.still, g)));
      }
      if (!wider.requests.is_false() && !narrower.requests.is_false()) return;
    }
  }

  Found wider, narrower;

private:
  static void keep(Found& found, PathClass path, Diagram requests) {
    if (found.requests.is_false()) found = {path, std::move(requests)};
  }

  Side old_, new_;
};

/// What a model makes of requests, by its errno and its log: each with the verdict that goes with it.
struct Decided {
  evaluate::Verdict verdict = evaluate::Verdict::deny;
  int value = 0;
  Diagram requests;
};

/// The requests of a group and a path that are decided by each value; `value_of` a rank.
template <class ValueOf>
std::vector<Decided> decided_by(Model& model, GroupId group, PathClass path, const Diagram& all, ValueOf value_of) {
  std::vector<Decided> out;
  Diagram rest = all;
  for (Model::Rank rank = 0; rank < model.ranks().size() && !rest.is_false(); ++rank) {
    Diagram left = model.uncovered(all, group, path, rank + 1) & rest;
    if (left == rest) continue;
    const RankKey& key = model.ranks()[rank];
    const auto verdict = static_cast<evaluate::Verdict>(static_cast<int>(key.effect) + 1);
    out.push_back({verdict, value_of(key), rest - left});
    rest = std::move(left);
  }
  return out;
}

class Diff {
public:
  Diff(const Policy& old_policy, const Policy& new_policy) : old_(old_policy), new_(new_policy) {
    for (const OpClass klass : kClasses) out_.classes.push_back({class_text(klass), 0, 0, {}, {}});
  }

  Difference run(const AnalysisOptions& options) {
    try {
      compare(options);
    } catch (const LimitReached& limit) {
      out_.unfinished = fmt::format("the comparison needs too many {}", limit.what);
    }
    return std::move(out_);
  }

private:
  void compare(const AnalysisOptions& options) {
    const Policy both = laid_together(old_, new_);
    const auto middle = static_cast<uint32_t>(old_.constraints.size());
    const auto end = static_cast<uint32_t>(middle + new_.constraints.size());
    Universe universe(both, {options.max_nodes, options.max_operations}, options.max_states);
    Model before(both, universe, 0, middle), after(both, universe, middle, end);
    Model still_before(both, universe, end, end + middle), still_after(both, universe, end + middle, 2 * end);
    Model other_before(both, universe, 2 * end, 2 * end + middle);
    Model other_after(both, universe, 2 * end + middle, 3 * end);
    for (GroupId g = 0; g < before.groups().size(); ++g) {
      for (GroupId h = 0; h < after.groups().size(); ++h) {
        const OpSet ops = before.groups()[g].ops & after.groups()[h].ops;
        if (ops == 0) continue;
        Comparison comparison({before, still_before, other_before}, {after, still_after, other_after});
        comparison.run(g, h);
        note(universe, ops, comparison.wider, &ClassDifference::wider, &ClassDifference::wider_ops);
        note(universe, ops, comparison.narrower, &ClassDifference::narrower, &ClassDifference::narrower_ops);
        compare_decisions(universe, before, g, after, h, ops);
      }
    }
  }

  void compare_decisions(const Universe& universe, Model& before, GroupId g, Model& after, GroupId h, OpSet ops) {
    const auto by_error = [](const RankKey& key) { return key.effect == Effect::audit ? 0 : key.error; };
    const auto by_log = [](const RankKey& key) { return static_cast<int>(key.log); };
    const auto by_or_kill = [](const RankKey& key) { return static_cast<int>(key.or_kill); };
    if (tells_apart(before, after, by_error))
      compare_values(universe, before, g, after, h, ops, DecisionChange::What::error, by_error);
    if (tells_apart(before, after, by_log))
      compare_values(universe, before, g, after, h, ops, DecisionChange::What::log, by_log);
    if (tells_apart(before, after, by_or_kill))
      compare_values(universe, before, g, after, h, ops, DecisionChange::What::or_kill, by_or_kill);
  }

  /// Most policies have one value alone, the same in both versions.
  template <class ValueOf>
  static bool tells_apart(const Model& a, const Model& b, ValueOf value_of) {
    std::map<Effect, std::set<int>> values;
    for (const Model* model : {&a, &b})
      for (const RankKey& key : model->ranks()) values[key.effect].insert(value_of(key));
    return std::any_of(values.begin(), values.end(), [](const auto& one) { return one.second.size() > 1; });
  }

  template <class ValueOf>
  void compare_values(const Universe& universe, Model& before, GroupId g, Model& after, GroupId h, OpSet ops,
                      DecisionChange::What what, ValueOf value_of) {
    std::vector<PathClass> paths = before.classes(g);  // a name that can be read is the better witness
    std::stable_partition(paths.begin(), paths.end(), [&](PathClass path) { return path != universe.unresolvable(); });
    for (const PathClass path : paths) {
      const Diagram all = before.domain(g, path);
      const std::vector<Decided> news = decided_by(after, h, path, all, value_of);
      for (const Decided& a : decided_by(before, g, path, all, value_of))
        for (const Decided& b : news)
          if (a.verdict == b.verdict && a.value != b.value)
            note_value(universe, ops, {path, a.requests & b.requests}, what, a.value, b.value);
    }
  }

  void note_value(const Universe& universe, OpSet ops, const Found& found, DecisionChange::What what, int from,
                  int to) {
    if (found.requests.is_false()) return;
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      if (!(ops & op_bit(op))) continue;
      auto known = std::find_if(out_.decisions.begin(), out_.decisions.end(), [&](const DecisionChange& one) {
        return one.what == what && one.from == from && one.to == to;
      });
      if (known != out_.decisions.end() && known->ops & op_bit(op)) continue;
      Universe::Witness witness = universe.witness(found.requests, op, found.path);
      ChangedRequest changed{std::move(witness.subject), std::move(witness.request), {}, {}};
      changed.old_decision = evaluate::evaluate(old_, changed.subject, {changed.request});
      changed.new_decision = evaluate::evaluate(new_, changed.subject, {changed.request});
      if (value_in(old_, changed.old_decision, what) != from || value_in(new_, changed.new_decision, what) != to)
        continue;
      if (known == out_.decisions.end()) known = out_.decisions.insert(known, {what, from, to, 0, std::move(changed)});
      known->ops |= op_bit(op);
    }
  }

  static int value_in(const Policy& policy, const evaluate::Decision& decision, DecisionChange::What what) {
    if (what == DecisionChange::What::error) return decision.error;
    if (!decision.constraint) return -1;
    const Constraint& constraint = policy.constraints[*decision.constraint];
    return what == DecisionChange::What::log ? static_cast<int>(constraint.log) : static_cast<int>(constraint.or_kill);
  }

  void note(const Universe& universe, OpSet ops, const Found& found,
            std::optional<ChangedRequest> ClassDifference::* example, OpSet ClassDifference::* of) {
    if (found.requests.is_false()) return;
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      if (!(ops & op_bit(op))) continue;
      ClassDifference& klass = out_.classes[static_cast<size_t>(op_class(op))];
      klass.*of |= op_bit(op);
      if (klass.*example) continue;
      Universe::Witness witness = universe.witness(found.requests, op, found.path);
      ChangedRequest changed{std::move(witness.subject), std::move(witness.request), {}, {}};
      changed.old_decision = evaluate::evaluate(old_, changed.subject, {changed.request});
      changed.new_decision = evaluate::evaluate(new_, changed.subject, {changed.request});
      confirm(changed, example == &ClassDifference::wider);
      klass.*example = std::move(changed);
    }
  }

  void confirm(const ChangedRequest& changed, bool wider) {
    const evaluate::Verdict before = changed.old_decision.verdict, after = changed.new_decision.verdict;
    if (wider ? after < before : before < after) return;
    out_.unfinished = fmt::format(
        "the comparison and the evaluator disagree about `{}`; please report this with both "
        "policies: it is a mistake of the compiler",
        evaluate::request_text(changed.subject, changed.request));
  }

  const Policy& old_;
  const Policy& new_;
  Difference out_;
};

}  // namespace

Change change_of(bool wider, bool narrower) {
  if (wider) return narrower ? Change::both : Change::widens;
  return narrower ? Change::narrows : Change::equal;
}

std::string_view change_text(Change change) {
  switch (change) {
    case Change::equal:
      return "equal";
    case Change::widens:
      return "widens";
    case Change::narrows:
      return "narrows";
    case Change::both:
      break;
  }
  return "widens and narrows";
}

Change ClassDifference::change() const {
  return change_of(wider_ops != 0, narrower_ops != 0);
}

Change Difference::change() const {
  bool narrower = std::any_of(classes.begin(), classes.end(), [](const auto& one) { return one.narrower_ops != 0; });
  for (const HeaderChange& one : header) narrower |= one.change != Change::widens;
  for (const DecisionChange& one : decisions) narrower |= one.what == DecisionChange::What::log && !one.logs_less();
  return change_of(!wider().empty(), narrower);
}

std::vector<std::string> Difference::wider() const {
  std::vector<std::string> out;
  for (const ClassDifference& one : classes)
    if (one.wider_ops != 0) out.emplace_back(one.klass);
  for (const HeaderChange& one : header)
    if (one.change != Change::narrows) out.push_back(one.what);
  if (std::any_of(decisions.begin(), decisions.end(), [](const DecisionChange& one) { return one.logs_less(); }))
    out.emplace_back("log");
  return out;
}

Difference diff(const Policy& old_policy, const Policy& new_policy, const AnalysisOptions& options) {
  Difference difference = Diff(old_policy, new_policy).run(options);
  difference.header = diff_headers(old_policy, new_policy);
  return difference;
}

}  // namespace stele::analyze
