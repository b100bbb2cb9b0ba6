#include "tests/parse/dump.h"

#include <fmt/format.h>

namespace stele::test {

namespace {

using namespace ast;

std::string join(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i) out.append(i ? between : "").append(parts[i]);
  return out;
}

std::string text(const Word&);
std::string text(const Text&);
std::string text(const Number&);
std::string text(const Argument::Constant&);
std::string text(const Argument&);
std::string text(const Item&);
std::string text(const SetExpression&);
std::string text(const Condition&);
std::string text(const Object&);
std::string text(const Operation&);
std::string text(const LogClause&);
std::string text(const Acknowledgement&);
std::string text(const Constraint&);
std::string text(const TargetBound&);
std::string text(const Removable&);
std::string text(const Rule&);
std::string text(const Assertion&);

template <typename List>
std::string list(const List& parts, std::string_view between = " ") {
  std::vector<std::string> texts;
  for (const auto& part : parts) texts.push_back(text(part));
  return join(texts, between);
}

template <typename Part>
std::string optional(std::string_view before, const std::optional<Part>& part) {
  return part ? fmt::format("{}{}", before, text(*part)) : std::string();
}

std::string text(const Word& word) {
  return word.text;
}
std::string text(const Text& string) {
  return fmt::format("\"{}\"", string.bytes);
}
std::string text(const Number& number) {
  return std::to_string(number.value);
}
std::string text(const Argument::Constant& constant) {
  return std::visit([](const auto& one) { return text(one); }, constant);
}

std::string text(const Argument& argument) {
  static constexpr const char* kSigns[] = {"any", "==", "!=", "<", "<=", ">", ">="};
  if (argument.kind == Argument::Kind::text) return text(argument.text);
  if (argument.kind == Argument::Kind::word) return (argument.excluded ? "!" : "") + text(argument.word);
  return fmt::format("{}{} {}{}", text(argument.word), optional("&", argument.mask),
                     kSigns[static_cast<size_t>(argument.comparison)], optional("", argument.constant));
}

std::string text(const Item& item) {
  switch (item.kind) {
    case Item::Kind::number:
      return item.is_range ? fmt::format("{}..{}{}", item.first, item.last, optional("/", item.protocol))
                           : fmt::format("{}{}", item.first, optional("/", item.protocol));
    case Item::Kind::address:
      return item.is_range ? fmt::format("ip:{}..{}", text(item.address), text(item.last_address))
                           : fmt::format("ip:{}{}", text(item.address), optional("/", item.prefix));
    case Item::Kind::text:
      return text(item.text);
    case Item::Kind::group:
      return item.text.bytes;
    case Item::Kind::name:
      break;
  }
  return item.arguments ? fmt::format("{}({})", item.text.bytes, list(*item.arguments, ", ")) : item.text.bytes;
}

std::string text(const SetExpression& set) {
  if (set.operands.empty()) return set.braces ? fmt::format("{{{}}}", list(set.items, ", ")) : list(set.items);
  std::string out = text(set.operands.front());
  for (size_t i = 0; i < set.operators.size(); ++i)
    out = fmt::format("({} {} {})", out, "|&-"[static_cast<size_t>(set.operators[i])], text(set.operands.at(i + 1)));
  return out;
}

std::string text(const Condition& condition) {
  static constexpr const char* kSigns[] = {"in", "is", "==", "!=", "<", "<=", ">", ">="};
  switch (condition.kind) {
    case Condition::Kind::all_of:
      return fmt::format("and[{}]", list(condition.operands, ", "));
    case Condition::Kind::any_of:
      return fmt::format("or[{}]", list(condition.operands, ", "));
    case Condition::Kind::negation:
      return fmt::format("not[{}]", list(condition.operands, ", "));
    case Condition::Kind::test:
      break;
  }
  return fmt::format("{} {} {}", text(condition.field), kSigns[static_cast<size_t>(condition.comparison)],
                     text(condition.value));
}

std::string text(const Object& object) {
  return fmt::format("[{}{}{}]", object.on ? "on " : "", object.qualifier ? text(*object.qualifier) + ": " : "",
                     text(object.set));
}

std::string text(const Operation& operation) {
  return fmt::format("{}{}{}{}", text(operation.klass), optional(".", operation.operations),
                     operation.objects.empty() ? "" : " ", list(operation.objects));
}

std::string text(const LogClause& log) {
  std::string out = "log";
  out += optional(" ", log.level);
  if (log.limit) out += fmt::format(" {} {}/{}", text(log.limit->word), text(log.limit->events), text(log.limit->unit));
  return out;
}

std::string text(const Acknowledgement& one) {
  return fmt::format("acknowledge {} {}", text(one.code), text(one.reason));
}

std::string acknowledged(const std::vector<Acknowledgement>& all) {
  return all.empty() ? "" : " " + list(all);
}

std::string text(const Constraint& c) {
  static constexpr const char* kEffects[] = {"audit", "deny", "kill", "only"};
  const char* either = c.or_kill ? " or kill" : "";
  return fmt::format("{}{} {}{}{}{}{}{}{}{}{}{}", kEffects[static_cast<size_t>(c.kind)], either, text(c.operation),
                     optional(" for ", c.subject), optional(" unless ", c.exception), optional(" errno ", c.error),
                     optional(" ", c.log), c.without.empty() ? "" : " without " + list(c.without),
                     optional(" else ", c.otherwise), c.otherwise_or_kill ? " or kill" : "", optional(" libs ", c.libs),
                     acknowledged(c.acknowledged));
}

std::string text(const Header& header) {
  std::string out = fmt::format("policy {} {}", text(header.name), text(header.version));
  if (header.on_failure)
    out += fmt::format(" on {} {}", text(header.on_failure->word), text(header.on_failure->action));
  return out + acknowledged(header.acknowledged);
}

std::string text(const TargetBound& bound) {
  static constexpr const char* kSigns[] = {"==", ">=", "<=", "?"};
  return fmt::format("{}{}{}", kSigns[static_cast<size_t>(bound.comparison)], text(bound.first),
                     optional("..", bound.last));
}
std::string text(const Target& target) {
  return fmt::format("target {} {}{}{}", text(target.system), list(target.bounds), optional(" ", target.exact),
                     optional(" ", target.build_id));
}

std::string text(const Requirement& requirement) {
  return fmt::format("require {}{}", text(requirement.subject), optional(" ", requirement.value));
}

std::string text(const Let& let) {
  return fmt::format("let {} = {}{}{}", text(let.name), let.type.text.empty() ? "" : let.type.text + ": ",
                     let.broken ? "broken" : text(let.value), acknowledged(let.acknowledged));
}

std::string text(const Include& include) {
  return "include " + text(include.path);
}

std::string text(const Rule& rule) {
  return fmt::format("rule {} {{ {} }}", text(rule.name), list(rule.constraints, "; "));
}

std::string text(const Removable& removable) {
  return fmt::format("removable {}{}{}{}", text(removable.word), optional(" ", removable.by),
                     optional(" ", removable.with_word), optional(" ", removable.with));
}

std::string text(const Seal& seal) {
  return fmt::format("seal {{ {}; {}; {} }}", list(seal.self), list(seal.constraints, "; "), list(seal.removable));
}

std::string text(const Assertion& assertion) {
  return fmt::format("assert {} [{}] {}{}", text(assertion.quantifier), list(assertion.subject, "; "),
                     text(assertion.operation), acknowledged(assertion.acknowledged));
}

std::string text(const Template& definition) {
  return fmt::format("template {}({}) {{ {}; {} }}", text(definition.name), list(definition.parameters, ", "),
                     list(definition.rules, "; "), list(definition.assertions, "; "));
}

std::string text(const Use& use) {
  return fmt::format("use {}({}) as {}{}", text(use.name), list(use.arguments, ", "), text(use.prefix),
                     acknowledged(use.acknowledged));
}

}  // namespace

std::string dump(const ast::File& file) {
  std::string out;
  for (const Statement& statement : file.statements)
    out.append(std::visit([](const auto& one) { return text(one); }, statement)).append("\n");
  return out;
}

}  // namespace stele::test
