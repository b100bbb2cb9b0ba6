#pragma once

// A language server for policies over a pair of streams: LSP 3.17.

#include <functional>
#include <istream>
#include <ostream>

#include "dsl/sema/resolve.h"

namespace stele::lsp {

/// Waits for the next byte of `in`, but not for long. True: none came.
using Pause = std::function<bool()>;

/// Reads messages from `in` until `exit` or its end, and writes answers to `out`. Waits for nothing but `in`; after a
/// pause, if one can be told, the analyses add what takes longer than a keystroke. Reads
/// files through `disk` only (the names of users and groups among them, if `options` name files), keeps no more than
/// the open texts and what was made of them. Any bytes are survived. Returns what the process should exit with: 0 when
/// `shutdown` came first, else 1.
int serve(std::istream& in, std::ostream& out, const sema::FileReader& disk, const sema::LoadOptions& options = {},
          const Pause& pause = {});

/// Files of the file system, but only regular ones: a pipe could keep the server waiting for ever.
const sema::FileReader& regular_files();

}  // namespace stele::lsp
