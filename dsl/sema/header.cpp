#include "dsl/sema/header.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/print.h"

namespace stele::sema {

namespace {

constexpr size_t kMaxPolicyName = 48;  // it names the pin directory
constexpr size_t kMinBuildId = 16, kMaxBuildId = 128;

// What /sys/kernel/security/lsm may list, 6.1 to 7.2: the id names in security/*/.
const std::vector<std::string> kLsms = {"apparmor",  "bpf",     "capability", "evm",     "ima",
                                        "integrity", "ipe",     "landlock",   "loadpin", "lockdown",
                                        "safesetid", "selinux", "smack",      "tomoyo",  "yama"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "1", "1.4", "1.4.0": one to three numbers of at most nine digits.
bool is_version(std::string_view text) {
  int numbers = 0;
  for (size_t at = 0; at <= text.size(); ++numbers) {
    size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    const bool last = end == text.size();
    if (end == at || end - at > 9 || (!last && text[end] != '.')) return false;
    at = end + 1;
  }
  return numbers <= 3;
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
  const uint32_t version = major << 16 | minor << 8;
  if (kernel_version_text(version) != text) return std::nullopt;  // `6.01` is not how anybody writes 6.1
  return version;
}

/// Lower-case hexadecimal digits of whole bytes, or nullopt.
std::optional<std::string> build_id(std::string_view text) {
  if (text.size() < kMinBuildId || text.size() > kMaxBuildId || text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'F';
    if (!is_digit(c) && !upper && !(c >= 'a' && c <= 'f')) return std::nullopt;
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

void HeaderResolver::resolve(const ast::Header& header, bool in_root) {
  if (!in_root) {
    report_.fail(diag::code::header_in_include, header.span, "an included file has no policy header",
                 "only the file that includes it is a policy");
    return;
  }
  if (header_) {
    report_.fail(diag::code::duplicate_header, header.span, "a second policy header", "take one of them out",
                 {header_->span, "the first one"});
    return;
  }
  header_ = &header;
  policy_.name = header.name.text;
  policy_.version = header.version.bytes;
  policy_.doc = header.doc;
  if (!is_policy_name(policy_.name))
    report_.fail(diag::code::bad_policy_name, header.name.span, fmt::format("`{}` cannot name a policy", policy_.name),
                 fmt::format("use at most {} lower-case letters, digits and `_`", kMaxPolicyName));
  if (!is_version(policy_.version))
    report_.fail(diag::code::bad_version, header.version.span, fmt::format("`{}` is not a version", policy_.version),
                 "write one to three numbers with dots, such as `\"1.0.0\"`");
  if (header.on_failure) resolve(*header.on_failure);
}

void HeaderResolver::resolve(const ast::Header::OnFailure& in) {
  const std::string& action = in.action.text;
  if (in.word.text != "failure") {
    report_.fail(diag::code::bad_on_failure, in.word.span, fmt::format("a policy header has no `on {}`", in.word.text),
                 "write `on failure halt` or `on failure continue`");
  } else if (action != "halt" && action != "continue") {
    std::string hint = diag::did_you_mean(action, {"halt", "continue"});
    if (hint.empty()) hint = "write `on failure halt` or `on failure continue`";
    report_.fail(diag::code::bad_on_failure, in.action.span, fmt::format("`on failure` cannot `{}`", action),
                 std::move(hint));
  }
  policy_.on_failure = action == "continue" ? OnFailure::go_on : OnFailure::halt;
}

void HeaderResolver::resolve(const ast::Target& target, size_t file) {
  const auto [it, fresh] = targets_.try_emplace(file, &target);
  if (!fresh) {
    report_.fail(diag::code::duplicate_target, target.span, "a second target in one file",
                 "write one target of all bounds", {it->second->span, "the first one"});
    return;
  }
  if (target.system.text != "linux") {
    report_.fail(diag::code::unknown_target, target.system.span, fmt::format("unknown target `{}`", target.system.text),
                 "write `target linux >= 6.1`");
    return;
  }
  bool valid = true;
  for (const ast::TargetBound& bound : target.bounds) valid = resolve_bound(bound) && valid;
  resolve_exact(target);
  if (valid && policy_.target.min_version > policy_.target.max_version)
    report_.fail(diag::code::empty_target, target.span, "no kernel meets this target",
                 "the bounds of this target and of included ones must meet");
}

bool HeaderResolver::resolve_bound(const ast::TargetBound& bound) {
  using C = ast::TargetBound::Comparison;
  if (bound.comparison == C::other || (bound.last && bound.comparison != C::equal)) {
    report_.fail(diag::code::bad_target_bound, bound.span, "`target` does not take this bound",
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

std::optional<uint32_t> HeaderResolver::version(const ast::Word& word) {
  const std::optional<uint32_t> version = kernel_version(word.text);
  if (!version) {
    report_.fail(diag::code::bad_target_version, word.span, fmt::format("`{}` is not a kernel version", word.text),
                 "write two numbers, such as `6.12`");
  } else if (*version < Target{}.min_version) {
    const std::string oldest = kernel_version_text(Target{}.min_version);
    return report_.fail(diag::code::target_too_old, word.span,
                        fmt::format("linux {} is older than {}", word.text, oldest),
                        fmt::format("the oldest kernel that can be a target is {}", oldest));
  }
  return version;
}

void HeaderResolver::resolve_exact(const ast::Target& target) {
  if (!target.exact) return;
  const std::optional<std::string> id = target.build_id ? build_id(target.build_id->bytes) : std::nullopt;
  std::string& known = policy_.target.build_id;
  if (target.exact->text != "exact") {
    report_.fail(diag::code::bad_build_id, target.exact->span, fmt::format("`target` has no `{}`", target.exact->text),
                 "write `exact \"BUILD-ID\"`");
  } else if (!id) {
    report_.fail(diag::code::bad_build_id, target.build_id ? target.build_id->span : target.exact->span,
                 "not a build id", "write the hexadecimal digits that `file vmlinux` prints");
  } else if (!known.empty() && known != *id) {
    report_.fail(diag::code::empty_target, target.span, "no kernel meets this target",
                 "two files name different build ids");
  } else {
    known = *id;
  }
}

void HeaderResolver::resolve(const ast::Requirement& requirement) {
  std::optional<Requirement> one = requirement_of(requirement);
  if (!one) return;
  one->span = requirement.span;
  const bool repeated = std::any_of(policy_.requirements.begin(), policy_.requirements.end(),
                                    [&](const Requirement& r) { return r.kind == one->kind && r.name == one->name; });
  if (!repeated) policy_.requirements.push_back(std::move(*one));
}

std::optional<Requirement> HeaderResolver::requirement_of(const ast::Requirement& in) {
  using Kind = Requirement::Kind;
  const std::string value = in.value ? in.value->text : "";
  const diag::Span& place = in.value ? in.value->span : in.subject.span;
  if (in.subject.text == "lockdown") {
    if (value == "integrity") return Requirement{Kind::lockdown_integrity, {}, {}};
    if (value == "confidentiality") return Requirement{Kind::lockdown_confidentiality, {}, {}};
    std::string hint = diag::did_you_mean(value, {"integrity", "confidentiality"});
    if (hint.empty()) hint = "write `require lockdown integrity` or `require lockdown confidentiality`";
    return report_.fail(diag::code::unknown_requirement, place, "`lockdown` has two levels", std::move(hint));
  }
  if (in.subject.text == "module_signatures") {
    if (!in.value) return Requirement{Kind::module_signatures, {}, {}};
    return report_.fail(diag::code::unknown_requirement, place, "`module_signatures` has no levels",
                        "leave the word out");
  }
  if (in.subject.text == "lsm") {
    if (std::find(kLsms.begin(), kLsms.end(), value) != kLsms.end()) return Requirement{Kind::lsm, value, {}};
    std::string hint = diag::did_you_mean(value, kLsms);
    if (hint.empty()) hint = fmt::format("write one of {}", fmt::join(kLsms, ", "));
    return report_.fail(diag::code::unknown_requirement, place, "`lsm` wants the name of a security module",
                        std::move(hint));
  }
  const std::vector<std::string> known = {"lockdown", "module_signatures", "lsm"};
  std::string hint = diag::did_you_mean(in.subject.text, known);
  if (hint.empty()) hint = fmt::format("a policy can require {}", fmt::join(known, ", "));
  return report_.fail(diag::code::unknown_requirement, in.subject.span,
                      fmt::format("unknown requirement `{}`", in.subject.text), std::move(hint));
}

}  // namespace stele::sema
