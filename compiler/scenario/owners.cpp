// See owners.h.

#include "compiler/scenario/owners.h"

#include <algorithm>
#include <set>

#include "compiler/scenario/names.h"
#include "compiler/scenario/verbs.h"
#include "dsl/sema/condition_tree.h"

namespace stele::scenario {
namespace {

bool asks_for_owner(const Policy& policy) {
  return std::any_of(policy.constraints.begin(), policy.constraints.end(), [](const Constraint& one) {
    return sema::asks_for(one.subject, Field::owned) || sema::asks_for(one.exception, Field::owned);
  });
}

void tell_owners(const ImageNames& names, Case& one) {
  std::set<std::string> made;
  for (const evaluate::Request& request : one.requests)
    if (is_about_a_file(request) && makes(request.op)) made.insert(*request.path);
  const bool is_memfd = one.steps.back().verb == "memfd_exec";  // a file without a name, of whoever makes it
  for (evaluate::Request& request : one.requests) {
    if (is_memfd) request.numbers.try_emplace(Field::owned, one.subject.euid == one.subject.uid);
    if (!is_about_a_file(request)) continue;
    std::optional<uint32_t> owner = names.owner(*request.path);
    if (!owner && made.contains(*request.path)) {
      const bool is_free = makes(request.op) || request.op == Op::file_rename;  // and then the file of whoever makes it
      owner = is_free ? one.subject.uid : one.subject.euid;
    }
    if (owner) request.numbers.try_emplace(Field::owned, *owner == one.subject.uid);
  }
}

}  // namespace

void tell_owners(const Policy& policy, Scenario& scenario) {
  if (!asks_for_owner(policy)) return;
  for (Case& one : scenario.cases) {
    if (one.asked_only()) continue;
    ImageNames names(scenario);
    names.act_as(one.subject.euid);
    for (size_t i = 0; i + 1 < one.steps.size(); i++) apply(one.steps[i], names);
    tell_owners(names, one);
  }
}

}  // namespace stele::scenario
