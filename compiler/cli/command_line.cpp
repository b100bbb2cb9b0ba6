#include "compiler/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>

#include "dsl/diag/suggest.h"

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

CLI::Validator is_not_empty() {
  return {[](const std::string& word) { return word.empty() ? std::string("an empty word says nothing") : ""; }, ""};
}

using Names = std::vector<std::string>;

Names subcommands_of(const CLI::App& app) {
  Names names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

Names options_of(const CLI::App& app) {
  Names names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string with_hint(const std::string& message, const std::string& word, const Names& known) {
  const std::string hint = diag::did_you_mean(word, known);
  return hint.empty() ? message : message + "; " + hint;
}

/// The subcommand that the command line had come to, and its full name.
const CLI::App& innermost(const CLI::App& stele, std::string& ret_name) {
  const CLI::App* app = &stele;
  ret_name = app->get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    ret_name += " " + app->get_name();
  }
  return *app;
}

/// The first argument that nothing takes.
std::string extra_of(const CLI::App& stele) {
  const auto rest = stele.remaining(true);
  return rest.empty() ? "" : rest.front();
}

std::string explain_error(const CLI::App& stele, const CLI::App& app, const CLI::ParseError& error) {
  const std::string extra = extra_of(stele);
  const Names commands = subcommands_of(app);
  if (!extra.empty() && extra.front() == '-')
    return with_hint(fmt::format("there is no option `{}`", extra), extra.substr(0, extra.find('=')), options_of(app));
  if (!extra.empty() && !commands.empty())
    return with_hint(fmt::format("there is no subcommand `{}`", extra), extra, commands);
  if (!extra.empty()) return fmt::format("`{}` is too much", extra);
  if (!commands.empty() && app.get_subcommands().empty() && error.get_name() == "RequiredError")
    return fmt::format("a subcommand is missing: {}", fmt::join(commands, ", "));
  return error.what();
}

/// Does the command line ask for JSON, as far as one can say of one that makes no sense?
Output output_wanted(int argc, char** argv) {
  Output output;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool apart = word == "--format" && i + 1 < argc && std::string(argv[i + 1]) == "json";
    if (apart || word == "--format=json") output.format = Format::json;
  }
  return output;
}

/// What `stele help COMMAND …` is about.
int print_help(const CLI::App& stele, const Names& names, const Output& output) {
  const CLI::App* app = &stele;
  std::string prefix;
  for (const std::string& name : names) {
    const Names known = subcommands_of(*app);
    if (std::find(known.begin(), known.end(), name) == known.end())
      return usage_error(with_hint(fmt::format("there is no subcommand `{}`", name), name, known), stele.get_name(),
                         output);
    prefix += (prefix.empty() ? "" : " ") + app->get_name();
    app = app->get_subcommand(name);
  }
  // Not App::help(), which is about the subcommand that was chosen: this one.
  print(app->get_formatter()->make_help(app, prefix.empty() ? app->get_name() : prefix + " " + app->get_name(),
                                        CLI::AppFormatMode::Normal));
  return kFine;
}

}  // namespace

std::shared_ptr<CLI::App> make_tool(const std::string& name, const std::string& description, const std::string& version,
                                    const std::string& footer) {
  auto tool = std::make_shared<CLI::App>(description, name);
  tool->set_version_flag("--version", version);
  tool->footer(footer);
  tool->require_subcommand(1);
  return tool;
}

CLI::App* add_bare_subcommand(CLI::App& parent, const std::string& name, const std::string& description,
                              const std::string& footer) {
  CLI::App* app = parent.add_subcommand(name, description);
  if (!footer.empty()) app->footer(footer);
  return app;
}

CLI::App* add_subcommand(CLI::App& parent, const std::string& name, const std::string& description,
                         const std::string& examples, Output& output, Formats formats) {
  CLI::App* app = add_bare_subcommand(parent, name, description, "Example:\n" + examples + "\n" + kExitCodes);
  add_choice(*app, "--format", output.format, formats == Formats::text_json ? kFormats : kAllFormats,
             "how the result is written (default: text)");
  add_choice(*app, "--color", output.colour, kColours, "colours on a terminal (default: auto; NO_COLOR is heeded)");
  return app;
}

void add_flag(CLI::App& app, const std::string& names, bool& value, const std::string& description) {
  app.add_flag(names, value, description);
}

void add_value(CLI::App& app, const std::string& names, std::string& value, const std::string& description, Need need) {
  app.add_option(names, value, description)->required(need == Need::required)->check(is_not_empty());
}

void add_values(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                const std::string& description, Need need) {
  CLI::Option* option =
      app.add_option(names, values, description)->required(need == Need::required)->check(is_not_empty());
  if (!option->get_positional()) option->allow_extra_args(false);
}

void add_warnings_as_errors(CLI::App& app, bool& value) {
  app.add_option_function<std::string>(
         "-W",
         [&value](const std::string& what) {
           if (what != "error") throw CLI::ValidationError("-W", "`" + what + "` is not `error`: it reads `-Werror`");
           value = true;
         },
         "-Werror: fail on warnings, too")
      ->type_name("error");
}

void add_idle_flag(CLI::App& app, const std::string& name, const std::string& description) {
  app.add_flag(name)->description(description);
}

void add_dependency(CLI::App& app, const std::string& name, const std::string& needed) {
  app.get_option(name)->needs(app.get_option(needed));
}

Command add_help(CLI::App& stele) {
  auto names = std::make_shared<Names>();
  auto output = std::make_shared<Output>();
  CLI::App* app = add_subcommand(stele, "help", "Print what a command takes, with examples",
                                 "  stele help check        (as `stele check --help`)\n", *output);
  app->add_option("COMMAND", *names, "whose help; without one, the tool's")
      ->type_name(fmt::format("{}", fmt::join(subcommands_of(stele), "|")));
  return {app, [&stele, names, output] { return print_help(stele, *names, *output); }};
}

void require_subcommand(CLI::App& app) {
  app.require_subcommand(1);
}

bool is_chosen(const CLI::App& app) {
  return app.parsed();
}

std::optional<int> parse_arguments(CLI::App& stele, int argc, char** argv) {
  try {
    stele.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return stele.exit(error);
    std::string name;
    const CLI::App& app = innermost(stele, name);
    return usage_error(explain_error(stele, app, error), name, output_wanted(argc, argv));
  }
}

}  // namespace stele::cli
