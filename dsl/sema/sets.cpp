#include "dsl/sema/sets.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/numbers.h"
#include "dsl/sema/set_types.h"

namespace stele::sema {

namespace {

constexpr uint32_t kMaxSetNesting = 100;    // sets are evaluated by recursion
constexpr uint32_t kMaxComputations = 100;  // intersections and differences in one expression nest
constexpr size_t kMaxTestNodes = 4096;      // of the tests of one system call

bool is_one_name(const ast::SetExpression& expression) {
  return expression.operands.empty() && expression.items.size() == 1 &&
         expression.items.front().kind == ast::Item::Kind::name && !expression.items.front().arguments;
}

/// A number or an address by itself.
const ast::Item* lone_number(const ast::SetExpression& expression) {
  if (!expression.operands.empty() || expression.braces || expression.items.size() != 1) return nullptr;
  const ast::Item& item = expression.items.front();
  const bool address = item.kind == ast::Item::Kind::address && !item.prefix;
  return (address || item.kind == ast::Item::Kind::number) && !item.is_range ? &item : nullptr;
}

/// `80/tcp - 80` is a difference.
bool same_number(const ast::Item& a, const ast::Item& b) {
  return a.kind == ast::Item::Kind::number && b.kind == ast::Item::Kind::number && a.first == b.first;
}

std::string text_of(const diag::Span& span) {
  return span.file->text.substr(span.begin, span.end - span.begin);
}

/// `80` and `90/tcp` → `80..90/tcp`; `10.0.0.1` and `9` → `10.0.0.1..10.0.0.9`.
std::string as_range(const ast::Item& first, const ast::Item& last) {
  using Kind = ast::Item::Kind;
  std::string from = text_of(first.span), to = text_of(last.span);
  if (first.protocol) from.resize(from.find('/'));
  if (first.kind == Kind::address && last.kind == Kind::number) to = from.substr(0, from.find_last_of(".:") + 1) + to;
  return from + ".." + to;
}

/// Ports given for one protocol are in addition to those of any.
void complete_ports(SetValue& value) {
  for (auto& [protocol, ports] : value.pairs) ports = unite(normalised(std::move(ports)), value.numbers);
}

/// A family without arguments is all of its protocols.
void complete_families(SetValue& value) {
  std::erase_if(value.pairs, [&](const auto& pair) { return has_number(value.numbers, pair.first); });
}

}  // namespace

bool Sets::fail(uint16_t number, const diag::Span& span, std::string message, std::string hint) {
  report_.fail(number, span, std::move(message), std::move(hint));
  return false;
}

void Sets::define(const ast::Let& let, bool in_root) {
  const auto [it, fresh] = entries_.try_emplace(let.name.text);
  if (!fresh) {
    report_.fail(diag::code::duplicate_set, let.name.span, fmt::format("a second set `{}`", let.name.text),
                 "give it another name", {it->second.let->name.span, "the first one"});
    return;
  }
  Entry& entry = it->second;
  entry.let = &let;
  entry.in_root = in_root;
  entry.type = find_set_type(let.type.text);
  order_.push_back(&entry);
  if (let.broken) return;
  if (entry.type) {
    if (find_type_word(*entry.type, let.name.text))
      fail(diag::code::set_name_is_word, let.name.span,
           fmt::format("`{}` is the name of a {}", let.name.text,
                       *entry.type == SetType::cap ? "capability" : "system call"),
           "give the set a name of its own");
  } else if (let.type.text.empty()) {
    fail(diag::code::missing_set_type, let.value.span, fmt::format("set `{}` has no type", let.name.text),
         fmt::format("write its type before its members: {}", set_types_text()));
  } else {
    fail(diag::code::unknown_set_type, let.type.span, fmt::format("unknown set type `{}`", let.type.text),
         let.type.text == "exe" ? "executables are paths: write `path`"
                                : fmt::format("the types are {}", set_types_text()));
  }
}

void Sets::evaluate(Entry& entry) {
  if (entry.state == State::open) {
    fail(diag::code::set_cycle, entry.let->name.span, fmt::format("set `{}` contains itself", entry.let->name.text),
         "take its name out of the sets it is made of");
    return;
  }
  if (entry.state == State::done) return;
  if (depth_ == kMaxSetNesting) {
    fail(diag::code::sets_nested_too_deeply, entry.let->name.span,
         fmt::format("set `{}` is more than {} sets away from where it is used", entry.let->name.text, kMaxSetNesting),
         "name the members themselves");
    entry.state = State::done;
    return;
  }
  entry.state = State::open;
  ++depth_;
  Parameters* const parameters = std::exchange(parameters_, nullptr);
  if (entry.type && !entry.let->broken) {
    std::optional<SetValue> result = value(entry.let->value, *entry.type);
    entry.valid = result.has_value();
    if (result) entry.value = std::move(*result);
  }
  PathValue& paths = entry.value.paths;
  paths.name = entry.let->name.text;
  paths.span = entry.let->span;
  if (paths.patterns.empty() && paths.composites.size() == 1) {
    auto node = std::make_shared<PathNode>(*paths.composites.front());
    node->name = paths.name;
    node->span = paths.span;
    paths.composites.front() = std::move(node);
  }
  parameters_ = parameters;
  --depth_;
  entry.state = State::done;
}

std::optional<SetValue> Sets::value(const ast::SetExpression& expression, SetType type) {
  return expression.operands.empty() ? listed(expression, type) : joined(expression, type);
}

std::optional<SetValue> Sets::joined(const ast::SetExpression& expression, SetType type) {
  std::optional<SetValue> out = value(expression.operands.front(), type);
  uint32_t computations = 0;
  if (expression.operators.front() == ast::SetExpression::Operator::subtract) {
    const ast::Item* const first = lone_number(expression.operands[0]);
    const ast::Item* const last = lone_number(expression.operands[1]);
    if (first && last && text_of(first->span) != text_of(last->span) && !same_number(*first, *last))
      return report_.fail(diag::code::range_with_minus, {first->span.file, first->span.begin, last->span.end},
                          "`-` takes a set away, it makes no range",
                          fmt::format("write `{}`", as_range(*first, *last)));
  }
  for (size_t i = 1; i < expression.operands.size() && i <= expression.operators.size(); ++i) {
    std::optional<SetValue> operand = value(expression.operands[i], type);
    if (!operand) out.reset();
    if (!out) continue;
    const ast::SetExpression::Operator how = expression.operators[i - 1];
    if (how == ast::SetExpression::Operator::subtract)
      check_subtracted(*out, *operand, type, expression.operands[i].span);
    *out = combine(type, how, std::move(*out), std::move(*operand));
    computations += how != ast::SetExpression::Operator::unite ? 1 : 0;
    bool small = computations <= kMaxComputations;
    for (const auto& [call, test] : out->tests) small = small && size_of(test) <= kMaxTestNodes;
    if (!small)
      return report_.fail(diag::code::sets_nested_too_deeply, expression.span,
                          "too many sets are computed from each other", "name the members themselves");
  }
  return out;
}

/// Of paths and names the analyses say it. A template's use may take away what another one does not have.
void Sets::check_subtracted(const SetValue& from, const SetValue& taken, SetType type, const diag::Span& span) {
  if (type == SetType::path || type == SetType::name || parameters_) return;
  if (is_empty(combine(type, ast::SetExpression::Operator::intersect, from, taken)))
    fail(diag::code::nothing_subtracted, span, "this takes nothing away: none of it is in the set before the `-`",
         "leave it out, or look for what was meant");
}

std::optional<SetValue> Sets::listed(const ast::SetExpression& expression, SetType type) {
  Members members;
  bool valid = true;
  for (const ast::Item& item : expression.items) valid = add_item(item, type, members) && valid;
  if (!valid) return std::nullopt;
  if (is_one_name(expression) && members.sets.size() == 1) return std::move(members.sets.front());
  SetValue out = std::move(members.listed);
  out.numbers = normalised(std::move(out.numbers));
  if (type == SetType::port) complete_ports(out);
  if (type == SetType::family) complete_families(out);
  for (auto it = out.tests.begin(); it != out.tests.end();)
    it = has_number(out.numbers, it->first) ? out.tests.erase(it) : std::next(it);
  for (SetValue& set : members.sets)
    out = combine(type, ast::SetExpression::Operator::unite, std::move(out), std::move(set));
  out.paths.name.clear();
  if (type == SetType::syscall) check_tests(expression);
  return out;
}

/// Calls that stand in the list with a test, and without one, too. In a template that depends on the use.
void Sets::check_tests(const ast::SetExpression& expression) {
  if (parameters_) return;
  ast::SetExpression others = expression;
  others.braces = true;
  if (std::erase_if(others.items, [](const ast::Item& item) { return item.arguments.has_value(); }) == 0) return;
  const std::optional<SetValue> whole = listed(others, SetType::syscall);
  for (const ast::Item& item : expression.items) {
    if (!item.arguments || !whole) continue;
    const std::string& name = item.text.bytes;
    const std::optional<uint64_t> call = find_type_word(SetType::syscall, name);
    if (call && has_number(whole->numbers, *call))
      fail(diag::code::idle_test, item.span,
           fmt::format("the set has every `{}`: a test beside that takes none of them away", name),
           fmt::format("take it out before, as in `@system-service - {} | {}(…)`", name, name));
  }
}

std::optional<PathSetId> Sets::paths(const ast::SetExpression& expression, SetType type) {
  std::optional<SetValue> result;
  if (is_one_name(expression)) {
    const std::string& name = expression.items.front().text.bytes;
    const auto it = entries_.find(name);
    const auto given = parameters_ ? parameters_->find(name) : Parameters::iterator();
    const bool is_parameter = parameters_ && given != parameters_->end();
    const bool is_set = it != entries_.end() && !is_parameter;
    if (is_set && it->second.id && it->second.type == type) return it->second.id;
    result = value(expression, type);
    if (!result) return std::nullopt;
    const diag::Span& place = is_parameter ? given->second.argument->span : expression.span;
    const PathSetId id = path_sets_.intern(std::move(result->paths), place);
    if (is_set) it->second.id = id;
    return id;
  }
  result = value(expression, type);
  if (!result) return std::nullopt;
  return path_sets_.intern(std::move(result->paths), expression.span);
}

void Sets::evaluate_all() {
  if (std::exchange(all_evaluated_, true)) return;
  for (Entry* entry : order_) evaluate(*entry);
}

void Sets::check_unused() {
  if (report_.has_errors()) return;  // what could not be read may be what uses them
  for (const Entry* entry : order_) {
    if (entry->used || !entry->in_root) continue;
    fail(diag::code::unused_set, entry->let->name.span, fmt::format("set `{}` is not used", entry->let->name.text),
         "use it, or take it out");
  }
}

}  // namespace stele::sema
