// Code actions: what a hint says to write instead, at the press of a key.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/lsp/server.h"
#include "dsl/diag/fix.h"

namespace stele::lsp {
namespace {

constexpr const char* kQuickFix = "quickfix";

/// Kinds are asked for by themselves or by what they are below of; the empty one is above all.
bool wants_fixes(const Json& context) {
  if (!context.contains("only")) return true;
  const Json& only = context["only"];
  return std::any_of(only.begin(), only.end(), [](const Json& kind) { return kind == kQuickFix || kind == ""; });
}

}  // namespace

Json Server::code_actions(const Json& params) {
  const Document& text = document(params);
  const Range asked = range_of(member(params, "range"));
  Json actions = Json::array();
  if (!wants_fixes(member(params, "context"))) return actions;
  const LineIndex index(text.source->text, encoding_);
  const size_t begin = index.offset(asked.start), end = index.offset(asked.end);
  Places places(workspace_, encoding_);
  for (const auto& [root, check] : workspace_.checks()) {
    for (const diag::Diagnostic& diagnostic : check.diagnostics) {
      const std::string word(diag::fix_of(diagnostic));
      if (word.empty() || places.uri(diagnostic.span) != text.uri) continue;
      if (diagnostic.span.end < begin || diagnostic.span.begin > end) continue;
      const Json edit = {{"range", places.range(diagnostic.span)}, {"newText", word}};
      Json action = {{"title", fmt::format("write `{}`", word)},
                     {"kind", kQuickFix},
                     {"isPreferred", true},
                     {"diagnostics", Json::array({places.diagnostic(diagnostic)})},
                     {"edit", {{"changes", {{text.uri, Json::array({edit})}}}}}};
      // A file that two policies include is spoken of twice.
      if (std::find(actions.begin(), actions.end(), action) == actions.end()) actions.push_back(std::move(action));
    }
  }
  return actions;
}

}  // namespace stele::lsp
