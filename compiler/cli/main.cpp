// stele: the policy compiler's command line. Each subcommand is a file of its own beside this one.

#include <csignal>
#include <vector>

#include "compiler/cli/command_line.h"

namespace {

constexpr const char* kFooter =
    "Start here:\n"
    "  stele check   web.stele                      find mistakes, see what each constraint guarantees\n"
    "  stele explain web.stele 'uid 33: file read /etc/shadow'\n"
    "  stele test    web.stele web.test.yaml --kernel 6.1\n"
    "  stele build   web.stele -o web.enforcer      one static executable, to be run once at boot\n\n"
    "Exit codes: 0 fine, 1 the policy or a test failed, 2 wrong usage, 3 the environment failed.";

}  // namespace

int main(int argc, char** argv) {
  using namespace stele::cli;
  std::signal(SIGPIPE, SIG_DFL);
  const auto tool = make_tool("stele", "Compiles declarative security policies into static eBPF enforcers.",
                              "stele " STELE_VERSION, kFooter);
  CLI::App& stele = *tool;
  const std::vector<Command> commands = {
      add_init(stele),         // something to start from
      add_fmt(stele),          // one layout for all
      add_check(stele),        // is the policy right, and what is it worth
      add_explain(stele),      // why is a request decided as it is
      add_test(stele),         // do scenarios come out as expected, in the evaluator and on kernels
      add_diff(stele),         // what does a new policy permit that the old one does not
      add_build(stele),        // the enforcer
      add_package(stele),      // what starts it on a machine
      add_inspect(stele),      // what an enforcer holds
      add_kernels(stele),      // kernels to test on
      add_lsp(stele),          // an editor's server
      add_completions(stele),  // for shells
      add_help(stele),         // the same as --help
  };
  if (const auto exit_code = parse_arguments(stele, argc, argv)) return *exit_code;
  for (const Command& command : commands)
    if (is_chosen(*command.app)) return command.run();
  return kUsage;
}
