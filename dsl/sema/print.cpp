#include "dsl/sema/print.h"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <vector>

#include "dsl/diag/codes.h"
#include "dsl/sema/address.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/pattern.h"
#include "dsl/sema/words.h"
#include "dsl/words/words.h"

namespace stele::sema {

namespace {

/// Which words the numbers of a field are, where that depends on what stands beside them.
enum class Setting : uint8_t { plain, netlink, bpf };

constexpr Number kLongestSpelledRange = 512;

std::string braces(const std::vector<std::string>& items) {
  if (items.empty()) return "{ }";
  std::string out = "{ ";
  for (size_t i = 0; i < items.size(); ++i) out.append(i > 0 ? ", " : "").append(items[i]);
  return out + " }";
}

/// Of a path with its quotes, of a name likewise.
std::string patterns_text(const PathSet& set, bool names) {
  std::vector<std::string> items;
  for (const PathPattern& pattern : set.patterns)
    items.push_back(fmt::format("\"{}\"", names ? name_text(pattern) : pattern_text(pattern)));
  return braces(items);
}

std::string value_text(const Policy& policy, PathSetId id, bool names);

std::string named_or_value(const Policy& policy, PathSetId id, bool names) {
  if (id == kAnyPath) return "any";
  const PathSet& set = policy.path_sets[id];
  if (!set.name.empty()) return set.name;
  const std::string text = value_text(policy, id, names);
  return set.kind == PathSet::Kind::listed ? text : fmt::format("({})", text);
}

std::string value_text(const Policy& policy, PathSetId id, bool names) {
  const PathSet& set = policy.path_sets[id];
  if (set.kind == PathSet::Kind::listed) return patterns_text(set, names);
  const char sign = set.kind == PathSet::Kind::unite ? '|' : set.kind == PathSet::Kind::intersection ? '&' : '-';
  return fmt::format("{} {} {}", named_or_value(policy, set.left, names), sign,
                     named_or_value(policy, set.right, names));
}

bool is_set_of_names(Field field) {
  return field == Field::comm || field == Field::fstype;
}

std::string decimal(Number number) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  return out;
}

/// The word that the number is, or empty.
std::string word_text(Field field, Number number, Setting setting) {
  const auto of = [&](words::WordTable table) {
    return std::string(words::word_of(table, static_cast<uint64_t>(number)));
  };
  switch (field) {
    case Field::loginuid:
      return number == kNoId ? "unset" : "";
    case Field::mntns:
    case Field::pidns:
      return number == 1 ? "host" : "";
    case Field::ours:
      return number == 1 ? "policy" : "";
    case Field::kind:
      return number == kPlain ? "plain" : "";
    case Field::tty:
      return of(words::WordTable::tty);
    case Field::cap:
    case Field::capability:
      return of(words::WordTable::capability);
    case Field::syscall:
      return of(words::WordTable::syscall);
    case Field::family:
      return of(words::WordTable::family);
    case Field::protocol:
      return of(setting == Setting::netlink ? words::WordTable::netlink_protocol : words::WordTable::protocol);
    case Field::type:
      if (setting != Setting::bpf) return of(words::WordTable::socket_type);
      return number < kBpfMapType
                 ? of(words::WordTable::bpf_program)
                 : std::string(words::word_of(words::WordTable::bpf_map, static_cast<uint64_t>(number - kBpfMapType)));
    default:
      return {};
  }
}

std::string number_text(Field field, Number number, Setting setting) {
  const std::string word = word_text(field, number, setting);
  return word.empty() ? decimal(number) : word;
}

std::string numbers_text(Field field, const NumberSet& numbers, Setting setting) {
  std::vector<std::string> items;
  for (const NumberRange& range : numbers) {
    const bool spelled =
        !word_text(field, range.first, setting).empty() && range.last - range.first < kLongestSpelledRange;
    if (field == Field::address) {
      items.push_back(addresses_text(range));
    } else if (spelled) {
      for (Number number = range.first; number <= range.last; ++number)
        items.push_back(number_text(field, number, setting));
    } else {
      items.push_back(range.first == range.last ? decimal(range.first)
                                                : fmt::format("{}..{}", decimal(range.first), decimal(range.last)));
    }
  }
  return braces(items);
}

bool is_netlink(const Condition& condition) {
  return condition.kind == Condition::Kind::number_in && condition.field == Field::family &&
         condition.numbers.size() == 1 &&
         numbers_text(Field::family, condition.numbers, Setting::plain) == "{ netlink }";
}

std::string text_of(const Policy& policy, const Condition& condition, Setting setting);

/// What a file is called afterwards: of derived constraints, which have no words in the language.
bool is_new_name(const Condition& condition) {
  return condition.kind == Condition::Kind::name_in && condition.field == Field::new_name;
}

std::string operand_text(const Policy& policy, const Condition& operand, Setting setting) {
  const bool nested = operand.kind == Condition::Kind::all_of || operand.kind == Condition::Kind::any_of;
  const std::string text = text_of(policy, operand, setting);
  return nested ? fmt::format("({})", text) : text;
}

std::string joined(const Policy& policy, const Condition& condition, std::string_view word, Setting setting) {
  std::string out;
  for (const Condition& operand : condition.operands) {
    if (condition.kind == Condition::Kind::all_of && is_netlink(operand)) setting = Setting::netlink;
    if (!out.empty()) out += fmt::format(" {} ", word);
    out += operand_text(policy, operand, setting);
  }
  return out;
}

std::string text_of(const Policy& policy, const Condition& condition, Setting setting) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
      return joined(policy, condition, "and", setting);
    case Condition::Kind::any_of:
      return is_never(condition) ? "never" : joined(policy, condition, "or", setting);
    case Condition::Kind::negation:
      if (is_new_name(condition.operands.front()))
        return fmt::format("as none of {}", named_or_value(policy, condition.operands.front().names, false));
      return fmt::format("not {}", operand_text(policy, condition.operands.front(), setting));
    case Condition::Kind::number_in:
      if (condition.field == Field::by_kernel) return "exe kernel";
      if (condition.field == Field::kind) return "kind plain";
      if (condition.field == Field::owned) return "owner";
      return fmt::format("{} in {}", field_text(condition.field),
                         numbers_text(condition.field, condition.numbers, setting));
    case Condition::Kind::name_in:
      if (is_new_name(condition)) return fmt::format("as one of {}", named_or_value(policy, condition.names, false));
      return fmt::format("{} in {}", field_text(condition.field),
                         named_or_value(policy, condition.names, is_set_of_names(condition.field)));
    case Condition::Kind::bits:
      return fmt::format("{} & {:#x} == {:#x}", field_text(condition.field), condition.mask, condition.value);
  }
  return {};
}

/// "file { read, write }", "exec"; classes joined by " + " where a derived constraint mixes them.
std::string operations_text(OpSet ops) {
  std::vector<std::string> classes;
  std::vector<std::vector<std::string>> names;
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (!(ops & op_bit(op))) continue;
    const std::string klass(class_text(op_class(op)));
    size_t at = 0;
    while (at < classes.size() && classes[at] != klass) ++at;
    if (at == classes.size()) {
      classes.push_back(klass);
      names.emplace_back();
    }
    if (!is_sole(op)) names[at].emplace_back(op_name(op));
  }
  std::string out;
  for (size_t i = 0; i < classes.size(); ++i) {
    out.append(i > 0 ? " + " : "").append(classes[i]);
    if (!names[i].empty()) out.append(" ").append(braces(names[i]));
  }
  return out;
}

Setting setting_of(OpSet ops) {
  return (ops & ops_of(OpClass::net)) != 0 ? Setting::plain : Setting::bpf;
}

/// " on …", " where …": what is asked of the object.
std::string object_text(const Policy& policy, OpSet ops, PathSetId objects, const Condition& object) {
  std::string out;
  if (objects != kAnyPath) out += fmt::format(" on {}", named_or_value(policy, objects, false));
  if (!is_always(object)) out += fmt::format(" where {}", text_of(policy, object, setting_of(ops)));
  return out;
}

std::string log_text(const Constraint& c) {
  std::string out;
  if (c.log == LogLevel::alert) out = " log alert";
  if (c.log == LogLevel::none) out = " log none";
  if (c.limit.events == 0) return out;
  const char* unit = c.limit.seconds == 1 ? "s" : c.limit.seconds == 60 ? "m" : c.limit.seconds == 3600 ? "h" : "d";
  return fmt::format("{} limit {}/{}", out.empty() ? " log" : out, c.limit.events, unit);
}

void collect_name_sets(const Condition& condition, std::set<PathSetId>& out) {
  if (condition.kind == Condition::Kind::name_in && is_set_of_names(condition.field)) out.insert(condition.names);
  for (const Condition& operand : condition.operands) collect_name_sets(operand, out);
}

/// The sets that hold names, not paths.
std::set<PathSetId> name_sets(const Policy& policy) {
  std::set<PathSetId> out;
  for (const Constraint& c : policy.constraints)
    for (const Condition* condition : {&c.object, &c.subject, &c.exception}) collect_name_sets(*condition, out);
  return out;
}

std::string head_text(const Policy& policy) {
  const Target& target = policy.target;
  std::string out =
      fmt::format("policy {} {} linux {}..", policy.name, policy.version, kernel_version_text(target.min_version));
  if (target.max_version != Target{}.max_version) out += kernel_version_text(target.max_version);
  if (!target.build_id.empty()) out += fmt::format(" exact {}", target.build_id);
  if (policy.on_failure == OnFailure::go_on) out += " on failure continue";
  out += '\n';
  for (const Requirement& requirement : policy.requirements)
    out += fmt::format("require {}\n", requirement_text(requirement));
  const std::set<PathSetId> of_names = name_sets(policy);
  for (PathSetId id = 0; id < policy.path_sets.size(); ++id)
    if (!policy.path_sets[id].name.empty())
      out += fmt::format("set {} = {}\n", policy.path_sets[id].name, value_text(policy, id, of_names.contains(id)));
  if (!policy.seal.given) return out;
  const std::string removable = condition_text(policy, policy.seal.removable);
  out += fmt::format("seal{} removable {}\n", policy.seal.self ? " self" : "",
                     removable.empty() ? "by anybody" : removable);
  return out;
}

std::string assertion_text(const Policy& policy, const Assertion& assertion) {
  const std::string subject = condition_text(policy, assertion.subject);
  return fmt::format("assert {}{}{}: {}{}\n", assertion.always ? "always" : "never", subject.empty() ? "" : " ",
                     subject, operations_text(assertion.ops),
                     object_text(policy, assertion.ops, assertion.objects, assertion.object));
}

}  // namespace

std::string kernel_version_text(uint32_t version) {
  return fmt::format("{}.{}", version >> 16, version >> 8 & 0xff);
}

std::string target_text(const Target& target) {
  const bool newest = target.max_version == Target{}.max_version;
  return fmt::format("linux {}{}{}", newest ? ">= " : "", kernel_version_text(target.min_version),
                     (newest ? "" : ".." + kernel_version_text(target.max_version)) +
                         (target.build_id.empty() ? "" : " exact " + target.build_id));
}

std::string requirement_text(const Requirement& requirement) {
  switch (requirement.kind) {
    case Requirement::Kind::lockdown_integrity:
      return "lockdown integrity";
    case Requirement::Kind::lockdown_confidentiality:
      return "lockdown confidentiality";
    case Requirement::Kind::module_signatures:
      return "module_signatures";
    case Requirement::Kind::lsm:
      return fmt::format("lsm {}", requirement.name);
  }
  return {};
}

std::string path_set_text(const Policy& policy, PathSetId id) {
  return named_or_value(policy, id, false);
}

std::string condition_text(const Policy& policy, const Condition& condition) {
  return text_of(policy, condition, Setting::plain);
}

std::string effect_text(const Constraint& constraint) {
  return std::string(stele::effect_text(constraint.effect)) + (constraint.or_kill ? " or kill" : "");
}

std::string constraint_text(const Policy& policy, const Constraint& c) {
  const bool only = c.form == Form::only_listed;
  std::string out = fmt::format("{} {}{}", only ? "only" : effect_text(c), operations_text(c.ops),
                                object_text(policy, c.ops, c.objects, c.object));
  if (c.reach == Reach::listed_or_above) out += " and above";
  if (!is_always(c.scope)) out += fmt::format(" within {}", condition_text(policy, c.scope));
  if (const std::string subject = condition_text(policy, c.subject); !subject.empty()) out += " for " + subject;
  if (!is_never(c.exception)) out += " unless " + condition_text(policy, c.exception);
  if (only && (c.effect != Effect::deny || c.or_kill)) out += fmt::format(" else {}", effect_text(c));
  if (c.error != 1) out += fmt::format(" errno {}", errno_name(c.error));
  return out + log_text(c);
}

std::string policy_text(const Policy& policy) {
  std::vector<std::string> by_rule(policy.rules.size());
  for (size_t i = 0; i < policy.constraints.size(); ++i) {
    const Constraint& c = policy.constraints[i];
    std::string& out = by_rule[c.rule];
    out += fmt::format("  {}: {}", i, constraint_text(policy, c));
    out += c.origin.derived ? fmt::format(" [{} of {}]\n", c.origin.part, c.origin.of) : "\n";
  }
  std::string out = head_text(policy);
  for (size_t i = 0; i < policy.rules.size(); ++i) {
    out += fmt::format("rule {}\n", policy.rules[i].name);
    out += by_rule[i];
  }
  for (const Assertion& assertion : policy.assertions) out += assertion_text(policy, assertion);
  for (const diag::Acknowledgement& one : policy.acknowledgements)
    out += fmt::format("acknowledge {} {}\n", diag::code_text(one.code), one.reason);
  return out;
}

}  // namespace stele::sema
