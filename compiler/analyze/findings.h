#pragma once

// What is wrong, or not what it looks like, in one constraint or between several: over all requests.
// Each is replayed in the evaluator before it is reported, where there is a request that shows it.

#include "compiler/analyze/model.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// S4020, S4021: constraints without which every request would be decided as it is. Of two that say the same the later
/// is reported. Reported ones are removed from the model, so all of them can be deleted together.
void find_redundant(const Policy& policy, Model& model, diag::Sink& sink);
/// S4022: exceptions that can never spare a request.
void find_useless_exceptions(const Policy& policy, Model& model, diag::Sink& sink);
/// S4023: `only`s that together leave a subject nothing, though each of them lists something.
void find_exclusive_onlys(const Policy& policy, Model& model, diag::Sink& sink);
/// S4024: denials whose errno is not what the caller sees, because another denies with a smaller one.
void find_different_errnos(const Policy& policy, Model& model, diag::Sink& sink);
/// S4025: exceptions for programs that those whom the constraint is against can change.
void find_forgeable_exceptions(const Policy& policy, Model& model, diag::Sink& sink);
/// S4026: constraints that ask for `comm`.
void find_comm(const Policy& policy, diag::Sink& sink);
/// S4027: joined sets of paths that no path is in.
void find_empty_sets(const Policy& policy, Model& model, diag::Sink& sink);
/// S4042: differences of sets of paths or names that take nothing away. Throws LimitReached.
void find_nothing_subtracted(const Policy& policy, size_t max_states, diag::Sink& sink);

/// S4043: denials of system calls beside which other calls do the same, and are permitted.
void find_evaded_calls(const Policy& policy, Model& model, diag::Sink& sink);

/// S4035: `only`s of code whose subject may change what is listed, or give its name to other code.
void find_forgeable_lists(const Policy& policy, Model& model, diag::Sink& sink);
/// S4036: the first exception of which those whom the constraint is against may change the libraries.
void find_borrowed_exceptions(const Policy& policy, Model& model, diag::Sink& sink);
/// S4040: the first exception that is everybody's of those whom the constraint is against: they may execute the
/// program.
void find_exceptions_by_exe_alone(const Policy& policy, Model& model, diag::Sink& sink);
/// S4037: denials of executing or mapping a dynamic loader.
void find_loaders(const Policy& policy, diag::Sink& sink);
/// S4041: the first constraint whose `mount_over` denies what machines mount after their first process has started.
void find_early_mounts(const Policy& policy, diag::Sink& sink);
/// S4038: denials for tasks that have a parent or an ancestor.
void find_lineage(const Policy& policy, diag::Sink& sink);

}  // namespace stele::analyze
