#include "compiler/analyze/header_difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/sema/print.h"

namespace stele::analyze {
namespace {

constexpr const char* kNothing = "nothing";

class Comparison {
public:
  Comparison(const Policy& old_policy, const Policy& new_policy) : old_(old_policy), new_(new_policy) {}

  std::vector<HeaderChange> run() {
    compare_on_failure();
    compare_targets();
    compare_requirements();
    compare_seals();
    return std::move(out_);
  }

private:
  void note(std::string what, Change change, std::string from, std::string to) {
    if (change != Change::equal) out_.push_back({std::move(what), change, std::move(from), std::move(to)});
  }

  void compare_on_failure() {
    const auto text = [](OnFailure one) { return one == OnFailure::halt ? "halt" : "continue"; };
    note("on failure", change_of(old_.on_failure < new_.on_failure, new_.on_failure < old_.on_failure),
         text(old_.on_failure), text(new_.on_failure));
  }

  /// A kernel outside the target has no policy. What is exact is one kernel of the range, whichever.
  void compare_targets() {
    const Target &a = old_.target, &b = new_.target;
    const bool other_build = !a.build_id.empty() && !b.build_id.empty() && a.build_id != b.build_id;
    const bool wider = b.min_version > a.min_version || b.max_version < a.max_version ||
                       (a.build_id.empty() && !b.build_id.empty()) || other_build;
    const bool narrower = a.min_version > b.min_version || a.max_version < b.max_version ||
                          (b.build_id.empty() && !a.build_id.empty()) || other_build;
    note("target", change_of(wider, narrower), sema::target_text(a), sema::target_text(b));
  }

  static bool has(const Policy& policy, Requirement::Kind kind, const std::string& name = {}) {
    return std::any_of(policy.requirements.begin(), policy.requirements.end(),
                       [&](const Requirement& one) { return one.kind == kind && one.name == name; });
  }

  /// Confidentiality holds all that integrity does.
  static bool met(const Policy& policy, const Requirement& one) {
    return has(policy, one.kind, one.name) || (one.kind == Requirement::Kind::lockdown_integrity &&
                                               has(policy, Requirement::Kind::lockdown_confidentiality));
  }

  void compare_requirements() {
    for (const Requirement& one : old_.requirements)
      if (!met(new_, one)) note("require", Change::widens, sema::requirement_text(one), kNothing);
    for (const Requirement& one : new_.requirements)
      if (!met(old_, one)) note("require", Change::narrows, kNothing, sema::requirement_text(one));
  }

  static std::string removable_text(const Policy& policy) {
    if (!policy.seal.given) return kNothing;
    const std::string by = sema::condition_text(policy, policy.seal.removable);
    return by == "never" ? by : by.empty() ? "by anybody" : "by " + by;
  }

  /// Who may take it away is asked as who may do one thing that is denied to everybody else. Without a seal nothing
  /// stops anybody.
  static Policy removal(const Policy& policy) {
    Policy out;
    out.path_sets = policy.path_sets;
    if (!policy.seal.given) return out;
    out.rules.push_back({"removable", "", {}});
    Constraint constraint;
    constraint.ops = op_bit(Op::kernel_kexec);
    constraint.exception = policy.seal.removable;
    out.constraints.push_back(std::move(constraint));
    return out;
  }

  void compare_seals() {
    const auto self = [](const Policy& policy) { return policy.seal.given && policy.seal.self; };
    note("seal self", change_of(self(old_) && !self(new_), self(new_) && !self(old_)), self(old_) ? "self" : kNothing,
         self(new_) ? "self" : kNothing);
    if (!old_.seal.given && !new_.seal.given) return;
    const Difference difference = diff(removal(old_), removal(new_));
    // Too much to compare: what is not known to be the same is taken for wider.
    const Change change = difference.unfinished.empty() ? difference.change() : Change::both;
    note("removable", change, removable_text(old_), removable_text(new_));
  }

  const Policy& old_;
  const Policy& new_;
  std::vector<HeaderChange> out_;
};

}  // namespace

std::vector<HeaderChange> diff_headers(const Policy& old_policy, const Policy& new_policy) {
  return Comparison(old_policy, new_policy).run();
}

}  // namespace stele::analyze
