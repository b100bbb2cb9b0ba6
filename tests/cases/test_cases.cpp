// Runs every case below the directories given: loads the policy from memory, compares what is reported and resolved.
// Exit code 0: all as expected; 1: a case differs, is named wrongly or holds an unknown section. `--update` writes the
// expectations instead.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "dsl/diag/codes.h"
#include "dsl/sema/print.h"
#include "dsl/sema/resolve.h"
#include "tests/cases/case_file.h"

namespace {

namespace fs = std::filesystem;
using stele::cases::CaseFile;

const std::string kRoot = "case.stele";

class MemoryReader : public stele::sema::FileReader {
public:
  explicit MemoryReader(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  std::optional<std::string> read(const std::string& path, int* error) const override {
    const auto it = files_.find(fs::path(path).lexically_normal());
    if (it != files_.end()) return it->second;
    *error = ENOENT;
    return std::nullopt;
  }

private:
  std::map<std::string, std::string> files_;
};

std::string place(const stele::diag::Span& span) {
  if (!span.file) return "-";
  const stele::diag::LineColumn begin = stele::diag::locate(*span.file, span.begin),
                                end = stele::diag::locate(*span.file, span.end);
  const std::string file = span.file->path == kRoot ? "" : span.file->path + ":";
  return fmt::format("{}{}:{}-{}:{}", file, begin.line, begin.column, end.line, end.column);
}

std::string diagnostics_text(const stele::diag::Sink& sink) {
  std::string out;
  for (const stele::diag::Diagnostic& d : sink.all()) {
    const char* severity = d.acknowledged                               ? "acknowledged"
                           : d.severity == stele::diag::Severity::error ? "error"
                                                                        : "warning";
    out += fmt::format("// {} {} {} {}\n", severity, stele::diag::code_text(d.code), place(d.span), d.message);
    for (const stele::diag::Label& label : d.labels)
      out += fmt::format("//   label {} {}\n", place(label.span), label.text);
    if (!d.hint.empty()) out += fmt::format("//   hint {}\n", d.hint);
    if (d.acknowledged) out += fmt::format("//   reason {}\n", d.acknowledged->reason);
  }
  return out;
}

std::string commented(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) out += "// " + line + "\n";
  return out;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Outcome {
  std::string diagnostics, policy;
  bool failed = false;
};

Outcome run(const CaseFile& file) {
  std::map<std::string, std::string> files = {{kRoot, file.input}};
  for (const auto& section : file.sections)
    if (section.name.starts_with("file ")) files[section.name.substr(5)] = section.text;
  stele::diag::Sink sink;
  const stele::sema::LoadOptions options{.passwd = files.contains("passwd") ? "passwd" : "",
                                         .group = files.contains("group") ? "group" : "",
                                         .subuid = files.contains("subuid") ? "subuid" : ""};
  const auto policy = stele::sema::load_policy(kRoot, MemoryReader(std::move(files)), sink, options);
  return {diagnostics_text(sink), policy ? commented(stele::sema::policy_text(*policy)) : "", sink.has_errors()};
}

/// The sections that were there, with what is the case now.
CaseFile updated(const CaseFile& file, const Outcome& outcome) {
  CaseFile out{.input = file.input, .sections = {}};
  for (const auto& section : file.sections)
    if (section.name.starts_with("file ")) out.sections.push_back(section);
  if (!outcome.diagnostics.empty()) out.sections.push_back({"diagnostics", outcome.diagnostics});
  if (file.find("policy")) out.sections.push_back({"policy", outcome.policy});
  return out;
}

bool is_well_formed(const fs::path& path, const CaseFile& file, const Outcome& outcome) {
  for (const auto& section : file.sections) {
    if (section.name == "diagnostics" || section.name == "policy" || section.name.starts_with("file ")) continue;
    fmt::print("{}: unknown section `{}`\n", path.string(), section.name);
    return false;
  }
  const bool named_fail = path.filename().string().starts_with("fail_");
  if (named_fail == outcome.failed) return true;
  fmt::print("{}: the name says that it {}, and it {}\n", path.string(), named_fail ? "fails" : "succeeds",
             outcome.failed ? "fails" : "succeeds");
  return false;
}

bool check(const fs::path& path, bool update) {
  const std::string text = read_file(path);
  const CaseFile file = stele::cases::split_case(text);
  const Outcome outcome = run(file);
  if (!is_well_formed(path, file, outcome)) return false;
  const std::string now = join_case(updated(file, outcome));
  if (now == text) return true;
  if (update) {
    std::ofstream(path, std::ios::binary) << now;
    fmt::print("{}: updated\n", path.string());
    return true;
  }
  fmt::print("{}: differs; what is the case now:\n{}\n", path.string(), now.substr(file.input.size()));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  bool update = false;
  std::vector<fs::path> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update") {
      update = true;
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i]))
      if (entry.path().extension() == ".stele") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  size_t bad = 0;
  for (const fs::path& path : paths) bad += check(path, update) ? 0 : 1;
  fmt::print("{} cases, {} not as expected\n", paths.size(), bad);
  return bad == 0 && !paths.empty() ? 0 : 1;
}
