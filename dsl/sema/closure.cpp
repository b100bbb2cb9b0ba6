#include "dsl/sema/closure.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/conditions.h"
#include "dsl/sema/words.h"

namespace stele {

namespace {

constexpr OpSet bits(std::initializer_list<Op> ops) {
  OpSet out = 0;
  for (const Op op : ops) out |= op_bit(op);
  return out;
}

/// Looking at a name, as against getting at what lies behind it.
constexpr OpSet kLooking = bits({Op::file_stat, Op::file_list});
/// What changes which file a name stands for.
constexpr OpSet kNaming = bits({Op::file_link, Op::file_rename, Op::file_mount_over});
/// Every way to change a file or to put another in its place, but `write` and kNaming.
constexpr OpSet kChange =
    bits({Op::file_append, Op::file_truncate, Op::file_chmod, Op::file_chown, Op::file_xattr, Op::file_create,
          Op::file_delete, Op::file_symlink, Op::file_mkdir, Op::file_mknod, Op::file_rmdir});
/// Every way to make a name exist that is not `create`.
constexpr OpSet kOtherCreate = bits({Op::file_symlink, Op::file_mkdir, Op::file_mknod});

/// Exe sets whose members a condition lets in: those under an even number of `not`.
void collect_exes(const Condition& condition, bool positive, std::set<PathSetId>& out) {
  if (condition.kind == Condition::Kind::name_in && positive) out.insert(condition.names);
  const bool inner = condition.kind == Condition::Kind::negation ? !positive : positive;
  for (const Condition& operand : condition.operands) collect_exes(operand, inner, out);
}

PathPattern beneath(std::initializer_list<const char*> components) {
  PathPattern out;
  for (const char* name : components) out.push_back({Component::Kind::literal, name});
  out.push_back({Component::Kind::any_depth, {}});
  return out;
}

Condition both(const Condition& a, Condition b) {
  if (a.kind == Condition::Kind::all_of && a.operands.empty()) return b;
  Condition out;
  out.kind = Condition::Kind::all_of;
  out.operands = {a, std::move(b)};
  return out;
}

/// Derives the closure of one author's constraint.
class Closure {
public:
  Closure(const Constraint& author, uint32_t index, const std::vector<DroppedPart>& dropped, PathSetTable& path_sets)
      : author_(author), index_(index), dropped_(dropped), path_sets_(path_sets) {}

  std::vector<Constraint> run() {
    if (author_.effect == Effect::audit) return {};
    if (author_.form == Form::on_listed) {
      derive_name();
      derive_change();
      derive_exec();
    }
    derive_exceptions();
    return std::move(derived_);
  }

  /// The parts that the constraint has, dropped ones included.
  const std::set<std::string>& parts() const { return parts_; }

private:
  bool is_dropped(std::string_view part) const {
    return std::any_of(dropped_.begin(), dropped_.end(), [&](const DroppedPart& d) { return d.name == part; });
  }

  Constraint copy(OpSet ops, Reach reach, PathSetId objects, std::string part) const {
    Constraint out = author_;
    out.form = Form::on_listed;
    out.ops = ops;
    out.reach = reach;
    out.objects = objects;
    out.origin = {.derived = true, .of = index_, .part = std::move(part)};
    return out;
  }

  /// Operations of `c` that `other` already decides in the same way.
  static OpSet covered(const Constraint& c, const Constraint& other) {
    const bool same = other.form == c.form && other.objects == c.objects &&
                      (other.reach == c.reach || other.reach == Reach::listed_or_above) &&
                      same_condition(other.subject, c.subject) && same_condition(other.exception, c.exception);
    return same ? other.ops : 0;
  }

  /// Adds `c` less what is already there. A part of several operations may also be dropped operation by operation.
  void add(Constraint c) {
    if (c.form == Form::on_listed) {
      c.ops &= ~covered(c, author_);
      for (const Constraint& other : derived_) c.ops &= ~covered(c, other);
    }
    if (c.ops == 0) return;
    parts_.insert(c.origin.part);
    if (c.origin.part == "change") {
      for (uint32_t i = 0; i < kOpCount; ++i) {
        const Op op = static_cast<Op>(i);
        if (!(c.ops & op_bit(op))) continue;
        parts_.emplace(op_name(op));
        if (is_dropped(op_name(op))) c.ops &= ~op_bit(op);
      }
    }
    if (c.ops != 0 && !is_dropped(c.origin.part)) derived_.push_back(std::move(c));
  }

  void add(Op op, Reach reach) { add(copy(op_bit(op), reach, author_.objects, std::string(op_name(op)))); }

  void derive_name() {
    const bool content = (author_.ops & ~(kLooking | kNaming)) != 0;
    const bool looking = (author_.ops & kLooking) != 0;
    if (content) add(Op::file_link, Reach::listed);
    if (content || looking) {
      add(Op::file_rename, Reach::listed_or_above);
      add(Op::file_mount_over, Reach::listed_or_above);
    }
  }

  void derive_change() {
    const OpSet ops = author_.ops & op_bit(Op::file_write)    ? kChange
                      : author_.ops & op_bit(Op::file_create) ? kOtherCreate
                                                              : 0;
    if (ops != 0) add(copy(ops, Reach::listed, author_.objects, "change"));
  }

  void derive_exec() {
    if (author_.ops & op_bit(Op::exec)) add(Op::file_map_exec, Reach::listed);
    if (author_.ops & op_bit(Op::file_map_exec)) add(Op::exec, Reach::listed);
  }

  void derive_exceptions() {
    std::set<PathSetId> by_unless, by_for;
    collect_exes(author_.exception, true, by_unless);
    collect_exes(author_.subject, false, by_for);
    for (const PathSetId exes : by_unless) derive_exception(exes, author_.subject);
    // `for not exe in E` excepts E as well; what E itself may map must then not ask for "not E".
    for (const PathSetId exes : by_for)
      if (!by_unless.contains(exes)) derive_exception(exes, Condition{});
  }

  /// The closure of an exception for the tasks that execute one of `exes`, when `subject` is who it excepts.
  void derive_exception(PathSetId exes, const Condition& subject) {
    constexpr OpSet above = bits({Op::file_rename, Op::file_mount_over});
    add(copy(op_bit(Op::file_write) | kChange | op_bit(Op::file_link), Reach::listed, exes, "exe_file"));
    add(copy(above, Reach::listed_or_above, exes, "exe_file"));
    add(copy(op_bit(Op::process_ptrace), Reach::listed, exes, "exe_trace"));

    PathSet code{.name = {}, .patterns = path_sets_[exes].patterns, .span = author_.span};
    for (const PathPattern& libraries : {beneath({"lib"}), beneath({"usr", "lib"}), beneath({"lib64"})})
      code.patterns.push_back(libraries);
    Constraint libs = copy(op_bit(Op::file_map_exec), Reach::listed, path_sets_.intern(std::move(code)), "exe_libs");
    libs.form = Form::only_listed;
    Condition runs_it;
    runs_it.kind = Condition::Kind::name_in;
    runs_it.field = Field::exe;
    runs_it.names = exes;
    libs.subject = both(subject, std::move(runs_it));
    libs.exception = Condition{};
    libs.exception.kind = Condition::Kind::any_of;
    add(std::move(libs));
  }

  const Constraint& author_;
  uint32_t index_;
  const std::vector<DroppedPart>& dropped_;
  PathSetTable& path_sets_;
  std::vector<Constraint> derived_;
  std::set<std::string> parts_;
};

std::string list_of(const std::set<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", part);
  return out;
}

void check_dropped(const std::vector<DroppedPart>& dropped, const std::set<std::string>& parts, Sink& sink) {
  const std::vector<std::string> known = part_names();
  for (const DroppedPart& part : dropped) {
    if (parts.contains(part.name)) continue;
    if (std::find(known.begin(), known.end(), part.name) == known.end()) {
      std::string hint = did_you_mean(part.name, known);
      if (hint.empty() && !parts.empty()) hint = "this constraint has " + list_of(parts);
      sink.report(diagnostic(code::unknown_part, part.span, fmt::format("unknown part `{}`", part.name), hint));
    } else {
      sink.report(diagnostic(code::part_not_present, part.span,
                             fmt::format("this constraint has no part `{}` to drop", part.name),
                             parts.empty() ? "leave `without` out" : "it has " + list_of(parts)));
    }
  }
}

}  // namespace

void add_closure(Policy& policy, const std::vector<std::vector<DroppedPart>>& dropped, PathSetTable& path_sets,
                 Sink& sink) {
  const auto authors = static_cast<uint32_t>(policy.constraints.size());
  for (uint32_t i = 0; i < authors; ++i) {
    Closure closure(policy.constraints[i], i, dropped[i], path_sets);
    std::vector<Constraint> derived = closure.run();
    check_dropped(dropped[i], closure.parts(), sink);
    for (Constraint& c : derived) policy.constraints.push_back(std::move(c));
  }
}

}  // namespace stele
