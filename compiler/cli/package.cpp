// stele package: what starts an enforcer on a machine.

#include "compiler/package/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

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

Result<void> write_file(const fs::path& folder, const package::File& file) {
  const fs::path path = folder / file.path;
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return tl::unexpected(Failure{path.parent_path(), error.value(), "cannot make the folder"});
  return os::replace_file(path, file.content, file.mode);
}

int run(const Options& options) {
  auto bytes = os::read_whole_file(options.enforcer, kMaxEnforcer);
  if (!bytes) return fail(bytes.error(), options.output);
  const auto info = pack::read_enforcer(*bytes);
  if (!info) return fail({options.enforcer, info.error().error, info.error().message}, options.output);
  if (!is_maintainer(options.maintainer)) return usage_error("a maintainer reads `Name <mail>`", "stele package");
  const auto files =
      package::package_files({info->policy_name, info->policy_version, std::move(*bytes), options.maintainer});
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  std::string text;
  for (const package::File& file : files) {
    if (const auto written = write_file(options.folder, file); !written) return fail(written.error(), options.output);
    const std::string path = fs::path(options.folder) / file.path;
    json.push_back(path);
    text += path + "\n";
  }
  if (options.output.json())
    print_json({{"files", json}});
  else
    print(text);
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
