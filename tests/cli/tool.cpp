#include "tests/cli/tool.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace stele::testing {
namespace {

/// In the child: the tool with its outputs in files.
[[noreturn]] void become_tool(const std::vector<std::string>& arguments,
                              const std::map<std::string, std::string>& environment, const std::string& in,
                              const std::string& out, const std::string& err) {
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  dup2(open(in.c_str(), O_RDONLY), STDIN_FILENO);
  dup2(open(out.c_str(), kWrite, 0600), STDOUT_FILENO);
  dup2(open(err.c_str(), kWrite, 0600), STDERR_FILENO);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> raw = {const_cast<char*>(STELE_TOOL)};
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  execv(STELE_TOOL, raw.data());
  _exit(127);
}

}  // namespace

const char* const kSmallPolicy =
    "policy small version \"1.0.0\"\n"
    "target linux >= 6.1\n"
    "rule shadow:\n"
    "  deny file { read } on { \"/etc/shadow\" } unless exe in { \"/usr/bin/passwd\" }\n";

ToolRun run_tool(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
                 const std::string& input) {
  const Folder folder;
  const std::string in = folder.write("in", input);
  const std::string out = folder.path("out"), err = folder.path("err");
  const pid_t child = fork();
  if (child == 0) become_tool(arguments, environment, in, out, err);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) throw std::runtime_error("cannot run the tool");
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_text(out), read_text(err)};
}

Folder::Folder() {
  std::string name = std::filesystem::temp_directory_path() / "stele-cli.XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path(name), std::ios::binary) << text;
  return path(name);
}

std::vector<std::string> Folder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string example_policy() {
  return STELE_SOURCE "/examples/sensitive_files/sensitive_files.stele";
}

}  // namespace stele::testing
