// stele kernels: the cache of kernels to test on.

#include "compiler/vm/kernels.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "compiler/cli/command_line.h"

namespace stele::cli {
namespace {

struct Options {
  Output output;
  std::vector<std::string> versions;
  bool update = false;
};

void print_kernels(const std::vector<vm::CachedKernel>& kernels, const Output& output) {
  if (!output.json()) {
    for (const vm::CachedKernel& kernel : kernels)
      print(fmt::format("{:8} {:34} {}{}\n", kernel.version, kernel.release, kernel.path,
                        kernel.newest ? "  (newest)" : ""));
    return;
  }
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const vm::CachedKernel& kernel : kernels)
    json.push_back({{"version", kernel.version},
                    {"release", kernel.release},
                    {"package", kernel.package},
                    {"sha256", kernel.sha256},
                    {"path", kernel.path},
                    {"newest", kernel.newest}});
  print_json(json);
}

int list(const Options& options) {
  const auto kernels = vm::list_kernels({});
  if (!kernels) return fail(kernels.error(), options.output);
  print_kernels(*kernels, options.output);
  return kFine;
}

int fetch(const Options& options) {
  vm::KernelCacheOptions cache;
  cache.update = options.update;
  cache.progress = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  std::vector<vm::CachedKernel> kernels;
  for (const std::string& version : options.versions) {
    const auto kernel = vm::fetch_kernel(version, cache);
    if (!kernel) return fail(kernel.error(), options.output);
    kernels.push_back(*kernel);
  }
  print_kernels(kernels, options.output);
  return kFine;
}

}  // namespace

Command add_kernels(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  options->versions = {"6.1", "6.12", "newest"};
  CLI::App* app = add_bare_subcommand(stele, "kernels", "Kernels to test on: fetch Debian's packages, list the cache");
  require_subcommand(*app);
  CLI::App* fetching = add_subcommand(*app, "fetch", "Download and unpack kernels into the cache; nothing is installed",
                                      "  stele kernels fetch\n"
                                      "  stele kernels fetch 6.1 newest\n",
                                      options->output);
  add_values(*fetching, "VERSION", options->versions, "6.1, 6.12, newest (default: all three)");
  add_flag(*fetching, "--update", options->update, "look for newer packages of what the cache holds");
  CLI::App* listing =
      add_subcommand(*app, "list", "Show the kernels in the cache", "  stele kernels list\n", options->output);
  return {app, [options, fetching, listing] {
            if (is_chosen(*fetching)) return fetch(*options);
            return is_chosen(*listing) ? list(*options) : static_cast<int>(kUsage);
          }};
}

}  // namespace stele::cli
