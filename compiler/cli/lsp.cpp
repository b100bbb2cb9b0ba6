// stele lsp: the language server, spoken to over standard input and output.

#include <poll.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "compiler/cli/command_line.h"
#include "compiler/cli/policy_file.h"
#include "compiler/lsp/serve.h"

namespace stele::cli {

namespace {

constexpr int kPauseMs = 500;  // longer than between two keystrokes

bool pauses() {
  if (std::cin.rdbuf()->in_avail() > 0) return false;
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  return poll(&input, 1, kPauseMs) == 0;
}

}  // namespace

Command add_lsp(CLI::App& stele) {
  auto options = std::make_shared<sema::LoadOptions>();
  CLI::App* app =
      add_bare_subcommand(stele, "lsp", "Serve an editor: the language server, over standard input and output",
                          "The editor starts it: see docs/editors/language-server.md.\n"
                          "Exit codes: 0 after the protocol's `shutdown`, 1 without it.");
  add_idle_flag(*app, "--stdio", "standard input and output, as some editors ask for; there is nothing else");
  add_names(*app, *options);
  return {app, [options] {
            std::ios::sync_with_stdio(false);
            std::cin.tie(nullptr);
            return lsp::serve(std::cin, std::cout, lsp::regular_files(), *options, pauses);
          }};
}

}  // namespace stele::cli
