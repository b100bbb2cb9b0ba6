#include "compiler/evaluate/field_words.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "compiler/evaluate/addresses.h"
#include "dsl/diag/digits.h"
#include "dsl/words/words.h"

namespace stele::evaluate {
namespace {

constexpr size_t kShown = 6;  // ranges of a set that a text lists

/// The table with a field's words. Its numbers are `base` below the field's.
struct Words {
  words::WordTable table;
  Number base = 0;
};

/// A field with a few words of this language's own.
struct OwnWord {
  Field field;
  uint64_t number;
  std::string_view word;
};
constexpr OwnWord kOwnWords[] = {
    {Field::mntns, 1, "host"},         {Field::mntns, 0, "other"}, {Field::pidns, 1, "host"},
    {Field::pidns, 0, "other"},        {Field::ours, 1, "policy"}, {Field::ours, 0, "others"},
    {Field::loginuid, kNoId, "unset"}, {Field::kind, 1, "plain"},  {Field::owned, 1, "self"},
    {Field::owned, 0, "other"},
};

std::optional<uint64_t> family_of(const Request& about) {
  const auto found = about.numbers.find(Field::family);
  if (found == about.numbers.end()) return std::nullopt;
  return static_cast<uint64_t>(found->second);
}

/// Other families number their protocols in ways of their own.
std::optional<Words> protocol_words(const Request& about) {
  const std::optional<uint64_t> family = family_of(about);
  if (family == AF_NETLINK) return Words{words::WordTable::netlink_protocol};
  if (!family || family == AF_INET || family == AF_INET6) return Words{words::WordTable::protocol};
  return std::nullopt;
}

Words type_words(const Request& about) {
  if (op_class(about.op) != OpClass::bpf) return {words::WordTable::socket_type};
  const bool map = about.op == Op::bpf_map_create || about.op == Op::bpf_map_update || about.op == Op::bpf_map_read;
  return map ? Words{words::WordTable::bpf_map, kBpfMapType} : Words{words::WordTable::bpf_program};
}

std::optional<Words> words_for(Field field, const Request& about) {
  switch (field) {
    case Field::tty:
      return Words{words::WordTable::tty};
    case Field::cap:
    case Field::capability:
      return Words{words::WordTable::capability};
    case Field::family:
      return Words{words::WordTable::family};
    case Field::type:
      return type_words(about);
    case Field::protocol:
      return protocol_words(about);
    case Field::syscall:
      return Words{words::WordTable::syscall};
    default:
      return std::nullopt;
  }
}

std::string word_for(Field field, Number number, const Request& about) {
  for (const OwnWord& own : kOwnWords)
    if (own.field == field && own.number == number) return std::string(own.word);
  const std::optional<Words> words = words_for(field, about);
  if (!words || number < words->base) return {};
  return std::string(words::word_of(words->table, static_cast<uint64_t>(number - words->base)));
}

std::optional<Number> find_word_for(Field field, const std::string& text, const Request& about) {
  for (const OwnWord& own : kOwnWords)
    if (own.field == field && own.word == text) return own.number;
  if (is_argument(field)) return words::find_word(words::WordTable::argument_constant, text);
  const std::optional<Words> words = words_for(field, about);
  if (!words) return std::nullopt;
  const std::optional<uint64_t> found = words::find_word(words->table, text);
  if (!found) return std::nullopt;
  return *found + words->base;
}

/// Arguments are registers: -1 is all ones.
std::optional<Number> find_argument(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::optional<uint64_t> digits = diag::read_number(text);
  if (!digits || (negative && *digits > uint64_t{1} << 63)) return std::nullopt;
  return negative ? uint64_t{0} - *digits : *digits;
}

std::string range_text(Field field, NumberRange range, const Request& about) {
  if (field == Field::address) return addresses_text(range);
  if (range.first == range.last) return number_text(field, range.first, about);
  return fmt::format("{}..{}", static_cast<uint64_t>(range.first), static_cast<uint64_t>(range.last));
}

/// Words have no order that a reader knows: short ranges of them are spelled out.
NumberSet spelled_out(Field field, const NumberSet& numbers, const Request& about) {
  if (!words_for(field, about)) return numbers;
  NumberSet out;
  for (const NumberRange range : numbers) {
    const bool is_short = range.last - range.first < kShown;
    if (!is_short) out.push_back(range);
    for (Number number = range.first; is_short && number <= range.last; ++number) out.push_back({number, number});
  }
  return out;
}

}  // namespace

bool is_argument(Field field) {
  return field >= Field::arg0 && field <= Field::arg5;
}

std::string number_text(Field field, Number number, const Request& about) {
  if (field == Field::address) return address_text(number);
  if (std::string word = word_for(field, number, about); !word.empty()) return word;
  const auto digits = static_cast<uint64_t>(number);
  return is_argument(field) && digits >= 10 ? fmt::format("{:#x}", digits) : fmt::format("{}", digits);
}

std::string numbers_text(Field field, const NumberSet& numbers, const Request& about) {
  const NumberSet ranges = spelled_out(field, numbers, about);
  std::string text;
  for (size_t i = 0; i < ranges.size() && i < kShown; ++i)
    text.append(i ? ", " : "").append(range_text(field, ranges[i], about));
  if (ranges.size() > kShown) text += fmt::format(" and {} more", ranges.size() - kShown);
  return numbers.empty() ? "the empty set" : text;
}

std::optional<Number> find_number(Field field, const std::string& text, const Request& about) {
  if (field == Field::address) return find_address(text);
  if (const auto word = find_word_for(field, text, about)) return word;
  if (is_argument(field)) return find_argument(text);
  const std::optional<uint64_t> digits = diag::read_number(text);
  if (!digits || *digits > max_of(field)) return std::nullopt;
  return *digits;
}

std::vector<std::string> field_words(Field field, const Request& about) {
  std::vector<std::string> words;
  for (const OwnWord& own : kOwnWords)
    if (own.field == field) words.emplace_back(own.word);
  const std::optional<Words> table = words_for(field, about);
  if (!table) return words;
  for (std::string& word : words::words_of(table->table)) words.push_back(std::move(word));
  return words;
}

}  // namespace stele::evaluate
