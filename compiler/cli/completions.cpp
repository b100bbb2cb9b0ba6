// stele completions: scripts for shells, made from the command line's own tree, so that they never lag behind it.
//
// Each script finds the subcommand that the words so far lead to, then offers what that one takes: subcommands,
// options, the choices of an option, files.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <map>

#include "compiler/cli/command_line.h"

namespace stele::cli {
namespace {

struct Taker {
  std::vector<std::string> flags;    // "--format", "-o"
  std::vector<std::string> choices;  // empty: a file
  std::string description;
  bool takes_value = false;
  bool takes_kernel = false;  // a version of the cache, or a file
};

/// One subcommand, or the tool itself.
struct Node {
  std::string at;  // "stele kernels fetch"
  std::string description;
  std::vector<std::string> subcommands;
  std::vector<Taker> options;
  std::vector<std::string> arguments;  // choices of positional arguments
  std::string files;                   // a pattern for positional arguments that are files; empty: none are
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

/// The choices that an option's type shows: "json|text". Other types are in capital letters.
std::vector<std::string> choices_of(const CLI::Option& option) {
  if (option.get_name(true) == "VERSION") return {"6.1", "6.12", "newest"};  // others are asked for by number
  const std::string type = option.get_type_name();
  const bool is_type = std::any_of(type.begin(), type.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return type.empty() || is_type ? std::vector<std::string>() : split(type, '|');
}

/// Which files a positional argument is about, by its name.
std::string files_of(const std::string& name) {
  static const std::map<std::string, std::string> kPatterns = {
      {"POLICY", "*.stele"},  {"OLD", "*.stele"}, {"NEW", "*.stele"}, {"FILE", "*.stele"},
      {"SCENARIO", "*.yaml"}, {"REQUEST", ""},    {"SHELL", ""},      {"VERSION", ""}};
  const auto known = kPatterns.find(name);
  return known == kPatterns.end() ? "*" : known->second;
}

void add_option(const CLI::Option& option, Node& node) {
  const std::vector<std::string> choices = choices_of(option);
  if (option.get_positional() && option.get_lnames().empty()) {
    node.arguments.insert(node.arguments.end(), choices.begin(), choices.end());
    const std::string files = files_of(option.get_name(true));
    const bool first = node.files.empty();
    if (choices.empty() && !files.empty() && files != node.files) node.files = first ? files : node.files + "|" + files;
    return;
  }
  Taker taker{{}, choices, option.get_description(), option.get_items_expected_max() > 0, false};
  for (const std::string& name : option.get_lnames()) taker.flags.push_back("--" + name);
  const bool one_word = choices.size() == 1;  // -Werror
  for (const std::string& name : option.get_snames()) taker.flags.push_back("-" + name + (one_word ? choices[0] : ""));
  taker.takes_value &= !one_word;
  taker.takes_kernel = option.check_lname("kernel");
  node.options.push_back(std::move(taker));
}

void collect(const CLI::App& app, const std::string& at, std::vector<Node>& out) {
  Node node{at, app.get_description(), {}, {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) add_option(*option, node);
  const auto subcommands = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* subcommand : subcommands) node.subcommands.push_back(subcommand->get_name());
  out.push_back(std::move(node));
  for (const CLI::App* subcommand : subcommands) collect(*subcommand, at + " " + subcommand->get_name(), out);
}

std::string joined(const std::vector<std::string>& words, const char* separator = " ") {
  return fmt::format("{}", fmt::join(words, separator));
}

std::vector<std::string> flags_of(const Node& node) {
  std::vector<std::string> out;
  for (const Taker& option : node.options) out.insert(out.end(), option.flags.begin(), option.flags.end());
  return out;
}

/// The nodes below the tool, quoted, as alternatives of a shell's `case`.
std::string places(const std::vector<Node>& nodes) {
  std::vector<std::string> out;
  for (size_t i = 1; i < nodes.size(); ++i) out.push_back(fmt::format("\"{}\"", nodes[i].at));
  return joined(out, " | ");
}

// bash

std::string bash_value(const Taker& option) {
  if (option.takes_kernel) return "_stele_kernels";
  return option.choices.empty() ? "_stele_files '*'" : fmt::format("_stele_words '{}'", joined(option.choices));
}

std::string bash_values(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes)
    for (const Taker& option : node.options)
      for (const std::string& flag : option.flags)
        if (option.takes_value) out += fmt::format("    \"{} {}\") {}; return ;;\n", node.at, flag, bash_value(option));
  return out;
}

std::string bash_nodes(const std::vector<Node>& nodes) {
  std::string out;
  for (const Node& node : nodes) {
    std::vector<std::string> words = node.subcommands;
    words.insert(words.end(), node.arguments.begin(), node.arguments.end());
    out += fmt::format("    \"{}\")\n      options='{}'\n", node.at, joined(flags_of(node)));
    if (!words.empty()) out += fmt::format("      words='{}'\n", joined(words));
    for (const std::string& pattern : split(node.files, '|'))
      if (!pattern.empty()) out += fmt::format("      files+=('{}')\n", pattern);
    out += "      ;;\n";
  }
  return out;
}

std::string bash(const std::vector<Node>& nodes) {
  constexpr const char* kScript = R"(# bash completion for stele. To use it: source <(stele completions bash)

_stele_words() {{
  mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -W "$1" -- "$current")
}}

_stele_files() {{
  compopt -o filenames 2>/dev/null
  mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(
    compgen -d -- "$current"
    compgen -f -X "!$1" -- "$current" | while IFS= read -r file; do [[ -d $file ]] || printf '%s\n' "$file"; done
  )
}}

_stele_kernels() {{
  local version rest known=newest
  while read -r version rest; do known+=" $version"; done < <("${{COMP_WORDS[0]}}" kernels list 2>/dev/null)
  _stele_words "$known"
  _stele_files '*'
}}

_stele() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  local at=stele options='' words='' pattern i
  local -a files=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "$at ${{COMP_WORDS[i]}}" in
    {places}) at+=" ${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$at $previous" in
{values}  esac
  case $at in
{nodes}  esac
  if [[ $current == -* ]]; then
    _stele_words "$options"
    return
  fi
  _stele_words "$words"
  for pattern in "${{files[@]}}"; do _stele_files "$pattern"; done
}}

complete -F _stele stele
)";
  return fmt::format(fmt::runtime(kScript), fmt::arg("places", places(nodes)), fmt::arg("values", bash_values(nodes)),
                     fmt::arg("nodes", bash_nodes(nodes)));
}

// zsh

/// Text between single quotes in an `_arguments` specification.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += fmt::format("\\{}", c);
    else
      out += c;
  }
  return out;
}

std::string zsh_option(const Taker& option, const std::string& flag) {
  std::string value;
  if (option.takes_kernel)
    value = ": :_stele_kernels";
  else if (option.takes_value)
    value = option.choices.empty() ? ": :_files" : fmt::format(": :({})", joined(option.choices));
  return fmt::format("      '*{}[{}]{}' \\\n", flag, zsh_text(option.description), value);
}

std::string zsh_arguments(const Node& node) {
  std::vector<std::string> words = node.subcommands;
  words.insert(words.end(), node.arguments.begin(), node.arguments.end());
  if (!words.empty()) return fmt::format("      '*: :({})'\n", joined(words));
  if (node.files.empty()) return "      '*: :'\n";
  return fmt::format("      '*: :_files -g \"({})\"'\n", node.files);
}

std::string zsh(const std::vector<Node>& nodes) {
  std::string out = "#compdef stele\n# zsh completion for stele. To use it: source <(stele completions zsh)\n\n";
  out +=
      "_stele_kernels() {\n  local -a known=(newest ${(f)\"$($words[1] kernels list 2>/dev/null)\"})\n"
      "  known=(${known%% *})\n  compadd -- $known\n  _files\n}\n\n";
  out += "_stele() {\n  local at=stele word\n  for word in ${words[2,CURRENT-1]}; do\n    case \"$at $word\" in\n";
  out += fmt::format("      ({}) at+=\" $word\" ;;\n    esac\n  done\n  case $at in\n", places(nodes));
  for (const Node& node : nodes) {
    out += fmt::format("    (\"{}\") _arguments \\\n", node.at);
    for (const Taker& option : node.options)
      for (const std::string& flag : option.flags) out += zsh_option(option, flag);
    out += zsh_arguments(node) + "      ;;\n";
  }
  return out + "  esac\n}\n\nif [[ $funcstack[1] == _stele ]]; then _stele \"$@\"; else compdef _stele stele; fi\n";
}

// fish

std::string fish_text(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
  return out;
}

std::string fish_option(const Node& node, const Taker& option) {
  std::string out = fmt::format("complete -c stele -n '__stele_at \"{}\"'", node.at);
  for (const std::string& flag : option.flags)
    out += flag.starts_with("--") ? fmt::format(" -l {}", flag.substr(2))
           : flag.size() == 2     ? fmt::format(" -s {}", flag.substr(1))
                                  : fmt::format(" -o {}", flag.substr(1));
  if (option.takes_kernel)
    out += " -rFa '(__stele_kernels)'";
  else if (option.takes_value)
    out += option.choices.empty() ? " -rF" : fmt::format(" -xa '{}'", joined(option.choices));
  return fmt::format("{} -d '{}'\n", out, fish_text(option.description));
}

std::string fish(const std::vector<Node>& nodes) {
  std::string out =
      "# fish completion for stele. To use it: stele completions fish | source\n\n"
      "function __stele_at\n    set -l at stele\n    for word in (commandline -opc)[2..]\n"
      "        switch \"$at $word\"\n            case ";
  for (size_t i = 1; i < nodes.size(); ++i) out += fmt::format("{}'{}'", i == 1 ? "" : " ", nodes[i].at);
  out += "\n                set at \"$at $word\"\n        end\n    end\n    test \"$at\" = \"$argv\"\nend\n\n";
  out +=
      "function __stele_kernels\n    echo newest\n"
      "    set -l tool (commandline -opc)[1]\n    $tool kernels list 2>/dev/null | string replace -r ' .*' ''\nend\n\n";
  out += "complete -c stele -f\n";
  for (const Node& node : nodes) {
    for (size_t i = 1; i < nodes.size(); ++i)
      for (const std::string& name : node.subcommands)
        if (nodes[i].at == fmt::format("{} {}", node.at, name))
          out += fmt::format("complete -c stele -n '__stele_at \"{}\"' -a {} -d '{}'\n", node.at, name,
                             fish_text(nodes[i].description));
    for (const Taker& option : node.options) out += fish_option(node, option);
    if (!node.arguments.empty())
      out += fmt::format("complete -c stele -n '__stele_at \"{}\"' -a '{}'\n", node.at, joined(node.arguments));
    if (!node.files.empty()) out += fmt::format("complete -c stele -n '__stele_at \"{}\"' -F\n", node.at);
  }
  return out;
}

using Writer = std::string (*)(const std::vector<Node>&);
const std::map<std::string, Writer> kShells = {{"bash", bash}, {"fish", fish}, {"zsh", zsh}};

}  // namespace

Command add_completions(CLI::App& stele) {
  auto shell = std::make_shared<std::string>();
  auto output = std::make_shared<Output>();  // a script has one form
  CLI::App* app = add_subcommand(stele, "completions", "Print a script that completes command lines in a shell",
                                 "  stele completions fish | source        (in config.fish)\n"
                                 "  source <(stele completions bash)       (in ~/.bashrc)\n"
                                 "  source <(stele completions zsh)        (in ~/.zshrc, after compinit)\n",
                                 *output);
  app->add_option("SHELL", *shell, "whose script")->required()->type_name("bash|fish|zsh");
  return {app, [&stele, shell, output] {
            const auto writer = kShells.find(*shell);
            if (writer == kShells.end())
              return static_cast<int>(
                  usage_error(fmt::format("`{}` is not one of bash|fish|zsh", *shell), "stele completions", *output));
            std::vector<Node> nodes;
            collect(stele, "stele", nodes);
            print(writer->second(nodes));
            return static_cast<int>(kFine);
          }};
}

}  // namespace stele::cli
