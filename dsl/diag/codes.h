#pragma once

// The numbered situations of codes.def as names: `code::unterminated_string` is 1004.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele::diag {

namespace code {
#define STELE_CODE(number, name, severity, text) inline constexpr uint16_t name = number;
#include "dsl/diag/codes.def"
#undef STELE_CODE
}  // namespace code

/// One line of the table. `text` says in a few words what the situation is; messages say it for the case at hand.
struct CodeInfo {
  uint16_t number = 0;
  std::string_view name;
  Severity severity = Severity::error;
  std::string_view text;
};

/// The whole table, in order of the numbers.
const std::vector<CodeInfo>& all_codes();

/// The line of `number`, or nullptr when there is none.
const CodeInfo* find_code(uint16_t number);

/// By a policy: warnings and notes, but not that one acknowledges nothing, which has to be seen.
bool can_be_acknowledged(const CodeInfo& info);

/// "S1004"
std::string code_text(uint16_t number);

/// A diagnostic with the severity that the table gives `number`. A number outside the table is an error.
Diagnostic diagnostic(uint16_t number, Span span, std::string message, std::string hint = {});

}  // namespace stele::diag
