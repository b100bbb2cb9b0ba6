#include "compiler/cost/cost.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "compiler/catalog/catalog.h"
#include "compiler/emit/groups.h"

namespace stele::cost {
namespace {

constexpr size_t kShortName = 8;      // a word: the step compares no more
constexpr size_t kInlineName = 31;    // that a dentry holds in itself
constexpr uint32_t kRemembered = 8;   // levels that a walk remembers
constexpr uint32_t kOwnPrograms = 3;  // of every enforcer: events, counters, the end of a file system

/// How a program names files. One object or two; `more`: something else besides them, the executable mostly.
enum Shape : uint8_t { one, one_and_more, one_and_two_more, two, two_and_more };
constexpr size_t kShapes = 5;

/// What was measured on one kernel. Written by tests/bench/fit_costs.py.
struct Measured {
  uint32_t version;
  uint32_t verified[kNames][kShapes];           // the median of programs with the usual text
  uint32_t mounts;                              // more, for what asks where a mount becomes visible
  double each_more;                             // for each instruction of the text over the usual
  double start, program, followed, text, edge;  // of `apply`: instructions, for each
};
#include "compiler/cost/measured.def"
static_assert(std::size(kMeasured) == kKernels);

/// Instructions added by a hook, see AnswerCost. Written by tests/bench/fit_costs.py.
struct MeasuredHook {
  stele_hook hook;
  uint32_t added[kKernels];
};
#include "compiler/cost/measured_hooks.def"

Names names_of(const ir::Module& module) {
  size_t longest = 0;
  bool by_name_alone = true;
  for (const lower::Automaton::State& state : module.automaton.states) {
    by_name_alone &= state.other == 0;
    for (const auto& [name, to] : state.edges) longest = std::max(longest, name.size());
  }
  if (longest > kInlineName) return by_name_alone ? Names::very_long_exact : Names::very_long;
  if (module.walk_depth >= kRemembered) return by_name_alone ? Names::deep_exact : Names::deep;
  return by_name_alone ? Names::exact : longest > kShortName ? Names::usual : Names::brief;
}

bool has_two_objects(stele_hook hook) {
  return hook == STELE_HOOK_inode_link || hook == STELE_HOOK_inode_rename;
}

/// What is about the task itself names nothing but, perhaps, its executable.
bool has_no_object(const ir::Hook& hook) {
  return hook.object == STELE_OBJECT_none;
}

/// A program that does not know which of several operations a call is follows each.
bool asks_for_several(const ir::Hook& hook) {
  if (hook.hook != STELE_HOOK_inode_setattr && hook.hook != STELE_HOOK_bprm_check_security) return false;
  return std::count_if(hook.operations.begin(), hook.operations.end(),
                       [](const ir::RaisedOperation& raised) { return raised.index.has_value(); }) > 1;
}

/// Memory without a file asks for the executable at a place of its own.
bool asks_without_file(const ir::Hook& hook) {
  const bool code = hook.hook == STELE_HOOK_mmap_file || hook.hook == STELE_HOOK_file_mprotect;
  return code && hook.has_only && hook.asks_for_exe;
}

uint32_t walks_of(const ir::Hook& hook) {
  const uint32_t objects = has_no_object(hook) ? 0 : has_two_objects(hook.hook) ? 2 : 1;
  return objects + (hook.asks_for_exe ? 1u : 0u) + (asks_without_file(hook) ? 1u : 0u);
}

Shape shape_of(const ir::Hook& hook, const Measured& kernel) {
  if (has_two_objects(hook.hook)) return hook.asks_for_exe ? two_and_more : two;
  if (has_no_object(hook)) return one;
  uint32_t more = (hook.asks_for_exe ? 1u : 0u) + (asks_without_file(hook) ? 1u : 0u);
  if (kernel.version == 0x060100 && asks_for_several(hook)) ++more;  // younger kernels join them again
  return more == 0 ? one : more == 1 ? one_and_more : one_and_two_more;
}

uint32_t verified(const ir::Hook& hook, uint32_t instructions, Names names, const Measured& kernel) {
  if (walks_of(hook) == 0) return instructions;
  const Shape shape = shape_of(hook, kernel);
  const bool mounts = hook.hook == STELE_HOOK_sb_mount || hook.hook == STELE_HOOK_move_mount;
  double out = kernel.verified[static_cast<size_t>(names)][shape];
  if (mounts) out += kernel.mounts;
  if (is_rough(names)) return static_cast<uint32_t>(out);  // their text is longer in any case
  const double more = std::max(0.0, static_cast<double>(instructions) - kUsualText[shape] - (mounts ? kMountText : 0));
  return static_cast<uint32_t>(out + more * kernel.each_more * (has_two_objects(hook.hook) ? 2 : 1));
}

/// Places where a name permits something.
uint32_t permitting_walks_of(const ir::Hook& hook) {
  const uint32_t objects = has_no_object(hook) ? 0 : has_two_objects(hook.hook) ? 2 : 1;
  return (hook.has_only            ? objects
          : hook.asks_what_becomes ? 1u
                                   : 0u) +
         (hook.asks_for_exe ? 1u : 0u) + (asks_without_file(hook) ? 1u : 0u);
}

/// There the file is climbed from before and behind, in rounds that 6.1 counts; fit_costs.py takes that off.
uint32_t verified_climbs(const ir::Hook& hook, const Measured& kernel) {
  constexpr uint32_t kRounds = 65, kRound = 15;
  return kernel.version == 0x060100 ? permitting_walks_of(hook) * 2 * kRounds * kRound : 0;
}

/// Of the time that instructions take which name files: numbers in registers are sooner compared than pointers.
constexpr double kGroupShare = 0.45;

/// The search for each group that a task may have, where a program tests groups: once, but twice where 6.1 follows the
/// decision for two objects. Measured with conditions of 1, 30 and 200 groups.
uint32_t verified_groups(const ir::Hook& hook, const emit::GroupConditions& groups, const Measured& kernel) {
  constexpr uint32_t kGroups = 65, kGroup = 15, kStep = 11;
  std::set<uint32_t> subjects;
  const auto add = [&](const std::vector<ir::Check>& checks) {
    for (const ir::Check& check : checks)
      if (check.subject) subjects.insert(*check.subject);
  };
  for (const ir::Case& one : hook.listed) add(one.checks);
  for (const ir::Case& one : hook.unlisted) add(one.checks);
  add(hook.otherwise);
  uint32_t out = 0;
  for (size_t word = 0; word < groups.words_of({subjects.begin(), subjects.end()}); ++word)
    out += kGroups * (kGroup + kStep * static_cast<uint32_t>(std::countr_zero(groups.table_size(word))));
  return kernel.version == 0x060100 && has_two_objects(hook.hook) ? 2 * out : out;
}

std::vector<OperationCost> operations_of(const ir::Module& module) {
  std::vector<OperationCost> out;
  std::vector<Op> ops = module.operations;
  std::sort(ops.begin(), ops.end());
  for (const Op op : ops) {
    OperationCost cost{op, {}};
    for (const ir::Hook& hook : module.hooks) {
      const catalog::HookInfo& info = catalog::hooks()[hook.hook];
      const auto raised = std::find_if(hook.operations.begin(), hook.operations.end(),
                                       [&](const ir::RaisedOperation& one) { return one.op == op && one.index; });
      if (raised == hook.operations.end()) continue;
      AnswerCost answer{info.name, {}};
      for (const MeasuredHook& measured : kMeasuredHooks)
        if (measured.hook == hook.hook) std::copy(std::begin(measured.added), std::end(measured.added), answer.added);
      cost.answers.push_back(answer);
    }
    if (!cost.answers.empty()) out.push_back(std::move(cost));
  }
  return out;
}

}  // namespace

std::string_view names_text(Names names) {
  static constexpr std::string_view kTexts[kNames] = {
      "exact names",         "no name over 8 bytes",      "names over 8 bytes", "exact names deeper than 8",
      "names deeper than 8", "exact names over 31 bytes", "names over 31 bytes"};
  return kTexts[static_cast<size_t>(names)];
}

bool is_rough(Names names) {
  return names >= Names::deep_exact;
}

unsigned apply_error(const Costs& costs) {
  constexpr size_t kManyEdges = 12000;
  return costs.edges > kManyEdges ? 45 : costs.tests_groups ? 35 : 20;
}

Costs costs_of(const ir::Module& module, const pack::EnforcerInfo& enforcer) {
  Costs costs;
  costs.names = names_of(module);
  costs.maps = static_cast<uint32_t>(enforcer.maps.size());
  for (const auto& map : enforcer.maps) costs.table_bytes += map.data_bytes;
  costs.edges = enforcer.edges;
  for (const Measured& kernel : kMeasured)
    costs.kernels.push_back({kernel.version, module.min_kernel <= kernel.version && kernel.version <= module.max_kernel,
                             0, 0, kernel.start + kernel.edge * static_cast<double>(costs.edges)});
  const emit::GroupConditions groups(module);
  costs.tests_groups = groups.words() != 0;
  for (const ir::Hook& hook : module.hooks) {
    const catalog::HookInfo& info = catalog::hooks()[hook.hook];
    const auto program = std::find_if(enforcer.programs.begin(), enforcer.programs.end(),
                                      [&](const auto& one) { return one.hook == info.name; });
    ProgramCost cost{info.name,
                     program == enforcer.programs.end() ? 0 : program->instructions,
                     walks_of(hook),
                     permitting_walks_of(hook),
                     asks_for_several(hook),
                     {}};
    for (size_t k = 0; k < kKernels; ++k) {
      const Measured& kernel = kMeasured[k];
      if (info.since > kernel.version) continue;
      const uint32_t named = verified(hook, cost.instructions, costs.names, kernel) + verified_climbs(hook, kernel),
                     grouped = verified_groups(hook, groups, kernel);
      cost.verified[k] = named + grouped;
      costs.kernels[k].programs++;
      costs.kernels[k].verified += cost.verified[k];
      costs.kernels[k].apply_millions +=
          kernel.program + kernel.followed * (named + kGroupShare * grouped) + kernel.text * cost.instructions;
    }
    costs.programs.push_back(cost);
  }
  for (KernelCost& kernel : costs.kernels) kernel.programs += kOwnPrograms;
  costs.operations = operations_of(module);
  return costs;
}

}  // namespace stele::cost
