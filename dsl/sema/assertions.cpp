#include "dsl/sema/assertions.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/address.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/conditions.h"
#include "dsl/sema/operations.h"

namespace stele::sema {

void resolve_assertion(const ast::Assertion& in, Policy& policy, Context& context) {
  const std::string& word = in.quantifier.text;
  bool valid = word == "never" || word == "always";
  if (!valid) {
    std::string hint = diag::did_you_mean(word, {"never", "always"});
    if (hint.empty()) hint = "write `assert never` or `assert always`";
    context.report.fail(diag::code::unknown_quantifier, in.quantifier.span,
                        fmt::format("`assert {}` is not known", word), std::move(hint));
  }
  Assertion out;
  out.always = word == "always";
  out.span = in.span;
  auto operations = resolve_operation(in.operation, Purpose::assertion, context);
  OpSet ops = 0;
  for (const ResolvedOperation& operation : operations.value_or(std::vector<ResolvedOperation>{})) ops |= operation.ops;
  for (const ast::Condition& condition : in.subject) {
    std::optional<Condition> one = resolve_condition(condition, CommUse::allowed, context);
    valid = one && check_owner(*one, ops, condition.span, context) && valid;
    if (one) out.subject = both(std::move(out.subject), std::move(*one));
  }
  if (!valid || !operations) return;
  for (ResolvedOperation& operation : *operations) {
    Assertion& one = policy.assertions.emplace_back(out);
    one.ops = operation.ops;
    one.objects = operation.objects;
    one.object = out.always ? std::move(operation.object) : with_wildcards(std::move(operation.object));
  }
}

}  // namespace stele::sema
