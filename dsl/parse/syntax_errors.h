#pragma once

// What ANTLR's parser meets → diagnostics that say what was expected, and where it goes on after a mistake.

#include <antlr4-runtime.h>

#include <memory>
#include <string>

#include "dsl/diag/diagnostic.h"

namespace stele::parse {

/// Turns ANTLR's events into diagnostics: S1009, S2001, S2003, S2004. Throws ParseCancellationException at too many.
class ErrorListener : public antlr4::BaseErrorListener {
public:
  ErrorListener(std::shared_ptr<const diag::SourceFile> source, diag::Sink& sink)
      : source_(std::move(source)), sink_(sink) {}
  size_t errors() const { return errors_; }
  void syntaxError(antlr4::Recognizer* recognizer, antlr4::Token* found, size_t line, size_t column,
                   const std::string& message, std::exception_ptr exception) override;

private:
  std::shared_ptr<const diag::SourceFile> source_;
  diag::Sink& sink_;
  size_t errors_ = 0;
  uint32_t last_ = UINT32_MAX;  // where the last error was
  size_t slip_end_ = 0;         // Slip::end of the last one
};

/// Between statements, ANTLR's own strategy would give the rest of the file up, and between constraints the rest of the
/// rule. This one goes on at the next of them.
class ErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
  void sync(antlr4::Parser* parser) override;

protected:
  antlr4::Token* singleTokenDeletion(antlr4::Parser* parser) override;
};

}  // namespace stele::parse
