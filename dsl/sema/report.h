#pragma once

// Where the resolver reports: a sink that knows in which use of a template it is.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "dsl/diag/diagnostic.h"

namespace stele::sema {

class Reporter {
public:
  /// `complete` false: something could not be read and was reported, so what is missing is not reported again.
  Reporter(diag::Sink& sink, bool complete) : sink_(sink), complete_(complete) {}

  /// Reports the situation `number`, an error or a warning as the table of codes says.
  std::nullopt_t fail(uint16_t number, const diag::Span& span, std::string message, std::string hint = {});
  /// The same with a label at a second place.
  std::nullopt_t fail(uint16_t number, const diag::Span& span, std::string message, std::string hint,
                      diag::Label label);

  /// Until leave(): what is reported gets the label "used here", and a mistake in a template is reported for the first
  /// use only.
  void enter_use(const diag::Span& use);
  void leave_use();

  bool has_errors() const { return sink_.has_errors(); }

private:
  void report(diag::Diagnostic diagnostic);

  diag::Sink& sink_;
  bool complete_;
  std::optional<diag::Span> use_;
  std::set<std::tuple<const diag::SourceFile*, uint32_t, uint16_t, std::string>> seen_;  // within uses
};

}  // namespace stele::sema
