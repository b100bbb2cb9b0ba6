#pragma once

// One policy as the compiler sees it from a given file: what it says, and what was read to say it.
//
// A file without a policy header is a fragment that other files include. It is checked as if a policy included it and
// nothing else, so that neither the missing header nor a set that only others use is reported.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/resolve.h"

namespace stele::lsp {

struct Check {
  std::set<std::string> files;                // every path that was asked for, normalised; the root among them
  std::vector<diag::Diagnostic> diagnostics;  // all have a place, within one of `files`
  std::shared_ptr<const Policy> policy;       // null when it could not be resolved
  bool analysed = true;                       // false: analyse() may find more
  diag::Sink sink;                            // what was reported so far, with the places that it has
  bool subordinates = false;                  // was `--subuid` given?
};

/// Does a line of the text begin with `policy`?
bool has_header(std::string_view text);

/// Checks the file `root`, a normalised path, with the text `text`. `files` are asked for normalised paths only.
/// A diagnostic without a place is put at the root's first byte.
Check check_file(const std::string& root, const std::string& text, const sema::FileReader& files,
                 const sema::LoadOptions& options);

/// Adds what the analyses over all requests find in a policy; fragments are left to those that include them. What takes
/// too long for an editor is left to `stele check`.
void analyse(Check& check);

}  // namespace stele::lsp
