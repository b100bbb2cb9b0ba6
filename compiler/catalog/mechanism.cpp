#include "compiler/catalog/mechanism.h"

#include <algorithm>
#include <array>

#include "compiler/catalog/catalog.h"

namespace stele::catalog {
namespace {

constexpr std::array<Kernel, 3> kKernels = {{{0x060100, "6.1.192"}, {0x060c00, "6.12.107"}, {0x070200, "7.2.13"}}};

/// Whether refusing at the hooks prevents the effect; absent: the kernel has no such call.
enum class Reached : uint8_t { complete, partial, none, absent };
using PerKernel = std::array<Reached, kKernels.size()>;

struct LsmHook {
  std::string_view name;
  std::array<bool, kKernels.size()> denies;
};

struct OperationFacts {
  Op op;
  bool enforced;
  PerKernel reached;
  std::string_view hooks;  // names between single spaces
  std::string_view note;
};

struct SyscallFacts {
  uint32_t number;
  std::string_view name;
  PerKernel reached;
  std::string_view hooks;  // names between single spaces, `@6.12` behind one met from that kernel on
  std::string_view note;
  bool tried;
};

#define STELE_LSM_HOOK(name, a, b, c) LsmHook{name, {a != 0, b != 0, c != 0}},
constexpr auto kLsmHooks = std::to_array<LsmHook>({
#include "compiler/catalog/lsm_hook.def"
});
#undef STELE_LSM_HOOK

#define STELE_ENFORCED(op, note) \
  OperationFacts{Op::op, true, {Reached::complete, Reached::complete, Reached::complete}, "", note},
#define STELE_PLANNED(op, a, b, c, hooks, note) \
  OperationFacts{Op::op, false, {Reached::a, Reached::b, Reached::c}, hooks, note},
constexpr auto kOperationFacts = std::to_array<OperationFacts>({
#include "compiler/catalog/operation.def"
});
#undef STELE_ENFORCED
#undef STELE_PLANNED

#define STELE_SYSCALL(number, name, a, b, c, hooks, note, tried) \
  SyscallFacts{number, name, {Reached::a, Reached::b, Reached::c}, hooks, note, tried != 0},
constexpr auto kSyscalls = std::to_array<SyscallFacts>({
#include "compiler/catalog/syscall.def"
});
#undef STELE_SYSCALL

/// A hook's name as tables list it, and the first kernel on which the operation meets it.
struct ListedHook {
  std::string_view name;
  size_t from = 0;  // index into kKernels
};

constexpr std::string_view kFromSecond = "@6.12";

constexpr ListedHook take_hook(std::string_view& list) {
  const size_t end = std::min(list.find(' '), list.size());
  ListedHook hook{list.substr(0, end)};
  list.remove_prefix(std::min(end + 1, list.size()));
  if (hook.name.size() > kFromSecond.size() && hook.name.substr(hook.name.size() - kFromSecond.size()) == kFromSecond) {
    hook.name.remove_suffix(kFromSecond.size());
    hook.from = 1;
  }
  return hook;
}

constexpr const LsmHook* find_lsm_hook(std::string_view name) {
  const auto* found = std::lower_bound(kLsmHooks.begin(), kLsmHooks.end(), name,
                                       [](const LsmHook& hook, std::string_view wanted) { return hook.name < wanted; });
  return found != kLsmHooks.end() && found->name == name ? found : nullptr;
}

constexpr bool meets(const ListedHook& listed, size_t kernel) {
  return kernel >= listed.from && find_lsm_hook(listed.name)->denies[kernel];
}

/// Every hook exists, and where something is refused there is a hook that refuses.
constexpr bool hooks_are_sound(std::string_view list, const PerKernel& reached) {
  std::array<bool, kKernels.size()> refused{};
  while (!list.empty()) {
    const ListedHook listed = take_hook(list);
    if (!find_lsm_hook(listed.name)) return false;
    for (size_t kernel = 0; kernel < kKernels.size(); ++kernel) refused[kernel] |= meets(listed, kernel);
  }
  for (size_t kernel = 0; kernel < kKernels.size(); ++kernel)
    if (reached[kernel] == Reached::complete && !refused[kernel]) return false;
  return true;
}

constexpr bool lsm_hooks_are_sorted() {
  for (size_t i = 1; i < kLsmHooks.size(); ++i)
    if (kLsmHooks[i - 1].name >= kLsmHooks[i].name) return false;
  return true;
}
static_assert(lsm_hooks_are_sorted());

constexpr bool operations_are_sound() {
  for (size_t i = 0; i < kOperationFacts.size(); ++i) {
    const OperationFacts& facts = kOperationFacts[i];
    if (facts.op != static_cast<Op>(i) || facts.enforced != has_programs(facts.op)) return false;
    if (!facts.enforced && !hooks_are_sound(facts.hooks, facts.reached)) return false;
  }
  return kOperationFacts.size() == kOpCount;
}
static_assert(operations_are_sound(), "operation.def has each Op once, in order");

constexpr bool syscalls_are_sound() {
  for (size_t i = 0; i < kSyscalls.size(); ++i) {
    if (i > 0 && kSyscalls[i - 1].number >= kSyscalls[i].number) return false;
    if (!hooks_are_sound(kSyscalls[i].hooks, kSyscalls[i].reached)) return false;
  }
  return true;
}
static_assert(syscalls_are_sound(), "syscall.def is sorted by number and names hooks that exist");

size_t index_of(uint32_t version) {
  size_t index = 0;
  while (index + 1 < kKernels.size() && kKernels[index + 1].version <= version) ++index;
  return index;
}

std::vector<std::string_view> hooks_met(std::string_view list, size_t kernel) {
  std::vector<std::string_view> met;
  while (!list.empty()) {
    const ListedHook listed = take_hook(list);
    if (meets(listed, kernel)) met.push_back(listed.name);
  }
  return met;
}

/// Of the hooks that have programs, those that see `op`.
std::vector<std::string_view> hooks_seeing(Op op, size_t kernel) {
  std::vector<std::string_view> seeing;
  for (const HookInfo& hook : hooks())
    if ((hook.ops & op_bit(op)) && hook.since <= kKernels[kernel].version) seeing.push_back(hook.name);
  return seeing;
}

Mechanism mechanism_of(Reached reached, std::string_view list, std::string_view note, size_t kernel) {
  switch (reached) {
    case Reached::complete:
      return {Guarantee::prevent, hooks_met(list, kernel), note};
    case Reached::partial:
      return {Guarantee::terminate, hooks_met(list, kernel), note};
    case Reached::none:
      return {Guarantee::terminate, {}, note};
    case Reached::absent:
      return {Guarantee::prevent, {}, "this kernel does not have the call"};
  }
  return {};
}

using PerKernelMechanism = std::array<Mechanism, kKernels.size()>;

template <typename Facts, typename Make>
std::vector<PerKernelMechanism> tabulate(const Facts& facts, Make make) {
  std::vector<PerKernelMechanism> table(facts.size());
  for (size_t row = 0; row < facts.size(); ++row)
    for (size_t kernel = 0; kernel < kKernels.size(); ++kernel) table[row][kernel] = make(facts[row], kernel);
  return table;
}

Mechanism of_operation(const OperationFacts& facts, size_t kernel) {
  if (facts.enforced) return {Guarantee::prevent, hooks_seeing(facts.op, kernel), facts.note, true, true};
  return mechanism_of(facts.reached[kernel], facts.hooks, facts.note, kernel);
}

Mechanism of_syscall(const SyscallFacts& facts, size_t kernel) {
  Mechanism made = mechanism_of(facts.reached[kernel], facts.hooks, facts.note, kernel);
  made.tried = facts.tried;
  return made;
}

}  // namespace

std::string guarantee_text(Guarantee guarantee) {
  static constexpr const char* kTexts[] = {"prevent", "terminate", "observe"};
  return kTexts[static_cast<size_t>(guarantee)];
}

std::span<const Kernel> kernels() {
  return kKernels;
}

std::vector<Kernel> kernels_of(const Target& target) {
  std::vector<Kernel> within;
  for (const Kernel& kernel : kKernels)
    if (kernel.version >= target.min_version && kernel.version <= target.max_version) within.push_back(kernel);
  if (!within.empty()) return within;
  const size_t below = index_of(target.min_version);
  within.push_back(kKernels[below]);
  if (below + 1 < kKernels.size()) within.push_back(kKernels[below + 1]);
  return within;
}

const Mechanism& mechanism(Op op, uint32_t kernel) {
  static const auto table = tabulate(kOperationFacts, of_operation);
  return table[static_cast<size_t>(op)][index_of(kernel)];
}

const Mechanism& syscall_mechanism(uint32_t number, uint32_t kernel) {
  static const auto table = tabulate(kSyscalls, of_syscall);
  static const Mechanism absent = mechanism_of(Reached::absent, "", "", 0);
  const auto* found =
      std::lower_bound(kSyscalls.begin(), kSyscalls.end(), number,
                       [](const SyscallFacts& facts, uint32_t wanted) { return facts.number < wanted; });
  if (found == kSyscalls.end() || found->number != number) return absent;
  return table[static_cast<size_t>(found - kSyscalls.begin())][index_of(kernel)];
}

std::vector<uint32_t> catalogued_syscalls() {
  std::vector<uint32_t> numbers;
  for (const SyscallFacts& facts : kSyscalls) numbers.push_back(facts.number);
  return numbers;
}

}  // namespace stele::catalog
