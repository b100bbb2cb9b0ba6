#pragma once

// The command line: what subcommands take, and the reading of it. CLI11 stays behind these functions and in
// completions.cpp: it is headers alone, and each file that includes them is seconds slower to compile.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/cli/command.h"

namespace stele::cli {

enum class Need : uint8_t { optional, required };

/// The tool, to which subcommands are added.
std::shared_ptr<CLI::App> make_tool(const std::string& name, const std::string& description, const std::string& version,
                                    const std::string& footer);

/// A subcommand without options, or one that has subcommands of its own.
CLI::App* add_bare_subcommand(CLI::App& parent, const std::string& name, const std::string& description,
                              const std::string& footer = {});

/// A subcommand with the common options, and a footer that shows an example for each line of `examples`.
CLI::App* add_subcommand(CLI::App& parent, const std::string& name, const std::string& description,
                         const std::string& examples, Output& output, Formats formats = Formats::text_json);

/// `names` are those of an option, as in "-o,--output", or one word for an argument without a name. What is not given
/// keeps its value. References must outlive the parsing.
void add_flag(CLI::App& app, const std::string& names, bool& value, const std::string& description);
void add_value(CLI::App& app, const std::string& names, std::string& value, const std::string& description,
               Need need = Need::optional);
/// An option takes one value each time it is given; an argument without a name takes all that are there.
void add_values(CLI::App& app, const std::string& names, std::vector<std::string>& values,
                const std::string& description, Need need = Need::optional);
/// `-Werror`, as compilers have it.
void add_warnings_as_errors(CLI::App& app, bool& value);
/// A flag that changes nothing: it says what is so in any case.
void add_idle_flag(CLI::App& app, const std::string& name, const std::string& description);
/// The option `name` is of use only where `needed` is given.
void add_dependency(CLI::App& app, const std::string& name, const std::string& needed);

void require_subcommand(CLI::App& app);
/// Whether the command line chose this subcommand.
bool is_chosen(const CLI::App& app);

/// Parses the command line. Returns the exit code when there is nothing more to do: help and version were printed, or
/// one line on standard error says what is wrong, with the nearest subcommand or option where a name is unknown.
std::optional<int> parse_arguments(CLI::App& stele, int argc, char** argv);

}  // namespace stele::cli
