// Tests of arguments against what C makes of the register: every comparison, every kind of parameter, in both readings
// of the language.

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "compiler/evaluate/evaluate.h"
#include "dsl/words/words.h"
#include "tests/evaluate/second_reading.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

constexpr uint64_t kRegisters[] = {0,
                                   1,
                                   4,
                                   5,
                                   6,
                                   0x5412,
                                   0x7fff,
                                   0x8000,
                                   0xffff,
                                   0x10000,
                                   0x15412,
                                   0x7fffffff,
                                   0x80000000,
                                   0xfffffffb,
                                   0xffffffff,
                                   0x100000000,
                                   0x100000005,
                                   0x100005412,
                                   0x1ffffffff,
                                   0x7fffffffffffffff,
                                   0x8000000000000000,
                                   0xffffffff80000000,
                                   0xfffffffffffffffb,
                                   0xffffffffffffffff};

/// Does the rule kill the call with this register? Both readings must say the same.
bool kills(const Policy& policy, const std::string& call, Field argument, uint64_t value) {
  evaluate::Request request;
  request.op = Op::syscall;
  request.numbers[Field::syscall] = *words::find_word(words::WordTable::syscall, call);
  for (auto i = static_cast<uint32_t>(Field::arg0); i <= static_cast<uint32_t>(Field::arg5); ++i)
    request.numbers[static_cast<Field>(i)] = 0;
  request.numbers[argument] = value;
  const evaluate::Verdict verdict = evaluate::evaluate(policy, {}, {request}).verdict;
  EXPECT_EQ(testing::slow_evaluate(policy, {}, {request}).verdict, verdict) << call << " " << value;
  return verdict == evaluate::Verdict::kill;
}

std::optional<Policy> policy_of(const std::string& test) {
  diag::Sink sink;
  auto policy = test::load_text("policy p version \"1.0.0\" rule r: kill syscall { " + test + " }", sink);
  for (const diag::Diagnostic& d : sink.all()) ADD_FAILURE() << test << ": " << d.message;
  return policy;
}

template <typename Parameter>
bool compare(const std::string& sign, Parameter a, Parameter b) {
  if (sign == "==") return a == b;
  if (sign == "!=") return a != b;
  if (sign == "<") return a < b;
  if (sign == "<=") return a <= b;
  return sign == ">" ? a > b : a >= b;
}

/// `call` reads its argument `index` as a Parameter.
template <typename Parameter>
void expect_read_as(const std::string& call, uint32_t index) {
  const auto field = static_cast<Field>(static_cast<uint32_t>(Field::arg0) + index);
  for (const uint64_t constant : kRegisters) {
    const auto number = static_cast<Parameter>(constant);
    for (const char* sign : {"==", "!=", "<", "<=", ">", ">="}) {
      const bool nothing = (std::string(sign) == "<" && number == std::numeric_limits<Parameter>::min()) ||
                           (std::string(sign) == ">" && number == std::numeric_limits<Parameter>::max());
      if (nothing) continue;  // an error
      const std::string test = call + "(arg" + std::to_string(index) + " " + sign + " " + std::to_string(number) + ")";
      const auto policy = policy_of(test);
      ASSERT_TRUE(policy) << test;
      for (const uint64_t value : kRegisters)
        EXPECT_EQ(kills(*policy, call, field, value), compare(sign, static_cast<Parameter>(value), number))
            << test << " of " << value;
    }
    if (number == 0) continue;
    const std::string mask = call + "(arg" + std::to_string(index) + " & " + std::to_string(number);
    const auto any = policy_of(mask + ")"), all = policy_of(mask + " == " + std::to_string(number) + ")");
    ASSERT_TRUE(any && all) << mask;
    for (const uint64_t value : kRegisters) {
      const auto masked = static_cast<Parameter>(static_cast<Parameter>(value) & number);
      EXPECT_EQ(kills(*any, call, field, value), masked != 0) << mask << " of " << value;
      EXPECT_EQ(kills(*all, call, field, value), masked == number) << mask << " of " << value;
    }
  }
}

TEST(ArgumentWidths, AreThoseOfTheParameters) {
  expect_read_as<uint16_t>("chmod", 1);
  expect_read_as<uint32_t>("ioctl", 1);
  expect_read_as<int32_t>("kill", 0);
  expect_read_as<int64_t>("lseek", 1);
  expect_read_as<uint64_t>("read", 2);
}

TEST(ArgumentWidths, WhatIsDeclaredWiderThanItIsRead) {
  expect_read_as<uint32_t>("clone", 0);
  expect_read_as<uint32_t>("mmap", 4);
  expect_read_as<int32_t>("ptrace", 1);
}

TEST(ArgumentWidths, NumbersMayBeWrittenAsThePattern) {
  const auto policy = policy_of("openat(arg0 == 0xffffff9c), kill(arg0 == 0xffffffffffffffff)");
  ASSERT_TRUE(policy);
  EXPECT_TRUE(kills(*policy, "openat", Field::arg0, static_cast<uint64_t>(-100)));
  EXPECT_TRUE(kills(*policy, "openat", Field::arg0, 0xffffff9c));
  EXPECT_TRUE(kills(*policy, "kill", Field::arg0, 0xffffffff));
  EXPECT_FALSE(kills(*policy, "kill", Field::arg0, 0xfffffffe));
}

}  // namespace
}  // namespace stele
