#include "compiler/catalog/catalog.h"

namespace stele::catalog {
namespace {

using u32 = uint32_t;
#include "bpf-templates/shared.h"

namespace operations_of_hook {
using enum Op;
#define STELE_LIST(...) {__VA_ARGS__}
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) \
  constexpr Op of_##name[] = STELE_LIST operations;
#include "runtime/hooks.def"
#undef STELE_HOOK
#undef STELE_LIST
}  // namespace operations_of_hook

constexpr OpSet set_of(std::span<const Op> operations) {
  OpSet set = 0;
  for (const Op op : operations) set |= op_bit(op);
  return set;
}

constexpr std::array<HookInfo, STELE_HOOK_COUNT> kHooks = {{
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) \
  {STELE_HOOK_##name,                                                                      \
   OpClass::room,                                                                          \
   #name,                                                                                  \
   since,                                                                                  \
   STELE_HOOK_##before,                                                                    \
   STELE_OBJECT_##object,                                                                  \
   operations_of_hook::of_##name,                                                          \
   set_of(operations_of_hook::of_##name),                                                  \
   sees},
#include "runtime/hooks.def"
#undef STELE_HOOK
}};

constexpr bool operations_with_programs_have_hooks() {
  OpSet covered = 0, enforced = 0;
  for (const HookInfo& hook : kHooks) covered |= hook.ops;
  for (const OperationInfo& operation : kOperations)
    if (has_programs(operation.op)) enforced |= op_bit(operation.op);
  return covered == enforced;
}
static_assert(operations_with_programs_have_hooks(),
              "operation.def says `enforced` of exactly those operations that a hook of hooks.def sees");

constexpr bool bits_fit() {
  for (const HookInfo& hook : kHooks)
    if (hook.operations.size() > 32 - RANK_BITS) return false;
  return true;
}
static_assert(bits_fit(), "the operations of one hook are bits beside a rank: see DECIDED");

}  // namespace

const std::array<HookInfo, STELE_HOOK_COUNT>& hooks() {
  return kHooks;
}

}  // namespace stele::catalog
