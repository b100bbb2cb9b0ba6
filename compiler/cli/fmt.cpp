// stele fmt: policies in the one layout. Files are rewritten only when that changes them.

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "compiler/cli/command_line.h"
#include "compiler/os/files.h"
#include "dsl/diag/codes.h"
#include "dsl/format/format.h"
#include "dsl/parse/parse.h"

namespace stele::cli {
namespace {

constexpr const char* kStandardInput = "-";

struct Options {
  Output output;
  std::vector<std::string> files;
  bool check = false;
};

struct Formatted {
  std::string file;
  bool changes = false;
};

std::optional<std::string> read(const std::string& file, diag::Sink& sink) {
  if (file == kStandardInput) return std::string(std::istreambuf_iterator<char>(std::cin), {});
  auto text = os::read_whole_file(file, parse::kMaxPolicyBytes);
  if (text) return std::move(*text);
  const std::string why = text.error().error ? std::strerror(text.error().error) : text.error().message;
  sink.report(diag::diagnostic(diag::code::unreadable_policy, {}, fmt::format("cannot read `{}`: {}", file, why)));
  return std::nullopt;
}

/// Keeps the file's permissions, and the link if it is one.
Result<void> rewrite(const std::string& file, const std::string& text) {
  std::error_code error;
  const auto real = std::filesystem::canonical(file, error);
  struct stat status{};
  if (error || stat(real.c_str(), &status) != 0) return tl::unexpected(Failure{file, errno, "cannot be written"});
  if (!S_ISREG(status.st_mode)) return tl::unexpected(Failure{file, 0, "is no regular file, and cannot be rewritten"});
  return os::replace_file(real, text, status.st_mode & 07777);
}

class Run {
public:
  explicit Run(const Options& options) : options_(options) {}

  Result<void> one(const std::string& file) {
    auto text = read(file, sink_);
    if (!text) return {};
    const std::string name = file == kStandardInput ? "standard input" : file;
    const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{name, std::move(*text)});
    const auto out = format::format(source, sink_);
    if (!out) return {};
    const bool changes = *out != source->text;
    files_.push_back({name, changes});
    if (options_.check) return {};
    if (file == kStandardInput) {
      if (options_.output.format == Format::text) print(*out);
      return {};
    }
    return changes ? rewrite(file, *out) : Result<void>{};
  }

  int report() const {
    if (options_.output.json())
      print_json_report();
    else
      print_diagnostics(sink_, options_.output, options_.files.front());
    size_t changed = 0;
    for (const Formatted& file : files_) {
      changed += file.changes ? 1 : 0;
      if (file.changes && options_.output.format == Format::text && (options_.check || file.file != "standard input"))
        print(fmt::format("{}: {}\n", file.file, options_.check ? "is not formatted" : "formatted"));
    }
    return sink_.has_errors() || (options_.check && changed > 0) ? kFailed : kFine;
  }

private:
  void print_json_report() const {
    auto json = parse_json(diag::render_json(sink_));
    json["files"] = nlohmann::ordered_json::array();
    for (const Formatted& file : files_) json["files"].push_back({{"file", file.file}, {"changes", file.changes}});
    print_json(json);
  }

  const Options& options_;
  diag::Sink sink_;
  std::vector<Formatted> files_;
};

int run(const Options& options) {
  Run run(options);
  for (const std::string& file : options.files)
    if (const auto done = run.one(file); !done) return fail(done.error(), options.output);
  return run.report();
}

}  // namespace

Command add_fmt(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(
      stele, "fmt", "Lay policies out as everybody does",
      "  stele fmt web.stele baseline/*.stele\n"
      "  stele fmt --check policies/*.stele      (in CI: changes nothing, fails if something would change)\n"
      "  stele fmt - < web.stele                 (from standard input to standard output)\n\n"
      "White space changes, and the comma behind the last item of a list; words and comments stay as they are, and in\n"
      "their order. A file with syntax errors is left alone.\n",
      options->output, Formats::text_json_sarif);
  add_values(*app, "FILE", options->files, "policies to rewrite in place; - is standard input", Need::required);
  add_flag(*app, "--check", options->check, "write nothing, name the files that are not formatted, and fail if any");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
