// The members of sets: numbers, addresses, strings, groups of system calls, words, other sets.

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/address.h"
#include "dsl/sema/argument_tests.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/numbers.h"
#include "dsl/sema/pattern.h"
#include "dsl/sema/set_types.h"
#include "dsl/sema/sets.h"
#include "dsl/words/words.h"

namespace stele::sema {

namespace {

constexpr uint64_t kMaxPort = 65535;
constexpr size_t kMaxExpanded = 1'000'000;  // patterns of one policy that came of braces
constexpr size_t kShortList = 12;           // so many words are named in a hint

bool has_ports(std::string_view protocol) {
  constexpr std::string_view kWithPorts[] = {"dccp", "mptcp", "sctp", "tcp", "udp", "udplite"};
  return std::find(std::begin(kWithPorts), std::end(kWithPorts), protocol) != std::end(kWithPorts);
}

const char* kind_text(ast::Item::Kind kind) {
  switch (kind) {
    case ast::Item::Kind::number:
      return "a number";
    case ast::Item::Kind::address:
      return "an address";
    case ast::Item::Kind::text:
      return "a string";
    case ast::Item::Kind::group:
      return "a group of system calls";
    case ast::Item::Kind::name:
      return "a word";
  }
  return "";
}

/// With what is glued to it by `-`, as in `www-data`.
std::string whole_word(const diag::Span& span) {
  const std::string& text = span.file->text;
  const auto in_word = [](char c) { return c == '-' || c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; };
  size_t end = span.end;
  while (end < text.size() && in_word(text[end])) ++end;
  return text.substr(span.begin, end - span.begin);
}

/// The word of the type that C calls by this name, or that is written in another case: `CAP_NET_RAW`, `cap_net_raw`,
/// `AF_INET`, `ICMP`; or empty.
std::string without_prefix(std::string_view name, SetType type) {
  const std::string_view prefix = type == SetType::cap           ? "CAP_"
                                  : type == SetType::family      ? "AF_"
                                  : type == SetType::socket_type ? "SOCK_"
                                  : type == SetType::protocol    ? "IPPROTO_"
                                                                 : "";
  if (prefix.empty()) return {};
  std::string word(name);
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (word.starts_with(prefix)) word.erase(0, prefix.size());
  if (type != SetType::cap)
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return find_type_word(type, word) ? word : std::string();
}

void add_range(Number first, Number last, NumberSet& out) {
  out.push_back({first, last});
}

}  // namespace

bool Sets::add_item(const ast::Item& item, SetType type, Members& out) {
  using Kind = ast::Item::Kind;
  const bool is_id = type == SetType::uid || type == SetType::gid || type == SetType::login_uid;
  if (item.kind == Kind::number && item.last == UINT64_MAX && !names_complete_) return false;  // perhaps not read
  switch (item.kind) {
    case Kind::number:
      if (type == SetType::port) return add_port(item, out.listed);
      if (is_id || type == SetType::protocol) return add_number(item, type, out.listed);
      break;
    case Kind::address:
      if (type == SetType::net) {
        const std::optional<NumberSet> addresses = parse_addresses(item, report_);
        if (addresses) std::copy(addresses->begin(), addresses->end(), std::back_inserter(out.listed.numbers));
        return addresses.has_value();
      }
      break;
    case Kind::text:
      if (is_id) return add_account(item, type, out.listed);
      if (type == SetType::path || type == SetType::name) return add_text(item, type, out.listed);
      break;
    case Kind::group:
      if (type == SetType::syscall) return add_group(item, type, out.listed);
      break;
    case Kind::name:
      return add_name(item, type, out);
  }
  return fail(diag::code::item_type_mismatch, item.span,
              fmt::format("{} where a {} is wanted", kind_text(item.kind), set_type_text(type)), example_of(type));
}

bool Sets::add_number(const ast::Item& item, SetType type, SetValue& out) {
  if (item.protocol)
    return fail(diag::code::item_type_mismatch, item.span,
                fmt::format("a port where a {} is wanted", set_type_text(type)), example_of(type));
  const uint64_t largest = type == SetType::protocol ? static_cast<uint64_t>(max_of(Field::protocol)) : kMaxId;
  if (item.first > largest || item.last > largest)
    return fail(type == SetType::protocol ? diag::code::unknown_word : diag::code::id_out_of_range, item.span,
                type == SetType::protocol ? "no such protocol" : "no such id",
                fmt::format("{} go from 0 to {}", type == SetType::protocol ? "protocols" : "ids", largest));
  if (item.last < item.first)
    return fail(diag::code::reversed_range, item.span, "this range ends before it starts",
                fmt::format("write `{}..{}`", item.last, item.first));
  add_range(item.first, item.last, out.numbers);
  return true;
}

bool Sets::add_port(const ast::Item& item, SetValue& out) {
  if (item.first > kMaxPort || item.last > kMaxPort)
    return fail(diag::code::bad_port, item.span, "no such port", fmt::format("ports go from 0 to {}", kMaxPort));
  if (item.last < item.first)
    return fail(diag::code::reversed_range, item.span, "this range ends before it starts",
                fmt::format("write `{}..{}`", item.last, item.first));
  if (!item.protocol) {
    add_range(item.first, item.last, out.numbers);
    return true;
  }
  const std::optional<uint64_t> protocol = words::find_word(words::WordTable::protocol, item.protocol->text);
  if (!protocol || !has_ports(item.protocol->text))
    return fail(diag::code::protocol_without_ports, item.protocol->span,
                fmt::format("`{}` is no protocol with ports", item.protocol->text),
                "the protocols with ports are tcp, udp, sctp, dccp, udplite, mptcp");
  add_range(item.first, item.last, out.pairs[static_cast<uint32_t>(*protocol)]);
  return true;
}

bool Sets::add_account(const ast::Item& item, SetType type, SetValue& out) {
  const std::optional<uint32_t> id = type == SetType::gid ? accounts_.group(item.text.bytes, item.span, report_)
                                                          : accounts_.user(item.text.bytes, item.span, report_);
  if (id) add_range(*id, *id, out.numbers);
  return id.has_value();
}

bool Sets::add_text(const ast::Item& item, SetType type, SetValue& out) {
  const std::string& text = item.text.bytes;
  if (type == SetType::path && entries_.contains(text))
    return fail(diag::code::relative_path, item.span, fmt::format("`{}` does not begin with `/`", text),
                fmt::format("for the set of that name write `{}` without quotes", text));
  std::optional<std::vector<PathPattern>> patterns =
      type == SetType::path ? parse_paths(item.text, report_) : parse_names(item.text, report_);
  if (!patterns) return false;
  if (patterns->size() > 1) expanded_ += patterns->size();
  if (expanded_ > kMaxExpanded)
    return fail(diag::code::too_many_alternatives, item.span,
                fmt::format("the braces of this policy stand for more than {} patterns", kMaxExpanded),
                "use `*`, or name directories");
  std::move(patterns->begin(), patterns->end(), std::back_inserter(out.paths.patterns));
  return true;
}

bool Sets::add_group(const ast::Item& item, SetType, SetValue& out) {
  const std::optional<std::vector<uint32_t>> calls = words::syscall_group(item.text.bytes);
  if (!calls) {
    std::string hint = diag::did_you_mean(item.text.bytes, words::syscall_groups());
    if (hint.empty()) hint = "the groups are those of systemd, such as `@basic-io` and `@system-service`";
    return fail(diag::code::unknown_syscall_group, item.span, fmt::format("unknown group `{}`", item.text.bytes),
                std::move(hint));
  }
  for (const uint32_t call : *calls) add_range(call, call, out.numbers);
  return true;
}

/// Parameters hide words and sets: their author chose the names within the template, and nothing else.
bool Sets::add_name(const ast::Item& item, SetType type, Members& out) {
  const std::string& name = item.text.bytes;
  const bool is_parameter = parameters_ && parameters_->contains(name);
  if (!is_parameter) {
    if (const std::optional<uint64_t> number = find_type_word(type, name))
      return add_word(item, type, *number, out.listed);
    if (type == SetType::bpf_type)
      if (const std::optional<uint64_t> number = find_type_word(SetType::map_type, name))
        return add_word(item, type, *number, out.listed);
  }
  if (item.arguments)
    return fail(diag::code::unexpected_arguments, item.span, fmt::format("`{}` takes nothing in parentheses", name),
                "leave them out");
  return add_set(item, type, out);
}

bool Sets::add_word(const ast::Item& item, SetType type, uint64_t number, SetValue& out) {
  const auto key = static_cast<uint32_t>(number);
  if (!item.arguments) {
    add_range(number, number, out.numbers);
    // A word for a type of programs and for one of maps means both.
    if (type == SetType::bpf_type)
      if (const auto map = find_type_word(SetType::map_type, item.text.bytes)) add_range(*map, *map, out.numbers);
    return true;
  }
  if (type == SetType::family && item.text.bytes == "netlink") return add_netlink(item, key, out);
  if (type == SetType::syscall) {
    std::optional<Condition> test = argument_tests(number, *item.arguments, report_);
    if (!test) return false;
    if (is_always(*test)) return (add_range(number, number, out.numbers), true);
    const auto [it, fresh] = out.tests.try_emplace(key, never());
    it->second = either(std::move(it->second), std::move(*test));
    return true;
  }
  return fail(diag::code::unexpected_arguments, item.span,
              fmt::format("`{}` takes nothing in parentheses", item.text.bytes),
              type == SetType::family ? "only `netlink` does; for other families add `protocol`" : "leave them out");
}

/// `netlink(route, audit)` or `netlink(!route)`: these protocols, or all but these.
bool Sets::add_netlink(const ast::Item& item, uint32_t family, SetValue& out) {
  NumberSet named;
  bool valid = !item.arguments->empty();
  const bool excluded = valid && item.arguments->front().excluded;
  for (const ast::Argument& argument : *item.arguments) {
    const bool is_word = argument.kind == ast::Argument::Kind::word;
    const auto protocol =
        is_word ? words::find_word(words::WordTable::netlink_protocol, argument.word.text) : std::nullopt;
    if (!is_word || argument.excluded != excluded) {
      valid =
          fail(diag::code::unexpected_arguments, argument.span, "`netlink` takes protocols, or protocols to leave out",
               "write `netlink(route, audit)` or `netlink(!route, !audit)`");
    } else if (!protocol) {
      std::string hint = diag::did_you_mean(argument.word.text, words::words_of(words::WordTable::netlink_protocol));
      if (hint.empty())
        hint = fmt::format("there are {}", fmt::join(words::words_of(words::WordTable::netlink_protocol), ", "));
      valid = fail(diag::code::unknown_word, argument.word.span,
                   fmt::format("unknown netlink protocol `{}`", argument.word.text), std::move(hint));
    } else {
      add_range(*protocol, *protocol, named);
    }
  }
  if (!valid) return false;
  named = normalised(std::move(named));
  const NumberSet all = {{0, max_of(Field::protocol)}};
  NumberSet& protocols = out.pairs[family];
  protocols = unite(protocols, excluded ? subtract(all, named) : named);
  return true;
}

bool Sets::add_set(const ast::Item& item, SetType type, Members& out) {
  const std::string& name = item.text.bytes;
  if (parameters_) {
    if (const auto it = parameters_->find(name); it != parameters_->end()) {
      it->second.used = true;
      Parameters* const parameters = std::exchange(parameters_, nullptr);
      std::optional<SetValue> result = value(*it->second.argument, type);
      parameters_ = parameters;
      if (!result) return false;
      out.sets.push_back(std::move(*result));
      return true;
    }
  }
  const auto it = entries_.find(name);
  if (it == entries_.end()) return fail_unknown(item, type);
  Entry& entry = it->second;
  entry.used = true;
  if (entry.type && !fits(*entry.type, type)) {
    report_.fail(diag::code::set_type_mismatch, item.span,
                 fmt::format("`{}` is a set of type `{}`; a {} is wanted here", name, set_type_text(*entry.type),
                             set_type_text(type)),
                 example_of(type), {entry.let->name.span, "defined here"});
    return false;
  }
  evaluate(entry);
  if (entry.state != State::done || !entry.valid) return false;
  out.sets.push_back(entry.value);
  return true;
}

bool Sets::fail_unknown(const ast::Item& item, SetType type) {
  const std::string& name = item.text.bytes;
  const bool can_be_set = find_set_type(set_type_text(type)).has_value() || type == SetType::login_uid;
  if (can_be_set && !names_complete_) return false;
  if (type == SetType::syscall)
    if (const std::string_view foreign = words::foreign_call(name); !foreign.empty())
      return fail(diag::code::unknown_word, item.span, fmt::format("`{}` is {}", name, foreign),
                  "name the calls of x86-64 that do it");
  if (const std::string ours = without_prefix(name, type); !ours.empty())
    return fail(diag::code::unknown_word, item.span, fmt::format("unknown {} `{}`", set_type_text(type), name),
                fmt::format("write `{}`", ours));
  std::vector<std::string> fitting = type_words(type), others;
  const size_t words = fitting.size();
  for (const auto& [known, entry] : entries_)
    (entry.type && fits(*entry.type, type) ? fitting : others).push_back(known);
  if (parameters_)
    for (const auto& [known, parameter] : *parameters_) fitting.push_back(known);
  std::string hint = diag::did_you_mean(name, fitting);
  if (hint.empty() && can_be_set) hint = diag::did_you_mean(name, others);
  if (words == 0 || type == SetType::login_uid) {
    if (hint.empty() && (type == SetType::uid || type == SetType::gid || type == SetType::login_uid))
      hint = fmt::format("names of users and groups are strings: write `\"{}\"`", whole_word(item.span));
    if (hint.empty() && type == SetType::name) hint = fmt::format("names are strings: write `\"{}\"`", name);
    if (hint.empty() && type == SetType::net && name == "localhost") hint = "write `{ 127.0.0.0/8, ::1 }`";
    if (hint.empty() && type == SetType::net && name == "any")
      hint = "leave `to` out for every address, or write `{ 0.0.0.0/0, ::/0 }`";
    if (hint.empty())
      hint = fmt::format("define it with `let {} = {} {{ … }}`", name,
                         type == SetType::login_uid ? "uid" : set_type_text(type));
    return fail(diag::code::unknown_set, item.span, fmt::format("unknown set `{}`", name), std::move(hint));
  }
  if (hint.empty())
    hint = words > 1 && words <= kShortList ? fmt::format("there are {}", fmt::join(type_words(type), ", "))
                                            : example_of(type);
  return fail(diag::code::unknown_word, item.span, fmt::format("unknown {} `{}`", set_type_text(type), name),
              std::move(hint));
}

}  // namespace stele::sema
