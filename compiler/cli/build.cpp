// stele build: the enforcer, and with --emit everything that was made on the way to it.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/analyze/difference.h"
#include "compiler/cli/command_line.h"
#include "compiler/cli/pipeline.h"
#include "compiler/cli/policy_file.h"
#include "compiler/cli/progress.h"
#include "compiler/os/files.h"
#include "dsl/diag/codes.h"

namespace stele::cli {
namespace {

struct Options {
  Output output;
  PolicyFile policy;
  std::string enforcer, emit, against, allow_widen;
  bool warnings_are_errors = false;
};

/// C sources, decisions, object, plan and manifest, by name.
std::map<std::string, std::string> emitted_files(const Build& build) {
  std::map<std::string, std::string> files = build.sources;
  files["policy.ir"] = build.ir;
  files["policy.bpf.o"] = build.object;
  files["plan"] = build.plan;
  files["manifest.json"] = build.manifest + "\n";
  return files;
}

Result<void> emit(const std::string& folder, const Build& build) {
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  if (error) return tl::unexpected(Failure{folder, error.value(), "cannot make the folder"});
  for (const auto& [name, bytes] : emitted_files(build))
    if (auto written = os::write_below(folder, name, bytes); !written) return written;
  return {};
}

/// Everything that is going to be written, and everything that was read.
std::optional<int> refuse_overwriting(const Options& options, const Policy& policy, const Build& build,
                                      const std::vector<std::string>& replaced) {
  std::vector<std::string> outputs = {options.enforcer}, inputs = replaced;
  if (!options.emit.empty()) {
    outputs.push_back(options.emit);
    for (const auto& [name, bytes] : emitted_files(build))
      outputs.push_back(std::filesystem::path(options.emit) / name);
  }
  for (const auto& source : policy.sources) inputs.push_back(source->path);
  const sema::LoadOptions& names = options.policy.names;
  for (const std::string& file : {names.passwd, names.group, names.subuid})
    if (!file.empty()) inputs.push_back(file);
  return cli::refuse_overwriting(outputs, inputs, "stele build", options.output);
}

/// The enforcer comes last: it is there only if everything else is.
Result<void> write_results(const Options& options, const Build& build) {
  if (!options.emit.empty())
    if (auto emitted = emit(options.emit, build); !emitted) return emitted;
  return os::write_output(options.enforcer, build.enforcer, 0755);
}

void report(const Options& options, const Policy& policy, const diag::Sink& sink, const Build& build, size_t hooks) {
  if (options.output.sarif()) return;  // the diagnostics have been printed
  // Where the enforcer itself goes to standard output, nothing else does.
  const auto say = [&](const std::string& text) {
    if (os::is_standard_output(options.enforcer))
      fmt::print(stderr, "{}", text);
    else
      print(text);
  };
  if (!options.output.json()) {
    say(fmt::format("{}: {} bytes, policy {} {}, {} rules on {} hooks\n", options.enforcer, build.enforcer.size(),
                    policy.name, policy.version, policy.rules.size(), hooks));
    return;
  }
  auto json = parse_json(diag::render_json(sink));
  json["enforcer"] = options.enforcer;
  json["bytes"] = build.enforcer.size();
  json["plan_bytes"] = build.plan.size();
  json["policy"] = policy.name;
  json["version"] = policy.version;
  json["rules"] = policy.rules.size();
  json["hooks"] = hooks;
  say(json_text(json));
}

/// Compares with the policy that this one replaces, and says which files that took. Reports when it permits more
/// without a reason.
std::optional<emit::Widening> widening_of(const Options& options, const Policy& policy, diag::Sink& sink,
                                          std::vector<std::string>& read) {
  diag::Sink of_old;  // its warnings were its release's
  const auto old_policy = load({options.against, options.policy.names}, of_old);
  for (const diag::Diagnostic& diagnostic : of_old.all())
    if (diagnostic.severity == diag::Severity::error) sink.report(diagnostic);
  if (!old_policy) return std::nullopt;
  for (const auto& source : old_policy->sources) read.push_back(source->path);
  const Progress progress("comparing" + crossed_paths_text(policy));
  const analyze::Difference difference = analyze::diff(*old_policy, policy);
  const emit::Widening widening{emit::policy_digest(*old_policy), difference.wider(), options.allow_widen};
  if (difference.unfinished.empty() && widening.classes.empty()) return std::nullopt;
  if (!options.allow_widen.empty()) return widening;
  const std::string what =
      difference.unfinished.empty()
          ? fmt::format("permits more than `{}` of {}", options.against, fmt::join(widening.classes, ", "))
          : fmt::format("cannot be compared with `{}`: {}", options.against, difference.unfinished);
  sink.report(diag::diagnostic(diag::code::widens, policy.rules.empty() ? diag::Span{} : policy.rules.front().span,
                               "this policy " + what, "see `stele diff`, or say why with `--allow-widen REASON`"));
  return std::nullopt;
}

int run(const Options& options) {
  diag::Sink sink;
  const auto policy = load(options.policy, sink);
  const auto module = policy ? lower_policy(*policy, sink) : std::nullopt;
  std::optional<emit::Widening> widening;
  std::vector<std::string> replaced;
  if (module && !options.against.empty()) widening = widening_of(options, *policy, sink, replaced);
  const bool failed = has_failed(sink, options.warnings_are_errors);
  if (failed || !options.output.json()) print_diagnostics(sink, options.output, options.policy.path);
  if (failed) return kFailed;
  const Progress progress("building " + options.enforcer + crossed_paths_text(*policy));
  const auto build = build_enforcer(*policy, *module, widening);
  if (!build) return fail(build.error(), options.output);
  if (const auto refused = refuse_overwriting(options, *policy, *build, replaced)) return *refused;
  if (const auto written = write_results(options, *build); !written) return fail(written.error(), options.output);
  report(options, *policy, sink, *build, module->hooks.size());
  return kFine;
}

}  // namespace

Command add_build(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "build", "Compile a policy into an enforcer, one static executable",
                                 "  stele build web.stele -o web.enforcer\n"
                                 "  stele build web.stele -o web.enforcer --emit web.build   (the C to read, too)\n"
                                 "  stele build web.stele -o web.enforcer --against released/web.stele\n",
                                 options->output, Formats::text_json_sarif);
  add_policy_file(*app, options->policy);
  add_value(*app, "-o,--output", options->enforcer, "the enforcer to write; replaced only when all went well",
            Need::required);
  add_value(*app, "--against", options->against,
            "the policy that this one replaces: refuse to build one that permits more");
  add_value(*app, "--allow-widen", options->allow_widen, "build it nevertheless; the reason goes into the manifest");
  add_dependency(*app, "--allow-widen", "--against");
  add_warnings_as_errors(*app, options->warnings_are_errors);
  add_value(*app, "--emit", options->emit,
            "folder for what each hook decides (policy.ir), the generated C, the object, the plan and the manifest");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
