#include "dsl/sema/argument_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/digits.h"
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

/// A number as written, or a constant's.
struct Constant {
  uint64_t value = 0;  // without the sign
  bool negative = false;
  diag::Span span;
};

std::optional<Constant> constant_of(const ast::Argument::Constant& constant, Reporter& report) {
  if (const auto* number = std::get_if<ast::Number>(&constant)) {
    const diag::Span& span = number->span;
    const std::string text = span.file->text.substr(span.begin, span.end - span.begin);
    if (number->value == UINT64_MAX &&
        !diag::read_number(text.substr(std::min(text.find_first_of("0123456789"), text.size()))))
      return report.fail(diag::code::pointless_test, span, "arguments have 64 bits, and this number has more",
                         "write a smaller number");
    return Constant{number->value, number->negative, span};
  }
  const ast::Word& word = std::get<ast::Word>(constant);
  const std::optional<uint64_t> number = words::find_word(words::WordTable::argument_constant, word.text);
  if (number) return Constant{*number, false, word.span};
  std::string hint = diag::did_you_mean(word.text, words::words_of(words::WordTable::argument_constant));
  if (hint.empty()) hint = "write its number";
  return report.fail(diag::code::unknown_constant, word.span, fmt::format("unknown constant `{}`", word.text),
                     std::move(hint));
}

/// The test of one argument.
class ArgumentTest {
public:
  ArgumentTest(const ast::Argument& in, Field field, words::ArgumentType type, Reporter& report)
      : in_(in), field_(field), type_(type), report_(report) {}

  std::optional<Condition> run() {
    std::optional<Constant> mask, value;
    if (in_.mask && !(mask = constant_of(*in_.mask, report_))) return std::nullopt;
    if (in_.constant && !(value = constant_of(*in_.constant, report_))) return std::nullopt;
    if (mask) return masked(*mask, value);
    const bool equality = in_.comparison == Comparison::equal || in_.comparison == Comparison::not_equal;
    return equality ? equal(*value) : ordered(*value);
  }

private:
  uint64_t all_bits() const { return UINT64_MAX >> (64 - type_.bits); }
  uint64_t sign_bit() const { return uint64_t{1} << (type_.bits - 1); }
  Condition bits(uint64_t mask, uint64_t value) const { return bits_are(field_, mask, value); }

  std::nullopt_t fail(const diag::Span& span, std::string message, std::string hint) {
    return report_.fail(diag::code::pointless_test, span, std::move(message), std::move(hint));
  }

  std::nullopt_t fail_width(const Constant& constant) {
    return fail(constant.span,
                fmt::format("the kernel reads {} bits of `{}`, and this number has more", type_.bits, in_.word.text),
                "write a number of so many bits");
  }

  /// The low bits that the number stands for; also of one that is written with its sign extended.
  std::optional<uint64_t> pattern(const Constant& constant) {
    if (constant.negative && constant.value > sign_bit()) return fail_width(constant);
    const uint64_t value = constant.negative ? uint64_t{0} - constant.value : constant.value;
    const bool extended = (value | (sign_bit() - 1)) == UINT64_MAX;
    if ((value & ~all_bits()) != 0 && !extended) return fail_width(constant);
    return value & all_bits();
  }

  /// (field & mask) compared with `value`; without one: any bit of the mask is set.
  std::optional<Condition> masked(const Constant& mask_given, const std::optional<Constant>& value_given) {
    const std::optional<uint64_t> mask = pattern(mask_given);
    if (!mask) return std::nullopt;
    if (*mask == 0) return fail(in_.span, "a test of no bits at all", "name the bits to test");
    if (!value_given) return negated(bits(*mask, 0));
    const std::optional<uint64_t> value = pattern(*value_given);
    if (!value) return std::nullopt;
    if ((*value & ~*mask) != 0)
      return fail(in_.span, fmt::format("{:#x} has bits that {:#x} masks away: they are never equal", *value, *mask),
                  "compare with bits of the mask");
    Condition equal = bits(*mask, *value);
    return in_.comparison == Comparison::not_equal ? negated(std::move(equal)) : std::move(equal);
  }

  std::optional<Condition> equal(const Constant& constant) {
    const std::optional<uint64_t> value = pattern(constant);
    if (!value) return std::nullopt;
    Condition out = type_.bits == 64 ? number_in(field_, {{*value, *value}}) : bits(all_bits(), *value);
    return in_.comparison == Comparison::not_equal ? negated(std::move(out)) : std::move(out);
  }

  /// The number on a line on which the order of the argument's values is that of numbers without a sign.
  std::optional<uint64_t> place(const Constant& constant) {
    if (!type_.is_signed) {
      if (constant.negative)
        return fail(constant.span,
                    fmt::format("the kernel reads `{}` without a sign: it is never negative", in_.word.text),
                    fmt::format("compare it with a number from 0 to {}", all_bits()));
      if ((constant.value & ~all_bits()) != 0) return fail_width(constant);
      return constant.value;
    }
    if (constant.negative ? constant.value > sign_bit() : constant.value >= sign_bit()) {
      const uint64_t below = (uint64_t{0} - constant.value) & all_bits();
      const bool extended = !constant.negative && (constant.value | (sign_bit() - 1)) == UINT64_MAX;
      const bool meant = extended || (!constant.negative && (constant.value & ~all_bits()) == 0);
      return fail(constant.span,
                  fmt::format("the kernel reads `{}` as a number of {} bits with a sign, which is never this",
                              in_.word.text, type_.bits),
                  meant ? fmt::format("write `-{}`", below) : "write a number of so many bits");
    }
    return constant.negative ? sign_bit() - constant.value : sign_bit() + constant.value;
  }

  std::optional<Condition> ordered(const Constant& constant) {
    const std::optional<uint64_t> at = place(constant);
    if (!at) return std::nullopt;
    switch (in_.comparison) {
      case Comparison::less:
        if (*at == 0) break;
        return between(0, *at - 1);
      case Comparison::less_equal:
        return between(0, *at);
      case Comparison::greater:
        if (*at == all_bits()) break;
        return between(*at + 1, all_bits());
      default:
        return between(*at, all_bits());
    }
    return fail(in_.span, "no number is beyond this one: the test never holds",
                fmt::format("the kernel reads {} bits, {} a sign", type_.bits, type_.is_signed ? "with" : "without"));
  }

  /// Places on that line, both inclusive.
  Condition between(uint64_t first, uint64_t last) const {
    if (first == 0 && last == all_bits()) return always();
    if (type_.bits == 64)
      return number_in(field_, type_.is_signed ? signed_ranges(first, last) : NumberSet{{first, last}});
    const std::vector<Block> in = blocks(first, last);
    std::vector<Block> out = first == 0 ? std::vector<Block>() : blocks(0, first - 1);
    if (last != all_bits())
      for (const Block& block : blocks(last + 1, all_bits())) out.push_back(block);
    return in.size() <= out.size() ? any_of(in) : negated(any_of(out));
  }

  /// Of 64 bits: the places as the numbers that the register holds.
  NumberSet signed_ranges(uint64_t first, uint64_t last) const {
    const uint64_t zero = sign_bit();
    if (last < zero || first >= zero) return {{first ^ zero, last ^ zero}};
    return {{0, last ^ zero}, {first ^ zero, UINT64_MAX}};
  }

  /// Narrow arguments are compared in blocks of numbers that share their upper bits, as prefixes of addresses do.
  struct Block {
    uint64_t mask = 0, value = 0;
  };

  std::vector<Block> blocks(uint64_t first, uint64_t last) const {
    std::vector<Block> out;
    for (uint64_t at = first; at <= last;) {
      uint64_t size = at == 0 ? all_bits() + 1 : at & (~at + 1);
      while (size - 1 > last - at) size /= 2;
      const uint64_t mask = all_bits() & ~(size - 1);
      out.push_back({mask, (type_.is_signed ? at ^ sign_bit() : at) & mask});
      at += size;
    }
    return out;
  }

  Condition any_of(const std::vector<Block>& blocks) const {
    Condition out = never();
    for (const Block& block : blocks) out = either(std::move(out), bits(block.mask, block.value));
    return out;
  }

  const ast::Argument& in_;
  Field field_;
  words::ArgumentType type_;
  Reporter& report_;
};

/// `types`: nullptr when the call's arguments are not known.
std::optional<Condition> argument_test(const ast::Argument& in, uint64_t call,
                                       const std::vector<words::ArgumentType>* types, Reporter& report) {
  constexpr const char* kForm = "write `arg1 == 0x5401` or `arg0 & CLONE_NEWUSER`";
  if (in.kind != ast::Argument::Kind::compare || in.excluded || (!in.mask && !in.constant))
    return report.fail(diag::code::bad_argument_test, in.span, "not a test of an argument", kForm);
  const std::optional<Field> field = find_argument(in.word.text);
  if (!field)
    return report.fail(diag::code::bad_argument_test, in.word.span, fmt::format("unknown argument `{}`", in.word.text),
                       "the arguments are arg0 to arg5");
  const auto index = static_cast<size_t>(*field) - static_cast<size_t>(Field::arg0);
  if (!types) return ArgumentTest(in, *field, {}, report).run();
  if (index >= types->size()) {
    const std::string_view name = words::word_of(words::WordTable::syscall, call);
    return report.fail(diag::code::bad_argument_test, in.word.span, fmt::format("`{}` has no `{}`", name, in.word.text),
                       types->empty()       ? "it takes no arguments: leave the test out"
                       : types->size() == 1 ? std::string("its one argument is arg0")
                                            : fmt::format("its arguments are arg0 to arg{}", types->size() - 1));
  }
  return ArgumentTest(in, *field, (*types)[index], report).run();
}

}  // namespace

std::optional<Condition> argument_tests(uint64_t call, const std::vector<ast::Argument>& arguments, Reporter& report) {
  const std::optional<std::vector<words::ArgumentType>> types = words::argument_types(call);
  Condition out = always();
  bool valid = true;
  for (const ast::Argument& argument : arguments) {
    std::optional<Condition> test = argument_test(argument, call, types ? &*types : nullptr, report);
    valid = valid && test;
    if (test) out = both(std::move(out), std::move(*test));
  }
  if (!valid) return std::nullopt;
  return out;
}

}  // namespace stele::sema
