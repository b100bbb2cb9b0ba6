// Code actions, at the press of a key: what a hint says to write instead, and that a warning is known.

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/lsp/server.h"
#include "dsl/diag/codes.h"
#include "dsl/diag/fix.h"
#include "dsl/parse/parse.h"
#include "dsl/sema/acknowledgements.h"

namespace stele::lsp {
namespace {

constexpr const char* kQuickFix = "quickfix";

/// Kinds are asked for by themselves or by what they are below of; the empty one is above all.
bool wants_fixes(const Json& context) {
  if (!context.contains("only")) return true;
  const Json& only = context["only"];
  return std::any_of(only.begin(), only.end(), [](const Json& kind) { return kind == kQuickFix || kind == ""; });
}

struct Fix {
  std::string title, text;
  diag::Span span;
  bool preferred = false;
};

/// An acknowledgement without a reason is an error, so that one is written.
std::vector<Fix> fixes_of(const diag::Diagnostic& diagnostic, const ast::File& file) {
  std::vector<Fix> out;
  if (const std::string_view word = diag::fix_of(diagnostic); !word.empty())
    out.push_back({fmt::format("write `{}`", word), std::string(word), diagnostic.span, true});
  const diag::CodeInfo* info = diag::find_code(diagnostic.code);
  if (!info || !diag::can_be_acknowledged(*info) || diagnostic.acknowledged) return out;
  if (const auto end = sema::end_to_acknowledge(file, diagnostic.span))
    out.push_back({fmt::format("acknowledge {} here", diag::code_text(diagnostic.code)),
                   fmt::format(" acknowledge {} \"\"", diag::code_text(diagnostic.code)),
                   {diagnostic.span.file, *end, *end}});
  return out;
}

}  // namespace

Json Server::code_actions(const Json& params) {
  const Document& text = document(params);
  const Range asked = range_of(member(params, "range"));
  Json actions = Json::array();
  if (!wants_fixes(member(params, "context"))) return actions;
  const LineIndex index(text.source->text, encoding_);
  const size_t begin = index.offset(asked.start), end = index.offset(asked.end);
  diag::Sink mistakes;  // reported already
  const ast::File file = parse::parse(text.source, mistakes);
  Places places(workspace_, encoding_);
  for (const auto& [root, check] : workspace_.checks()) {
    for (const diag::Diagnostic& diagnostic : check.diagnostics) {
      if (places.uri(diagnostic.span) != text.uri) continue;
      if (diagnostic.span.end < begin || diagnostic.span.begin > end) continue;
      for (const Fix& fix : fixes_of(diagnostic, file)) {
        const Json edit = {{"range", places.range(fix.span)}, {"newText", fix.text}};
        Json action = {{"title", fix.title},
                       {"kind", kQuickFix},
                       {"isPreferred", fix.preferred},
                       {"diagnostics", Json::array({places.diagnostic(diagnostic)})},
                       {"edit", {{"changes", {{text.uri, Json::array({edit})}}}}}};
        // A file that two policies include is spoken of twice.
        if (std::find(actions.begin(), actions.end(), action) == actions.end()) actions.push_back(std::move(action));
      }
    }
  }
  return actions;
}

}  // namespace stele::lsp
