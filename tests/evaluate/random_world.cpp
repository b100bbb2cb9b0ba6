#include "tests/evaluate/random_world.h"

#include "tests/evaluate/builder.h"

namespace stele::testing {
namespace {

/// One of each class.
constexpr Op kOps[] = {Op::file_read,      Op::exec,        Op::net_connect,   Op::syscall,       Op::cap,
                       Op::process_signal, Op::mount_mount, Op::kernel_sysctl, Op::bpf_map_update};
constexpr uint32_t kOpsUsed = std::size(kOps);

}  // namespace

uint32_t RandomWorld::below(uint32_t limit) {
  return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_);
}

Policy RandomWorld::policy() {
  Builder builder;
  const uint32_t sets = 1 + below(6);
  for (uint32_t id = 0; id < sets; ++id) {
    if (id > 0 && below(2)) {
      builder.join(static_cast<PathSet::Kind>(1 + below(3)), below(id), below(id));
      continue;
    }
    std::vector<std::string> patterns(below(4));
    for (std::string& text : patterns) text = pattern();
    builder.set(patterns);
  }
  for (uint32_t i = 1 + below(6); i > 0; --i) {
    Constraint& one = builder.add(static_cast<Effect>(below(3)), ops(), below(3) ? below(sets) : kAnyPath);
    one.form = below(3) ? Form::on_listed : Form::only_listed;
    one.reach = below(3) ? Reach::listed : Reach::listed_or_above;
    one.object = below(2) ? of_object(sets) : always();
    if (one.form == Form::only_listed && below(2)) one.scope = of_object(sets);
    if (below(2)) one.subject = of_subject(sets);
    if (below(2)) one.exception = of_subject(sets);
    one.error = 1 + static_cast<int>(below(3));
  }
  return builder.policy();
}

evaluate::Subject RandomWorld::subject() {
  evaluate::Subject subject;
  subject.uid = below(4), subject.euid = below(4), subject.gid = below(4), subject.egid = below(4);
  for (uint32_t i = below(3); i > 0; --i) subject.groups.push_back(below(4));
  subject.loginuid = below(2) ? below(4) : kNoId;
  if (below(8)) subject.exe = path();
  if (below(8) == 0) subject.exe = "", subject.by_kernel = true;
  if (below(4)) subject.parent_exe = path();
  for (uint32_t i = below(3); i > 0; --i) subject.ancestors.push_back(below(6) ? path() : "");
  const char* const comms[] = {"", "a", "b", "a/b", "ab"};
  subject.comm = comms[below(5)];
  if (below(3)) subject.cgroup = path();
  subject.host_mntns = below(2), subject.host_pidns = below(2);
  subject.tty = below(4);
  subject.capabilities = below(16) | (below(8) ? 0 : uint64_t{1} << 63);
  return subject;
}

std::vector<evaluate::Request> RandomWorld::requests() {
  std::vector<evaluate::Request> requests(1 + below(3));
  for (evaluate::Request& request : requests) {
    request.op = op();
    if (below(10)) request.path = path();
    if (below(10) == 0) request.exe = below(2) ? path() : "";
    for (uint32_t i = kSubjectFields; i < kFieldCount; ++i) {
      const auto field = static_cast<Field>(i);
      if (below(3) == 0) continue;
      if (kind_of(field) == FieldKind::number) request.numbers[field] = number(field);
      if (kind_of(field) == FieldKind::name) request.names[field] = field == Field::fstype ? "a" : path();
    }
  }
  return requests;
}

std::string RandomWorld::path() {
  std::string text;
  if (!below(12)) return text + "/" + std::string(256, 'a');
  const uint32_t depth = below(12) ? below(5) : 64 + below(3);
  const char* const parts[] = {"/a", "/b", "/c", "/ab"};
  for (uint32_t i = depth; i > 0; --i) text += parts[below(4)];
  return text.empty() ? "/" : text;
}

std::string RandomWorld::pattern() {
  std::string text;
  const char* const parts[] = {"/a", "/b", "/c", "/*", "/**", "/a*", "/?", "/[bc]*", "/*b"};
  for (uint32_t i = below(5); i > 0; --i) text += parts[below(std::size(parts))];
  return text.empty() ? "/" : text;
}

/// Small, and for addresses and arguments at times as large as they come.
Number RandomWorld::number(Field field) {
  const Number small = below(4);
  return max_of(field) > UINT32_MAX && below(3) == 0 ? max_of(field) - small : small;
}

Condition RandomWorld::test(uint32_t sets, uint32_t first_field, uint32_t fields) {
  const auto field = static_cast<Field>(first_field + below(fields));
  if (kind_of(field) == FieldKind::name) return names(field, below(sets));
  if (first_field != 0 && below(4) == 0) return bits(field, below(4), below(4));
  const Number number = this->number(field);
  if (below(3)) return ids(field, {{number, number}});
  return ids(field, {{0, 0}, {2, below(2) ? 2 : max_of(field)}});
}

Condition RandomWorld::condition(uint32_t sets, uint32_t first_field, uint32_t fields, uint32_t depth) {
  const uint32_t kind = below(depth ? 5 : 2);
  if (kind < 2) return test(sets, first_field, fields);
  if (kind == 2) return inverse(condition(sets, first_field, fields, depth - 1));
  std::vector<Condition> operands(below(3));
  for (Condition& operand : operands) operand = condition(sets, first_field, fields, depth - 1);
  return kind == 3 ? all(operands) : any(operands);
}

Condition RandomWorld::of_subject(uint32_t sets) {
  return condition(sets, 0, kSubjectFields, 2);
}

Condition RandomWorld::of_object(uint32_t sets) {
  return condition(sets, kSubjectFields, kFieldCount - kSubjectFields, 2);
}

Op RandomWorld::op() {
  return kOps[below(kOpsUsed)];
}

OpSet RandomWorld::ops() {
  OpSet ops = 0;
  for (const Op one : kOps)
    if (below(2)) ops |= op_bit(one);
  return ops;
}

}  // namespace stele::testing
