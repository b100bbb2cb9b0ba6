// stele explain: one request, decided by the reference evaluator, and why.

#include "compiler/evaluate/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/cli/command_line.h"
#include "compiler/cli/policy_file.h"

namespace stele::cli {
namespace {

struct Options {
  Output output;
  PolicyFile policy;
  std::vector<std::string> request;  // one word, or as many as the shell made of it
  bool all = false;
};

int run(const Options& options) {
  diag::Sink sink;
  const sema::Accounts accounts = read_accounts(options.policy, sink);
  if (sink.has_errors()) {
    print_diagnostics(sink, options.output);
    return kFailed;
  }
  const auto question = evaluate::parse_question(fmt::format("{}", fmt::join(options.request, " ")), accounts);
  if (!question) return usage_error(question.error().message, "stele explain", options.output);
  const auto policy = load(options.policy, sink);
  if (!policy) {
    print_diagnostics(sink, options.output);
    return kFailed;
  }
  const evaluate::Explanation explanation = evaluate::explain(*policy, *question);
  const evaluate::Detail detail = options.all ? evaluate::Detail::everything : evaluate::Detail::same_operation;
  print(options.output.json() ? evaluate::explanation_json(*policy, explanation)
                              : evaluate::explanation_text(*policy, explanation, detail));
  return kFine;
}

}  // namespace

Command add_explain(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "explain", "Say what the policy decides for one request, and why",
                                 "  stele explain web.stele 'uid 33 exe /usr/sbin/nginx: file read /etc/shadow'\n"
                                 "  stele explain web.stele 'uid 0: file rename /tmp/x over /etc/passwd'\n"
                                 "  stele explain web.stele 'uid 33: net connect to 10.2.0.1 port 443/tcp'\n"
                                 "  stele explain web.stele 'uid 33 cap NET_RAW: syscall ioctl(1, 0x5401)'\n",
                                 options->output);
  add_policy_file(*app, options->policy);
  add_values(*app, "REQUEST", options->request,
             "who asks, a colon, and for what: [uid N] [gid N] [groups N,N] [exe PATH] ...: OPERATION OBJECT",
             Need::required);
  add_flag(*app, "--all", options->all, "also list the constraints that do not speak of the operation");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
