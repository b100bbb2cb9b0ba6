#include "compiler/cli/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/os/files.h"
#include "dsl/diag/sarif.h"

namespace stele::cli {
diag::Colour Output::colour_for(int fd) const {
  if (colour == ColourChoice::always) return diag::Colour::on;
  if (colour == ColourChoice::never || !isatty(fd)) return diag::Colour::off;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool refused = no_colour && *no_colour;
  return refused || (terminal && std::strcmp(terminal, "dumb") == 0) ? diag::Colour::off : diag::Colour::on;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void print_json(const nlohmann::ordered_json& json) {
  print(json_text(json));
}

nlohmann::ordered_json parse_json(const std::string& text) {
  return nlohmann::ordered_json::parse(text, nullptr, false);
}

namespace {

void print_failure(const Failure& failure, const Output& output) {
  if (!output.json()) return;
  nlohmann::ordered_json json;
  json["failure"] = {{"path", failure.path}, {"errno", failure.error}, {"message", failure.message}};
  print_json(json);
}

}  // namespace

int fail(const Failure& failure, const Output& output) {
  const std::string place = failure.path.empty() ? "" : failure.path + ":";
  std::string text = failure.message.starts_with(place) ? "" : place + " ";  // "x.test.yaml:3:5: …" says it already
  text += failure.message;
  if (failure.error) text += fmt::format(": {}", std::strerror(failure.error));
  fmt::print(stderr, "stele: {}\n", text);
  print_failure(failure, output);
  return kEnvironment;
}

std::optional<int> refuse_overwriting(const std::vector<std::string>& outputs, const std::vector<std::string>& inputs,
                                      const std::string& help_command, const Output& output) {
  const auto place = [](const std::string& path) {
    std::error_code error;
    return std::filesystem::weakly_canonical(path, error);
  };
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const std::string& input : inputs)
      if (os::is_same_file(outputs[i], input))
        return usage_error(fmt::format("`{}` is read by this command, and is not overwritten", outputs[i]),
                           help_command, output);
    for (size_t k = 0; k < i; ++k)
      if (place(outputs[i]) == place(outputs[k]))
        return usage_error(fmt::format("`{}` would be written twice", outputs[i]), help_command, output);
  }
  return std::nullopt;
}

int usage_error(const std::string& message, const std::string& help_command, const Output& output) {
  fmt::print(stderr, "stele: {} (see `{} --help`)\n", message, help_command);
  print_failure({"", 0, message}, output);
  return kUsage;
}

bool has_failed(const diag::Sink& sink, bool warnings_are_errors) {
  if (sink.has_errors()) return true;
  if (!warnings_are_errors || !sink.has_warnings()) return false;
  fmt::print(stderr, "stele: warnings are errors here (-Werror)\n");
  return true;
}

void print_diagnostics(const diag::Sink& sink, const Output& output, const std::string& policy) {
  std::error_code no_folder;  // then names stay as they are
  if (output.json())
    print(diag::render_json(sink));
  else if (output.sarif())
    print(diag::render_sarif(sink, {policy, std::filesystem::current_path(no_folder).string()}));
  else
    fmt::print(stderr, "{}", diag::render_text(sink, output.colour_for(STDERR_FILENO)));
}

}  // namespace stele::cli
