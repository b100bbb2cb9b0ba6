#include "dsl/sema/conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/words.h"

namespace stele {

namespace {

using Comparison = ast::Condition::Comparison;

Condition negated(Condition inner) {
  Condition out;
  out.kind = Condition::Kind::negation;
  out.operands.push_back(std::move(inner));
  return out;
}

/// The ids that stand in this relation to `value`. The last id is included above, though no task has it.
NumberSet related(Comparison comparison, uint32_t value) {
  constexpr uint32_t kLast = UINT32_MAX;
  switch (comparison) {
    case Comparison::less:
      return value == 0 ? NumberSet{} : NumberSet{{0, value - 1}};
    case Comparison::less_equal:
      return {{0, value}};
    case Comparison::greater:
      return {{value + 1, kLast}};  // value <= kMaxId
    case Comparison::greater_equal:
      return {{value, kLast}};
    default:
      return {{value, value}};
  }
}

bool is_ordering(Comparison comparison) {
  return comparison == Comparison::less || comparison == Comparison::less_equal || comparison == Comparison::greater ||
         comparison == Comparison::greater_equal;
}

class ConditionResolver {
public:
  ConditionResolver(Effect effect, Sets& sets, PathSetTable& path_sets, Sink& sink)
      : effect_(effect), sets_(sets), path_sets_(path_sets), sink_(sink) {}

  std::optional<Condition> resolve(const ast::Condition& in) {
    switch (in.kind) {
      case ast::Condition::Kind::all_of:
        return joined(in, Condition::Kind::all_of);
      case ast::Condition::Kind::any_of:
        return joined(in, Condition::Kind::any_of);
      case ast::Condition::Kind::negation:
        return joined(in, Condition::Kind::negation);
      case ast::Condition::Kind::test:
        return test(in);
    }
    return std::nullopt;
  }

private:
  std::nullopt_t fail(uint16_t number, const Span& span, std::string message, std::string hint = {}) {
    sink_.report(diagnostic(number, span, std::move(message), std::move(hint)));
    return std::nullopt;
  }

  std::optional<Condition> joined(const ast::Condition& in, Condition::Kind kind) {
    Condition out;
    out.kind = kind;
    bool valid = true;
    for (const ast::Condition& operand : in.operands) {
      std::optional<Condition> one = resolve(operand);
      valid = valid && one;
      if (one) out.operands.push_back(std::move(*one));
    }
    if (!valid) return std::nullopt;
    return out;
  }

  std::optional<Condition> test(const ast::Condition& in) {
    const std::optional<Field> field = find_subject_field(in.field.text);
    if (!field) {
      std::string hint = did_you_mean(in.field.text, subject_field_names());
      if (hint.empty()) hint = fmt::format("the conditions are {}", fmt::join(subject_field_names(), ", "));
      return fail(code::unknown_condition, in.field.span, fmt::format("unknown condition `{}`", in.field.text), hint);
    }
    switch (*field) {
      case Field::uid:
      case Field::euid:
        return id_test(in, *field, SetType::uid);
      case Field::gid:
      case Field::egid:
        return id_test(in, *field, SetType::gid);
      case Field::exe:
        return exe_test(in);
      case Field::comm:
        return comm_test(in);
      default:
        return fail(code::unsupported_condition, in.field.span,
                    fmt::format("conditions on `{}` are not supported yet", in.field.text),
                    "the conditions so far are `uid`, `euid`, `gid`, `egid` and `exe`");
    }
  }

  std::optional<Condition> comm_test(const ast::Condition& in) {
    if (effect_ == Effect::audit)
      return fail(code::unsupported_condition, in.field.span, "conditions on `comm` are not supported yet",
                  "use `exe`, the file that the task executes");
    return fail(code::comm_decides, in.field.span,
                "`comm` cannot decide: any process may call itself what it likes, so it is for `audit` only",
                "use `exe`, the file that the task executes");
  }

  /// False (and reported) when a set name is compared by other than `in`.
  bool compares_value(const ast::Condition& in) {
    if (in.comparison == Comparison::in || in.value.items.front().kind != ast::Item::Kind::name) return true;
    const std::string& name = in.value.items.front().text.bytes;
    fail(code::bad_comparison, in.span, fmt::format("`{}` is compared with the word `{}`", in.field.text, name),
         fmt::format("for the set of that name write `{} in {}`", in.field.text, name));
    return false;
  }

  std::optional<Condition> id_test(const ast::Condition& in, Field field, SetType type) {
    if (!compares_value(in)) return std::nullopt;
    std::optional<NumberSet> ids = sets_.ids(in.value, type);
    if (!ids) return std::nullopt;
    if (is_ordering(in.comparison)) {
      if (in.value.items.front().is_range)
        return fail(code::bad_comparison, in.span, fmt::format("`{}` is compared with a range", in.field.text),
                    fmt::format("write `{} in {{ … }}`", in.field.text));
      ids = related(in.comparison, static_cast<uint32_t>(ids->front().first));
    }
    Condition out;
    out.kind = Condition::Kind::number_in;
    out.field = field;
    out.numbers = std::move(*ids);
    if (out.numbers.empty()) warn_of_empty(in);
    return in.comparison == Comparison::not_equal ? negated(std::move(out)) : std::move(out);
  }

  std::optional<Condition> exe_test(const ast::Condition& in) {
    if (!compares_value(in)) return std::nullopt;
    if (is_ordering(in.comparison))
      return fail(code::bad_comparison, in.span, "executables have no order", "compare `exe` with `==`, `!=` or `in`");
    std::optional<PathSet> exes = sets_.paths(in.value);
    if (!exes) return std::nullopt;
    if (exes->patterns.empty()) warn_of_empty(in);
    Condition out;
    out.kind = Condition::Kind::name_in;
    out.field = Field::exe;
    out.names = path_sets_.intern(std::move(*exes));
    return in.comparison == Comparison::not_equal ? negated(std::move(out)) : std::move(out);
  }

  void warn_of_empty(const ast::Condition& in) {
    fail(code::empty_test, in.span, "this condition is never true: nothing is in the set", "leave it out");
  }

  Effect effect_;
  Sets& sets_;
  PathSetTable& path_sets_;
  Sink& sink_;
};

/// `all_of` of a `never` is never, of nothing but `always` is always; `any_of` the other way round.
Constancy joined_constancy(const Condition& condition, const PathSetTable& path_sets, Constancy decides,
                           Constancy otherwise) {
  Constancy out = otherwise;
  for (const Condition& operand : condition.operands) {
    const Constancy one = constancy_of(operand, path_sets);
    if (one == decides) return decides;
    if (one == Constancy::depends) out = Constancy::depends;
  }
  return out;
}

}  // namespace

Constancy constancy_of(const Condition& condition, const PathSetTable& path_sets) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
      return joined_constancy(condition, path_sets, Constancy::never, Constancy::always);
    case Condition::Kind::any_of:
      return joined_constancy(condition, path_sets, Constancy::always, Constancy::never);
    case Condition::Kind::negation: {
      const Constancy inner = constancy_of(condition.operands.front(), path_sets);
      if (inner == Constancy::depends) return inner;
      return inner == Constancy::never ? Constancy::always : Constancy::never;
    }
    case Condition::Kind::number_in:
      return condition.numbers.empty() ? Constancy::never : Constancy::depends;
    case Condition::Kind::name_in: {
      const PathSet& names = path_sets[condition.names];
      return names.kind == PathSet::Kind::listed && names.patterns.empty() ? Constancy::never : Constancy::depends;
    }
    case Condition::Kind::bits:
      return Constancy::depends;
  }
  return Constancy::depends;
}

bool same_condition(const Condition& a, const Condition& b) {
  return a.kind == b.kind && a.field == b.field && a.numbers == b.numbers && a.names == b.names && a.mask == b.mask &&
         a.value == b.value &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), same_condition);
}

std::optional<Condition> resolve_condition(const ast::Condition& condition, Effect effect, Sets& sets,
                                           PathSetTable& path_sets, Sink& sink) {
  return ConditionResolver(effect, sets, path_sets, sink).resolve(condition);
}

}  // namespace stele
