// The lexer for tools loses nothing.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "dsl/parse/lex.h"

namespace stele {
namespace {

namespace fs = std::filesystem;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::vector<parse::Lexeme> lexed(const std::string& text) {
  return parse::lex(std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text}));
}

/// In order, none empty, and nothing but white space between them.
void expect_covered(const std::string& text) {
  size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  for (const parse::Lexeme& lexeme : lexed(text)) {
    for (; at < lexeme.span.begin; ++at) ASSERT_TRUE(is_space(text.at(at))) << at;
    ASSERT_EQ(lexeme.span.begin, at);
    ASSERT_LT(lexeme.span.begin, lexeme.span.end);
    ASSERT_FALSE(is_space(text.at(at)));
    at = lexeme.span.end;
  }
  for (; at < text.size(); ++at) ASSERT_TRUE(is_space(text.at(at))) << at;
}

TEST(Lex, Kinds) {
  using Kind = parse::Lexeme::Kind;
  const struct {
    std::string text;
    Kind kind;
  } rows[] = {
      {"policy", Kind::reserved},
      {"in", Kind::reserved},
      {"self", Kind::reserved},
      {"file", Kind::name},
      {"_x1", Kind::name},
      {"33", Kind::number},
      {"0x5401", Kind::number},
      {"10.2.0.0", Kind::number},
      {"2001:db8::", Kind::number},
      {"\"a\\\"b\"", Kind::string},
      {"@basic-io", Kind::group},
      {"=", Kind::sign},
      {"!=", Kind::sign},
      {"!", Kind::sign},
      {"..", Kind::sign},
      {"}", Kind::sign},
      {"// a", Kind::comment},
      {"/* a\n */", Kind::comment},
      {"//// a", Kind::comment},
      {"/// a", Kind::doc},
      {"33a", Kind::unknown},
      {"\"abc", Kind::unknown},
      {"/* abc\n x", Kind::unknown},
      {"\xc3\xa9", Kind::unknown},
      {"'a b'", Kind::unknown},
      {";", Kind::unknown},
      {std::string(1, '\0'), Kind::unknown},
  };
  for (const auto& row : rows) {
    const auto lexemes = lexed(" " + row.text + "\n");
    ASSERT_EQ(lexemes.size(), 1u) << row.text;
    EXPECT_EQ(lexemes.front().kind, row.kind) << row.text;
    EXPECT_EQ(lexemes.front().span.begin, 1u);
    EXPECT_EQ(lexemes.front().span.end, 1 + row.text.size());
  }
}

TEST(Lex, EveryPolicyIsCovered) {
  size_t files = 0;
  for (const char* folder : {"examples", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_ROOT) / folder)) {
      if (entry.path().extension() != ".stele") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      SCOPED_TRACE(entry.path());
      expect_covered(text.str());
      ++files;
    }
  EXPECT_GT(files, 50u);
}

TEST(Lex, GarbageIsCovered) {
  std::mt19937 random(3);
  const std::string letters = "ab1:.\"'/*\\\n @{}|&-!=<>x0\xc3\xa9";
  for (int round = 0; round < 200; ++round) {
    std::string bytes, likely;
    for (int i = 0; i < 500; ++i) {
      bytes += static_cast<char>(random());
      likely += letters[random() % letters.size()];
    }
    expect_covered(bytes);
    expect_covered(likely);
  }
  expect_covered("");
  expect_covered("\xef\xbb\xbfpolicy");
  expect_covered("\xef\xbb");
  for (const std::string part : {"/*", "'", "\"", "a:", "\\", "\xff"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += part;
    expect_covered(text);
  }
}

}  // namespace
}  // namespace stele
