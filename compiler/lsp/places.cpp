#include "compiler/lsp/places.h"

#include "dsl/diag/codes.h"

namespace stele::lsp {
namespace {

/// DiagnosticSeverity
int severity(diag::Severity severity) {
  switch (severity) {
    case diag::Severity::error:
      return 1;
    case diag::Severity::warning:
      return 2;
    case diag::Severity::note:
      return 3;
  }
  return 1;
}

constexpr int kHint = 4;         // of what the policy acknowledges
constexpr int kUnnecessary = 1;  // DiagnosticTag: shown faded

}  // namespace

Json Places::range(const diag::Span& span) {
  auto found = indexed_.find(span.file.get());
  if (found == indexed_.end())
    found = indexed_.emplace(span.file.get(), Indexed{span.file, LineIndex(span.file->text, encoding_)}).first;
  return json_of(found->second.index.range(span.begin, span.end));
}

Json Places::diagnostic(const diag::Diagnostic& diagnostic) {
  Json json = {{"range", range(diagnostic.span)},
               {"severity", diagnostic.acknowledged ? kHint : severity(diagnostic.severity)},
               {"code", diag::code_text(diagnostic.code)},
               {"source", "stele"},
               {"message", diagnostic.message}};
  if (!diagnostic.hint.empty()) json["message"] = diagnostic.message + "\nhelp: " + diagnostic.hint;
  if (diagnostic.acknowledged)
    json["message"] = diagnostic.message + "\nacknowledged: " + diagnostic.acknowledged->reason;
  if (diagnostic.code == diag::code::unused_set || diagnostic.code == diag::code::idle_acknowledgement)
    json["tags"] = {kUnnecessary};
  for (const diag::Label& label : diagnostic.labels)
    if (label.span.file)
      json["relatedInformation"].push_back({{"location", location(label.span)}, {"message", label.text}});
  return json;
}

}  // namespace stele::lsp
