#include "dsl/sema/constraints.h"

#include <fmt/format.h>

#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/address.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/conditions.h"
#include "dsl/sema/operations.h"
#include "dsl/sema/words.h"

namespace stele::sema {

namespace {

class ConstraintResolver {
public:
  ConstraintResolver(const ast::Constraint& in, Context& context) : in_(in), context_(context) {}

  std::vector<ResolvedConstraint> run(uint32_t rule) {
    out_.rule = rule;
    out_.span = in_.span;
    out_.form = in_.kind == ast::ConstraintKind::only ? Form::only_listed : Form::on_listed;
    out_.exception = never();
    resolve_effect();
    const Purpose purpose = out_.form == Form::only_listed ? Purpose::only_listed : Purpose::on_listed;
    const auto operations = resolve_operation(in_.operation, purpose, context_);
    valid_ = valid_ && operations;
    resolve_subject();
    resolve_exception();
    if (operations) check_owners(*operations);
    resolve_error();
    if (operations) check_error(*operations);
    resolve_log();
    resolve_libs();
    for (const ast::Word& part : in_.without) closure_.dropped.push_back({part.text, part.span});
    if (!valid_) return {};
    return results(*operations);
  }

private:
  void fail(uint16_t number, const diag::Span& span, std::string message, std::string hint = {}) {
    const diag::CodeInfo* info = diag::find_code(number);
    if (!info || info->severity == diag::Severity::error) valid_ = false;
    context_.report.fail(number, span, std::move(message), std::move(hint));
  }

  std::vector<ResolvedConstraint> results(const std::vector<ResolvedOperation>& operations) {
    std::vector<ResolvedConstraint> out;
    for (const ResolvedOperation& operation : operations) {
      ResolvedConstraint& one = out.emplace_back(ResolvedConstraint{out_, closure_});
      one.constraint.ops = operation.ops;
      one.constraint.objects = operation.objects;
      one.constraint.object = out_.form == Form::on_listed ? with_wildcards(operation.object) : operation.object;
      one.constraint.scope = operation.scope;
      one.closure.repeated = out.size() > 1;
    }
    return out;
  }

  void resolve_effect() {
    switch (in_.kind) {
      case ast::ConstraintKind::audit:
        out_.effect = Effect::audit;
        break;
      case ast::ConstraintKind::kill:
        out_.effect = Effect::kill;
        break;
      case ast::ConstraintKind::deny:
      case ast::ConstraintKind::only:
        out_.effect = Effect::deny;
        break;
    }
    resolve_or_kill(in_.or_kill, in_.kind == ast::ConstraintKind::deny);
    if (!in_.otherwise) return;
    const ast::Word& word = *in_.otherwise;
    resolve_or_kill(in_.otherwise_or_kill, word.text == "deny");
    if (in_.kind != ast::ConstraintKind::only) {
      fail(diag::code::else_without_only, word.span, "`else` belongs to `only`: there is no rest here",
           "begin the constraint with the effect that you want");
    } else if (word.text == "audit") {
      out_.effect = Effect::audit;
    } else if (word.text == "kill") {
      out_.effect = Effect::kill;
    } else if (word.text != "deny") {
      fail(diag::code::unknown_else_effect, word.span, fmt::format("`else {}` is not an effect", word.text),
           "`else` takes `deny`, `kill` or `audit`");
    }
  }

  void resolve_or_kill(const std::optional<diag::Span>& or_kill, bool denies) {
    if (!or_kill) return;
    out_.or_kill = true;
    if (!denies)
      fail(diag::code::or_kill_without_deny, *or_kill, "`or kill` helps a `deny`: nothing is denied here",
           in_.kind == ast::ConstraintKind::only ? "write `else deny or kill` at the end"
                                                 : "write `deny or kill`, or leave it out");
  }

  std::optional<Condition> condition(const ast::Condition& in) {
    const CommUse comm = out_.effect == Effect::audit ? CommUse::allowed : CommUse::refused;
    std::optional<Condition> out = resolve_condition(in, comm, context_);
    valid_ = valid_ && out;
    return out;
  }

  void resolve_subject() {
    if (!in_.subject) {
      if (out_.form == Form::only_listed)
        fail(diag::code::only_without_for, in_.span, "`only` says what somebody may do, and needs `for`",
             "add `for` with a condition, such as `for uid in web`");
      return;
    }
    std::optional<Condition> subject = condition(*in_.subject);
    if (!subject) return;
    out_.subject = std::move(*subject);
    // More subjects are held; what an exception or a `not` names would be more that are not.
    for (Condition* test : user_tests(out_.subject)) test->numbers = context_.accounts.with_subordinates(test->numbers);
    if (constancy_of(out_.subject, context_.path_sets) == Constancy::never)
      fail(diag::code::never_applies, in_.subject->span, "this constraint can never apply: its `for` is never true",
           "say who it is for");
  }

  void resolve_exception() {
    if (!in_.exception) return;
    std::optional<Condition> exception = condition(*in_.exception);
    if (!exception) return;
    out_.exception = std::move(*exception);
    if (constancy_of(out_.exception, context_.path_sets) == Constancy::always)
      fail(diag::code::never_applies, in_.exception->span,
           "this constraint can never apply: its `unless` is always true", "name the exceptions");
  }

  void check_owners(const std::vector<ResolvedOperation>& operations) {
    OpSet ops = 0;
    for (const ResolvedOperation& operation : operations) ops |= operation.ops;
    if (in_.subject) valid_ = check_owner(out_.subject, ops, in_.subject->span, context_) && valid_;
    if (in_.exception) valid_ = check_owner(out_.exception, ops, in_.exception->span, context_) && valid_;
  }

  /// A program that meets a system call which its allow-list does not know must think that the kernel lacks it.
  void resolve_error() {
    if (out_.form == Form::only_listed && in_.operation.klass.text == "syscall") out_.error = kEnosys;
    if (!in_.error) return;
    const ast::Word& word = *in_.error;
    if (out_.effect != Effect::deny)
      fail(diag::code::errno_without_deny, word.span,
           out_.effect == Effect::audit ? "`audit` lets the operation happen: there is no error to choose"
                                        : "`kill` ends the caller: nobody sees the error",
           "leave `errno` out, or deny");
    if (const std::optional<int> number = find_errno(word.text)) {
      out_.error = *number;
    } else {
      std::string hint = diag::did_you_mean(word.text, errno_names());
      if (hint.empty()) hint = "common ones are EPERM, EACCES, ENOENT and ENOSYS";
      fail(diag::code::unknown_errno, word.span, fmt::format("unknown error name `{}`", word.text), hint);
    }
  }

  void check_error(const std::vector<ResolvedOperation>& operations) {
    if (!in_.error || out_.error != kEnosys) return;
    for (const ResolvedOperation& operation : operations)
      if (operation.ops & op_bit(Op::process_set_exe))
        fail(diag::code::unknown_errno, in_.error->span,
             "`process set_exe` cannot be refused with ENOSYS: by that the kernel knows a call that nobody refuses",
             "choose another error, such as EPERM or EACCES");
  }

  void resolve_log() {
    if (!in_.log) return;
    if (in_.log->level) resolve_level(*in_.log->level);
    if (in_.log->limit) resolve_limit(*in_.log->limit);
  }

  void resolve_level(const ast::Word& level) {
    if (level.text == "alert") {
      out_.log = LogLevel::alert;
    } else if (level.text == "none") {
      out_.log = LogLevel::none;
      if (out_.effect == Effect::audit)
        fail(diag::code::audit_without_log, in_.log->span, "an `audit` without events does nothing",
             "leave `log none` out");
    } else {
      std::string hint = diag::did_you_mean(level.text, {"alert", "none"});
      if (hint.empty()) hint = "write `log`, `log alert` or `log none`";
      fail(diag::code::unknown_log_level, level.span, fmt::format("unknown log level `{}`", level.text), hint);
    }
  }

  void resolve_limit(const ast::LogClause::Limit& limit) {
    const std::optional<uint32_t> seconds = seconds_of(limit.unit.text);
    if (limit.word.text != "limit") {
      fail(diag::code::bad_log_limit, limit.word.span, fmt::format("`log {}` is not known", limit.word.text),
           "write `log limit 5/s`");
    } else if (!seconds) {
      fail(diag::code::bad_log_limit, limit.unit.span, fmt::format("`{}` is not a unit of time", limit.unit.text),
           "the units are s, m, h, d: seconds, minutes, hours, days");
    } else if (limit.events.value == 0 || limit.events.value > UINT32_MAX) {
      fail(diag::code::bad_log_limit, limit.events.span, "a limit of no or too many events",
           "write a number from 1 to 4294967295; for no events write `log none`");
    } else if (out_.log == LogLevel::none) {
      fail(diag::code::bad_log_limit, limit.word.span, "a limit of events that are not written", "leave the limit out");
    } else {
      out_.limit = {static_cast<uint32_t>(limit.events.value), *seconds};
    }
  }

  static std::optional<uint32_t> seconds_of(const std::string& unit) {
    if (unit == "s") return 1;
    if (unit == "m") return 60;
    if (unit == "h") return 3600;
    if (unit == "d") return 86400;
    return std::nullopt;
  }

  void resolve_libs() {
    if (!in_.libs) return;
    closure_.libs = context_.sets.paths(*in_.libs);
    closure_.libs_span = in_.libs->span;
    valid_ = valid_ && closure_.libs;
  }

  const ast::Constraint& in_;
  Context& context_;
  Constraint out_;
  ClosureOptions closure_;
  bool valid_ = true;
};

}  // namespace

std::vector<ResolvedConstraint> resolve_constraint(const ast::Constraint& constraint, uint32_t rule, Context& context) {
  return ConstraintResolver(constraint, context).run(rule);
}

}  // namespace stele::sema
