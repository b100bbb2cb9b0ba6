#pragma once

#include <CLI/App.hpp>
#include <optional>

namespace stele::cli {

/// Parses the command line. Returns the exit code when there is nothing more to do: help and version were printed, or
/// one line on standard error says what is wrong, with the nearest subcommand or option where a name is unknown.
std::optional<int> parse_arguments(CLI::App& stele, int argc, char** argv);

}  // namespace stele::cli
