// The formatter: what it returns is its own layout, has the same words and comments, and means the same.

#include <algorithm>
#include <string>
#include <vector>

#include "dsl/format/format.h"
#include "dsl/parse/lex.h"
#include "dsl/sema/print.h"
#include "tests/fuzz/fuzz.h"
#include "tests/sema/memory_reader.h"

namespace stele::fuzz {
namespace {

std::shared_ptr<const diag::SourceFile> source_of(const std::string& text) {
  return std::make_shared<const diag::SourceFile>(diag::SourceFile{"case.stele", text});
}

/// Words and signs but commas, of which the last in a list comes and goes, and comments; each without the white space
/// at the ends of its lines.
struct Content {
  std::vector<std::string> words, comments;
};

Content content_of(const std::string& text) {
  Content content;
  const auto source = source_of(text);
  for (const parse::Lexeme& lexeme : parse::lex(source)) {
    std::string own = text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin);
    const bool is_comment = lexeme.kind == parse::Lexeme::Kind::comment || lexeme.kind == parse::Lexeme::Kind::doc;
    if (is_comment) std::erase_if(own, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    if (own != ",") (is_comment ? content.comments : content.words).push_back(std::move(own));
  }
  return content;
}

/// The policy as resolved, or what is wrong with it.
std::string meaning_of(const std::string& text) {
  diag::Sink sink;
  const auto policy = test::load_text(text, sink);
  if (policy) return sema::policy_text(*policy);
  std::vector<std::string> codes;
  for (const diag::Diagnostic& diagnostic : sink.all()) codes.push_back(std::to_string(diagnostic.code));
  std::sort(codes.begin(), codes.end());
  std::string meaning;
  for (const std::string& code : codes) meaning += code + "\n";
  return meaning;
}

void run(const std::string& text) {
  diag::Sink sink;
  const auto once = format::format(source_of(text), sink);
  if (!once) return require(sink.has_errors(), "what is not formatted has an error");
  diag::Sink again;
  const auto twice = format::format(source_of(*once), again);
  require(twice && *twice == *once, "formatting again changes nothing");
  const Content before = content_of(text), after = content_of(*once);
  require(before.words == after.words, "words stay");
  require(before.comments == after.comments, "comments stay");
  require(meaning_of(text) == meaning_of(*once), "the meaning stays");
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
