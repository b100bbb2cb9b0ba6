// stele package: what starts an enforcer on a machine.

#include "compiler/package/package.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "compiler/cli/command_line.h"
#include "compiler/os/files.h"
#include "compiler/pack/pack.h"

namespace stele::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxEnforcer = 128u << 20;

struct Options {
  Output output;
  std::string enforcer, folder, maintainer = "root <root@localhost>";
};

/// `Name <mail>`, without control characters.
bool is_maintainer(const std::string& text) {
  const size_t open = text.find(" <"), at = text.find('@'), close = text.find('>');
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
  return plain && open != std::string::npos && text.front() != ' ' && at != std::string::npos && open + 2 < at &&
         at + 1 < close && close + 1 == text.size();
}

/// Packages of the policy in other versions, which lie there from before. `dpkg -i` of all that is there would take
/// any.
std::vector<std::string> other_versions(const std::string& folder, const std::string& program,
                                        const std::string& package) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(program + "_") && name.ends_with("_amd64.deb") && name != package) out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// The package itself, the first of them, comes last: it is there only if everything else is.
Result<void> write_files(const std::string& folder, const std::vector<package::File>& files) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return tl::unexpected(Failure{folder, error.value(), "cannot make the folder"});
  for (auto file = files.rbegin(); file != files.rend(); ++file)
    if (auto written = os::write_below(folder, file->path, file->content, file->mode); !written) return written;
  return {};
}

int run(const Options& options) {
  auto bytes = os::read_whole_file(options.enforcer, kMaxEnforcer);
  if (!bytes) return fail(bytes.error(), options.output);
  const auto info = pack::read_enforcer(*bytes);
  if (!info) return fail({options.enforcer, info.error().error, info.error().message}, options.output);
  if (!is_maintainer(options.maintainer))
    return usage_error("a maintainer reads `Name <mail>`", "stele package", options.output);
  const auto files =
      package::package_files({info->policy_name, info->policy_version, std::move(*bytes), options.maintainer});
  std::vector<std::string> paths;
  for (const package::File& file : files) paths.push_back(fs::path(options.folder) / file.path);
  if (const auto refused = refuse_overwriting(paths, {options.enforcer}, "stele package", options.output))
    return *refused;
  if (const auto written = write_files(options.folder, files); !written) return fail(written.error(), options.output);
  const auto others = other_versions(options.folder, package::program_name(info->policy_name), files.front().path);
  for (const std::string& other : others)
    fmt::print(stderr, "stele: warning: {} is a package of this policy in another version; remove what is not wanted\n",
               other);
  if (options.output.json())
    print_json({{"files", paths}, {"other_versions", others}});
  else
    print(fmt::format("{}\n", fmt::join(paths, "\n")));
  return kFine;
}

}  // namespace

Command add_package(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app =
      add_subcommand(stele, "package", "Write what starts an enforcer on a machine: a Debian package, units, hooks",
                     "  stele package web.enforcer -o web.package\n\n"
                     "`dpkg -i` of the package protects the machine from its next start on.\n",
                     options->output);
  add_value(*app, "ENFORCER", options->enforcer, "a file that `stele build` wrote", Need::required);
  add_value(*app, "-o,--output", options->folder, "folder for the files, made if it is not there", Need::required);
  add_value(*app, "--maintainer", options->maintainer, "who looks after the package, as `Name <mail>`");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
