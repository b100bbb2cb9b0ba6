#include "dsl/sema/closure.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/words.h"

namespace stele::sema {

namespace {

/// Looking at a name, as against getting at what lies behind it.
constexpr OpSet kLooking = op_bits({Op::file_stat, Op::file_list});
/// Getting at what lies behind a name.
constexpr OpSet kContent =
    op_bits({Op::file_read, Op::file_write, Op::file_append, Op::file_create, Op::file_delete, Op::file_symlink,
             Op::file_mkdir, Op::file_rmdir, Op::file_mknod, Op::file_truncate, Op::file_chmod, Op::file_chown,
             Op::file_utime, Op::file_xattr, Op::file_map_exec, Op::exec, Op::net_connect, Op::net_send});
/// What changes which file a name stands for.
constexpr OpSet kNaming = op_bits({Op::file_link, Op::file_rename, Op::file_mount_over});
/// Every way to make a name exist that is not `create`.
constexpr OpSet kOtherCreate = op_bits({Op::file_symlink, Op::file_mkdir, Op::file_mknod});

/// The executables that conditions name: of the task itself, and of its ancestors.
struct Exes {
  std::set<PathSetId> own, lineage;
};

/// Exe sets whose members a condition lets in: those under an even number of `not`.
void collect_exes(const Condition& condition, bool positive, Exes& out) {
  if (condition.kind == Condition::Kind::name_in && positive) {
    if (condition.field == Field::exe) out.own.insert(condition.names);
    if (condition.field == Field::parent_exe || condition.field == Field::ancestor_exe)
      out.lineage.insert(condition.names);
  }
  const bool inner = condition.kind == Condition::Kind::negation ? !positive : positive;
  for (const Condition& operand : condition.operands) collect_exes(operand, inner, out);
}

PathPattern beneath(std::initializer_list<const char*> components) {
  PathPattern out;
  for (const char* name : components) out.push_back({.kind = Component::Kind::literal, .text = name});
  out.push_back({.kind = Component::Kind::any_depth});
  return out;
}

/// Does a pattern leave open how the directories above a member are called?
bool is_open_above(const PathSetTable& path_sets, PathSetId id) {
  const PathSet& set = path_sets[id];
  if (set.kind != PathSet::Kind::listed)
    return is_open_above(path_sets, set.left) || is_open_above(path_sets, set.right);
  return std::any_of(set.patterns.begin(), set.patterns.end(), [](const PathPattern& pattern) {
    return std::any_of(pattern.begin(), pattern.end() - (pattern.empty() ? 0 : 1),
                       [](const Component& component) { return component.kind != Component::Kind::literal; });
  });
}

/// Does the pattern name all that is beneath something?
bool is_tree(const PathPattern& pattern) {
  return !pattern.empty() && pattern.back().kind == Component::Kind::any_depth;
}

/// Adds all patterns of the set. False when it is no list, and no union of lists.
bool collect_patterns(const PathSetTable& path_sets, PathSetId id, std::vector<PathPattern>& out) {
  const PathSet& set = path_sets[id];
  if (set.kind == PathSet::Kind::unite)
    return collect_patterns(path_sets, set.left, out) && collect_patterns(path_sets, set.right, out);
  out.insert(out.end(), set.patterns.begin(), set.patterns.end());
  return set.kind == PathSet::Kind::listed;
}

/// Where system libraries lie, unless `libs` says otherwise.
std::vector<PathPattern> system_libraries() {
  return {beneath({"lib"}),        beneath({"lib64"}),        beneath({"lib32"}),
          beneath({"usr", "lib"}), beneath({"usr", "lib64"}), beneath({"usr", "lib32"})};
}

/// Derives the closure of one author's constraint.
class Closure {
public:
  Closure(const Constraint& author, uint32_t index, const ClosureOptions& options, PathSetTable& path_sets)
      : author_(author), index_(index), options_(options), path_sets_(path_sets) {}

  std::vector<Constraint> run() {
    if (author_.effect == Effect::audit) return {};
    if (author_.form == Form::on_listed) {
      derive_name();
      derive_change();
      derive_exec();
    }
    derive_exceptions();
    derive_set_exe();
    return std::move(derived_);
  }

  /// The parts that the constraint has, dropped ones included.
  const std::set<std::string>& parts() const { return parts_; }

private:
  bool is_dropped(std::string_view part) const {
    return std::any_of(options_.dropped.begin(), options_.dropped.end(),
                       [&](const DroppedPart& d) { return d.name == part; });
  }

  Constraint copy(OpSet ops, Reach reach, PathSetId objects, std::string part) const {
    Constraint out = author_;
    out.form = Form::on_listed;
    out.ops = ops;
    out.reach = reach;
    out.objects = objects;
    out.object = always();
    out.scope = always();
    if (author_.ops & op_bit(Op::syscall)) out.error = Constraint{}.error;  // not that of system calls
    out.origin = {.derived = true, .of = index_, .part = std::move(part)};
    return out;
  }

  /// Operations of `c` that `other` already decides in the same way.
  static OpSet covered(const Constraint& c, const Constraint& other) {
    const bool same = other.form == c.form && other.objects == c.objects &&
                      (other.reach == c.reach || other.reach == Reach::listed_or_above) &&
                      (is_always(other.object) || same_condition(other.object, c.object)) &&
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

  /// Who owns a file says nothing of the files below a directory, nor of executables and tasks.
  static Constraint for_every_owner(Constraint c) {
    c.subject = without_owner(c.subject, true);
    c.exception = without_owner(c.exception, false);
    return c;
  }

  /// The same where a directory is meant.
  static Constraint for_directories(Constraint c) {
    c = for_every_owner(std::move(c));
    c.object = both(c.object, negated(number_in(Field::kind, {{kPlain, kPlain}})));
    return c;
  }

  static bool asks_for_owner(const Constraint& c) {
    return asks_for(c.subject, Field::owned) || asks_for(c.exception, Field::owned);
  }

  void add(Op op, PathSetId objects) { add(copy(op_bit(op), Reach::listed, objects, std::string(op_name(op)))); }

  /// The same for the objects and the directories above them. Where a pattern leaves open what lies above, a plain file
  /// can be called so, and is nobody's ancestor. Whose a directory is says nothing of what lies in it.
  void add_with_above(Constraint c) {
    if (is_open_above(path_sets_, c.objects) || asks_for_owner(c)) {
      add(c);
      c = for_directories(std::move(c));
    }
    c.reach = Reach::listed_or_above;
    add(std::move(c));
  }

  void add_with_above(Op op, PathSetId objects) {
    add_with_above(copy(op_bit(op), Reach::listed, objects, std::string(op_name(op))));
  }

  PathSetId set_of(std::vector<PathPattern> patterns) {
    PathSet set;
    set.patterns = std::move(patterns);
    set.span = author_.span;
    return path_sets_.intern(std::move(set));
  }

  /// What is only read, run or looked at may go from one name to another, both beneath a `/**` of the set: it stays
  /// what it was, and a walk that meets it on the way finds the parent of the one and the name of the other, which is a
  /// member too. What is kept from change has no other name, but a directory in which owners change what is theirs has.
  /// Otherwise no name leaves its place.
  void derive_moves(bool content) {
    std::vector<PathPattern> all, trees, others, roots;
    const bool changes = (author_.ops & (op_bit(Op::file_write) | kChange)) != 0;
    if ((!changes || asks_for_owner(author_)) && collect_patterns(path_sets_, author_.objects, all))
      for (PathPattern& pattern : all) (is_tree(pattern) ? trees : others).push_back(std::move(pattern));
    if (trees.empty()) {
      if (content) add(Op::file_link, author_.objects);
      add_with_above(Op::file_rename, author_.objects);
      return;
    }
    const bool only_trees = others.empty();
    for (const PathPattern& tree : trees)
      if (tree.size() > 1) roots.emplace_back(tree.begin(), tree.end() - 1);
    roots.insert(roots.end(), others.begin(), others.end());
    if (content && !only_trees) add(Op::file_link, set_of(std::move(others)));
    if (!roots.empty()) add_with_above(Op::file_rename, set_of(std::move(roots)));
    const PathSetId within = set_of(std::move(trees));
    for (const Op op : {Op::file_link, Op::file_rename}) {
      if (op == Op::file_link && !content) continue;
      Constraint c = copy(op_bit(op), Reach::listed, only_trees ? author_.objects : within, std::string(op_name(op)));
      const Condition leaves = negated(name_in(Field::new_name, within));
      if (!changes) c.object = leaves;
      add(c);
      if (op == Op::file_link || !asks_for_owner(author_)) continue;
      c.object = leaves;
      add(for_directories(std::move(c)));
    }
  }

  void derive_name() {
    if (author_.objects == kAnyPath) return;  // whatever it is called, it is meant
    const bool content = (author_.ops & kContent) != 0;
    const bool looking = (author_.ops & kLooking) != 0;
    if (content || looking) derive_moves(content);
    // What is mounted over a file carries its name, so it is no way to read or to run what was denied.
    if (author_.ops & (op_bit(Op::file_write) | kChange)) add_with_above(Op::file_mount_over, author_.objects);
  }

  void derive_change() {
    const OpSet ops = author_.ops & op_bit(Op::file_write)    ? kChange
                      : author_.ops & op_bit(Op::file_create) ? kOtherCreate
                                                              : 0;
    if (ops != 0) add(copy(ops, Reach::listed, author_.objects, "change"));
  }

  void derive_exec() {
    if (author_.ops & op_bit(Op::exec)) {
      // Whoever is excepted starts the program, but it is the program that maps itself.
      Constraint c = copy(op_bit(Op::file_map_exec), Reach::listed, author_.objects, "map_exec");
      if (!is_never(c.exception) && c.objects != kAnyPath)
        c.exception = either(std::move(c.exception), name_in(Field::exe, c.objects));
      add(std::move(c));
    }
    if (author_.ops & op_bit(Op::file_map_exec)) add(Op::exec, author_.objects);
  }

  void derive_exceptions() {
    Exes by_unless, by_for;
    collect_exes(author_.exception, true, by_unless);
    collect_exes(author_.subject, false, by_for);
    const Condition subject = without_owner(author_.subject, true);
    std::set<PathSetId> others = by_for.own;
    others.insert(by_unless.lineage.begin(), by_unless.lineage.end());
    others.insert(by_for.lineage.begin(), by_for.lineage.end());
    for (const PathSetId exes : by_unless.own)
      if (!others.contains(exes)) derive_exception(exes, subject);
    // `for not exe in E` excepts E as well; what E itself may map must then not ask for "not E". And who is an ancestor
    // of the excepted task need not be one of those whom the constraint is for.
    for (const PathSetId exes : others) derive_exception(exes, always());
  }

  /// The closure of an exception for the tasks that execute one of `exes`, when `subject` is who it excepts.
  void derive_exception(PathSetId exes, const Condition& subject) {
    constexpr OpSet above = op_bits({Op::file_rename, Op::file_mount_over});
    add(for_every_owner(
        copy(op_bit(Op::file_write) | kChange | op_bit(Op::file_link), Reach::listed, exes, "exe_file")));
    add_with_above(for_every_owner(copy(above, Reach::listed, exes, "exe_file")));
    add(for_every_owner(copy(op_bit(Op::process_ptrace), Reach::listed, exes, "exe_trace")));

    const PathSetId code = options_.libs ? path_sets_.unite(exes, *options_.libs, author_.span)
                                         : path_sets_.unite(exes, system_libraries(), author_.span);
    Constraint libs = copy(op_bit(Op::file_map_exec), Reach::listed, code, "exe_libs");
    libs.form = Form::only_listed;
    libs.subject = both(subject, name_in(Field::exe, exes));
    libs.exception = never();
    add(std::move(libs));
  }

  /// Whom the constraint is against stays what it is known by: else it would take on the name of an exception, for
  /// itself or for its children, or drop its own.
  void derive_set_exe() {
    Exes let_in;
    collect_exes(author_.exception, true, let_in);
    collect_exes(author_.subject, false, let_in);
    if (let_in.lineage.empty() && !asks_for(author_.subject, Field::exe) && !asks_for(author_.exception, Field::exe))
      return;
    Constraint c = for_every_owner(copy(op_bit(Op::process_set_exe), Reach::listed, kAnyPath, "set_exe"));
    if (c.error == kEnosys) c.error = Constraint{}.error;
    add(std::move(c));
  }

  const Constraint& author_;
  uint32_t index_;
  const ClosureOptions& options_;
  PathSetTable& path_sets_;
  std::vector<Constraint> derived_;
  std::set<std::string> parts_;
};

std::string list_of(const std::set<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", part);
  return out;
}

void check_dropped(const std::vector<DroppedPart>& dropped, const std::set<std::string>& parts, Reporter& report) {
  if (dropped.empty()) return;
  const std::vector<std::string> known = part_names();
  for (const DroppedPart& part : dropped) {
    if (parts.contains(part.name)) continue;
    if (std::find(known.begin(), known.end(), part.name) == known.end()) {
      std::string hint = diag::did_you_mean(part.name, known);
      if (hint.empty()) hint = parts.empty() ? "leave `without` out" : "this constraint has " + list_of(parts);
      report.fail(diag::code::unknown_part, part.span, fmt::format("unknown part `{}`", part.name), hint);
    } else {
      report.fail(diag::code::part_not_present, part.span,
                  fmt::format("this constraint has no part `{}` to drop", part.name),
                  parts.empty() ? "leave `without` out" : "it has " + list_of(parts));
    }
  }
}

}  // namespace

void add_closure(Policy& policy, const std::vector<ClosureOptions>& options, PathSetTable& path_sets,
                 Reporter& report) {
  const auto authors = static_cast<uint32_t>(policy.constraints.size());
  for (uint32_t i = 0; i < authors; ++i) {
    if (options[i].repeated) continue;
    Closure closure(policy.constraints[i], i, options[i], path_sets);
    std::vector<Constraint> derived = closure.run();
    check_dropped(options[i].dropped, closure.parts(), report);
    if (options[i].libs && !closure.parts().contains("exe_libs"))
      report.fail(diag::code::libs_without_exception, options[i].libs_span,
                  "`libs` without an exception for executables",
                  "leave it out: it says what excepted executables may load");
    for (Constraint& c : derived) policy.constraints.push_back(std::move(c));
  }
}

}  // namespace stele::sema
