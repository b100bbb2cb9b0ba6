#include "dsl/sema/seal.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/conditions.h"

namespace stele::sema {

SealResolver::SealResolver(Policy& policy, Context& context) : policy_(policy), context_(context) {
  policy_.seal.removable = never();
}

void SealResolver::resolve(const ast::Seal& seal) {
  Reporter& report = context_.report;
  if (!policy_.seal.given) policy_.seal.span = seal.span;
  policy_.seal.given = true;
  policy_.seal.self = policy_.seal.self || !seal.self.empty();
  for (size_t i = 1; i < seal.self.size(); ++i)
    report.fail(diag::code::duplicate_seal_item, seal.self[i].span, "a second `self`", "take it out",
                {seal.self[0].span, "the first one"});
  for (size_t i = 0; i < seal.removable.size(); ++i) {
    if (i > 0) {
      report.fail(diag::code::duplicate_seal_item, seal.removable[i].span, "a second `removable`",
                  "join the conditions by `or`", {seal.removable[0].span, "the first one"});
    } else {
      resolve_removable(seal.removable[i]);
    }
  }
}

void SealResolver::resolve_removable(const ast::Removable& in) {
  Reporter& report = context_.report;
  constexpr const char* kForms = "write `removable never` or `removable by uid 0 with exe \"/usr/sbin/…\"`";
  Condition out = never();
  if (in.word.text == "by" && in.by) {
    std::optional<Condition> by = resolve_condition(*in.by, CommUse::refused, context_);
    std::optional<Condition> with = always();
    if (in.with) with = resolve_condition(*in.with, CommUse::refused, context_);
    if (in.with_word && in.with_word->text != "with") {
      report.fail(diag::code::bad_removable, in.with_word->span,
                  fmt::format("`{}` where `with` is wanted", in.with_word->text), kForms);
      return;
    }
    if (!by || !with) return;
    out = both(std::move(*by), std::move(*with));
    if (asks_for(out, Field::owned)) {
      report.fail(diag::code::owner_of_no_file, in.by->span, "`owner` asks whose a file is: here there is none",
                  "say who is meant, such as `uid 0`");
      return;
    }
  } else if (in.word.text != "never" || in.by) {
    report.fail(diag::code::bad_removable, in.word.span,
                fmt::format("`removable {}` does not say by whom", in.word.text), kForms);
    return;
  }
  Condition& removable = policy_.seal.removable;
  removable = removable_given_ ? both(std::move(removable), std::move(out)) : std::move(out);
  removable_given_ = true;
}

}  // namespace stele::sema
