// stele build: the enforcer, and with --emit everything that was made on the way to it.

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/cli/command.h"
#include "compiler/cli/pipeline.h"
#include "compiler/vm/files.h"

namespace stele::cli {
namespace {

struct Options {
  Output output;
  std::string policy, enforcer, emit;
};

/// C sources, object, plan and manifest, by name.
std::map<std::string, std::string> emitted_files(const Build& build) {
  std::map<std::string, std::string> files = build.sources;
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
    if (auto written = replace_file(std::filesystem::path(folder) / name, bytes); !written) return written;
  return {};
}

/// The enforcer comes last: it is there only if everything else is.
Result<void> write_results(const Options& options, const Build& build) {
  if (!options.emit.empty())
    if (auto emitted = emit(options.emit, build); !emitted) return emitted;
  return replace_file(options.enforcer, build.enforcer, 0755);
}

void report(const Options& options, const Policy& policy, const Sink& sink, const Build& build, size_t hooks) {
  if (options.output.sarif()) return;  // the diagnostics have been printed
  if (!options.output.json()) {
    print(fmt::format("{}: {} bytes, policy {} {}, {} rules on {} hooks\n", options.enforcer, build.enforcer.size(),
                      policy.name, policy.version, policy.rules.size(), hooks));
    return;
  }
  auto json = nlohmann::ordered_json::parse(render_json(sink));
  json["enforcer"] = options.enforcer;
  json["bytes"] = build.enforcer.size();
  json["plan_bytes"] = build.plan.size();
  json["policy"] = policy.name;
  json["version"] = policy.version;
  json["rules"] = policy.rules.size();
  json["hooks"] = hooks;
  print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

int run(const Options& options) {
  Sink sink;
  const auto lowered = load_and_lower(options.policy, sink);
  if (!lowered || !options.output.json()) print_diagnostics(sink, options.output, options.policy);
  if (!lowered) return kFailed;
  const auto build = build_enforcer(lowered->module);
  if (!build) return fail(build.error(), options.output);
  if (const auto written = write_results(options, *build); !written) return fail(written.error(), options.output);
  report(options, *lowered->policy, sink, *build, lowered->module.hooks.size());
  return kFine;
}

}  // namespace

Command add_build(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "build", "Compile a policy into an enforcer, one static executable",
                                 "  stele build web.stele -o web.enforcer\n"
                                 "  stele build web.stele -o web.enforcer --emit web.build   (the C to read, too)\n",
                                 options->output, Formats::text_json_sarif);
  app->add_option("POLICY", options->policy, "the policy's file")->required();
  app->add_option("-o,--output", options->enforcer, "the enforcer to write; replaced only when all went well")
      ->required();
  app->add_option("--emit", options->emit, "folder for the generated C, the object, the plan and the manifest");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
