#include "tests/host/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/scenario/verbs.h"
#include "tests/evaluate/builder.h"

namespace stele::testing {

using namespace scenario;

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string path;
  for (const std::string& name : names) path += "/" + name;
  return path.empty() ? "/" : path;
}

bool is_beneath(const std::string& path, const std::string& directory) {
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

void collect_ids(const Condition& condition, std::vector<NumberRange>& ranges) {
  ranges.insert(ranges.end(), condition.numbers.begin(), condition.numbers.end());
  for (const Condition& operand : condition.operands) collect_ids(operand, ranges);
}

std::string printable(const std::string& text) {
  std::string out;
  for (unsigned char c : text)
    out += c >= 0x20 && c < 0x7f ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{:02x}", c);
  return out;
}

}  // namespace

// ---- policies

std::string World::name() {
  static const std::vector<std::string> few = {"a", "b", "c"};
  if (flavour_ == Flavour::many_names && !one_in(4)) return fmt::format("name{}", below(60));
  if (flavour_ == Flavour::long_names && !one_in(3)) {
    static const std::vector<size_t> lengths = {7,  8,  15, 16, 24, 30,  31,  32,  33, 63,
                                                64, 65, 95, 96, 97, 128, 224, 254, 255};
    std::string text(any_of(lengths), 'x');
    if (one_in(2)) text.back() = static_cast<char>(1 + below(46));
    if (one_in(4)) text[text.size() / 2] = static_cast<char>(0x80 + below(128));
    return text;
  }
  return any_of(few);
}

PathPattern World::pattern() {
  // In deep policies a `**` in the middle, which makes every walk a long one, is in half of them only.
  uint32_t length = below(5), wild = flavour_ == Flavour::shapes ? 2 : 4;
  if (flavour_ == Flavour::depth) {
    if (one_in(2)) length = deepest_ - below(3);
    wild = deepest_ % 2 ? 40 : 1000000;
  }
  PathPattern pattern;
  for (uint32_t i = 0; i < length; i++) {
    const Component::Kind kind = !one_in(wild) ? Component::Kind::literal
                                 : one_in(2)   ? Component::Kind::any_one
                                               : Component::Kind::any_depth;
    pattern.push_back({kind, kind == Component::Kind::literal ? flavour_ == Flavour::depth ? "d" : name() : ""});
  }
  if (flavour_ == Flavour::depth && length < deepest_ && one_in(2)) pattern.push_back({Component::Kind::any_depth, ""});
  return pattern;
}

NumberSet World::ids() {
  NumberSet set;
  const uint32_t count = one_in(3) ? 15 + below(40) : 1 + below(4);
  uint64_t next = one_in(3) ? 0 : below(50);
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t last = one_in(2) ? next : next + below(20);
    set.push_back({static_cast<uint32_t>(next), static_cast<uint32_t>(last)});
    next = last + 2 + below(50);
  }
  if (one_in(6)) set.push_back({0xfffffff0u, 0xffffffffu});
  return set;
}

Condition World::condition(const Policy& policy, uint32_t depth, OpSet ops) {
  const uint32_t kind = below(depth ? 6 : 3);
  const bool of_files = !(ops & ~(ops_of(OpClass::file) | ops_of(OpClass::exec)));
  if (of_files && one_in(6)) return testing::ids(Field::owned, {{1, 1}});
  if (one_in(8)) return testing::ids(Field::by_kernel, {{1, 1}});
  if (kind == 0) return testing::ids(static_cast<Field>(below(4)), ids());
  if (kind <= 2) return exe(below(static_cast<uint32_t>(policy.path_sets.size())));
  if (kind == 3) return inverse(condition(policy, depth - 1, ops));
  std::vector<Condition> operands(below(4));
  for (Condition& operand : operands) operand = condition(policy, depth - 1, ops);
  return kind == 4 ? all(std::move(operands)) : any(std::move(operands));
}

/// What the closure asks of a name, in all its forms.
Condition World::object(uint32_t sets) {
  const Condition stays = testing::names(Field::new_name, below(sets));
  const Condition plain = testing::ids(Field::kind, {{kPlain, kPlain}});
  switch (below(4)) {
    case 0:
      return inverse(stays);
    case 1:
      return inverse(plain);
    case 2:
      return all({inverse(plain), inverse(stays)});
    default:
      return any({plain, stays});
  }
}

Policy World::policy() {
  static const std::vector<int> errors = {1, 1, 2, 13, 38, 116};
  static const std::vector<uint32_t> depths = {16, 17, 32, 33, 48, 49, 64};
  deepest_ = any_of(depths);
  Builder builder;
  const uint32_t sets = 2 + below(5);
  for (uint32_t i = 0; i < sets; i++) {
    builder.set({});
    const uint32_t patterns = flavour_ == Flavour::many_names ? 5 + below(10) : below(4);
    for (uint32_t j = 0; j < patterns; j++) builder.policy().path_sets[i].patterns.push_back(pattern());
  }
  const uint32_t constraints = 4 + below(8);
  const uint32_t conditions = flavour_ == Flavour::subjects ? 1 : 3;
  for (uint32_t i = 0; i < constraints; i++) {
    OpSet ops = 0;
    for (const OperationInfo& operation : kOperations)
      if (has_programs(operation.op) && one_in(3)) ops |= op_bit(operation.op);
    Constraint& one = builder.add(static_cast<Effect>(below(3)), ops | op_bit(Op::file_read), below(sets));
    one.form = one_in(4) ? Form::only_listed : Form::on_listed;
    one.reach = one_in(3) ? Reach::listed_or_above : Reach::listed;
    one.log = static_cast<LogLevel>(below(3));
    one.error = any_of(errors);
    if (one.form == Form::on_listed && one_in(2)) {
      one.object = object(sets);
      one.ops = one_in(2) ? op_bit(Op::file_link) : op_bit(Op::file_rename) | op_bit(Op::file_mount_over);
      if (one.ops & op_bit(Op::file_link)) one.object = inverse(testing::names(Field::new_name, below(sets)));
    }
    if (one_in(4)) one.ops &= ops_of(OpClass::file) | ops_of(OpClass::exec);
    if (one_in(conditions)) one.subject = condition(builder.policy(), 3, one.ops);
    if (one_in(conditions)) one.exception = condition(builder.policy(), 3, one.ops);
  }
  Constraint& of_itself = builder.add(static_cast<Effect>(below(3)), op_bit(Op::process_set_exe));
  of_itself.subject = condition(builder.policy(), 3, of_itself.ops);
  of_itself.exception = condition(builder.policy(), 3, of_itself.ops);
  return builder.policy();
}

// ---- what is asked of them

/// A path that the pattern matches.
std::vector<std::string> World::instance(const PathPattern& pattern) {
  std::vector<std::string> names;
  for (const Component& component : pattern) {
    if (component.kind == Component::Kind::literal) names.push_back(component.text);
    if (component.kind == Component::Kind::any_one) names.push_back(name());
    if (component.kind == Component::Kind::any_depth)
      for (uint32_t i = one_in(4) ? below(20) : below(3); i > 0; i--) names.push_back(name());
  }
  return names;
}

/// Another name, one byte away.
std::string World::near(std::string name) {
  const uint32_t at = below(static_cast<uint32_t>(name.size()));
  switch (below(3)) {
    case 0:
      name[at] ^= 1;
      if (name[at] == '/' || name[at] == 0) name[at] = '+';
      return name;
    case 1:
      return name + "y";
    default:
      return name.size() > 1 ? name.substr(0, name.size() - 1) : "y";
  }
}

std::string World::path(const Policy& policy, const std::vector<ImageMount>& mounts) {
  std::vector<std::string> names;
  const PathSet& set = any_of(policy.path_sets);
  if (!set.patterns.empty()) names = instance(any_of(set.patterns));
  if (one_in(3) && !names.empty()) names.pop_back();
  if (one_in(3)) names.push_back(name());
  if (one_in(4) && !names.empty()) {
    std::string& changed = names[below(static_cast<uint32_t>(names.size()))];
    changed = near(changed);
  }
  if (one_in(8)) {
    static const std::vector<size_t> depths = {15, 16, 17, 32, 33, 48, 49, 63, 64, 65, 66, 70};
    names.resize(std::max(names.size(), any_of(depths)), name());
  }
  if (one_in(60)) names.push_back(std::string(256 + below(2), 'x'));
  if (one_in(100)) return "adrift";
  const std::string path = joined(names);
  const bool on_mount =
      std::any_of(mounts.begin(), mounts.end(), [&](const auto& mount) { return is_beneath(path, mount.at); });
  if (on_mount && names.size() > kMaxDepth) names.resize(kMaxDepth);
  return joined(names);
}

/// At an end of a range of the policy, or beside it.
uint32_t World::id(const Policy& policy) {
  std::vector<NumberRange> ranges;
  for (const Constraint& one : policy.constraints) {
    collect_ids(one.subject, ranges);
    collect_ids(one.exception, ranges);
  }
  if (ranges.empty() || one_in(5)) return one_in(4) ? 0xffffffffu : below(2000);
  const NumberRange range = any_of(ranges);
  return (one_in(2) ? range.first : range.last) + below(3) - 1;
}

evaluate::Subject World::subject(const Policy& policy, const std::vector<ImageMount>& mounts) {
  evaluate::Subject subject;
  subject.uid = id(policy), subject.euid = id(policy), subject.gid = id(policy), subject.egid = id(policy);
  const uint32_t groups = one_in(8) ? 60 + below(5) : below(4);  // 64: as many as the programs look at
  for (uint32_t i = 0; i < groups; i++) subject.groups.push_back(id(policy));
  if (!one_in(10)) subject.exe = path(policy, mounts);
  if (one_in(20)) subject.exe = "", subject.by_kernel = true;
  return subject;
}

std::vector<evaluate::Request> World::requests(const Policy& policy, const std::vector<ImageMount>& mounts) {
  const std::string a = path(policy, mounts), b = path(policy, mounts);
  std::map<Field, Number> kind;
  if (one_in(2)) kind[Field::kind] = kPlain;
  const auto to = [](const std::string& name) { return std::map<Field, std::string>{{Field::new_name, name}}; };
  switch (a == b ? 3 + below(8) : below(11)) {
    case 0:
      return {{Op::file_rename, a, kind, to(b)}, {Op::file_rename, b, kind, to(b)}, {Op::file_create, b}};
    case 1:
      return {{Op::file_rename, a, kind, to(b)},
              {Op::file_rename, b, kind, to(b)},
              {Op::file_create, b},
              {Op::file_delete, b}};
    case 2:
      return {{Op::file_link, a, {}, to(b)}, {Op::file_create, b}};
    case 3:
      return {{Op::file_read, a}, {one_in(2) ? Op::file_write : Op::file_append, a}};
    case 4:
      return {{Op::exec, a}, {Op::process_ptrace, a}};
    case 5:
      if (one_in(2)) return {{.op = Op::file_map_exec, .path = a, .exe = a}};
      return {{one_in(2) ? Op::exec : Op::file_map_exec, std::nullopt}};
    default:
      break;
  }
  Op op = Op::file_rename;
  while (!has_programs(op) || op == Op::file_rename || op == Op::file_link) op = static_cast<Op>(below(kOpCount));
  if (op == Op::process_set_exe) return {{op, std::nullopt}};
  return {{op, a, op == Op::file_mount_over ? kind : std::map<Field, Number>()}};
}

std::vector<ImageMount> World::mounts(const Policy& policy) {
  std::vector<ImageMount> mounts;
  for (uint32_t i = 0; i < 5; i++) {
    const PathSet& set = any_of(policy.path_sets);
    if (set.patterns.empty()) continue;
    std::vector<std::string> names = instance(any_of(set.patterns));
    if (names.size() > 4) names.resize(4);
    const std::string at = joined(names);
    const bool first =
        std::none_of(mounts.begin(), mounts.end(), [&](const auto& other) { return is_beneath(other.at, at); });
    if (names.empty() || !first) continue;  // a later mount above an earlier one would hide it
    ImageMount mount;
    mount.at = at;
    mount.type = "tmpfs";
    // Of late mounts one above the other the programs cross two (LATE_CROSSED); files further up are unresolved.
    const auto late_below = std::count_if(
        mounts.begin(), mounts.end(), [&](const auto& other) { return other.after_start && is_beneath(at, other.at); });
    mount.after_start = !mounts.empty() && late_below < 2 && one_in(2);
    mounts.push_back(mount);
  }
  std::stable_partition(mounts.begin(), mounts.end(), [](const ImageMount& mount) { return !mount.after_start; });
  return mounts;
}

/// What is made is the subject's; a name that has no file yet, too. Memory that is executed may be no file: not said.
void World::tell_owners(std::vector<evaluate::Request>& requests) {
  std::map<std::string, Number> owned;  // by path; "" has none
  std::set<std::string> deleted;
  for (const evaluate::Request& request : requests)
    if (request.op == Op::file_delete) deleted.insert(request.path.value_or(""));
  for (const evaluate::Request& request : requests) {
    const std::string path = request.path.value_or("");
    owned.try_emplace(path, below(2));
    if (makes(request.op) && !deleted.contains(path)) owned[path] = 1;
  }
  for (evaluate::Request& request : requests) {
    if (op_class(request.op) != OpClass::file && op_class(request.op) != OpClass::exec) continue;
    if (request.op == Op::file_map_exec && !request.path && one_in(2)) continue;
    request.numbers[Field::owned] = owned.at(request.path.value_or(""));
  }
}

Case World::question(const Policy& policy, const std::vector<ImageMount>& mounts) {
  Case question;
  question.subject = subject(policy, mounts);
  question.requests = requests(policy, mounts);
  tell_owners(question.requests);
  return question;
}

std::string question_text(const Case& question) {
  const evaluate::Subject& subject = question.subject;
  std::string text = fmt::format("uid {} euid {} gid {} egid {} {} groups, exe {}:", subject.uid, subject.euid,
                                 subject.gid, subject.egid, subject.groups.size(), printable(subject.exe));
  for (const evaluate::Request& request : question.requests)
    text += fmt::format("\n  {} {}", op_text(request.op), request.path ? printable(*request.path) : "(no file)");
  return text;
}

}  // namespace stele::testing
