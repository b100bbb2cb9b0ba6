#include "dsl/sema/conditions.h"

#include <fmt/format.h>

#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/glob.h"
#include "dsl/sema/set_types.h"
#include "dsl/sema/words.h"

namespace stele::sema {

namespace {

using Comparison = ast::Condition::Comparison;

constexpr size_t kMaxCommBytes = 15;  // TASK_COMM_LEN less the NUL, include/linux/sched.h

/// The ids that stand in this relation to `value`. "No id" is in no such relation.
NumberSet related(Comparison comparison, Number value) {
  switch (comparison) {
    case Comparison::less:
      return value == 0 ? NumberSet{} : NumberSet{{0, value - 1}};
    case Comparison::less_equal:
      return {{0, value}};
    case Comparison::greater:
      return value >= kMaxId ? NumberSet{} : NumberSet{{value + 1, kMaxId}};
    case Comparison::greater_equal:
      return {{value, kMaxId}};
    default:
      return {{value, value}};
  }
}

bool is_ordering(Comparison comparison) {
  return comparison == Comparison::less || comparison == Comparison::less_equal || comparison == Comparison::greater ||
         comparison == Comparison::greater_equal;
}

SetType type_of(Field field) {
  switch (field) {
    case Field::gid:
    case Field::egid:
      return SetType::gid;
    case Field::loginuid:
      return SetType::login_uid;
    case Field::exe:
    case Field::parent_exe:
    case Field::ancestor_exe:
    case Field::cgroup:
      return SetType::path;
    case Field::comm:
      return SetType::name;
    case Field::mntns:
    case Field::pidns:
      return SetType::name_space;
    case Field::tty:
      return SetType::tty;
    case Field::cap:
      return SetType::cap;
    default:
      return SetType::uid;
  }
}

bool has_order(SetType type) {
  return type == SetType::uid || type == SetType::gid || type == SetType::login_uid;
}

/// `arg0` to `arg5`
bool is_argument(std::string_view word) {
  return word.size() == 4 && word.starts_with("arg") && word[3] >= '0' && word[3] <= '5';
}

bool is_everybody(const std::string& word) {
  return word == "all" || word == "any" || word == "everybody" || word == "everyone";
}

/// What other languages call our fields.
std::string other_name_of(const std::string& word) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"auid", "loginuid"}, {"binary", "exe"},  {"group", "gid"},   {"parent", "parent.exe"}, {"path", "exe"},
      {"process", "exe"},   {"program", "exe"}, {"subject", "exe"}, {"user", "uid"},
  };
  for (const auto& [other, ours] : kOthers)
    if (word == other) return fmt::format("write `{}`", ours);
  return {};
}

class ConditionResolver {
public:
  ConditionResolver(CommUse comm, Context& context) : comm_(comm), context_(context) {}

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
  std::nullopt_t fail(uint16_t number, const diag::Span& span, std::string message, std::string hint = {}) {
    return context_.report.fail(number, span, std::move(message), std::move(hint));
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
    if (in.field.text == field_text(Field::owned)) return number_in(Field::owned, {{1, 1}});
    const std::optional<Field> field = find_subject_field(in.field.text);
    if (!field) {
      std::string hint = other_name_of(in.field.text);
      if (hint.empty() && is_argument(in.field.text))
        hint = "arguments are tested behind the call: `personality(arg0 != 0)`";
      std::vector<std::string> known = subject_field_names();
      known.emplace_back(field_text(Field::owned));
      if (hint.empty()) hint = diag::did_you_mean(in.field.text, known);
      if (hint.empty() && context_.sets.knows(in.field.text))
        hint = fmt::format("say what is in that set, such as `uid in {}`", in.field.text);
      if (hint.empty()) hint = fmt::format("the conditions are {}", fmt::join(known, ", "));
      return fail(diag::code::unknown_condition, in.field.span, fmt::format("unknown condition `{}`", in.field.text),
                  hint);
    }
    if (*field == Field::comm && comm_ == CommUse::refused)
      return fail(diag::code::comm_decides, in.field.span,
                  "`comm` cannot decide: any process may call itself what it likes, so it is for `audit` only",
                  "use `exe`, the file that the task executes");
    if (*field == Field::exe && is_kernel(in)) {
      Condition out = number_in(Field::by_kernel, {{1, 1}});
      return in.comparison == Comparison::not_equal ? negated(std::move(out)) : std::move(out);
    }
    const SetType type = type_of(*field);
    if (!is_comparable(in, type)) return std::nullopt;
    std::optional<Condition> out =
        kind_of(*field) == FieldKind::name ? name_test(in, *field, type) : number_test(in, *field, type);
    if (out && in.comparison == Comparison::not_equal) return negated(std::move(*out));
    return out;
  }

  /// `exe kernel`, `exe == kernel`: the word, not a set of that name.
  static bool is_kernel(const ast::Condition& in) {
    return in.comparison != Comparison::in && in.value.items.size() == 1 &&
           in.value.items.front().kind == ast::Item::Kind::name && in.value.items.front().text.bytes == "kernel";
  }

  /// False, and reported: a set compared by other than `in`, an order of what has none.
  bool is_comparable(const ast::Condition& in, SetType type) {
    if (is_ordering(in.comparison) && !has_order(type)) {
      fail(diag::code::bad_comparison, in.span, fmt::format("what `{}` names has no order", in.field.text),
           fmt::format("compare `{}` with `==`, `!=` or `in`", in.field.text));
      return false;
    }
    const bool has_sets = type != SetType::tty && type != SetType::name_space;
    if (in.comparison == Comparison::in || in.value.items.empty() || !has_sets) return true;
    const ast::Item& item = in.value.items.front();
    if (item.kind != ast::Item::Kind::name || find_type_word(type, item.text.bytes)) return true;
    fail(diag::code::bad_comparison, in.span,
         fmt::format("`{}` is compared with the word `{}`", in.field.text, item.text.bytes),
         context_.sets.knows(item.text.bytes)
             ? fmt::format("for the set of that name write `{} in {}`", in.field.text, item.text.bytes)
         : has_order(type) && is_everybody(item.text.bytes)
             ? fmt::format("for everybody write `{} >= 0`", in.field.text)
         : has_order(type) ? fmt::format("names of users and groups are strings: write `\"{}\"`", item.text.bytes)
                           : std::string(example_of(type)));
    return false;
  }

  std::optional<Condition> number_test(const ast::Condition& in, Field field, SetType type) {
    std::optional<SetValue> value = context_.sets.value(in.value, type);
    if (!value) return std::nullopt;
    NumberSet numbers = std::move(value->numbers);
    if (is_ordering(in.comparison)) {
      if (numbers.size() != 1 || numbers.front().first != numbers.front().last || numbers.front().first > kMaxId)
        return fail(diag::code::bad_comparison, in.span,
                    fmt::format("`{}` is compared with other than one number", in.field.text),
                    fmt::format("write `{} in {{ … }}`", in.field.text));
      numbers = related(in.comparison, numbers.front().first);
    }
    if (numbers.empty()) warn_of_empty(in);
    return number_in(field, std::move(numbers));
  }

  std::optional<Condition> name_test(const ast::Condition& in, Field field, SetType type) {
    const std::optional<PathSetId> names = context_.sets.paths(in.value, type);
    if (!names) return std::nullopt;
    const PathSet& set = context_.path_sets[*names];
    if (set.kind == PathSet::Kind::listed && set.patterns.empty()) warn_of_empty(in);
    for (const PathPattern& name : set.patterns)
      if (field == Field::comm && shortest_match(name.front()) > kMaxCommBytes)
        return fail(diag::code::bad_name, in.value.span,
                    fmt::format("a `comm` has at most {} bytes: no task has this one", kMaxCommBytes),
                    "cut it as the kernel does");
    return name_in(field, *names);
  }

  void warn_of_empty(const ast::Condition& in) {
    fail(diag::code::empty_test, in.span, "this condition is never true: nothing is in the set", "leave it out");
  }

  CommUse comm_;
  Context& context_;
};

}  // namespace

std::optional<Condition> resolve_condition(const ast::Condition& condition, CommUse comm, Context& context) {
  return ConditionResolver(comm, context).resolve(condition);
}

bool check_owner(const Condition& condition, OpSet ops, const diag::Span& where, Context& context) {
  const OpSet others = ops & ~(ops_of(OpClass::file) | ops_of(OpClass::exec));
  if (!others || !asks_for(condition, Field::owned)) return true;
  Op first = Op::file_read;
  while (!(others & op_bit(first))) first = static_cast<Op>(static_cast<uint32_t>(first) + 1);
  context.report.fail(diag::code::owner_of_no_file, where,
                      fmt::format("`owner` asks whose the file is: `{}` is about no file", op_text(first)),
                      "say who is meant, such as `uid 33`");
  return false;
}

}  // namespace stele::sema
