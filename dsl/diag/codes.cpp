#include "dsl/diag/codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stele::diag {

const std::vector<CodeInfo>& all_codes() {
  static const std::vector<CodeInfo> table = {
#define STELE_CODE(number, name, severity, text) {number, #name, Severity::severity, text},
#include "dsl/diag/codes.def"
#undef STELE_CODE
  };
  return table;
}

const CodeInfo* find_code(uint16_t number) {
  const auto& table = all_codes();
  const auto it = std::find_if(table.begin(), table.end(), [&](const CodeInfo& c) { return c.number == number; });
  return it == table.end() ? nullptr : &*it;
}

bool can_be_acknowledged(const CodeInfo& info) {
  return info.severity != Severity::error && info.number != code::idle_acknowledgement;
}

std::string code_text(uint16_t number) {
  return fmt::format("S{:04}", number);
}

Diagnostic diagnostic(uint16_t number, Span span, std::string message, std::string hint) {
  const CodeInfo* info = find_code(number);
  return Diagnostic{.code = number,
                    .severity = info ? info->severity : Severity::error,
                    .span = std::move(span),
                    .message = std::move(message),
                    .labels = {},
                    .hint = std::move(hint)};
}

}  // namespace stele::diag
