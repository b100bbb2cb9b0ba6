#include "tests/fuzz/requests.h"

#include <algorithm>

namespace stele::fuzz {
namespace {

constexpr size_t kMostPaths = 500;

/// A path that the pattern might match: wild components become short names.
std::string example_of(const PathPattern& pattern) {
  std::string path;
  for (const Component& component : pattern) {
    path += '/';
    if (component.kind == Component::Kind::literal) path += component.text;
    if (component.kind == Component::Kind::any_one) path += "a";
    if (component.kind == Component::Kind::any_depth) path += "a/b";
    for (const GlobElement& element : component.glob) {
      size_t byte = 1;
      while (byte < 255 && !element.bytes[byte]) ++byte;
      path += element.star ? 'x' : static_cast<char>(byte);
    }
  }
  return path.empty() ? "/" : path;
}

}  // namespace

Questioner::Questioner(const Policy& policy, Choices choices)
    : choices_(choices),
      ops_{Op::file_read, Op::exec},
      paths_{"", "/", "/etc/shadow", "relative", "/" + std::string(300, 'n')} {
  for (const PathSet& set : policy.path_sets)
    for (const PathPattern& pattern : set.patterns)
      if (paths_.size() < kMostPaths) paths_.push_back(example_of(pattern));
  for (const Constraint& constraint : policy.constraints) {
    for (uint32_t op = 0; op < kOpCount; ++op)
      if (constraint.ops & op_bit(static_cast<Op>(op))) ops_.push_back(static_cast<Op>(op));
    for (const Condition* part : {&constraint.object, &constraint.scope, &constraint.subject, &constraint.exception})
      collect(*part);
  }
}

void Questioner::collect(const Condition& condition) {
  for (const NumberRange& range : condition.numbers) {
    numbers_[condition.field].push_back(range.first);
    if (range.last < max_of(condition.field)) numbers_[condition.field].push_back(range.last + 1);
  }
  if (condition.kind == Condition::Kind::bits) numbers_[condition.field].push_back(condition.value);
  for (const Condition& operand : condition.operands) collect(operand);
}

const std::string& Questioner::path() {
  return paths_[choices_.below(paths_.size())];
}

Number Questioner::number(Field field) {
  const std::vector<Number>& known = numbers_[field];
  return known.empty() || choices_.below(4) == 0 ? choices_.below(3) : known[choices_.below(known.size())];
}

evaluate::Subject Questioner::subject() {
  evaluate::Subject subject;
  subject.uid = static_cast<uint32_t>(number(Field::uid));
  subject.euid = static_cast<uint32_t>(number(Field::euid));
  subject.gid = static_cast<uint32_t>(number(Field::gid));
  subject.egid = static_cast<uint32_t>(number(Field::egid));
  subject.groups = {static_cast<uint32_t>(number(Field::gid))};
  subject.loginuid = static_cast<uint32_t>(number(Field::loginuid));
  subject.exe = path();
  subject.parent_exe = path();
  subject.ancestors = {path(), path()};
  subject.cgroup = path();
  subject.host_mntns = choices_.below(2) == 0;
  subject.tty = static_cast<uint32_t>(number(Field::tty));
  subject.capabilities = uint64_t{1} << (static_cast<uint64_t>(number(Field::cap)) & 63);
  return subject;
}

evaluate::Request Questioner::request() {
  evaluate::Request request;
  request.op = ops_[choices_.below(ops_.size())];
  if (choices_.below(8) != 0) request.path = path();
  for (uint32_t i = kSubjectFields; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (choices_.below(8) == 0) continue;
    if (kind_of(field) == FieldKind::number) request.numbers[field] = number(field);
    if (kind_of(field) == FieldKind::name) request.names[field] = path();
  }
  return request;
}

}  // namespace stele::fuzz
