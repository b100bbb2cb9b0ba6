// See packages.h. The mirror's name comes from `apt-get indextargets`; none is written here.

#include "compiler/vm/packages.h"

#include <fnmatch.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include "compiler/os/files.h"
#include "compiler/os/process.h"

namespace stele::vm {
namespace {

constexpr char kKeyring[] = "/usr/share/keyrings/debian-archive-keyring.gpg";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string last_line(const std::string& text) {
  std::vector<std::string> lines = lines_of(text);
  return lines.empty() ? "" : lines.back();
}

/// Runs one of apt's tools; a failure carries the last thing that it said.
Result<std::string> run_tool(const PackageSource& source, const std::string& tool,
                             const std::vector<std::string>& words, const std::string& directory = "") {
  std::vector<std::string> argv = {tool};
  argv.insert(argv.end(), source.options.begin(), source.options.end());
  argv.insert(argv.end(), words.begin(), words.end());
  Result<os::ProcessResult> done = os::run_process(argv, directory);
  if (!done) {
    Failure failure = done.error();
    if (failure.error == ENOENT)
      failure.message = "`" + tool + "` is missing: kernels are fetched from Debian's packages";
    return tl::unexpected(failure);
  }
  if (done->status != 0)
    return tl::unexpected(Failure{tool, 0, "`" + tool + " " + words.front() + "` failed: " + last_line(done->errors)});
  return done->output;
}

/// The mirror of the first `main` archive that is not the security one.
Result<std::string> machine_mirror() {
  Result<std::string> targets = run_tool(
      {}, "apt-get", {"indextargets", "--format", "$(REPO_URI)|$(CODENAME)|$(COMPONENT)", "Created-By: Packages"});
  if (!targets) return targets;
  for (const std::string& line : lines_of(*targets)) {
    size_t bar = line.find('|'), second = line.find('|', bar + 1);
    if (bar == std::string::npos || second == std::string::npos) continue;
    std::string codename = line.substr(bar + 1, second - bar - 1);
    if (line.substr(second + 1) == "main" && codename.find('-') == std::string::npos) return line.substr(0, bar);
  }
  return tl::unexpected(
      Failure{"apt-get", 0, "apt names no Debian mirror on this machine; run `apt-get update` first"});
}

std::optional<std::string> first_match(const std::vector<std::string>& names,
                                       const std::vector<std::string>& patterns) {
  for (const std::string& name : names)
    for (const std::string& pattern : patterns)
      if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return name;
  return std::nullopt;
}

}  // namespace

PackageSource machine_packages() {
  return {};
}

Result<PackageSource> unstable_packages(const std::string& directory, bool refresh) {
  Result<std::string> mirror = machine_mirror();
  if (!mirror) return tl::unexpected(mirror.error());
  std::error_code error;
  for (const char* folder : {"/state/lists/partial", "/cache/archives/partial"}) {
    std::filesystem::create_directories(directory + folder, error);
    if (error) return tl::unexpected(Failure{directory + folder, error.value(), "cannot make the directory"});
  }
  const std::string list = directory + "/sources.list";
  for (const auto& [path, text] : {std::pair<std::string, std::string>{list, "deb [signed-by=" + std::string(kKeyring) +
                                                                                 "] " + *mirror + " unstable main\n"},
                                   {directory + "/status", ""}}) {
    if (Result<void> written = os::replace_file(path, text); !written) return tl::unexpected(written.error());
  }
  PackageSource source;
  for (const std::string& setting :
       {"Dir::State=" + directory + "/state", "Dir::State::status=" + directory + "/status",
        "Dir::Cache=" + directory + "/cache", "Dir::Etc::sourcelist=" + list, std::string("Dir::Etc::sourceparts=-"),
        std::string("Acquire::Languages=none"), std::string("APT::Get::List-Cleanup=false")}) {
    source.options.push_back("-o");
    source.options.push_back(setting);
  }
  bool has_lists = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/state/lists", error))
    has_lists |= entry.path().string().find("_Packages") != std::string::npos;
  if (refresh || !has_lists) {
    if (Result<std::string> updated = run_tool(source, "apt-get", {"update", "--error-on=any"}); !updated)
      return tl::unexpected(updated.error());
  }
  return source;
}

Result<std::string> dependency(const PackageSource& source, const std::string& package, const std::string& prefix) {
  Result<std::string> text = run_tool(source, "apt-cache", {"depends", "--important", package});
  if (!text) return text;
  for (const std::string& line : lines_of(*text)) {
    size_t at = line.find("Depends: ");
    if (at != std::string::npos && line.compare(at + 9, prefix.size(), prefix) == 0) return line.substr(at + 9);
  }
  return tl::unexpected(Failure{package, 0, "depends on no `" + prefix + "…` package; run `apt-get update` first"});
}

bool is_known(const PackageSource& source, const std::string& package) {
  Result<std::string> text = run_tool(source, "apt-cache", {"show", "--no-all-versions", package});
  return text && text->find("Filename:") != std::string::npos;
}

Result<std::vector<std::string>> files_of_package(const PackageSource& source, const std::string& package,
                                                  const std::vector<std::vector<std::string>>& wanted,
                                                  const std::string& directory) {
  if (Result<std::string> done = run_tool(source, "apt-get", {"download", package}, directory); !done)
    return tl::unexpected(done.error());
  std::string archive;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == ".deb") archive = entry.path().string();
  if (archive.empty()) return tl::unexpected(Failure{package, ENOENT, "apt-get downloaded nothing"});
  // dpkg-deb writes the files as a tar archive; tar picks from the file, since both sides of a pipe would need a shell.
  const std::string tar = directory + "/files.tar";
  Result<std::string> files = run_tool({}, "dpkg-deb", {"--fsys-tarfile", archive});
  if (!files) return tl::unexpected(files.error());
  if (Result<void> written = os::replace_file(tar, *files); !written) return tl::unexpected(written.error());
  Result<std::string> names = run_tool({}, "tar", {"--list", "--file", tar});
  if (!names) return tl::unexpected(names.error());
  std::vector<std::string> found;
  for (const std::vector<std::string>& patterns : wanted) {
    const std::optional<std::string> name = first_match(lines_of(*names), patterns);
    if (!name) return tl::unexpected(Failure{package, ENOENT, "holds no " + patterns.front()});
    Result<std::string> bytes = run_tool({}, "tar", {"--extract", "--to-stdout", "--file", tar, *name});
    if (!bytes) return tl::unexpected(bytes.error());
    found.push_back(*bytes);
  }
  return found;
}

}  // namespace stele::vm
