// The TextMate grammar knows every word that the compiler knows, and no other: reserved words from the lexer's grammar,
// operations and fields from dsl/sema/policy.h.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "dsl/sema/policy.h"

namespace stele {
namespace {

using Words = std::set<std::string>;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(TREE "/" + path).rdbuf();
  return text.str();
}

const nlohmann::json& grammar() {
  static const nlohmann::json json = nlohmann::json::parse(read("docs/editors/stele.tmLanguage.json"));
  return json;
}

/// The words of a pattern `\b(a|b|c\.d)\b`.
Words words_of(const std::string& pattern) {
  std::string text = grammar()["repository"][pattern]["match"];
  EXPECT_TRUE(text.starts_with("\\b(") && text.ends_with(")\\b")) << text;
  text = text.substr(3, text.size() - 6);
  std::erase(text, '\\');
  Words out;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, '|');) out.insert(word);
  return out;
}

TEST(TextMate, ReservedWordsAreTheLexers) {
  const std::string lexer = read("dsl/grammar/SteleLexer.g4");
  const std::string head = lexer.substr(0, lexer.find("ASSIGN :"));
  const std::regex word("[A-Z]+ : '([a-z]+)'");
  Words expected;
  for (std::sregex_iterator it(head.begin(), head.end(), word), end; it != end; ++it) expected.insert((*it)[1]);
  EXPECT_GT(expected.size(), 25u);
  Words known;
  for (const char* pattern : {"effects", "statements", "clauses", "logic"}) known.merge(words_of(pattern));
  EXPECT_EQ(known, expected);
}

TEST(TextMate, OperationsAreThePolicys) {
  Words expected;
  for (const OperationInfo& one : kOperations) {
    expected.emplace(class_text(one.klass));
    expected.emplace(one.word);
  }
  EXPECT_EQ(words_of("operations"), expected);
}

TEST(TextMate, FieldsAreThePolicys) {
  Words expected;
  for (uint32_t i = 0; i < kFieldCount; ++i) expected.emplace(field_text(static_cast<Field>(i)));
  // Of the closure alone, or a reserved word.
  for (const Field other : {Field::kind, Field::new_name, Field::owned}) expected.erase(std::string(field_text(other)));
  EXPECT_EQ(words_of("fields"), expected);
}

TEST(TextMate, EveryPatternIsThereAndUsed) {
  Words included, defined;
  for (const auto& pattern : grammar()["patterns"]) included.insert(pattern["include"].get<std::string>().substr(1));
  for (const auto& [name, pattern] : grammar()["repository"].items()) defined.insert(name);
  EXPECT_EQ(included, defined);
}

TEST(Editors, TheConfigurationIsJson) {
  const auto json = nlohmann::json::parse(read("docs/editors/language-configuration.json"));
  EXPECT_EQ(json["comments"]["lineComment"], "//");
}

}  // namespace
}  // namespace stele
