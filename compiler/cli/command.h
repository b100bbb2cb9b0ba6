#pragma once

// What the subcommands of `stele` share: exit codes, the options of each, and how results and failures are printed.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/failure.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/diag/render.h"
#include "dsl/sema/policy.h"

namespace CLI {
class App;
}

namespace stele::cli {

enum Exit : int {
  kFine = 0,
  kFailed = 1,      // the policy or a test failed
  kUsage = 2,       // the command line makes no sense
  kEnvironment = 3  // a file, a kernel, a tool is not there or does not work
};

enum class Format : uint8_t { text, json, sarif };
/// What a subcommand can print: its own result, or also diagnostics alone.
enum class Formats : uint8_t { text_json, text_json_sarif };
enum class ColourChoice : uint8_t { automatic, always, never };

/// The options that every subcommand has.
struct Output {
  Format format = Format::text;
  ColourChoice colour = ColourChoice::automatic;

  bool json() const { return format == Format::json; }
  bool sarif() const { return format == Format::sarif; }
  /// For a stream that goes to `fd`: on when asked for, or on a terminal unless NO_COLOR is set or TERM is dumb.
  diag::Colour colour_for(int fd) const;
};

/// A subcommand that has been added to the command line, and what it does once that is parsed. Returns an Exit.
struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};

Command add_check(CLI::App& stele);
Command add_build(CLI::App& stele);
Command add_diff(CLI::App& stele);
Command add_explain(CLI::App& stele);
Command add_test(CLI::App& stele);
Command add_package(CLI::App& stele);
Command add_inspect(CLI::App& stele);
Command add_kernels(CLI::App& stele);
Command add_fmt(CLI::App& stele);
Command add_init(CLI::App& stele);
Command add_completions(CLI::App& stele);
Command add_lsp(CLI::App& stele);
Command add_help(CLI::App& stele);

/// Prints to standard output. A closed pipe ends the program quietly.
void print(const std::string& text);

/// JSON is written and read here alone: each file that does it itself is seconds slower to compile. Text may hold any
/// byte. What is not JSON is read as a discarded value.
std::string json_text(const nlohmann::ordered_json& json);
void print_json(const nlohmann::ordered_json& json);
nlohmann::ordered_json parse_json(const std::string& text);

/// Says on standard error what failed; with JSON also as an object on standard output. Returns kEnvironment.
int fail(const Failure& failure, const Output& output);

/// Is one of the `outputs` (paths) one of the `inputs`, or another of the outputs? Says so and returns kUsage: a source
/// is never overwritten. nullopt: none is.
std::optional<int> refuse_overwriting(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                                      const std::string& help_command, const Output& output);

/// Says on standard error what is wrong with the command line; with JSON also as an object on standard output. Returns
/// kUsage.
int usage_error(const std::string& message, const std::string& help_command, const Output& output);

/// Are there errors, or warnings that `-Werror` makes some? Says the latter on standard error.
bool has_failed(const diag::Sink& sink, bool warnings_are_errors);

/// Prints diagnostics on standard error as text; as JSON or SARIF on standard output. `policy` is the file that the
/// command is about: in SARIF, what has no place is shown there.
void print_diagnostics(const diag::Sink& sink, const Output& output, const std::string& policy = {});

}  // namespace stele::cli
