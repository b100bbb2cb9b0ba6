// What there is to know of system calls beside their numbers: arguments, calls that do the same, calls of other
// machines.

#include <algorithm>
#include <array>

#include "dsl/words/words.h"

namespace stele::words {

namespace {

constexpr ArgumentType u16{16, false}, s32{32, true}, u32{32, false}, s64{64, true}, u64{64, false};

constexpr size_t kMaxArguments = 6;

struct Arguments {
  std::string_view call;
  std::array<ArgumentType, kMaxArguments> types;
  size_t count;
};

template <typename... Types>
constexpr Arguments arguments_of(std::string_view call, Types... types) {
  return {call, {types...}, sizeof...(types)};
}

#define STELE_ARGUMENTS(...) arguments_of(__VA_ARGS__),
constexpr auto kArguments = std::to_array<Arguments>({
#include "dsl/words/syscall_argument.def"
});
#undef STELE_ARGUMENTS

struct Same {
  std::string_view call, others;
};

#define STELE_SAME(call, others) Same{call, others},
constexpr auto kSame = std::to_array<Same>({
#include "dsl/words/syscall_same.def"
});
#undef STELE_SAME

#define STELE_IA32(call) call,
constexpr auto kIa32 = std::to_array<std::string_view>({
#include "dsl/words/syscall_ia32.def"
});
#undef STELE_IA32

constexpr bool by_call(const auto& a, const auto& b) {
  return a.call < b.call;
}
static_assert(std::is_sorted(kArguments.begin(), kArguments.end(), by_call<Arguments, Arguments>));
static_assert(std::is_sorted(kSame.begin(), kSame.end(), by_call<Same, Same>));
static_assert(std::is_sorted(kIa32.begin(), kIa32.end()));

template <typename Row, size_t N>
const Row* find_row(const std::array<Row, N>& rows, std::string_view call) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), call,
                                      [](const Row& row, std::string_view wanted) { return row.call < wanted; });
  return found != rows.end() && found->call == call ? &*found : nullptr;
}

}  // namespace

std::optional<std::vector<ArgumentType>> argument_types(uint64_t call) {
  const Arguments* found = find_row(kArguments, word_of(WordTable::syscall, call));
  if (!found) return std::nullopt;
  return std::vector<ArgumentType>(found->types.begin(), found->types.begin() + static_cast<long>(found->count));
}

std::vector<std::string_view> calls_that_do_the_same(std::string_view call) {
  std::vector<std::string_view> out;
  const Same* found = find_row(kSame, call);
  for (std::string_view rest = found ? found->others : std::string_view{}; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    out.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

std::string_view foreign_call(std::string_view name) {
  if (find_word(WordTable::syscall, name)) return {};
  if (std::binary_search(kIa32.begin(), kIa32.end(), name)) return "a call of 32-bit x86 (ia32)";
  for (const std::string& group : syscall_groups()) {
    const std::vector<std::string_view> members = syscall_group_members(group);
    if (!name.starts_with('@') && std::find(members.begin(), members.end(), name) != members.end())
      return "a call of other machines than x86-64";
  }
  return {};
}

}  // namespace stele::words
