#include "compiler/cli/parse_arguments.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

#include "compiler/cli/command.h"
#include "dsl/diag/suggest.h"

namespace stele::cli {
namespace {

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
  const std::string hint = did_you_mean(word, known);
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

}  // namespace

std::optional<int> parse_arguments(CLI::App& stele, int argc, char** argv) {
  stele.require_subcommand(1);
  try {
    stele.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return stele.exit(error);
    std::string name;
    const CLI::App& app = innermost(stele, name);
    return usage_error(explain_error(stele, app, error), name);
  }
}

}  // namespace stele::cli
