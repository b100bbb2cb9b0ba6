#include "compiler/analyze/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "compiler/evaluate/explain_request.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/print.h"
#include "dsl/words/words.h"

namespace stele::analyze {
namespace {

using GroupId = Model::GroupId;

/// Requests of one kind, as a place to look for a witness.
struct Place {
  GroupId group = 0;
  PathClass path = 0;
  Diagram requests;
};

bool is_never(const Condition& condition) {
  return condition.kind == Condition::Kind::any_of && condition.operands.empty();
}

bool is_author(const Constraint& constraint) {
  return !constraint.origin.derived;
}

/// The author's constraints, each with what was derived of it; ascending.
std::vector<std::vector<uint32_t>> families(const Policy& policy) {
  std::vector<std::vector<uint32_t>> out(policy.constraints.size());
  for (uint32_t c = 0; c < policy.constraints.size(); ++c)
    out[is_author(policy.constraints[c]) ? c : policy.constraints[c].origin.of].push_back(c);
  return out;
}

/// Asks for each group and class for which the constraint may apply, until the answer is true.
bool any_place(const Policy& policy, const Model& model, uint32_t constraint,
               const std::function<bool(GroupId, PathClass)>& ask) {
  for (GroupId group = 0; group < model.groups().size(); ++group) {
    if (!(model.groups()[group].ops & policy.constraints[constraint].ops)) continue;
    for (const PathClass path : model.classes(group, constraint))
      if (ask(group, path)) return true;
  }
  return false;
}

/// The lowest of the constraint's operations in the group.
Op op_in(const Policy& policy, const Model& model, GroupId group, uint32_t constraint) {
  const OpSet both = model.groups()[group].ops & policy.constraints[constraint].ops;
  Op op = model.groups()[group].first;
  while (!(both & op_bit(op))) op = static_cast<Op>(static_cast<uint8_t>(op) + 1);
  return op;
}

Universe::Witness witness_at(Model& model, const Place& place, Op op) {
  return model.universe().witness(place.requests, op, place.path);
}

bool applies(const Policy& policy, uint32_t constraint, const Universe::Witness& witness) {
  return evaluate::apply(policy, policy.constraints[constraint], witness.subject, witness.request).applies;
}

std::string text_of(const Universe::Witness& witness) {
  return evaluate::request_text(witness.subject, witness.request);
}

/// A finding whose witness the evaluator does not confirm is a mistake of ours, and not reported as the author's.
void report_disagreement(const diag::Span& span, const Universe::Witness& witness, diag::Sink& sink) {
  sink.report(diag::diagnostic(diag::code::analysis_unfinished, span,
                               fmt::format("the analysis and the evaluator disagree about `{}`", text_of(witness)),
                               "please report this with the policy: it is a mistake of the compiler"));
}

class Redundancy {
public:
  Redundancy(const Policy& policy, Model& model, diag::Sink& sink) : policy_(policy), model_(model), sink_(sink) {}

  void run() {
    const std::vector<std::vector<uint32_t>> all = families(policy_);
    for (uint32_t c = static_cast<uint32_t>(all.size()); c-- > 0;) {
      if (all[c].empty() || !is_author(policy_.constraints[c])) continue;
      if (!all_covered(all[c])) continue;
      report(c, all[c]);
      for (const uint32_t member : all[c]) model_.remove(member);
    }
  }

private:
  Diagram requests_of(uint32_t constraint, GroupId group, PathClass path) const {
    return model_.applies(constraint, path) & model_.domain(group, path);
  }

  bool all_covered(const std::vector<uint32_t>& family) {
    return std::all_of(family.begin(), family.end(), [&](uint32_t c) { return is_covered(c, family); });
  }

  bool is_covered(uint32_t c, const std::vector<uint32_t>& family) {
    for (GroupId group = 0; group < model_.groups().size(); ++group) {
      if (!(model_.groups()[group].ops & policy_.constraints[c].ops)) continue;
      for (const PathClass path : model_.telling_classes(group, c))
        if (!model_.uncovered(requests_of(c, group, path), group, path, model_.rank(c) + 1, family).is_false())
          return false;
    }
    return true;
  }

  std::optional<Place> first_place(uint32_t c) const {
    Place place;
    const bool found = any_place(policy_, model_, c, [&](GroupId group, PathClass path) {
      place = {group, path, requests_of(c, group, path)};
      return !place.requests.is_false();
    });
    return found ? std::optional(place) : std::nullopt;
  }

  void report(uint32_t c, const std::vector<uint32_t>& family) {
    const Constraint& constraint = policy_.constraints[c];
    const auto place = first_place(c);
    if (!place) {
      sink_.report(diag::diagnostic(diag::code::constraint_never_applies, constraint.span,
                                    "there is no request to which this constraint could apply",
                                    "delete it, or look for the condition that contradicts another"));
      return;
    }
    const auto stronger =
        model_.covering(place->requests.any_point(), place->group, place->path, model_.rank(c) + 1, family);
    const Universe::Witness witness = witness_at(model_, *place, op_in(policy_, model_, place->group, c));
    if (!stronger || !applies(policy_, c, witness) || !applies(policy_, *stronger, witness))
      return report_disagreement(constraint.span, witness, sink_);
    diag::Diagnostic d = diag::diagnostic(
        diag::code::shadowed_constraint, constraint.span,
        "nothing changes without this constraint: others decide every request that it applies to", "delete it");
    const Constraint& other = policy_.constraints[*stronger];
    d.labels.push_back({other.span, fmt::format("for example `{}`, which this one decides{}", text_of(witness),
                                                other.origin.derived ? " by what was added to it" : "")});
    sink_.report(std::move(d));
  }

  const Policy& policy_;
  Model& model_;
  diag::Sink& sink_;
};

/// Exe sets whose members a condition lets in: those under an even number of `not`.
void collect_exes(const Condition& condition, bool positive, std::set<PathSetId>& out) {
  const bool exe =
      condition.field == Field::exe || condition.field == Field::parent_exe || condition.field == Field::ancestor_exe;
  if (condition.kind == Condition::Kind::name_in && exe && positive) out.insert(condition.names);
  const bool inner = condition.kind == Condition::Kind::negation ? !positive : positive;
  for (const Condition& operand : condition.operands) collect_exes(operand, inner, out);
}

bool asks_for(const Condition& condition, Field field) {
  if (condition.kind == Condition::Kind::name_in && condition.field == field) return true;
  return std::any_of(condition.operands.begin(), condition.operands.end(),
                     [&](const Condition& operand) { return asks_for(operand, field); });
}

/// Who may keep a subject from everything: the `only`s of one group.
class ExclusiveOnlys {
public:
  ExclusiveOnlys(const Policy& policy, Model& model, diag::Sink& sink) : policy_(policy), model_(model), sink_(sink) {}

  void run() {
    for (GroupId group = 0; group < model_.groups().size(); ++group) {
      std::vector<uint32_t> onlys;
      for (const uint32_t c : model_.groups()[group].constraints)
        if (policy_.constraints[c].form == Form::only_listed && is_author(policy_.constraints[c])) onlys.push_back(c);
      std::sort(onlys.begin(), onlys.end());
      if (onlys.size() > 1) check(group, onlys);
    }
  }

private:
  /// Subjects of whom the `only` speaks at all.
  Diagram subjects(GroupId group, uint32_t only) const {
    const Diagram all = model_.domain(group, 0) | model_.domain(group, model_.universe().no_path());
    return model_.universe().of_subjects(model_.parts(only).otherwise & all);
  }

  static Diagram met_twice(const std::vector<Diagram>& sets, size_t first, size_t last, Diagram& once) {
    if (last - first == 1) {
      once = sets[first];
      return {};
    }
    const size_t middle = (first + last) / 2;
    Diagram left, right;
    const Diagram twice = met_twice(sets, first, middle, left) | met_twice(sets, middle, last, right);
    once = left | right;
    return twice | (left & right);
  }

  void check(GroupId group, const std::vector<uint32_t>& onlys) {
    std::vector<Diagram> sets;
    for (const uint32_t only : onlys) sets.push_back(subjects(group, only));
    Diagram once;
    const Diagram twice = met_twice(sets, 0, sets.size(), once);
    UnionTree tree(sets);
    Diagram reported;
    for (size_t i = onlys.size(); i-- > 0;) {
      if ((sets[i] & twice).is_false()) continue;
      std::vector<uint32_t> meeting;
      for (const uint32_t place : tree.meeting(sets[i])) meeting.push_back(onlys[place]);
      const Diagram fresh = shut_out(group, meeting, onlys[i], sets[i]) - reported;
      if (fresh.is_false()) continue;
      reported |= fresh;
      report(group, meeting, onlys[i], fresh);
    }
  }

  /// The requests of this class that the `only` leaves, taken by itself.
  Diagram left_by(uint32_t only, GroupId group, PathClass path) const {
    const Parts& parts = model_.parts(only);
    return (parts.otherwise - parts.listed) & model_.domain(group, path);
  }

  /// Subjects to whom this `only` leaves something, and all together nothing of that.
  Diagram shut_out(GroupId group, const std::vector<uint32_t>& onlys, uint32_t only, const Diagram& subjects) {
    Diagram alone, together;
    for (const PathClass path : model_.listed_classes(group, only)) {
      Diagram left = left_by(only, group, path);
      if (left.is_false()) continue;
      alone |= model_.universe().of_subjects(left);
      for (const uint32_t other : onlys) {
        if (left.is_false()) break;
        left -= model_.applies(other, path);
      }
      together |= model_.universe().of_subjects(left);
      if (together == subjects) return {};
    }
    return alone - together;
  }

  void report(GroupId group, const std::vector<uint32_t>& onlys, uint32_t only, const Diagram& subjects) {
    Place place{group, 0, {}};
    for (const PathClass path : model_.listed_classes(group, only)) {
      place.path = path;
      place.requests = left_by(only, group, path) & subjects;
      if (!place.requests.is_false()) break;
    }
    const std::vector<bool> point = place.requests.any_point();
    const Op op = op_in(policy_, model_, group, only);
    const Universe::Witness witness = witness_at(model_, place, op);
    const diag::Span& span = policy_.constraints[only].span;
    const std::string text = text_of(witness);
    diag::Diagnostic d =
        diag::diagnostic(diag::code::exclusive_onlys, span,
                         fmt::format("with other `only`s of the subject this leaves no `{}` at all: `{}` is listed "
                                     "here, and not there",
                                     op_text(op), text),
                         "`only`s of one subject intersect: join their lists in one `only`");
    for (const uint32_t other : onlys) {
      if (!model_.applies(other, place.path).holds(point)) continue;
      if (!applies(policy_, other, witness)) return report_disagreement(span, witness, sink_);
      if (d.labels.size() < 2 && named_.insert({other, only}).second)
        d.labels.push_back({policy_.constraints[other].span, "not listed here"});
    }
    if (!d.labels.empty()) sink_.report(std::move(d));
  }

  const Policy& policy_;
  Model& model_;
  diag::Sink& sink_;
  std::set<std::pair<uint32_t, uint32_t>> named_;
};

void find_different_errno(const Policy& policy, Model& model, uint32_t c, const std::vector<uint32_t>& family,
                          diag::Sink& sink) {
  const Constraint& constraint = policy.constraints[c];
  const Model::Rank kills = model.end_of(evaluate::Verdict::kill),
                    smaller = model.end_of_denials_below(constraint.error);
  if (kills == smaller) return;
  any_place(policy, model, c, [&](GroupId group, PathClass path) {
    if (path == model.universe().unresolvable()) return false;  // every denial applies to it: no two errnos would do
    const Diagram all = model.applies(c, path) & model.domain(group, path);
    const Diagram denied = model.uncovered(all, group, path, kills);
    const Place place{group, path, denied - model.uncovered(denied, group, path, smaller, family)};
    if (place.requests.is_false()) return false;
    const auto other = model.covering(place.requests.any_point(), group, path, smaller, family);
    const Universe::Witness witness = witness_at(model, place, op_in(policy, model, group, c));
    if (!other || !applies(policy, c, witness) || !applies(policy, *other, witness)) {
      report_disagreement(constraint.span, witness, sink);
      return true;
    }
    diag::Diagnostic d =
        diag::diagnostic(diag::code::different_errnos, constraint.span,
                         fmt::format("not always the errno that the caller sees: `{}` is denied with {}",
                                     text_of(witness), strerrorname_np(policy.constraints[*other].error)),
                         "give both the same `errno`: of several the one with the smaller number is returned");
    d.labels.push_back({policy.constraints[*other].span, "denied here with another errno"});
    sink.report(std::move(d));
    return true;
  });
}

/// Changing a file, or putting another in its place.
constexpr OpSet kForging = op_bit(Op::file_write) | op_bit(Op::file_create) | op_bit(Op::file_rename) |
                           op_bit(Op::file_mount_over) | op_bit(Op::file_append) | op_bit(Op::file_truncate);

/// The system calls that a condition asks for.
void collect_calls(const Condition& condition, std::set<uint64_t>& out) {
  static const Number kLast = words::last_number(words::WordTable::syscall);
  if (condition.kind == Condition::Kind::number_in && condition.field == Field::syscall)
    for (const NumberRange& range : condition.numbers)
      for (Number call = range.first; call <= std::min(range.last, kLast); ++call)
        out.insert(static_cast<uint64_t>(call));
  for (const Condition& operand : condition.operands) collect_calls(operand, out);
}

/// Those to whom the constraint applies.
Diagram subjects_of(const Constraint& constraint, Universe& universe) {
  return universe.of_subjects(universe.holds(constraint.subject).may - universe.holds(constraint.exception).must);
}

/// Where one of `subjects` may make a request of `ops` on one of `files`, which the evaluator confirms.
/// It is said by report(the request).
bool report_permitted(const Policy& policy, Model& model, const Diagram& subjects, OpSet ops_asked,
                      const std::vector<PathClass>& files, const diag::Span& span,
                      const std::function<void(const std::string&)>& report, diag::Sink& sink) {
  for (GroupId group = 0; group < model.groups().size(); ++group) {
    const OpSet ops = model.groups()[group].ops & ops_asked;
    if (ops == 0) continue;
    Op op = model.groups()[group].first;
    while (!(ops & op_bit(op))) op = static_cast<Op>(static_cast<uint8_t>(op) + 1);
    for (const PathClass path : files) {
      const Place place{
          group, path,
          model.uncovered(subjects & model.domain(group, path), group, path, model.end_of(evaluate::Verdict::deny))};
      if (place.requests.is_false()) continue;
      const Universe::Witness witness = witness_at(model, place, op);
      if (evaluate::evaluate(policy, witness.subject, {witness.request}).verdict >= evaluate::Verdict::deny) {
        report_disagreement(span, witness, sink);
        return true;
      }
      report(text_of(witness));
      return true;
    }
  }
  return false;
}

/// Is there someone whom the constraint is against, and who may change one of the excepted programs?
bool report_forgeable(const Policy& policy, Model& model, uint32_t c, PathSetId exes, diag::Sink& sink) {
  const Constraint& constraint = policy.constraints[c];
  const auto report = [&](const std::string& request) {
    sink.report(diag::diagnostic(diag::code::forgeable_exception, constraint.span,
                                 fmt::format("an exception that others can take: `{}` is permitted", request),
                                 "do not drop `exe_file`, or deny writing the program in another rule"));
  };
  return report_permitted(policy, model, subjects_of(constraint, model.universe()), kForging,
                          model.universe().paths().members(exes), constraint.span, report, sink);
}

/// Does the condition hold for whoever executes one of `exes`, whatever else he is?
bool lets_in(const Condition& condition, PathSetId exes) {
  const auto inner = [&](const Condition& operand) { return lets_in(operand, exes); };
  const std::vector<Condition>& operands = condition.operands;
  if (condition.kind == Condition::Kind::name_in) return condition.field == Field::exe && condition.names == exes;
  if (condition.kind == Condition::Kind::any_of) return std::any_of(operands.begin(), operands.end(), inner);
  return condition.kind == Condition::Kind::all_of && !operands.empty() &&
         std::all_of(operands.begin(), operands.end(), inner);
}

/// Does it fail for him?
bool keeps_out(const Condition& condition, PathSetId exes) {
  const auto inner = [&](const Condition& operand) { return keeps_out(operand, exes); };
  const std::vector<Condition>& operands = condition.operands;
  if (condition.kind == Condition::Kind::negation) return lets_in(operands.front(), exes);
  if (condition.kind == Condition::Kind::all_of) return std::any_of(operands.begin(), operands.end(), inner);
  return condition.kind == Condition::Kind::any_of && !operands.empty() &&
         std::all_of(operands.begin(), operands.end(), inner);
}

/// Where distributions of x86-64 have their dynamic loaders.
constexpr const char* kLoaders[] = {"/lib/ld-musl-x86_64.so.1",
                                    "/lib64/ld-linux-x86-64.so.2",
                                    "/usr/lib/ld-linux-x86-64.so.2",
                                    "/usr/lib/ld-musl-x86_64.so.1",
                                    "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                                    "/usr/lib64/ld-linux-x86-64.so.2"};

/// What init mounts by itself, and what an fstab often has.
constexpr const char* kMountedLater[] = {"/boot",      "/boot/efi", "/dev/shm", "/home",     "/media",  "/mnt",
                                         "/opt",       "/root",     "/run",     "/run/lock", "/srv",    "/tmp",
                                         "/usr/local", "/var",      "/var/lib", "/var/log",  "/var/tmp"};

bool names_lineage(const Condition& condition, bool positive) {
  if (condition.kind == Condition::Kind::name_in)
    return positive && (condition.field == Field::ancestor_exe || condition.field == Field::parent_exe);
  const bool inner = condition.kind == Condition::Kind::negation ? !positive : positive;
  return std::any_of(condition.operands.begin(), condition.operands.end(),
                     [&](const Condition& operand) { return names_lineage(operand, inner); });
}

}  // namespace

void find_redundant(const Policy& policy, Model& model, diag::Sink& sink) {
  Redundancy(policy, model, sink).run();
}

void find_useless_exceptions(const Policy& policy, Model& model, diag::Sink& sink) {
  for (uint32_t c = 0; c < policy.constraints.size(); ++c) {
    const Constraint& constraint = policy.constraints[c];
    if (!is_author(constraint) || is_never(constraint.exception)) continue;
    Universe& universe = model.universe();
    const Diagram spared = universe.holds(constraint.scope).may & universe.holds(constraint.subject).may &
                           universe.holds(constraint.exception).must;
    const Parts parts = model.parts(constraint, spared);
    const bool useful = any_place(policy, model, c, [&](GroupId group, PathClass path) {
      return !((model.lists(c, path) ? parts.listed : parts.otherwise) & model.domain(group, path)).is_false();
    });
    if (useful) continue;
    sink.report(
        diag::diagnostic(diag::code::useless_exception, constraint.span,
                         "its `unless` never spares a request: where it holds, the rest of the constraint does not",
                         "delete the `unless`"));
  }
}

void find_exclusive_onlys(const Policy& policy, Model& model, diag::Sink& sink) {
  ExclusiveOnlys(policy, model, sink).run();
}

void find_different_errnos(const Policy& policy, Model& model, diag::Sink& sink) {
  const std::vector<std::vector<uint32_t>> all = families(policy);
  for (uint32_t c = 0; c < policy.constraints.size(); ++c)
    if (is_author(policy.constraints[c]) && policy.constraints[c].effect == Effect::deny)
      find_different_errno(policy, model, c, all[c], sink);
}

void find_forgeable_exceptions(const Policy& policy, Model& model, diag::Sink& sink) {
  for (uint32_t c = 0; c < policy.constraints.size(); ++c) {
    const Constraint& constraint = policy.constraints[c];
    if (!is_author(constraint) || constraint.effect == Effect::audit) continue;
    std::set<PathSetId> exes;
    collect_exes(constraint.exception, true, exes);
    collect_exes(constraint.subject, false, exes);
    for (const PathSetId set : exes)
      if (report_forgeable(policy, model, c, set, sink)) break;
  }
}

void find_comm(const Policy& policy, diag::Sink& sink) {
  for (const Constraint& constraint : policy.constraints) {
    if (!is_author(constraint)) continue;
    if (!asks_for(constraint.subject, Field::comm) && !asks_for(constraint.exception, Field::comm)) continue;
    sink.report(diag::diagnostic(diag::code::comm_is_weak, constraint.span,
                                 "`comm` is what a process calls itself: any process can have this name",
                                 "ask for `exe` where the answer has to be true"));
  }
}

void find_empty_sets(const Policy& policy, Model& model, diag::Sink& sink) {
  std::set<PathSetId> reported;
  for (const Constraint& constraint : policy.constraints) {
    const PathSetId id = constraint.objects;
    if (!is_author(constraint) || id == kAnyPath || policy.path_sets[id].kind == PathSet::Kind::listed) continue;
    if (!model.universe().paths().members(id).empty() || !reported.insert(id).second) continue;
    sink.report(diag::diagnostic(diag::code::empty_path_set, constraint.span,
                                 fmt::format("no path is in {}", sema::path_set_text(policy, id)),
                                 "look at what is intersected or subtracted"));
  }
}

void find_nothing_subtracted(const Policy& policy, size_t max_states, diag::Sink& sink) {
  // By place: in a template, one use may take away what another one does not have.
  std::map<std::pair<const diag::SourceFile*, uint32_t>, std::pair<PathSetId, bool>> differences;
  for (PathSetId id = 0; id < policy.path_sets.size(); ++id) {
    const PathSet& set = policy.path_sets[id];
    if (set.kind != PathSet::Kind::difference || !set.span.file) continue;
    NameQuestion question;
    question.members = {set.left, set.right};
    question.max_states = max_states;
    const NameClasses names = name_classes(policy, question);
    const NameClasses::List left = names.members(set.left), right = names.members(set.right);
    NameClasses::List both;
    std::set_intersection(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(both));
    const auto at = differences.try_emplace({set.span.file.get(), set.span.begin}, id, true).first;
    at->second.second = at->second.second && both.empty();
  }
  for (PathSetId id = 0; id < policy.path_sets.size(); ++id) {
    const PathSet& set = policy.path_sets[id];
    const auto found = differences.find({set.span.file.get(), set.span.begin});
    if (found == differences.end() || found->second != std::pair{id, true}) continue;
    sink.report(diag::diagnostic(diag::code::nothing_subtracted, set.span,
                                 fmt::format("{} takes nothing away: none of it is in the set before the `-`",
                                             sema::path_set_text(policy, set.right)),
                                 "leave it out, or look for what was meant"));
  }
}

namespace {

class EvadedCalls {
public:
  EvadedCalls(const Policy& policy, Model& model, diag::Sink& sink) : policy_(policy), model_(model), sink_(sink) {}

  void run() {
    for (GroupId group = 0; group < model_.groups().size(); ++group) {
      if (!(model_.groups()[group].ops & op_bit(Op::syscall))) continue;
      for (const Constraint& constraint : policy_.constraints)
        if (constraint.form == Form::on_listed && is_author(constraint) && (constraint.ops & op_bit(Op::syscall)) != 0)
          check(constraint, group);
    }
  }

private:
  struct Evasion {
    std::string_view call, other;
    Universe::Witness witness;
  };

  void check(const Constraint& constraint, GroupId group) {
    const evaluate::Verdict least =
        constraint.effect == Effect::audit ? evaluate::Verdict::audit : evaluate::Verdict::deny;
    const Diagram subjects = subjects_of(constraint, model_.universe());
    std::set<uint64_t> calls;
    collect_calls(constraint.object, calls);
    std::optional<Evasion> first;
    std::set<std::string_view> missing;
    for (const uint64_t number : calls) {
      const std::string_view call = words::word_of(words::WordTable::syscall, number);
      for (const std::string_view other : words::calls_that_do_the_same(call)) {
        std::optional<Universe::Witness> witness = permitted(other, subjects, group, least);
        if (!witness) continue;
        missing.insert(other);
        if (!first) first = Evasion{call, other, std::move(*witness)};
      }
    }
    if (first) report(constraint, *first, missing, least);
  }

  /// A request of the call by one of the subjects to whom no request of it is denied.
  std::optional<Universe::Witness> permitted(std::string_view call, const Diagram& subjects, GroupId group,
                                             evaluate::Verdict least) {
    const Number number = *words::find_word(words::WordTable::syscall, call);
    Universe& universe = model_.universe();
    Condition is_call;
    is_call.kind = Condition::Kind::number_in;
    is_call.field = Field::syscall;
    is_call.numbers = {{number, number}};
    const PathClass path = universe.no_path();
    const Diagram all = subjects & model_.domain(group, path) & universe.holds(is_call).must;
    const Diagram open = model_.uncovered(all, group, path, model_.end_of(least));
    const Diagram free = all - universe.of_subjects(all - open);
    if (free.is_false()) return std::nullopt;
    return universe.witness(free, Op::syscall, path);
  }

  void report(const Constraint& constraint, const Evasion& evasion, const std::set<std::string_view>& missing,
              evaluate::Verdict least) {
    if (evaluate::evaluate(policy_, evasion.witness.subject, {evasion.witness.request}).verdict >= least)
      return report_disagreement(constraint.span, evasion.witness, sink_);
    sink_.report(diag::diagnostic(
        diag::code::evaded_call, constraint.span,
        fmt::format("`{}` does what `{}` does, and is {}: `{}`", evasion.other, evasion.call,
                    least == evaluate::Verdict::audit ? "not audited" : "permitted", text_of(evasion.witness)),
        fmt::format("add `{}`", fmt::join(missing, "`, `"))));
  }

  const Policy& policy_;
  Model& model_;
  diag::Sink& sink_;
};

}  // namespace

void find_evaded_calls(const Policy& policy, Model& model, diag::Sink& sink) {
  EvadedCalls(policy, model, sink).run();
}

void find_forgeable_lists(const Policy& policy, Model& model, diag::Sink& sink) {
  for (const Constraint& constraint : policy.constraints) {
    const bool of_code = (constraint.ops & (op_bit(Op::exec) | op_bit(Op::file_map_exec))) != 0;
    if (!is_author(constraint) || constraint.form != Form::only_listed || constraint.effect == Effect::audit ||
        !of_code || constraint.objects == kAnyPath)
      continue;
    const auto report = [&](const std::string& request) {
      sink.report(diag::diagnostic(
          diag::code::forgeable_list, constraint.span,
          fmt::format("a listed name can be given to other code: `{}` is permitted", request),
          "deny `file write` on what is listed, and `create`, `link` and `rename` in its directories"));
    };
    const NameClasses& paths = model.universe().paths();
    const Diagram subjects = subjects_of(constraint, model.universe());
    if (!report_permitted(policy, model, subjects, kForging | op_bit(Op::file_link), paths.members(constraint.objects),
                          constraint.span, report, sink))
      report_permitted(policy, model, subjects, op_bit(Op::file_rename) | op_bit(Op::file_mount_over),
                       paths.above(constraint.objects), constraint.span, report, sink);
  }
}

void find_borrowed_exceptions(const Policy& policy, Model& model, diag::Sink& sink) {
  for (const Constraint& constraint : policy.constraints) {
    if (constraint.origin.part != "exe_libs") continue;
    const Constraint& author = policy.constraints[constraint.origin.of];
    const auto report = [&](const std::string& request) {
      sink.report(diag::diagnostic(
          diag::code::borrowed_exception, author.span,
          fmt::format("who may change the libraries of an excepted program borrows its exception: `{}` is permitted",
                      request),
          "deny `file write` on the libraries, or name fewer of them with `libs`"));
    };
    if (report_permitted(policy, model, subjects_of(author, model.universe()), kForging,
                         model.universe().paths().members(constraint.objects), author.span, report, sink))
      return;  // of all exceptions the libraries are the same, or nearly
  }
}

void find_exceptions_by_exe_alone(const Policy& policy, Model& model, diag::Sink& sink) {
  for (const Constraint& constraint : policy.constraints) {
    if (constraint.origin.part != "exe_trace") continue;
    const Constraint& author = policy.constraints[constraint.origin.of];
    if (!lets_in(author.exception, constraint.objects) && !keeps_out(author.subject, constraint.objects)) continue;
    const auto report = [&](const std::string& request) {
      sink.report(
          diag::diagnostic(diag::code::exception_by_exe_alone, author.span,
                           fmt::format("whoever may execute an excepted program is excepted while it runs, with "
                                       "whatever arguments and input he gives it: `{}` is permitted",
                                       request),
                           "say who else he must be, such as `exe … and uid 0`, or deny `exec` of the program"));
    };
    if (report_permitted(policy, model, subjects_of(author, model.universe()), op_bit(Op::exec),
                         model.universe().paths().members(constraint.objects), author.span, report, sink))
      return;  // what it means is the same for all
  }
}

void find_loaders(const Policy& policy, diag::Sink& sink) {
  std::set<uint32_t> reported;
  for (uint32_t c = 0; c < policy.constraints.size(); ++c) {
    const Constraint& constraint = policy.constraints[c];
    if (!(constraint.ops & op_bit(Op::file_map_exec)) || constraint.effect == Effect::audit ||
        constraint.objects == kAnyPath)
      continue;
    std::vector<std::string> denied;
    const bool listed = constraint.form == Form::on_listed;
    for (const char* loader : kLoaders)
      if (evaluate::matches(policy, constraint.objects, loader) == listed) denied.emplace_back(loader);
    // An image has one of them, so an `only` must leave one; what an exception's libraries hold is the closure's.
    if (denied.empty() || (!listed && (!is_author(constraint) || denied.size() < std::size(kLoaders)))) continue;
    const uint32_t author = is_author(constraint) ? c : constraint.origin.of;
    if (!reported.insert(author).second) continue;
    sink.report(diag::diagnostic(
        diag::code::loader_denied, policy.constraints[author].span,
        listed ? fmt::format("the dynamic loader is denied, and with it every dynamic program to whom this applies: {}",
                             fmt::join(denied, ", "))
               : "no dynamic loader is listed, so that no dynamic program starts to whom this applies",
        listed ? "take the loader that the machine has out of the set, with `-`"
               : "list the machine's loader, such as `/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2`"));
  }
}

void find_early_mounts(const Policy& policy, diag::Sink& sink) {
  const evaluate::Subject mount = {.exe = "/usr/bin/mount"};
  for (const char* place : kMountedLater) {
    const evaluate::Decision decision = evaluate::evaluate(policy, mount, {{Op::file_mount_over, place}});
    if (decision.verdict < evaluate::Verdict::deny) continue;
    const Constraint& constraint = policy.constraints[*decision.constraint];
    if (constraint.origin.part != "mount_over") continue;  // the author's own words
    sink.report(diag::diagnostic(
        diag::code::mount_denied_early, policy.constraints[constraint.origin.of].span,
        fmt::format("nothing can be mounted at {} after the start, which keeps a machine from coming up that mounts it "
                    "later, when the enforcer starts it by `exec`",
                    place),
        "start by the unit, which comes behind `local-fs.target`, mount it before, or add `without { mount_over }`"));
    return;
  }
}

void find_lineage(const Policy& policy, diag::Sink& sink) {
  for (const Constraint& constraint : policy.constraints) {
    const bool lineage = names_lineage(constraint.subject, true) || names_lineage(constraint.exception, false);
    if (!is_author(constraint) || constraint.effect == Effect::audit || !lineage) continue;
    sink.report(
        diag::diagnostic(diag::code::lineage_is_shed, constraint.span,
                         "a process outlives its parents: who forks twice has other ancestors, and escapes this",
                         "deny it to everybody, with exceptions, or by `uid`"));
  }
}

}  // namespace stele::analyze
