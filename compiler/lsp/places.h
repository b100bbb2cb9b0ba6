#pragma once

// Spans of the compiler as the protocol's locations and diagnostics.

#include <map>
#include <memory>

#include "compiler/lsp/rpc.h"
#include "compiler/lsp/workspace.h"
#include "dsl/diag/diagnostic.h"

namespace stele::lsp {

class Places {
public:
  Places(const Workspace& workspace, Encoding encoding) : workspace_(workspace), encoding_(encoding) {}

  /// Of a span that has a file.
  Json range(const diag::Span& span);
  std::string uri(const diag::Span& span) const { return workspace_.uri_of(span.file->path); }
  Json location(const diag::Span& span) { return {{"uri", uri(span)}, {"range", range(span)}}; }

  /// A diagnostic with its hint as a second line, and its labels as related information.
  Json diagnostic(const diag::Diagnostic& diagnostic);

private:
  struct Indexed {
    std::shared_ptr<const diag::SourceFile> file;
    LineIndex index;
  };
  const Workspace& workspace_;
  Encoding encoding_;
  std::map<const diag::SourceFile*, Indexed> indexed_;
};

}  // namespace stele::lsp
