#include "compiler/analyze/analyze.h"

#include <fmt/format.h>

#include "compiler/analyze/assertions.h"
#include "compiler/analyze/findings.h"
#include "compiler/analyze/model.h"
#include "dsl/diag/codes.h"

namespace stele::analyze {
namespace {

/// The last is the one that changes the model.
void find_all(const Policy& policy, Model& model, diag::Sink& sink) {
  find_empty_sets(policy, model, sink);
  find_useless_exceptions(policy, model, sink);
  find_exclusive_onlys(policy, model, sink);
  find_different_errnos(policy, model, sink);
  find_forgeable_exceptions(policy, model, sink);
  find_evaded_calls(policy, model, sink);
  find_forgeable_lists(policy, model, sink);
  find_borrowed_exceptions(policy, model, sink);
  find_exceptions_by_exe_alone(policy, model, sink);
  find_redundant(policy, model, sink);
}

diag::Span whole_policy(const Policy& policy) {
  return policy.constraints.empty() ? diag::Span{} : policy.constraints.front().span;
}

}  // namespace

void analyze(const Policy& policy, const AnalysisOptions& options, diag::Sink& sink) {
  if (options.findings) {
    find_comm(policy, sink);
    find_loaders(policy, sink);
    find_lineage(policy, sink);
    find_early_mounts(policy, sink);
  }
  bool assertions_decided = policy.assertions.empty();
  try {
    const auto constraints = static_cast<uint32_t>(policy.constraints.size());
    Universe universe(policy, {options.max_nodes, options.max_operations}, options.max_states);
    Model model(policy, universe, 0, constraints);
    check_assertions(policy, model, sink);
    assertions_decided = true;
    if (!options.findings) return;
    find_nothing_subtracted(policy, options.max_states, sink);
    find_all(policy, model, sink);
  } catch (const LimitReached& limit) {
    if (!assertions_decided)
      sink.report(
          diag::diagnostic(diag::code::assertion_undecided, policy.assertions.front().span,
                           fmt::format("the assertions are not decided: the analysis needs too many {}", limit.what),
                           "make patterns with `**` and conditions simpler, or split the policy"));
    else
      sink.report(
          diag::diagnostic(diag::code::analysis_unfinished, whole_policy(policy),
                           fmt::format("the analysis did not finish: it needs too many {}", limit.what),
                           "make patterns with `**` and conditions simpler; what it would have found is not known"));
  }
}

}  // namespace stele::analyze
