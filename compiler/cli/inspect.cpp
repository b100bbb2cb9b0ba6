// stele inspect: what an enforcer holds, read from its bytes; nothing is run.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compiler/cli/command_line.h"
#include "compiler/os/files.h"
#include "compiler/pack/pack.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/print.h"

namespace stele::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxEnforcer = 128u << 20;  // the plan's limit and more than any stub

struct Options {
  Output output;
  std::string enforcer;
  bool manifest = false;
};

std::string kernels_text(const pack::EnforcerInfo& info) {
  const std::string from = "linux >= " + sema::kernel_version_text(info.min_kernel);
  const bool newest = info.max_kernel == Target{}.max_version;
  return newest ? from : from + ", <= " + sema::kernel_version_text(info.max_kernel);
}

std::string info_text(const pack::EnforcerInfo& info) {
  std::string text = fmt::format("policy {} {} for {}\n", info.policy_name, info.policy_version, kernels_text(info));
  text += fmt::format("{} bytes: stub {}, plan {}\n", info.file_bytes, info.stub_bytes, info.plan_bytes);
  text += fmt::format("{} constraints, {} states, {} edges\n\nprograms:\n", info.constraints, info.states, info.edges);
  for (const auto& program : info.programs)
    text += fmt::format("  {:16} {:20} {:6} instructions {:4} relocations{}\n", program.name,
                        program.hook.empty() ? "(iterator)" : program.hook, program.instructions, program.relocations,
                        program.if_hook_exists ? "  (where the kernel has the hook)" : "");
  text += "\nmaps:\n";
  for (const auto& map : info.maps)
    text += fmt::format("  {:16} {:20} {:6} values of {} bytes{}\n", map.name, map.role, map.max_entries,
                        map.value_size, map.data_bytes ? fmt::format(", {} bytes given", map.data_bytes) : "");
  return text;
}

Json info_json(const pack::EnforcerInfo& info) {
  Json json;
  json["policy"] = info.policy_name;
  json["version"] = info.policy_version;
  json["target"] = {{"min", sema::kernel_version_text(info.min_kernel)},
                    {"max", sema::kernel_version_text(info.max_kernel)}};
  json["bytes"] = {{"file", info.file_bytes}, {"stub", info.stub_bytes}, {"plan", info.plan_bytes}};
  json["constraints"] = info.constraints;
  json["states"] = info.states;
  json["edges"] = info.edges;
  json["programs"] = Json::array();
  for (const auto& program : info.programs)
    json["programs"].push_back({{"name", program.name},
                                {"hook", program.hook},
                                {"instructions", program.instructions},
                                {"relocations", program.relocations},
                                {"if_hook_exists", program.if_hook_exists}});
  json["maps"] = Json::array();
  for (const auto& map : info.maps)
    json["maps"].push_back({{"name", map.name},
                            {"role", map.role},
                            {"value_size", map.value_size},
                            {"max_entries", map.max_entries},
                            {"data_bytes", map.data_bytes}});
  json["manifest"] = parse_json(info.manifest);
  return json;
}

int run(const Options& options) {
  const auto bytes = os::read_whole_file(options.enforcer, kMaxEnforcer);
  if (!bytes) return fail(bytes.error(), options.output);
  const auto info = pack::read_enforcer(*bytes);
  if (!info) return fail({options.enforcer, info.error().error, info.error().message}, options.output);
  if (options.manifest)
    print(info->manifest + "\n");
  else if (options.output.json())
    print_json(info_json(*info));
  else
    print(info_text(*info));
  return kFine;
}

}  // namespace

Command add_inspect(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "inspect", "Show what an enforcer holds, without running it",
                                 "  stele inspect web.enforcer\n"
                                 "  stele inspect --manifest web.enforcer\n",
                                 options->output);
  add_value(*app, "ENFORCER", options->enforcer, "a file that `stele build` wrote", Need::required);
  add_flag(*app, "--manifest", options->manifest, "print the manifest alone, as it is");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
