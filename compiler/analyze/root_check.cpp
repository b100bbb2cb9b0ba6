#include "compiler/analyze/root_check.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <deque>
#include <fstream>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/diag/codes.h"
#include "dsl/sema/pattern.h"

namespace stele::analyze {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel's limit

/// Where a name ends up in the image.
struct Resolved {
  std::vector<std::string> real;  // components, behind all links
  std::vector<std::string> link;  // the first link that was met, empty: none
  bool exists = true;
};

std::deque<std::string> split(std::string_view path) {
  std::deque<std::string> out;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    if (end > 0) out.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

class Image {
public:
  explicit Image(std::string root) : root_(std::move(root)) {}

  /// Every directory of a name that is asked for has been found not to be a link, so no call leaves the image.
  Resolved resolve(std::deque<std::string> rest) const {
    Resolved out;
    int links = 0;
    while (!rest.empty()) {
      const std::string name = std::move(rest.front());
      rest.pop_front();
      if (name == ".") continue;
      if (name == "..") {
        if (!out.real.empty()) out.real.pop_back();
        continue;
      }
      out.real.push_back(name);
      const auto target = out.exists ? link_target(out) : std::nullopt;
      if (!target) continue;
      if (out.link.empty()) out.link = out.real;
      if (++links > kMaxLinks) {
        out.exists = false;
        continue;
      }
      out.real.pop_back();
      if (target->starts_with('/')) out.real.clear();
      const std::deque<std::string> more = split(*target);
      rest.insert(rest.begin(), more.begin(), more.end());
    }
    return out;
  }

  /// `names` has no links on its way, here and below.
  bool is_directory(const std::vector<std::string>& names) const { return S_ISDIR(mode_of(names)); }

  /// What stands behind `#!` in the file's first line, as far as the kernel reads it; nullopt: it is no script.
  std::optional<std::string> script_line(const std::vector<std::string>& names) const {
    if (!S_ISREG(mode_of(names))) return std::nullopt;
    std::array<char, 256> begin = {};  // the kernel's BINPRM_BUF_SIZE
    std::ifstream file(path_of(names), std::ios::binary);
    file.read(begin.data(), begin.size());
    const std::string_view text(begin.data(), static_cast<size_t>(file.gcount()));
    if (!text.starts_with("#!")) return std::nullopt;
    return std::string(text.substr(2, text.find('\n') - 2));
  }

private:
  std::string path_of(const std::vector<std::string>& names) const {
    std::string path = root_;
    for (const std::string& component : names) path.append("/").append(component);
    return path;
  }

  /// 0: nothing is there.
  mode_t mode_of(const std::vector<std::string>& names) const {
    struct stat status = {};
    return lstat(path_of(names).c_str(), &status) == 0 ? status.st_mode : 0;
  }

  /// What the link at `at.real` says; notes when there is nothing of that name.
  std::optional<std::string> link_target(Resolved& at) const {
    const std::string path = path_of(at.real);
    struct stat status = {};
    if (lstat(path.c_str(), &status) != 0) {
      at.exists = false;
      return std::nullopt;
    }
    if (!S_ISLNK(status.st_mode)) return std::nullopt;
    std::array<char, PATH_MAX> text = {};
    const ssize_t size = readlink(path.c_str(), text.data(), text.size());
    if (size < 0) return std::nullopt;
    return std::string(text.data(), static_cast<size_t>(size));
  }

  std::string root_;
};

void collect_exes(const Condition& condition, std::set<PathSetId>& out) {
  const bool exe =
      condition.field == Field::exe || condition.field == Field::parent_exe || condition.field == Field::ancestor_exe;
  if (condition.kind == Condition::Kind::name_in && exe) out.insert(condition.names);
  for (const Condition& operand : condition.operands) collect_exes(operand, out);
}

/// The sets that name files, joined ones taken apart.
std::set<PathSetId> sets_of_files(const Policy& policy) {
  std::set<PathSetId> sets;
  for (const Constraint& constraint : policy.constraints) {
    if (constraint.origin.derived) continue;
    if (constraint.objects != kAnyPath) sets.insert(constraint.objects);
    collect_exes(constraint.subject, sets);
    collect_exes(constraint.exception, sets);
  }
  // Sets stand behind those that they are made of.
  for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
    const PathSet& joined = policy.path_sets[*set];
    if (joined.kind == PathSet::Kind::listed) continue;
    sets.insert(joined.left);
    sets.insert(joined.right);
  }
  return sets;
}

/// The executables that conditions of the authors name.
std::set<PathSetId> sets_of_exes(const Policy& policy) {
  std::set<PathSetId> exes;
  for (const Constraint& constraint : policy.constraints) {
    if (constraint.origin.derived) continue;
    collect_exes(constraint.subject, exes);
    collect_exes(constraint.exception, exes);
  }
  return exes;
}

/// What is done to files, and to no directory.
constexpr OpSet kOfFiles = op_bits(
    {Op::file_read, Op::file_write, Op::file_append, Op::file_truncate, Op::file_map_exec, Op::file_link, Op::exec});

/// The patterns of the sets that this one is made of, but for what is taken away.
void collect_patterns(const Policy& policy, PathSetId id, std::vector<PathPattern>& out) {
  const PathSet& set = policy.path_sets[id];
  out.insert(out.end(), set.patterns.begin(), set.patterns.end());
  if (set.kind == PathSet::Kind::listed) return;
  collect_patterns(policy, set.left, out);
  if (set.kind != PathSet::Kind::difference) collect_patterns(policy, set.right, out);
}

bool is_literal(const PathPattern& pattern) {
  return std::all_of(pattern.begin(), pattern.end(),
                     [](const Component& component) { return component.kind == Component::Kind::literal; });
}

/// The words of a line, at blanks.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  for (size_t at = line.find_first_not_of(" \t"); at != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(" \t", at), line.size());
    out.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(" \t", end);
  }
  return out;
}

bool is_named_like_a_script(std::string_view name) {
  static constexpr std::string_view kEnds[] = {".awk", ".bash", ".js", ".ksh", ".lua", ".mjs", ".php",
                                               ".pl",  ".py",   ".rb", ".sh",  ".tcl", ".zsh"};
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [&](std::string_view end) { return name.size() > end.size() && name.ends_with(end); });
}

/// The texts of everything above a pattern.
std::set<std::string> directories_above(const std::vector<PathPattern>& patterns) {
  std::set<std::string> out;
  for (const PathPattern& pattern : patterns)
    for (auto end = pattern.begin(); end != pattern.end(); ++end)
      out.insert(sema::pattern_text(PathPattern(pattern.begin(), end)));
  return out;
}

class Check {
public:
  Check(const Policy& policy, const std::string& root, diag::Sink& sink) : policy_(policy), image_(root), sink_(sink) {}

  void run() {
    for (const PathSetId set : sets_of_exes(policy_))
      for (const PathPattern& pattern : policy_.path_sets[set].patterns)
        check_exe(pattern, policy_.path_sets[set].span);
    for (const PathSetId set : sets_of_files(policy_))
      for (const PathPattern& pattern : policy_.path_sets[set].patterns)
        if (seen_.insert(sema::pattern_text(pattern)).second) check(pattern, policy_.path_sets[set].span);
    for (const Constraint& constraint : policy_.constraints)
      if (!constraint.origin.derived && constraint.objects != kAnyPath && (constraint.ops & ~kOfFiles) == 0)
        check_directories(constraint);
  }

private:
  static PathPattern literals(const std::vector<std::string>& names) {
    PathPattern out;
    for (const std::string& name : names) out.push_back({Component::Kind::literal, name, {}});
    return out;
  }

  static bool is_filled_later(const PathPattern& pattern) {
    constexpr std::string_view folders[] = {"dev", "proc", "run", "sys", "tmp"};
    return !pattern.empty() && std::find(std::begin(folders), std::end(folders), pattern[0].text) != std::end(folders);
  }

  void check_exe(const PathPattern& pattern, const diag::Span& span) {
    if (!is_literal(pattern)) return;
    std::deque<std::string> names;
    for (const Component& component : pattern) names.push_back(component.text);
    const Resolved found = image_.resolve(std::move(names));
    if (!found.exists || !found.link.empty()) return;
    const std::optional<std::string> line = image_.script_line(found.real);
    if (!line) return;
    sink_.report(diag::diagnostic(
        diag::code::script_as_exe, span,
        fmt::format("`{}` is a script: the `exe` of a task that runs it is its interpreter{}",
                    sema::pattern_text(pattern), interpreter_text(words_of(*line))),
        "name a program that is no script; an exception for the interpreter would be one for every script"));
  }

  /// ", `/usr/bin/dash`", by its true name; ", `/usr/bin/env`, and then `python3`".
  std::string interpreter_text(const std::vector<std::string>& line) const {
    if (line.empty()) return {};
    const Resolved found = image_.resolve(split(line.front()));
    std::string text = fmt::format(", `{}`", found.exists ? sema::pattern_text(literals(found.real)) : line.front());
    const auto run = std::find_if(line.begin() + 1, line.end(), [](const std::string& word) {
      return !word.starts_with("-") && word.find('=') == std::string::npos;
    });
    if (!found.real.empty() && found.real.back() == "env" && run != line.end())
      text += fmt::format(", and then `{}`", *run);
    return text;
  }

  /// Who names something beneath it, too, knows.
  void check_directories(const Constraint& constraint) {
    std::vector<PathPattern> all;
    collect_patterns(policy_, constraint.objects, all);
    const std::set<std::string> above = directories_above(all);
    for (const PathPattern& one : all) {
      const std::string text = sema::pattern_text(one);
      if (!is_literal(one) || above.contains(text)) continue;
      std::deque<std::string> names;
      for (const Component& component : one) names.push_back(component.text);
      const Resolved found = image_.resolve(std::move(names));
      if (!found.exists || !found.link.empty() || !image_.is_directory(found.real)) continue;
      sink_.report(
          diag::diagnostic(diag::code::directory_as_file, constraint.span,
                           fmt::format("`{}` is a directory of the image: nothing that lies in it is named", text),
                           fmt::format("write `\"{}/**\"` for what lies in it", text == "/" ? "" : text)));
    }
  }

  void check(const PathPattern& pattern, const diag::Span& span) {
    const auto first_other = std::find_if(pattern.begin(), pattern.end(), [](const Component& component) {
      return component.kind != Component::Kind::literal;
    });
    std::deque<std::string> names;
    for (auto component = pattern.begin(); component != first_other; ++component) names.push_back(component->text);
    const Resolved found = image_.resolve(std::move(names));
    if (!found.link.empty()) return report_link(pattern, found, first_other, span);
    if (found.exists || first_other != pattern.end() || is_filled_later(pattern)) return;
    sink_.report(diag::diagnostic(diag::code::path_not_in_image, span,
                                  fmt::format("the image has no `{}`", sema::pattern_text(pattern)),
                                  "compare it with the image"));
  }

  void report_link(const PathPattern& pattern, const Resolved& found, PathPattern::const_iterator rest,
                   const diag::Span& span) {
    PathPattern real = literals(found.real);
    real.insert(real.end(), rest, pattern.end());
    const std::string text = sema::pattern_text(pattern), better = sema::pattern_text(real);
    sink_.report(diag::diagnostic(diag::code::path_through_symlink, span,
                                  fmt::format("no file of the image is met as `{}`: `{}` is a symbolic link", text,
                                              sema::pattern_text(literals(found.link))),
                                  better == text ? "" : fmt::format("write `{}`", better)));  // a loop leads back
  }

  const Policy& policy_;
  Image image_;
  diag::Sink& sink_;
  std::set<std::string> seen_;
};

}  // namespace

void check_script_names(const Policy& policy, diag::Sink& sink) {
  std::set<std::string> named;
  for (const PathSetId set : sets_of_exes(policy))
    for (const PathPattern& pattern : policy.path_sets[set].patterns) {
      if (pattern.empty() || !is_literal(pattern) || !is_named_like_a_script(pattern.back().text)) continue;
      const std::string name = sema::pattern_text(pattern);
      if (!named.insert(name).second) continue;
      sink.report(diag::diagnostic(
          diag::code::named_like_script, policy.path_sets[set].span,
          fmt::format("`{}` is named like a script: the `exe` of a task that runs one is its interpreter", name),
          "name a program that is no script; with `--root DIR` the image's file is looked at"));
    }
}

void check_root(const Policy& policy, const std::string& root, diag::Sink& sink) {
  Check(policy, root, sink).run();
}

}  // namespace stele::analyze
