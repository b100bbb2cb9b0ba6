#include "compiler/lsp/check.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

#include "compiler/analyze/acknowledgements.h"
#include "compiler/analyze/analyze.h"
#include "compiler/analyze/root_check.h"
#include "compiler/guarantee/guarantee.h"
#include "dsl/diag/codes.h"

namespace stele::lsp {
namespace {

namespace fs = std::filesystem;

/// The text of a policy that includes the file `name` of its own folder.
std::string includer_text(const std::string& name) {
  std::string quoted;
  for (const char c : name) quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return fmt::format("policy fragment version \"0.0.0\" include \"{}\"", quoted);
}

/// Reads as another reader does and remembers what was read; serves the text of an includer.
class RecordingReader : public sema::FileReader {
public:
  RecordingReader(const sema::FileReader& files, std::string includer, std::string text)
      : files_(files), includer_(std::move(includer)), text_(std::move(text)) {}

  std::optional<std::string> read(const std::string& path, int* error) const override {
    if (path == includer_) return text_;
    const std::string normal = fs::path(path).lexically_normal();
    read_.insert(normal);
    return files_.read(normal, error);
  }
  std::string identity(const std::string& path) const override {
    return path == includer_ ? path : files_.identity(fs::path(path).lexically_normal());
  }
  std::set<std::string>& read_so_far() { return read_; }

private:
  const sema::FileReader& files_;
  std::string includer_, text_;
  mutable std::set<std::string> read_;
};

/// Places within the includer, which nobody wrote, and missing places become the root's first byte.
void put_in_place(diag::Span& span, const std::string& includer, const std::shared_ptr<const diag::SourceFile>& root) {
  if (!span.file || span.file->path == includer) span = {root, 0, 0};
}

/// A tenth of what `stele check` takes: the server answers nothing meanwhile.
constexpr analyze::AnalysisOptions kLimits = {
    .max_states = 300'000, .max_nodes = 400'000, .max_operations = 2'000'000, .findings = true};

}  // namespace

bool has_header(std::string_view text) {
  constexpr std::string_view kWord = "policy";
  for (size_t at = 0; at < text.size();) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) return false;
    const std::string_view rest = text.substr(at);
    if (rest.substr(0, kWord.size()) == kWord &&
        (rest.size() == kWord.size() || std::string_view(" \t\r\n").find(rest[kWord.size()]) != std::string_view::npos))
      return true;
    at = text.find_first_of("\r\n", at);
  }
  return false;
}

Check check_file(const std::string& root, const std::string& text, const sema::FileReader& files,
                 const sema::LoadOptions& options) {
  const fs::path path(root);
  const bool fragment = !has_header(text);
  const std::string includer = fs::path(root + ".includer");
  RecordingReader reader(files, fragment ? includer : "", includer_text(path.filename()));
  Check out;
  diag::Sink& sink = out.sink;
  std::optional<Policy> policy = sema::load_policy(fragment ? includer : root, reader, sink, options);
  if (policy) guarantee::check_guarantees(*policy, sink);

  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{root, text});
  for (diag::Diagnostic diagnostic : sink.all()) {
    const bool of_includer = diagnostic.span.file && diagnostic.span.file->path == includer;
    if (of_includer && diagnostic.severity != diag::Severity::error) continue;  // that it has no constraints of its own
    put_in_place(diagnostic.span, includer, source);
    for (diag::Label& label : diagnostic.labels) put_in_place(label.span, includer, source);
    out.diagnostics.push_back(std::move(diagnostic));
  }
  out.analysed = fragment || !policy || sink.has_errors();
  if (policy) out.policy = std::make_shared<const Policy>(*std::move(policy));
  out.subordinates = !options.subuid.empty();
  out.files = std::move(reader.read_so_far());
  out.files.insert(root);
  return out;
}

void analyse(Check& check) {
  if (check.analysed) return;
  check.analysed = true;
  const size_t known = check.sink.all().size();
  analyze::check_script_names(*check.policy, check.sink);
  analyze::analyze(*check.policy, kLimits, check.sink);
  analyze::check_acknowledgements(*check.policy, {.image = false, .subordinates = check.subordinates}, check.sink);
  for (size_t i = known; i < check.sink.all().size(); ++i) {
    diag::Diagnostic diagnostic = check.sink.all()[i];
    if (diagnostic.code == diag::code::analysis_unfinished || diagnostic.code == diag::code::assertion_undecided)
      continue;  // for want of time, which `stele check` takes
    put_in_place(diagnostic.span, "", check.policy->sources.front());
    for (diag::Label& label : diagnostic.labels) put_in_place(label.span, "", check.policy->sources.front());
    check.diagnostics.push_back(std::move(diagnostic));
  }
}

}  // namespace stele::lsp
