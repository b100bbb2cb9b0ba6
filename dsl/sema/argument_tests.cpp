#include "dsl/sema/argument_tests.h"

#include <fmt/format.h>

#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/words/words.h"

namespace stele::sema {

namespace {

using Comparison = ast::Argument::Comparison;

std::optional<Field> find_argument(const std::string& name) {
  for (auto i = static_cast<uint32_t>(Field::arg0); i <= static_cast<uint32_t>(Field::arg5); ++i)
    if (field_text(static_cast<Field>(i)) == name) return static_cast<Field>(i);
  return std::nullopt;
}

std::optional<uint64_t> number_of(const ast::Argument::Constant& constant, Reporter& report) {
  if (const auto* number = std::get_if<ast::Number>(&constant)) return number->value;
  const ast::Word& word = std::get<ast::Word>(constant);
  const std::optional<uint64_t> number = words::find_word(words::WordTable::argument_constant, word.text);
  if (number) return number;
  std::string hint = diag::did_you_mean(word.text, words::words_of(words::WordTable::argument_constant));
  if (hint.empty()) hint = "write its number";
  return report.fail(diag::code::unknown_constant, word.span, fmt::format("unknown constant `{}`", word.text),
                     std::move(hint));
}

/// (field & mask) compared with `value`.
std::optional<Condition> masked(const ast::Argument& in, Field field, uint64_t mask, std::optional<uint64_t> value,
                                Reporter& report) {
  if (mask == 0)
    return report.fail(diag::code::pointless_test, in.span, "a test of no bits at all", "name the bits to test");
  if (!value) return negated(bits_are(field, mask, 0));
  if ((*value & ~mask) != 0)
    return report.fail(diag::code::pointless_test, in.span,
                       fmt::format("{:#x} has bits that {:#x} masks away: they are never equal", *value, mask),
                       "compare with bits of the mask");
  Condition equal = bits_are(field, mask, *value);
  return in.comparison == Comparison::not_equal ? negated(std::move(equal)) : std::move(equal);
}

std::optional<Condition> compared(const ast::Argument& in, Field field, uint64_t value, Reporter& report) {
  switch (in.comparison) {
    case Comparison::equal:
    case Comparison::any_bit:
      return number_in(field, {{value, value}});
    case Comparison::not_equal:
      return negated(number_in(field, {{value, value}}));
    case Comparison::less:
      if (value == 0) break;
      return number_in(field, {{0, value - 1}});
    case Comparison::less_equal:
      return number_in(field, {{0, value}});
    case Comparison::greater:
      if (value == UINT64_MAX) break;
      return number_in(field, {{Number{value} + 1, UINT64_MAX}});
    case Comparison::greater_equal:
      return number_in(field, {{value, UINT64_MAX}});
  }
  return report.fail(diag::code::pointless_test, in.span, "no number is beyond this one: the test never holds",
                     "arguments are unsigned, of 64 bits");
}

std::optional<Condition> argument_test(const ast::Argument& in, Reporter& report) {
  constexpr const char* kForm = "write `arg1 == 0x5401` or `arg0 & CLONE_NEWUSER`";
  if (in.kind != ast::Argument::Kind::compare || in.excluded)
    return report.fail(diag::code::bad_argument_test, in.span, "not a test of an argument", kForm);
  const std::optional<Field> field = find_argument(in.word.text);
  if (!field)
    return report.fail(diag::code::bad_argument_test, in.word.span, fmt::format("unknown argument `{}`", in.word.text),
                       "the arguments are arg0 to arg5");
  std::optional<uint64_t> mask, value;
  if (in.mask && !(mask = number_of(*in.mask, report))) return std::nullopt;
  if (in.constant && !(value = number_of(*in.constant, report))) return std::nullopt;
  if (mask) return masked(in, *field, *mask, value, report);
  if (!value) return report.fail(diag::code::bad_argument_test, in.span, "not a test of an argument", kForm);
  return compared(in, *field, *value, report);
}

}  // namespace

std::optional<Condition> argument_tests(const std::vector<ast::Argument>& arguments, Reporter& report) {
  Condition out = always();
  bool valid = true;
  for (const ast::Argument& argument : arguments) {
    std::optional<Condition> test = argument_test(argument, report);
    valid = valid && test;
    if (test) out = both(std::move(out), std::move(*test));
  }
  if (!valid) return std::nullopt;
  return out;
}

}  // namespace stele::sema
