#include "dsl/sema/constraints.h"

#include <fmt/format.h>

#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/conditions.h"
#include "dsl/sema/words.h"

namespace stele {

namespace {

class ConstraintResolver {
public:
  ConstraintResolver(const ast::Constraint& in, Sets& sets, PathSetTable& path_sets, Sink& sink)
      : in_(in), sets_(sets), path_sets_(path_sets), sink_(sink) {
    out_.exception.kind = Condition::Kind::any_of;  // of nothing: never true
  }

  std::optional<Constraint> run(uint32_t rule) {
    out_.rule = rule;
    out_.span = in_.span;
    out_.form = in_.kind == ast::ConstraintKind::only ? Form::only_listed : Form::on_listed;
    resolve_effect();
    resolve_operations();
    resolve_objects();
    resolve_subject();
    resolve_exception();
    resolve_error();
    resolve_log();
    if (!valid_) return std::nullopt;
    return std::move(out_);
  }

private:
  void fail(uint16_t number, const Span& span, std::string message, std::string hint = {}) {
    Diagnostic d = diagnostic(number, span, std::move(message), std::move(hint));
    if (d.severity == Severity::error) valid_ = false;
    sink_.report(std::move(d));
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
    if (!in_.otherwise) return;
    const ast::Word& word = *in_.otherwise;
    if (in_.kind != ast::ConstraintKind::only) {
      fail(code::else_without_only, word.span, "`else` belongs to `only`: there is no rest here",
           "begin the constraint with the effect that you want");
    } else if (word.text == "audit") {
      out_.effect = Effect::audit;
    } else if (word.text == "kill") {
      out_.effect = Effect::kill;
    } else if (word.text != "deny") {
      fail(code::unknown_else_effect, word.span, fmt::format("`else {}` is not an effect", word.text),
           "`else` takes `deny`, `kill` or `audit`");
    }
  }

  void resolve_operations() {
    const std::string& klass = in_.klass.text;
    if (klass == "exec") {
      out_.ops = op_bit(Op::exec);
      if (in_.operations_given)
        fail(code::unexpected_operations, in_.klass.span, "`exec` is one operation and takes no others",
             "write `exec on …`");
    } else if (klass == "file") {
      resolve_file_operations();
    } else if (find_operation("file", klass)) {
      fail(code::unknown_class, in_.klass.span, fmt::format("`{}` is an operation of the class `file`", klass),
           fmt::format("write `file {}`", klass));
    } else {
      std::string hint = did_you_mean(klass, {"file", "exec"});
      if (hint.empty()) hint = "the classes so far are `file` and `exec`";
      fail(code::unknown_class, in_.klass.span, fmt::format("unknown operation class `{}`", klass), hint);
    }
  }

  void resolve_file_operations() {
    if (in_.operations.empty())
      fail(code::missing_operations, in_.klass.span, "`file` needs its operations",
           "for example `file read` or `file { read, write }`");
    for (const ast::Word& word : in_.operations) {
      if (const std::optional<Op> op = find_operation("file", word.text)) {
        out_.ops |= op_bit(*op);
      } else if (is_future_operation("file", word.text)) {
        fail(code::unsupported_operation, word.span, fmt::format("`file {}` is not supported yet", word.text));
      } else {
        fail(code::unknown_operation, word.span, fmt::format("`file` has no operation `{}`", word.text),
             word.text == "exec" ? "write `exec on …`, a class of its own"
                                 : did_you_mean(word.text, operations_of("file")));
      }
    }
  }

  void resolve_objects() {
    std::optional<PathSet> objects = sets_.paths(in_.objects);
    if (!objects) {
      valid_ = false;
      return;
    }
    const bool empty = objects->patterns.empty();
    out_.objects = path_sets_.intern(std::move(*objects));
    if (!empty) return;
    if (out_.form == Form::only_listed) {
      fail(code::empty_only, in_.objects.span, "nothing is listed, so everything of this kind is denied");
    } else {
      fail(code::never_applies, in_.objects.span, "this constraint can never apply: nothing is in the set",
           "name the paths it is about");
    }
  }

  std::optional<Condition> condition(const ast::Condition& in) {
    std::optional<Condition> out = resolve_condition(in, out_.effect, sets_, path_sets_, sink_);
    valid_ = valid_ && out;
    return out;
  }

  void resolve_subject() {
    if (!in_.subject) {
      if (out_.form == Form::only_listed)
        fail(code::only_without_for, in_.span, "`only` says what somebody may do, and needs `for`",
             "add `for` with a condition, such as `for uid in web`");
      return;
    }
    std::optional<Condition> subject = condition(*in_.subject);
    if (!subject) return;
    out_.subject = std::move(*subject);
    if (constancy_of(out_.subject, path_sets_) == Constancy::never)
      fail(code::never_applies, in_.subject->span, "this constraint can never apply: its `for` is never true",
           "name somebody in the set");
  }

  void resolve_exception() {
    if (!in_.exception) return;
    std::optional<Condition> exception = condition(*in_.exception);
    if (!exception) return;
    out_.exception = std::move(*exception);
    if (constancy_of(out_.exception, path_sets_) == Constancy::always)
      fail(code::never_applies, in_.exception->span, "this constraint can never apply: its `unless` is always true",
           "name the exceptions");
  }

  void resolve_error() {
    if (!in_.error) return;
    const ast::Word& word = *in_.error;
    if (out_.effect != Effect::deny)
      fail(code::errno_without_deny, word.span,
           out_.effect == Effect::audit ? "`audit` lets the operation happen: there is no error to choose"
                                        : "`kill` ends the caller: nobody sees the error",
           "leave `errno` out, or deny");
    if (const std::optional<int> number = find_errno(word.text)) {
      out_.error = *number;
    } else {
      std::string hint = did_you_mean(word.text, errno_names());
      if (hint.empty()) hint = "common ones are EPERM, EACCES, ENOENT and ENOSYS";
      fail(code::unknown_errno, word.span, fmt::format("unknown error name `{}`", word.text), hint);
    }
  }

  void resolve_log() {
    if (!in_.log || !in_.log->level) return;
    const ast::Word& level = *in_.log->level;
    if (level.text == "alert") {
      out_.log = LogLevel::alert;
    } else if (level.text == "none") {
      out_.log = LogLevel::none;
      if (out_.effect == Effect::audit)
        fail(code::audit_without_log, in_.log->span, "an `audit` without events does nothing", "leave `log none` out");
    } else {
      std::string hint = did_you_mean(level.text, {"alert", "none"});
      if (hint.empty()) hint = "write `log`, `log alert` or `log none`";
      fail(code::unknown_log_level, level.span, fmt::format("unknown log level `{}`", level.text), hint);
    }
  }

  const ast::Constraint& in_;
  Sets& sets_;
  PathSetTable& path_sets_;
  Sink& sink_;
  Constraint out_;
  bool valid_ = true;
};

}  // namespace

std::optional<Constraint> resolve_constraint(const ast::Constraint& constraint, uint32_t rule, Sets& sets,
                                             PathSetTable& path_sets, Sink& sink) {
  return ConstraintResolver(constraint, sets, path_sets, sink).run(rule);
}

}  // namespace stele
