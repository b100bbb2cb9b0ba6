// What must hold for every policy in every layout: formatting keeps words, signs, comments and meaning, and what it
// returns is its own layout. Layouts are made by writing the words of a policy with random white space and comments
// between them.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "dsl/format/format.h"
#include "dsl/parse/lex.h"
#include "dsl/sema/print.h"
#include "dsl/sema/resolve.h"
#include "tests/format/samples.h"

namespace stele::testing {
namespace {

std::string formatted(const std::string& text) {
  diag::Sink sink;
  const auto out = format::format(source_of(text), sink);
  EXPECT_TRUE(out) << text;
  return out.value_or("");
}

struct Content {
  std::vector<std::string> tokens, comments;  // without commas: the last of a list comes and goes
  bool operator==(const Content&) const = default;
};

Content content_of(const std::string& text) {
  Content out;
  const auto source = source_of(text);
  for (const parse::Lexeme& lexeme : parse::lex(source)) {
    std::string own = text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin);
    own.erase(own.find_last_not_of(" \t\r") + 1);
    const bool is_comment = lexeme.kind == parse::Lexeme::Kind::comment || lexeme.kind == parse::Lexeme::Kind::doc;
    if (is_comment)
      out.comments.push_back(std::move(own));
    else if (own != ",")
      out.tokens.push_back(std::move(own));
  }
  return out;
}

class OneFile : public sema::FileReader {
public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  std::optional<std::string> read(const std::string& path, int* error) const override {
    if (path == "sample.stele") return text_;
    *error = ENOENT;
    return std::nullopt;
  }

private:
  std::string text_;
};

/// The policy as resolved, or what is wrong with it: formatting changes neither.
std::string meaning_of(const std::string& text) {
  diag::Sink sink;
  const auto policy = sema::load_policy("sample.stele", OneFile(text), sink);
  std::string out = policy ? sema::policy_text(*policy) : "";
  std::vector<std::string> messages;
  for (const diag::Diagnostic& d : sink.all()) messages.push_back(std::to_string(d.code) + " " + d.message);
  std::sort(messages.begin(), messages.end());
  for (const std::string& message : messages) out += "\n" + message;
  return out;
}

void expect_kept(const std::string& text, const std::string& path) {
  SCOPED_TRACE(path);
  const std::string once = formatted(text);
  EXPECT_EQ(formatted(once), once) << "of:\n" << text;
  EXPECT_EQ(content_of(once).tokens, content_of(text).tokens) << text << "\nbecame\n" << once;
  EXPECT_EQ(content_of(once).comments, content_of(text).comments) << text << "\nbecame\n" << once;
  EXPECT_EQ(meaning_of(once), meaning_of(text)) << text << "\nbecame\n" << once;
  EXPECT_EQ(once.find(" \n"), std::string::npos) << once;
  EXPECT_EQ(once.find("\n\n\n"), std::string::npos) << once;
}

/// White space of any kind, some of it with comments that are numbered.
class RandomGaps {
public:
  explicit RandomGaps(uint32_t seed, uint32_t comments) : random_(seed), comments_(comments) {}

  std::string gap() {
    std::string out = space();
    while (random_() % 100 < comments_) out += comment() + space();
    return out;
  }

private:
  std::string space() {
    static const char* const kSpaces[] = {" ",  " ",  " ",    "\n",       "\n",      "\n\n",
                                          "\t", "  ", "\r\n", "\n\n\n  ", "\n      "};
    return kSpaces[random_() % std::size(kSpaces)];
  }
  std::string comment() {
    const std::string number = std::to_string(++count_);
    switch (random_() % 4) {
      case 0:
        return "// c" + number + "\n";
      case 1:
        return "/// d" + number + "  \n";
      case 2:
        return "/* b" + number + "\n     more */";
      default:
        return "/* b" + number + " */";
    }
  }

  std::mt19937 random_;
  uint32_t comments_;
  size_t count_ = 0;
};

/// The words and signs of a policy, commas included.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  const auto source = source_of(text);
  for (const parse::Lexeme& lexeme : parse::lex(source))
    if (lexeme.kind != parse::Lexeme::Kind::comment && lexeme.kind != parse::Lexeme::Kind::doc)
      out.push_back(text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin));
  return out;
}

std::string in_random_layout(const std::string& text, uint32_t seed, uint32_t comments) {
  RandomGaps gaps(seed, comments);
  std::string out = gaps.gap();
  for (const std::string& word : words_of(text)) out += word + gaps.gap();
  return out;
}

TEST(FormatProperties, ThereAreSamples) {
  EXPECT_GT(samples_of_the_tree().size(), 30u);
}

TEST(FormatProperties, EveryPolicyOfTheTree) {
  for (const Sample& sample : samples_of_the_tree()) expect_kept(sample.text, sample.path);
}

TEST(FormatProperties, EveryPolicyOfTheTreeInRandomWhiteSpace) {
  for (const Sample& sample : samples_of_the_tree())
    for (uint32_t seed = 1; seed <= 5; ++seed) expect_kept(in_random_layout(sample.text, seed, 0), sample.path);
}

TEST(FormatProperties, EveryPolicyOfTheTreeWithRandomComments) {
  for (const Sample& sample : samples_of_the_tree())
    for (uint32_t seed = 1; seed <= 10 && !::testing::Test::HasFailure(); ++seed)
      expect_kept(in_random_layout(sample.text, seed, seed % 2 ? 10 : 50), sample.path);
}

TEST(FormatProperties, WordsOnOneLineAreLaidOutAsWordsOnMany) {
  // Without comments and blank lines, the layout depends on nothing but the words.
  for (const Sample& sample : samples_of_the_tree()) {
    std::string one_line, many_lines;
    for (const std::string& word : words_of(sample.text)) {
      one_line += word + " ";
      many_lines += word + "\n";
    }
    EXPECT_EQ(formatted(one_line), formatted(many_lines)) << sample.path;
  }
}

}  // namespace
}  // namespace stele::testing
