// Layouts by example. A case holds a policy, a line `//---- formatted`, and what is made of the policy.

#include <gtest/gtest.h>

#include <filesystem>

#include "dsl/diag/codes.h"
#include "dsl/format/format.h"
#include "tests/format/samples.h"

namespace stele::testing {
namespace {

const std::string kMark = "//---- formatted\n";

TEST(FormatCases, EachIsLaidOutAsItSays) {
  size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CASES)) {
    const std::string text = read_text(entry.path());
    const size_t mark = text.find(kMark);
    ASSERT_NE(mark, std::string::npos) << entry.path();
    diag::Sink sink;
    EXPECT_EQ(format::format(source_of(text.substr(0, mark)), sink).value_or("has errors"),
              text.substr(mark + kMark.size()))
        << entry.path();
    ++cases;
  }
  EXPECT_GT(cases, 5u);
}

TEST(Format, WhatCannotBeReadIsLeftAlone) {
  diag::Sink sink;
  EXPECT_FALSE(format::format(source_of("rule r:\n  deny file read on\n"), sink));
  ASSERT_FALSE(sink.all().empty());
  EXPECT_EQ(sink.all()[0].code, diag::code::unexpected_token);
}

TEST(Format, NothingStaysNothing) {
  diag::Sink sink;
  EXPECT_EQ(format::format(source_of(""), sink), "");
  EXPECT_EQ(format::format(source_of(" \n\n"), sink), "");
  EXPECT_EQ(format::format(source_of("// a\r// b\r\n// c\r"), sink), "// a\n// b\n// c\n");
  EXPECT_EQ(format::format(source_of("\n\n// a\n\n\n\n/* b */\n\n"), sink), "// a\n\n/* b */\n");
}

}  // namespace
}  // namespace stele::testing
