#include "dsl/words/words.h"

#include <algorithm>
#include <array>
#include <span>

namespace stele::words {
namespace {

struct Word {
  std::string_view name;
  uint64_t number;
  bool alias;
};

template <size_t N>
constexpr bool sorted_without_repetition(const std::array<Word, N>& words) {
  for (size_t i = 1; i < N; ++i)
    if (words[i - 1].name >= words[i].name) return false;
  return true;
}

/// Positions of the words that are no aliases, by number and then name.
template <size_t N>
constexpr std::array<uint16_t, N> ordered_by_number(const std::array<Word, N>& words) {
  std::array<uint16_t, N> order{};
  for (size_t i = 0; i < N; ++i) order[i] = static_cast<uint16_t>(i);
  std::sort(order.begin(), order.end(), [&](uint16_t a, uint16_t b) {
    if (words[a].number != words[b].number) return words[a].number < words[b].number;
    if (words[a].alias != words[b].alias) return words[b].alias;
    return a < b;
  });
  return order;
}

template <size_t N>
constexpr bool each_number_once(const std::array<Word, N>& words, const std::array<uint16_t, N>& order) {
  for (size_t i = 1; i < N; ++i)
    if (!words[order[i]].alias && words[order[i - 1]].number == words[order[i]].number) return false;
  return true;
}

/// Numbers 0, 1, 2, …: nothing was forgotten.
template <size_t N>
constexpr bool without_gaps(const std::array<Word, N>& words, const std::array<uint16_t, N>& order) {
  for (size_t i = 0, next = 0; i < N; ++i)
    if (!words[order[i]].alias && words[order[i]].number != next++) return false;
  return true;
}

#define STELE_WORD(name, number) Word{name, number, false},
#define STELE_ALIAS(name, number) Word{name, number, true},

constexpr auto kSyscalls = std::to_array<Word>({
#include "dsl/words/syscall.def"
});
constexpr auto kCapabilities = std::to_array<Word>({
#include "dsl/words/capability.def"
});
constexpr auto kFamilies = std::to_array<Word>({
#include "dsl/words/family.def"
});
constexpr auto kSocketTypes = std::to_array<Word>({
#include "dsl/words/socket_type.def"
});
constexpr auto kProtocols = std::to_array<Word>({
#include "dsl/words/protocol.def"
});
constexpr auto kNetlinkProtocols = std::to_array<Word>({
#include "dsl/words/netlink_protocol.def"
});
constexpr auto kBpfPrograms = std::to_array<Word>({
#include "dsl/words/bpf_program.def"
});
constexpr auto kBpfMaps = std::to_array<Word>({
#include "dsl/words/bpf_map.def"
});
constexpr auto kTtys = std::to_array<Word>({
#include "dsl/words/tty.def"
});
constexpr auto kArgumentConstants = std::to_array<Word>({
#include "dsl/words/argument_constant.def"
});

#undef STELE_WORD
#undef STELE_ALIAS

constexpr auto kSyscallOrder = ordered_by_number(kSyscalls);
constexpr auto kCapabilityOrder = ordered_by_number(kCapabilities);
constexpr auto kFamilyOrder = ordered_by_number(kFamilies);
constexpr auto kSocketTypeOrder = ordered_by_number(kSocketTypes);
constexpr auto kProtocolOrder = ordered_by_number(kProtocols);
constexpr auto kNetlinkProtocolOrder = ordered_by_number(kNetlinkProtocols);
constexpr auto kBpfProgramOrder = ordered_by_number(kBpfPrograms);
constexpr auto kBpfMapOrder = ordered_by_number(kBpfMaps);
constexpr auto kTtyOrder = ordered_by_number(kTtys);
constexpr auto kArgumentConstantOrder = ordered_by_number(kArgumentConstants);

static_assert(sorted_without_repetition(kSyscalls) && each_number_once(kSyscalls, kSyscallOrder));
static_assert(sorted_without_repetition(kCapabilities) && without_gaps(kCapabilities, kCapabilityOrder));
static_assert(sorted_without_repetition(kFamilies) && each_number_once(kFamilies, kFamilyOrder));
static_assert(sorted_without_repetition(kSocketTypes) && each_number_once(kSocketTypes, kSocketTypeOrder));
static_assert(sorted_without_repetition(kProtocols) && each_number_once(kProtocols, kProtocolOrder));
static_assert(sorted_without_repetition(kNetlinkProtocols) &&
              each_number_once(kNetlinkProtocols, kNetlinkProtocolOrder));
static_assert(sorted_without_repetition(kBpfPrograms) && without_gaps(kBpfPrograms, kBpfProgramOrder));
static_assert(sorted_without_repetition(kBpfMaps) && without_gaps(kBpfMaps, kBpfMapOrder));
static_assert(sorted_without_repetition(kTtys) && without_gaps(kTtys, kTtyOrder));
static_assert(sorted_without_repetition(kArgumentConstants));

struct Table {
  std::span<const Word> words;
  std::span<const uint16_t> order;
};

Table table_of(WordTable table) {
  switch (table) {
    case WordTable::syscall:
      return {kSyscalls, kSyscallOrder};
    case WordTable::capability:
      return {kCapabilities, kCapabilityOrder};
    case WordTable::family:
      return {kFamilies, kFamilyOrder};
    case WordTable::socket_type:
      return {kSocketTypes, kSocketTypeOrder};
    case WordTable::protocol:
      return {kProtocols, kProtocolOrder};
    case WordTable::netlink_protocol:
      return {kNetlinkProtocols, kNetlinkProtocolOrder};
    case WordTable::bpf_program:
      return {kBpfPrograms, kBpfProgramOrder};
    case WordTable::bpf_map:
      return {kBpfMaps, kBpfMapOrder};
    case WordTable::tty:
      return {kTtys, kTtyOrder};
    case WordTable::argument_constant:
      return {kArgumentConstants, kArgumentConstantOrder};
  }
  return {};
}

}  // namespace

std::optional<uint64_t> find_word(WordTable table, std::string_view name) {
  const std::span<const Word> words = table_of(table).words;
  const auto found = std::lower_bound(words.begin(), words.end(), name,
                                      [](const Word& word, std::string_view wanted) { return word.name < wanted; });
  if (found == words.end() || found->name != name) return std::nullopt;
  return found->number;
}

std::string_view word_of(WordTable table, uint64_t number) {
  const auto [words, order] = table_of(table);
  const auto found = std::lower_bound(order.begin(), order.end(), number, [&](uint16_t position, uint64_t wanted) {
    return words[position].number < wanted;
  });
  if (found == order.end() || words[*found].number != number) return {};
  return words[*found].name;
}

uint64_t last_number(WordTable table) {
  const auto [words, order] = table_of(table);
  return words[order.back()].number;
}

std::vector<std::string> words_of(WordTable table) {
  std::vector<std::string> names;
  for (const Word& word : table_of(table).words) names.emplace_back(word.name);
  return names;
}

}  // namespace stele::words
