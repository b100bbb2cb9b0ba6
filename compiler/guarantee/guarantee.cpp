#include "compiler/guarantee/guarantee.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "compiler/catalog/catalog.h"
#include "compiler/guarantee/enforceable.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/print.h"
#include "dsl/words/words.h"

namespace stele::guarantee {
namespace {

/// What a condition can come to when only the number of the system call is known.
struct Possible {
  bool holds = false;
  bool fails = false;
};

bool contains(const NumberSet& set, Number number) {
  return std::any_of(set.begin(), set.end(),
                     [&](const NumberRange& range) { return range.first <= number && number <= range.last; });
}

Possible evaluate(const Condition& condition, uint32_t syscall) {
  switch (condition.kind) {
    case Condition::Kind::all_of: {
      Possible all{true, false};
      for (const Condition& operand : condition.operands) {
        const Possible one = evaluate(operand, syscall);
        all = {all.holds && one.holds, all.fails || one.fails};
      }
      return all;
    }
    case Condition::Kind::any_of: {
      Possible any{false, true};
      for (const Condition& operand : condition.operands) {
        const Possible one = evaluate(operand, syscall);
        any = {any.holds || one.holds, any.fails && one.fails};
      }
      return any;
    }
    case Condition::Kind::negation: {
      const Possible one = evaluate(condition.operands[0], syscall);
      return {one.fails, one.holds};
    }
    case Condition::Kind::number_in: {
      if (condition.field != Field::syscall) break;
      const bool in = contains(condition.numbers, syscall);
      return {in, !in};
    }
    case Condition::Kind::name_in:
    case Condition::Kind::bits:
      break;
  }
  return {true, true};
}

/// Calls that the constraint may apply to.
std::vector<uint32_t> syscalls_of(const Constraint& constraint) {
  std::vector<uint32_t> numbers;
  for (uint32_t number : catalog::catalogued_syscalls()) {
    const Possible listed = evaluate(constraint.object, number);
    const bool meant = constraint.form == Form::on_listed ? listed.holds : listed.fails;
    if (meant && evaluate(constraint.scope, number).holds) numbers.push_back(number);
  }
  return numbers;
}

KernelGuarantee on_kernel(const Constraint& constraint, const std::vector<uint32_t>& syscalls,
                          const catalog::Kernel& kernel) {
  KernelGuarantee found{
      kernel, constraint.effect == Effect::audit ? catalog::Guarantee::observe : catalog::Guarantee::prevent, {}};
  const auto add = [&](Op op, uint32_t syscall, const catalog::Mechanism& mechanism) {
    found.operations.push_back({op, syscall, &mechanism});
    found.guarantee = std::max(found.guarantee, mechanism.guarantee);
  };
  for (uint32_t number = 0; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    if (!(constraint.ops & op_bit(op))) continue;
    if (op != Op::syscall) add(op, 0, catalog::mechanism(op, kernel.version));
  }
  for (uint32_t number : syscalls) add(Op::syscall, number, catalog::syscall_mechanism(number, kernel.version));
  std::stable_sort(found.operations.begin(), found.operations.end(),
                   [](const OperationGuarantee& a, const OperationGuarantee& b) { return a.op < b.op; });
  return found;
}

std::string since_text(std::string_view hook, uint32_t since, const Target& target) {
  if (since <= target.min_version) return std::string(hook);
  return fmt::format("{} (>= {})", hook, sema::kernel_version_text(since));
}

/// Hooks that have programs: the catalogue knows to a version since when each exists.
std::vector<std::string> enforced_hooks(Op op, const Target& target) {
  std::vector<std::string> texts;
  for (const catalog::HookInfo& hook : catalog::hooks())
    if ((hook.ops & op_bit(op)) && hook.since <= target.max_version)
      texts.push_back(since_text(hook.name, hook.since, target));
  return texts;
}

/// The hooks on any of the kernels, each with the first that has it; the entry of system calls where hooks do not do.
std::vector<std::string> planned_hooks(Op op, const std::vector<KernelGuarantee>& kernels, const Target& target) {
  std::vector<std::string> texts;
  std::set<std::string_view> named;
  bool entry = false;
  for (const KernelGuarantee& kernel : kernels)
    for (const OperationGuarantee& operation : kernel.operations) {
      if (operation.op != op) continue;
      entry |= operation.mechanism->guarantee != catalog::Guarantee::prevent;
      for (std::string_view hook : operation.mechanism->hooks)
        if (named.insert(hook).second)
          texts.push_back(&kernel == kernels.data() ? std::string(hook)
                                                    : since_text(hook, kernel.kernel.version, target));
    }
  if (entry) texts.insert(texts.begin(), "syscall entry");
  return texts;
}

ConstraintGuarantee guarantee_of(const Policy& policy, uint32_t index, const std::vector<catalog::Kernel>& kernels) {
  const Constraint& constraint = policy.constraints[index];
  ConstraintGuarantee found;
  found.constraint = index;
  found.enforced = is_enforceable(policy, constraint);
  std::vector<uint32_t> syscalls;
  if (constraint.ops & op_bit(Op::syscall)) syscalls = syscalls_of(constraint);
  found.guarantee = catalog::Guarantee::prevent;
  for (const catalog::Kernel& kernel : kernels) {
    found.kernels.push_back(on_kernel(constraint, syscalls, kernel));
    found.guarantee = std::max(found.guarantee, found.kernels.back().guarantee);
  }
  found.or_kill = constraint.or_kill;
  found.kills = constraint.effect == Effect::kill && found.guarantee == catalog::Guarantee::prevent;
  for (uint32_t number = 0; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    if (!(constraint.ops & op_bit(op))) continue;
    found.mechanisms.push_back(
        {op, has_programs(op) ? enforced_hooks(op, policy.target) : planned_hooks(op, found.kernels, policy.target)});
  }
  return found;
}

bool is_enforced(OpSet ops) {
  return std::all_of(std::begin(kOperations), std::end(kOperations),
                     [&](const OperationInfo& one) { return has_programs(one.op) || !(ops & op_bit(one.op)); });
}

/// What cannot be prevented, in the order of operations and calls, and on which kernels.
struct Gap {
  std::vector<std::string> names;
  std::vector<std::string> kernels;
  std::string_view note;  // of the first
};

Gap gap_of(const ConstraintGuarantee& guarantee) {
  Gap gap;
  std::set<std::pair<Op, uint32_t>> named;
  for (const KernelGuarantee& kernel : guarantee.kernels) {
    if (kernel.guarantee == catalog::Guarantee::prevent) continue;
    gap.kernels.push_back(sema::kernel_version_text(kernel.kernel.version));
    for (const OperationGuarantee& operation : kernel.operations) {
      if (operation.mechanism->guarantee == catalog::Guarantee::prevent) continue;
      if (!named.insert({operation.op, operation.syscall}).second) continue;
      if (gap.names.empty()) gap.note = operation.mechanism->note;
      gap.names.push_back(
          operation.op == Op::syscall
              ? fmt::format("`syscall {}`", words::word_of(words::WordTable::syscall, operation.syscall))
              : fmt::format("`{}`", op_text(operation.op)));
    }
  }
  return gap;
}

/// "a, b and c"; of more than four the first three and "9 more".
std::string list_text(const std::vector<std::string>& items) {
  const size_t shown = items.size() <= 4 ? items.size() - 1 : 3;
  const std::string last = items.size() <= 4 ? items.back() : fmt::format("{} more", items.size() - shown);
  if (shown == 0) return last;
  return fmt::format("{} and {}", fmt::join(items.begin(), items.begin() + static_cast<ptrdiff_t>(shown), ", "), last);
}

diag::Diagnostic cannot_prevent(const Constraint& constraint, const Gap& gap) {
  std::string message = fmt::format("linux {} cannot prevent {}", list_text(gap.kernels), list_text(gap.names));
  if (gap.names.size() == 1 && !gap.note.empty()) message += fmt::format(": {}", gap.note);
  const bool only = constraint.form == Form::only_listed;
  std::string hint =
      fmt::format("write `{0}`: the caller is killed before its call returns; or `{1}`: only where it must be",
                  only ? "else kill" : "kill", only ? "else deny or kill" : "deny or kill");
  if (constraint.origin.derived)
    hint = fmt::format("drop the part that was added: `without {{ {} }}`", constraint.origin.part);
  return diag::diagnostic(diag::code::deny_cannot_prevent, constraint.span, std::move(message), std::move(hint));
}

}  // namespace

std::string worth_text(const ConstraintGuarantee& guarantee) {
  if (guarantee.or_kill && guarantee.guarantee == catalog::Guarantee::terminate) return "prevent or terminate";
  return catalog::guarantee_text(guarantee.guarantee) + (guarantee.kills ? " and kill" : "");
}

std::vector<Alternative> alternatives(const ConstraintGuarantee& guarantee) {
  std::vector<Alternative> out;
  for (const KernelGuarantee& kernel : guarantee.kernels) {
    const std::string version = sema::kernel_version_text(kernel.kernel.version);
    for (size_t i = 0; i < kernel.operations.size(); ++i) {
      if (out.size() == i) out.push_back({kernel.operations[i], {}, {}});
      const bool prevents = kernel.operations[i].mechanism->guarantee == catalog::Guarantee::prevent;
      (prevents ? out[i].prevented : out[i].killed).push_back(version);
    }
  }
  return out;
}

std::vector<ConstraintGuarantee> guarantees(const Policy& policy) {
  const std::vector<catalog::Kernel> kernels = catalog::kernels_of(policy.target);
  std::vector<ConstraintGuarantee> all;
  for (uint32_t index = 0; index < policy.constraints.size(); ++index)
    all.push_back(guarantee_of(policy, index, kernels));
  return all;
}

void check_guarantees(const Policy& policy, diag::Sink& sink) {
  const std::vector<catalog::Kernel> kernels = catalog::kernels_of(policy.target);
  for (uint32_t index = 0; index < policy.constraints.size(); ++index) {
    const Constraint& constraint = policy.constraints[index];
    if (constraint.effect != Effect::deny || is_enforced(constraint.ops)) continue;
    const ConstraintGuarantee guarantee = guarantee_of(policy, index, kernels);
    const catalog::Guarantee enough = constraint.or_kill ? catalog::Guarantee::terminate : catalog::Guarantee::prevent;
    if (guarantee.guarantee > enough) sink.report(cannot_prevent(constraint, gap_of(guarantee)));
  }
}

}  // namespace stele::guarantee
