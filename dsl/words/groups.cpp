// systemd's groups of system calls: the table, checked when compiled, and the expansion of groups within groups.

#include <algorithm>
#include <array>
#include <set>

#include "dsl/words/words.h"

namespace stele::words {
namespace {

struct Group {
  std::string_view name;
  std::string_view members;  // names between single spaces, in byte order
};

#define STELE_GROUP(name, members) Group{name, members},
constexpr auto kGroups = std::to_array<Group>({
#include "dsl/words/syscall_group.def"
});
#undef STELE_GROUP

constexpr const Group* find_group(std::string_view name) {
  for (const Group& group : kGroups)
    if (group.name == name) return &group;
  return nullptr;
}

/// Takes the first name off the list.
constexpr std::string_view take_member(std::string_view& members) {
  const size_t end = std::min(members.find(' '), members.size());
  const std::string_view member = members.substr(0, end);
  members.remove_prefix(std::min(end + 1, members.size()));
  return member;
}

constexpr bool groups_are_sorted() {
  for (size_t i = 1; i < kGroups.size(); ++i)
    if (kGroups[i - 1].name >= kGroups[i].name) return false;
  return true;
}
static_assert(groups_are_sorted());

/// Members are sorted without repetition, and those with '@' are groups that contain none themselves or only such.
constexpr bool members_are_sound(const Group& group, int depth) {
  std::string_view last;
  for (std::string_view rest = group.members; !rest.empty();) {
    const std::string_view member = take_member(rest);
    if (member.empty() || member <= last) return false;
    last = member;
    if (member[0] != '@') continue;
    const Group* inner = find_group(member);
    if (!inner || depth == 0 || !members_are_sound(*inner, depth - 1)) return false;
  }
  return !last.empty();
}
static_assert(std::all_of(kGroups.begin(), kGroups.end(), [](const Group& g) { return members_are_sound(g, 4); }));

void expand(const Group& group, std::set<uint32_t>& numbers) {
  for (std::string_view rest = group.members; !rest.empty();) {
    const std::string_view member = take_member(rest);
    if (member[0] == '@')
      expand(*find_group(member), numbers);
    else if (const auto number = find_word(WordTable::syscall, member))
      numbers.insert(static_cast<uint32_t>(*number));
  }
}

}  // namespace

std::optional<std::vector<uint32_t>> syscall_group(std::string_view name) {
  const Group* group = find_group(name);
  if (!group) return std::nullopt;
  std::set<uint32_t> numbers;
  expand(*group, numbers);
  return std::vector<uint32_t>(numbers.begin(), numbers.end());
}

std::vector<std::string> syscall_groups() {
  std::vector<std::string> names;
  for (const Group& group : kGroups) names.emplace_back(group.name);
  return names;
}

std::vector<std::string_view> syscall_group_members(std::string_view name) {
  std::vector<std::string_view> members;
  const Group* group = find_group(name);
  for (std::string_view rest = group ? group->members : std::string_view{}; !rest.empty();)
    members.push_back(take_member(rest));
  return members;
}

}  // namespace stele::words
