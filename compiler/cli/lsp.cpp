// stele lsp: the language server, spoken to over standard input and output.

#include <iostream>
#include <memory>

#include "compiler/cli/command.h"
#include "compiler/lsp/serve.h"

namespace stele::cli {

Command add_lsp(CLI::App& stele) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* app = stele.add_subcommand("lsp", "Serve an editor: the language server, over standard input and output");
  app->add_flag("--stdio")->description("standard input and output, as some editors ask for; there is nothing else");
  app->add_option("--passwd", options->passwd, "file of the form of passwd(5) that says the ids of users");
  app->add_option("--group", options->group, "file of the form of group(5) that says the ids of groups");
  app->footer(
      "The editor starts it: see docs/editors/language-server.md.\n"
      "Exit codes: 0 after the protocol's `shutdown`, 1 without it.");
  return {app, [options] {
            std::ios::sync_with_stdio(false);
            std::cin.tie(nullptr);
            return lsp::serve(std::cin, std::cout, lsp::regular_files(), *options);
          }};
}

}  // namespace stele::cli
