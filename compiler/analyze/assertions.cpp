#include "compiler/analyze/assertions.h"

#include <fmt/format.h>

#include <optional>

#include "compiler/evaluate/explain_request.h"
#include "dsl/diag/codes.h"

namespace stele::analyze {
namespace {

using GroupId = Model::GroupId;

class Check {
public:
  Check(const Policy& policy, Model& model, const Assertion& assertion)
      : policy_(policy), model_(model), assertion_(assertion) {
    Universe& universe = model.universe();
    meant_ = universe.holds(assertion.subject).must & universe.holds(assertion.object).must;
  }

  void report(diag::Sink& sink) {
    const auto counterexample = find();
    if (counterexample) return report_failure(*counterexample, sink);
    if (about_something_) return;
    sink.report(
        diag::diagnostic(diag::code::assertion_about_nothing, assertion_.span,
                         "there is no request that this assertion is about, so it says nothing",
                         "look for a condition that contradicts another, or an operation without such an object"));
  }

private:
  std::optional<Universe::Witness> find() {
    for (GroupId group = 0; group < model_.groups().size(); ++group) {
      const OpSet ops = model_.groups()[group].ops & assertion_.ops;
      if (ops == 0) continue;
      Op op = model_.groups()[group].first;
      while (!(ops & op_bit(op))) op = static_cast<Op>(static_cast<uint8_t>(op) + 1);
      if (auto found = find_in(group, op)) return found;
    }
    return std::nullopt;
  }

  /// Of all paths, or of those that are certainly in the set.
  std::vector<PathClass> classes(GroupId group) const {
    if (assertion_.objects == kAnyPath) return model_.classes(group);
    return model_.universe().paths().members(assertion_.objects);
  }

  std::optional<Universe::Witness> find_in(GroupId group, Op op) {
    for (const PathClass path : classes(group)) {
      const Diagram requests = meant_ & model_.domain(group, path);
      if (requests.is_false()) continue;
      about_something_ = true;
      const Diagram permitted = model_.uncovered(requests, group, path, model_.end_of(evaluate::Verdict::deny));
      const Diagram wrong = assertion_.always ? requests - permitted : permitted;
      if (!wrong.is_false()) return model_.universe().witness(wrong, op, path);
    }
    return std::nullopt;
  }

  void report_failure(const Universe::Witness& witness, diag::Sink& sink) const {
    const evaluate::Decision decision = evaluate::evaluate(policy_, witness.subject, {witness.request});
    const bool permitted = decision.verdict < evaluate::Verdict::deny;
    const std::string text = evaluate::request_text(witness.subject, witness.request);
    if (permitted == assertion_.always) {
      sink.report(diag::diagnostic(diag::code::assertion_undecided, assertion_.span,
                                   fmt::format("the analysis and the evaluator disagree about `{}`", text),
                                   "please report this with the policy: it is a mistake of the compiler"));
      return;
    }
    diag::Diagnostic d = diag::diagnostic(
        diag::code::assertion_fails, assertion_.span,
        fmt::format("this does not hold: `{}` is {}", text,
                    permitted ? "permitted" : "refused (" + evaluate::verdict_text(decision.verdict) + ")"),
        "see why with `stele explain`");
    if (decision.constraint) {
      const Constraint& constraint = policy_.constraints[*decision.constraint];
      const std::string& part = constraint.origin.part;
      d.labels.push_back({constraint.span, constraint.origin.derived
                                               ? fmt::format("decided by `{}`, which was added to keep this true", part)
                                               : "decided by this constraint"});
    }
    sink.report(std::move(d));
  }

  const Policy& policy_;
  Model& model_;
  const Assertion& assertion_;
  Diagram meant_;
  bool about_something_ = false;
};

}  // namespace

void check_assertions(const Policy& policy, Model& model, diag::Sink& sink) {
  for (const Assertion& assertion : policy.assertions) Check(policy, model, assertion).report(sink);
}

}  // namespace stele::analyze
