// Order of work: size and encoding, tokens (with the nesting limit), ANTLR's parser with its own error recovery, whose
// follow sets resume at the next clause, constraint or statement, then the builder over the parts that are whole.

#include "dsl/parse/parse.h"

#include <SteleParser.h>
#include <fmt/format.h>

#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"
#include "dsl/parse/builder.h"
#include "dsl/parse/syntax_errors.h"
#include "dsl/parse/tokens.h"

namespace stele::parse {

using grammar::SteleParser;

namespace {

/// Counts the tokens that the parser looks at, ahead or not.
class TokenStream : public antlr4::CommonTokenStream {
public:
  using CommonTokenStream::CommonTokenStream;
  antlr4::Token* LT(ssize_t k) override {
    ++looks_;
    return CommonTokenStream::LT(k);
  }
  uint64_t looks() const { return looks_; }

private:
  uint64_t looks_ = 0;
};

/// Size and encoding. False: there is no text to parse.
bool is_text(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink) {
  if (source->text.size() > kMaxPolicyBytes) {
    const std::string message =
        fmt::format("`{}` has {} bytes, more than {} MiB", source->path, source->text.size(), kMaxPolicyBytes >> 20);
    sink.report(diag::diagnostic(diag::code::policy_too_large, {}, message, "split it with `include`"));
    return false;
  }
  const size_t bad = diag::find_invalid_utf8(source->text);
  if (bad == std::string::npos) return true;
  const diag::Span span{source, static_cast<uint32_t>(bad), static_cast<uint32_t>(bad + 1)};
  const auto byte = static_cast<unsigned char>(source->text[bad]);
  sink.report(diag::diagnostic(diag::code::invalid_utf8, span, fmt::format("byte 0x{:02x} is not UTF-8", byte),
                               fmt::format("write such bytes of a path as `\\x{:02x}`", byte)));
  return false;
}

}  // namespace

ast::File parse(std::shared_ptr<const diag::SourceFile> source, diag::Sink& sink) {
  ast::File file{.source = source, .statements = {}, .complete = false};
  if (!is_text(source, sink)) return file;
  const size_t before = sink.errors();
  try {
    Tokens tokens = scan(source, sink);
    file.steps = tokens.input->looks();
    if (!tokens.usable) return file;
    antlr4::ListTokenSource list(std::move(tokens.list));
    TokenStream stream(&list);
    SteleParser parser(&stream);
    ErrorListener listener(source, sink);
    parser.removeErrorListeners();
    parser.addErrorListener(&listener);
    parser.setErrorHandler(std::make_shared<ErrorStrategy>());
    SteleParser::FileContext* tree = parser.file();
    file.steps += stream.looks();
    file.statements = build(*tree, source, tokens.docs, sink);
    file.complete = listener.errors() == 0 && sink.errors() == before;
  } catch (const antlr4::ParseCancellationException&) {
    // reported as S2003
  }
  return file;
}

}  // namespace stele::parse
