#include "compiler/analyze/acknowledgements.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/diag/codes.h"

namespace stele::analyze {
namespace {

bool is_unfinished(const diag::Sink& sink) {
  return std::any_of(sink.all().begin(), sink.all().end(), [](const diag::Diagnostic& d) {
    return d.code == diag::code::analysis_unfinished || d.code == diag::code::assertion_undecided;
  });
}

/// Would it have been reported?
bool was_looked_for(uint16_t code, const LookedFor& looked_for, bool unfinished) {
  switch (code) {
    case diag::code::path_through_symlink:
    case diag::code::path_not_in_image:
    case diag::code::script_as_exe:
    case diag::code::directory_as_file:
      return looked_for.image;
    case diag::code::named_like_script:
      return !looked_for.image;
    case diag::code::unknown_subordinate_owner:
      return looked_for.subordinates;
    default:
      return !unfinished || code < diag::code::constraint_never_applies;  // with it the analyses begin
  }
}

}  // namespace

void check_acknowledgements(const Policy& policy, const LookedFor& looked_for, diag::Sink& sink) {
  const bool unfinished = is_unfinished(sink);
  for (const diag::Acknowledgement& one : policy.acknowledgements) {
    if (one.span.file != policy.sources.front() || sink.has_met(one)) continue;
    if (!was_looked_for(one.code, looked_for, unfinished)) continue;
    sink.report(diag::diagnostic(diag::code::idle_acknowledgement, one.span,
                                 fmt::format("no {} is reported {} that is not acknowledged already",
                                             diag::code_text(one.code), one.place.file ? "here" : "of the policy"),
                                 "take it out, or put it behind what the warning is about"));
  }
}

}  // namespace stele::analyze
