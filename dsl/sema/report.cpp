#include "dsl/sema/report.h"

#include <utility>

#include "dsl/diag/codes.h"

namespace stele::sema {

std::nullopt_t Reporter::fail(uint16_t number, const diag::Span& span, std::string message, std::string hint) {
  report(diag::diagnostic(number, span, std::move(message), std::move(hint)));
  return std::nullopt;
}

std::nullopt_t Reporter::fail(uint16_t number, const diag::Span& span, std::string message, std::string hint,
                              diag::Label label) {
  diag::Diagnostic d = diag::diagnostic(number, span, std::move(message), std::move(hint));
  d.labels.push_back(std::move(label));
  report(std::move(d));
  return std::nullopt;
}

void Reporter::report(diag::Diagnostic d) {
  const bool about_nothing = d.span.file && d.span.begin == d.span.end;
  if (!complete_ && about_nothing) return;
  if (use_) {
    if (!seen_.emplace(d.span.file.get(), d.span.begin, d.code, d.message).second) return;
    d.labels.push_back({*use_, "used here"});
  }
  sink_.report(std::move(d));
}

void Reporter::enter_use(const diag::Span& use) {
  use_ = use;
}

void Reporter::leave_use() {
  use_.reset();
}

}  // namespace stele::sema
