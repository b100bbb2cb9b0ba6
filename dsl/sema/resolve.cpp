// The front end's driver: files → statements → header, target, sets, rules → closure → Policy.

#include "dsl/sema/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/sema/closure.h"
#include "dsl/sema/constraints.h"
#include "dsl/sema/load.h"
#include "dsl/sema/print.h"
#include "dsl/sema/sets.h"

namespace stele {

namespace {

constexpr size_t kMaxPolicyName = 48;  // it names the pin directory

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "1.4.0": three numbers of at most nine digits.
bool is_version(std::string_view text) {
  int numbers = 0;
  for (size_t at = 0; at <= text.size(); ++numbers) {
    size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    const bool last = end == text.size();
    if (end == at || end - at > 9 || (!last && text[end] != '.')) return false;
    at = end + 1;
  }
  return numbers == 3;
}

bool is_policy_name(const std::string& name) {
  return name.size() <= kMaxPolicyName && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
         });
}

/// "6.12" → 0x060c00.
std::optional<uint32_t> kernel_version(const std::string& text) {
  uint32_t major = 0, minor = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  if (second.ec != std::errc() || second.ptr != end || major > 0xff || minor > 0xff) return std::nullopt;
  return major << 16 | minor << 8;
}

class Resolver {
public:
  Resolver(const Program& program, Sink& sink)
      : program_(program), sink_(sink), sets_(sink, program.complete), path_sets_(policy_.path_sets) {}

  Policy run() {
    for (const auto& file : program_.files) policy_.sources.push_back(file->source);
    for (const auto& placed : program_.statements)
      if (const auto* let = std::get_if<ast::Let>(placed.statement)) sets_.define(*let, placed.in_root);
    for (const auto& placed : program_.statements) {
      if (const auto* header = std::get_if<ast::Header>(placed.statement)) resolve_header(*header, placed.in_root);
      if (const auto* target = std::get_if<ast::Target>(placed.statement)) resolve_target(*target, placed.file);
      if (const auto* rule = std::get_if<ast::Rule>(placed.statement)) resolve_rule(*rule);
    }
    check_whole();
    sets_.check_all();
    add_closure(policy_, dropped_, path_sets_, sink_);
    return std::move(policy_);
  }

private:
  void fail(uint16_t number, const Span& span, std::string message, std::string hint = {}) {
    sink_.report(diagnostic(number, span, std::move(message), std::move(hint)));
  }
  void fail_second(uint16_t number, const Span& span, std::string message, const Span& first) {
    Diagnostic d = diagnostic(number, span, std::move(message));
    d.labels.push_back({first, "the first one"});
    sink_.report(std::move(d));
  }

  void resolve_header(const ast::Header& header, bool in_root) {
    if (!in_root) {
      fail(code::header_in_include, header.span, "an included file has no policy header",
           "only the file that includes it is a policy");
      return;
    }
    if (header_) {
      fail_second(code::duplicate_header, header.span, "a second policy header", header_->span);
      return;
    }
    header_ = &header;
    policy_.name = header.name.text;
    policy_.version = header.version.bytes;
    policy_.doc = header.doc;
    if (!is_policy_name(policy_.name))
      fail(code::bad_policy_name, header.name.span, fmt::format("`{}` cannot name a policy", policy_.name),
           fmt::format("use at most {} lower-case letters, digits and `_`", kMaxPolicyName));
    if (!is_version(policy_.version))
      fail(code::bad_version, header.version.span, fmt::format("`{}` is not a version", policy_.version),
           "write three numbers, such as `\"1.0.0\"`");
  }

  /// A file has one target; the targets of several files must all be met.
  void resolve_target(const ast::Target& target, size_t file) {
    const auto [it, fresh] = targets_.try_emplace(file, &target);
    if (!fresh) {
      fail_second(code::duplicate_target, target.span, "a second target in one file", it->second->span);
      return;
    }
    if (target.system.text != "linux") {
      fail(code::unknown_target, target.system.span, fmt::format("unknown target `{}`", target.system.text),
           "write `target linux >= 6.1`");
      return;
    }
    bool valid = true;
    for (const ast::TargetBound& bound : target.bounds) valid = resolve_bound(bound) && valid;
    if (valid && policy_.target.min_version > policy_.target.max_version)
      fail(code::empty_target, target.span, "no kernel meets this target");
  }

  bool resolve_bound(const ast::TargetBound& bound) {
    using C = ast::TargetBound::Comparison;
    if (bound.comparison == C::other || (bound.last && bound.comparison != C::equal)) {
      fail(code::bad_target_bound, bound.span, "`target` does not take this bound",
           "write `>= 6.1`, `<= 6.12` or `6.1..6.12`");
      return false;
    }
    const std::optional<uint32_t> first = version(bound.first);
    const std::optional<uint32_t> last = bound.last ? version(*bound.last) : first;
    if (!first || !last) return false;
    if (bound.comparison != C::at_most) policy_.target.min_version = std::max(policy_.target.min_version, *first);
    if (bound.comparison != C::at_least) policy_.target.max_version = std::min(policy_.target.max_version, *last);
    return true;
  }

  std::optional<uint32_t> version(const ast::Word& word) {
    const std::optional<uint32_t> version = kernel_version(word.text);
    if (!version) {
      fail(code::bad_target_version, word.span, fmt::format("`{}` is not a kernel version", word.text),
           "write two numbers, such as `6.12`");
    } else if (*version < Target{}.min_version) {
      const std::string oldest = kernel_version_text(Target{}.min_version);
      fail(code::target_too_old, word.span, fmt::format("linux {} is older than {}", word.text, oldest),
           fmt::format("the oldest kernel that can be a target is {}", oldest));
      return std::nullopt;
    }
    return version;
  }

  void resolve_rule(const ast::Rule& rule) {
    const auto [it, fresh] = rules_.try_emplace(rule.name.text, &rule);
    if (!fresh)
      fail_second(code::duplicate_rule, rule.name.span, fmt::format("a second rule `{}`", rule.name.text),
                  it->second->name.span);
    const auto index = static_cast<uint32_t>(policy_.rules.size());
    policy_.rules.push_back({.name = rule.name.text, .doc = rule.doc, .span = rule.span});
    for (const ast::Constraint& one : rule.constraints) {
      std::optional<Constraint> constraint = resolve_constraint(one, index, sets_, path_sets_, sink_);
      if (!constraint) continue;
      policy_.constraints.push_back(std::move(*constraint));
      std::vector<DroppedPart>& dropped = dropped_.emplace_back();
      for (const ast::Word& part : one.without) dropped.push_back({part.text, part.span});
    }
  }

  void check_whole() {
    if (!program_.complete) return;  // what is missing may be what could not be read
    const Span start{program_.files.front()->source, 0, 0};
    if (program_.files.front()->statements.empty()) {
      fail(code::empty_policy, start, "the policy file is empty", "begin with `policy NAME version \"1.0.0\"`");
    } else if (!header_) {
      fail(code::missing_header, start, "no policy header", "begin with `policy NAME version \"1.0.0\"`");
    } else if (policy_.constraints.empty() && !sink_.has_errors()) {
      fail(code::no_constraints, header_->span, "this policy has no constraints: it allows everything");
    }
  }

  const Program& program_;
  Sink& sink_;
  Policy policy_;
  Sets sets_;
  PathSetTable path_sets_;
  const ast::Header* header_ = nullptr;
  std::map<size_t, const ast::Target*> targets_;  // by file
  std::map<std::string, const ast::Rule*> rules_;
  std::vector<std::vector<DroppedPart>> dropped_;  // by author's constraint
};

}  // namespace

std::optional<Policy> load_policy(const std::string& path, const FileReader& files, Sink& sink) {
  const Program program = load_program(path, files, sink);
  if (program.files.empty()) return std::nullopt;
  Policy policy = Resolver(program, sink).run();
  if (sink.has_errors()) return std::nullopt;
  return policy;
}

}  // namespace stele
