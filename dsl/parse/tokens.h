#pragma once

// The lexer's half of parsing: bytes → tokens, with the checks that must come before a recursive parser.

#include <antlr4-runtime.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele::parse {

/// One character for each byte, so that ANTLR's positions are byte offsets: bytes above 0x7f become 0x7f, for which the
/// lexer is ten times as fast, and a byte order mark blanks. What tokens say is read from the source, by position.
class ByteStream : public antlr4::ANTLRInputStream {
public:
  explicit ByteStream(const std::string& text);
  size_t LA(ssize_t i) override {
    ++looks_;
    return ANTLRInputStream::LA(i);
  }
  /// How often a byte was looked at.
  uint64_t looks() const { return looks_; }

private:
  uint64_t looks_ = 0;
};

struct Tokens {
  std::unique_ptr<ByteStream> input;  // the tokens point into it
  std::unique_ptr<antlr4::Lexer> lexer;
  std::vector<std::unique_ptr<antlr4::Token>> list;  // without comments; ends with EOF
  std::map<uint32_t, std::string> docs;              // `///` text by the offset of the token below it
  bool usable = true;                                // false: do not parse
};

/// Lexes `source` and reports S1003…S1008.
Tokens scan(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink);

/// Byte range of a token.
diag::Span span_of(const std::shared_ptr<const diag::SourceFile>& source, const antlr4::Token& token);

}  // namespace stele::parse
