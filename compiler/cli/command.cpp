#include "compiler/cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "dsl/diag/sarif.h"

namespace stele::cli {
namespace {

const std::map<std::string, Format> kFormats = {{"text", Format::text}, {"json", Format::json}};
const std::map<std::string, Format> kAllFormats = {
    {"text", Format::text}, {"json", Format::json}, {"sarif", Format::sarif}};
const std::map<std::string, ColourChoice> kColours = {
    {"auto", ColourChoice::automatic}, {"always", ColourChoice::always}, {"never", ColourChoice::never}};

constexpr const char* kExitCodes =
    "Exit codes: 0 fine, 1 the policy or a test failed, 2 wrong usage, 3 the environment failed.";

/// An option that takes one of the names in `choices`, shown as {a,b,…}.
template <typename T>
void add_choice(CLI::App& app, const std::string& flag, T& value, const std::map<std::string, T>& choices,
                const std::string& description) {
  std::string names;
  for (const auto& [name, choice] : choices) names += (names.empty() ? "" : "|") + name;
  app.add_option_function<std::string>(
         flag,
         [&value, &choices, flag, names](const std::string& name) {
           const auto found = choices.find(name);
           if (found == choices.end()) throw CLI::ValidationError(flag, "`" + name + "` is not one of " + names);
           value = found->second;
         },
         description)
      ->type_name(names);
}

}  // namespace

Colour Output::colour_for(int fd) const {
  if (colour == ColourChoice::always) return Colour::on;
  if (colour == ColourChoice::never || !isatty(fd)) return Colour::off;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool refused = no_colour && *no_colour;
  return refused || (terminal && std::strcmp(terminal, "dumb") == 0) ? Colour::off : Colour::on;
}

CLI::App* add_subcommand(CLI::App& parent, const std::string& name, const std::string& description,
                         const std::string& examples, Output& output, Formats formats) {
  CLI::App* app = parent.add_subcommand(name, description);
  add_choice(*app, "--format", output.format, formats == Formats::text_json ? kFormats : kAllFormats,
             "how the result is written (default: text)");
  add_choice(*app, "--color", output.colour, kColours, "colours on a terminal (default: auto; NO_COLOR is heeded)");
  app->footer("Example:\n" + examples + "\n" + kExitCodes);
  return app;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int fail(const Failure& failure, const Output& output) {
  std::string text = failure.path.empty() ? "" : failure.path + ": ";
  text += failure.message;
  if (failure.error) text += fmt::format(": {}", std::strerror(failure.error));
  fmt::print(stderr, "stele: {}\n", text);
  if (output.json()) {
    nlohmann::ordered_json json;
    json["failure"] = {{"path", failure.path}, {"errno", failure.error}, {"message", failure.message}};
    print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  return kEnvironment;
}

int usage_error(const std::string& message, const std::string& help_command) {
  fmt::print(stderr, "stele: {} (see `{} --help`)\n", message, help_command);
  return kUsage;
}

void print_diagnostics(const Sink& sink, const Output& output, const std::string& policy) {
  std::error_code no_folder;  // then names stay as they are
  if (output.json())
    print(render_json(sink));
  else if (output.sarif())
    print(render_sarif(sink, {policy, std::filesystem::current_path(no_folder).string()}));
  else
    fmt::print(stderr, "{}", render_text(sink, output.colour_for(STDERR_FILENO)));
}

}  // namespace stele::cli
