#include "compiler/analyze/universe.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "dsl/words/words.h"

namespace stele::analyze {
namespace {

constexpr Number kUnix = 1, kInet = 2, kInet6 = 10;  // families
constexpr Number kIpv4Last = kIpv4Base + UINT32_MAX;
constexpr uint32_t kMaxCommBytes = 15;

bool is_subject(Field field) {
  return static_cast<uint32_t>(field) < kSubjectFields;
}

bool is_word(Field field) {
  return field == Field::comm || field == Field::fstype;
}

/// What the policy asks about.
struct Usage {
  std::map<Field, std::vector<NumberSet>> numbers;
  std::set<Field> bits;
  std::map<Field, std::set<PathSetId>> names;
  std::set<PathSetId> paths, above;

  explicit Usage(const Policy& policy) {
    for (const Constraint& constraint : policy.constraints) {
      if (constraint.objects != kAnyPath) paths.insert(constraint.objects);
      // Above a list of code lie the directories by which its names can be given away.
      const bool list_of_code = constraint.form == Form::only_listed && !constraint.origin.derived &&
                                (constraint.ops & (op_bit(Op::exec) | op_bit(Op::file_map_exec))) != 0;
      if (constraint.objects != kAnyPath && (constraint.reach == Reach::listed_or_above || list_of_code))
        above.insert(constraint.objects);
      for (const Condition* condition :
           {&constraint.object, &constraint.scope, &constraint.subject, &constraint.exception})
        collect(*condition);
    }
    for (const Assertion& assertion : policy.assertions) {
      if (assertion.objects != kAnyPath) paths.insert(assertion.objects);
      collect(assertion.subject);
      collect(assertion.object);
    }
    // Executables that make exceptions are files too: who may write them?
    for (const Field field : {Field::exe, Field::parent_exe, Field::ancestor_exe})
      if (const auto found = names.find(field); found != names.end())
        paths.insert(found->second.begin(), found->second.end());
    // What other fields of a socket can be depends on its family.
    for (const Number family : {kUnix, kInet, kInet6}) numbers[Field::family].push_back({{family, family}});
    if (numbers.contains(Field::address)) numbers[Field::address].push_back({{kIpv4Base, kIpv4Last}});
    for (auto& [field, sets] : numbers)
      for (uint32_t op = 0; op < kOpCount; ++op) sets.push_back(numbers_that_exist(static_cast<Op>(op), field));
  }

  /// So that each of them can be asked about by itself.
  void collect_calls_that_do_the_same(const NumberSet& calls) {
    const Number last = words::last_number(words::WordTable::syscall);
    for (const NumberRange& range : calls)
      for (Number call = range.first; call <= std::min(range.last, last); ++call)
        for (const std::string_view other :
             words::calls_that_do_the_same(words::word_of(words::WordTable::syscall, static_cast<uint64_t>(call))))
          if (const auto number = words::find_word(words::WordTable::syscall, other))
            numbers[Field::syscall].push_back({{*number, *number}});
  }

  void collect(const Condition& condition) {
    for (const Condition& operand : condition.operands) collect(operand);
    if (condition.kind == Condition::Kind::number_in) {
      numbers[condition.field].push_back(condition.numbers);
      if (condition.field == Field::syscall) collect_calls_that_do_the_same(condition.numbers);
    }
    if (condition.kind == Condition::Kind::name_in) names[condition.field].insert(condition.names);
    if (condition.kind == Condition::Kind::bits) bits.insert(condition.field), numbers[condition.field];
  }
};

NameQuestion question_about(Field field, const std::set<PathSetId>& sets, size_t max_states) {
  NameQuestion question;
  question.members.assign(sets.begin(), sets.end());
  question.max_states = max_states;
  if (!is_word(field)) return question;
  question.min_depth = question.max_depth = 1;
  question.components.slash = true;
  if (field == Field::comm) question.components.max_bytes = kMaxCommBytes;
  return question;
}

/// Values for fields that the policy does not ask about, so that witnesses are requests as others make them.
Number usual_number(Op op, Field field, const evaluate::Request& request) {
  if (field == Field::address) {
    const bool ipv4 = request.numbers.at(Field::family) == kInet;
    return ipv4 ? kIpv4Base + 0xc0000201 : Number{0x20010db8} << 96 | 1;  // addresses for documentation
  }
  if (field == Field::port) return 1;
  return numbers_that_exist(op, field).front().first;
}

}  // namespace

class Universe::Layout {
public:
  Layout(const Policy& policy, const DiagramLimits& limits, size_t max_states) : usage_(policy) {
    make_paths(policy, max_states);
    make_names(policy, max_states);
    const uint32_t variables = assign();
    space_.emplace(variables, limits);
    subjects_ = valid_subjects();
    object_product_ = DiagramSpace::product(object_variables_);
  }

  const NameClasses& paths() const { return paths_; }

  Diagram domain(Op op, PathClass path) {
    const auto count = static_cast<PathClass>(paths_.witnesses.size());
    const bool has_path = path <= count;
    const auto [known, is_new] = domains_.try_emplace({op, has_path});
    if (is_new) known->second = make_domain(op, has_path);
    return known->second;
  }

  Known holds(const Condition& condition) {
    switch (condition.kind) {
      case Condition::Kind::all_of:
      case Condition::Kind::any_of:
        return combined(condition);
      case Condition::Kind::negation: {
        const Known inner = holds(condition.operands.front());
        return {!inner.must, !inner.may};
      }
      case Condition::Kind::number_in: {
        auto [known, is_new] = number_tests_.try_emplace({condition.field, condition.numbers});
        if (is_new) known->second = numbers_.at(condition.field).in(condition.numbers);
        return {known->second, known->second};
      }
      case Condition::Kind::name_in: {
        auto [known, is_new] = name_tests_.try_emplace({condition.field, condition.names});
        if (is_new) known->second = name_test(condition);
        return known->second;
      }
      case Condition::Kind::bits:
        break;
    }
    const Diagram test = numbers_.at(condition.field).bits(condition.mask, condition.value);
    return {test, test};
  }

  Diagram of_subjects(const Diagram& requests) const { return DiagramSpace::without(requests, object_product_); }

  Witness witness(const Diagram& requests, Op op, PathClass path) const {
    const std::vector<bool> point = requests.any_point();
    Witness out{subject_at(point), {}};
    out.request.op = op;
    if (path < paths_.witnesses.size()) out.request.path = paths_.witnesses[path];
    if (path == paths_.witnesses.size()) out.request.path = unresolvable_name();
    add_object(out.request, point);
    return out;
  }

private:
  void make_paths(const Policy& policy, size_t max_states) {
    NameQuestion question = question_about(Field::exe, usage_.paths, max_states);
    question.above.assign(usage_.above.begin(), usage_.above.end());
    paths_ = name_classes(policy, question);
  }

  void make_names(const Policy& policy, size_t max_states) {
    // The parent is an ancestor: its classes answer the questions about ancestors too.
    if (const auto found = usage_.names.find(Field::ancestor_exe); found != usage_.names.end())
      usage_.names[Field::parent_exe].insert(found->second.begin(), found->second.end());
    for (const auto& [field, sets] : usage_.names) {
      if (field == Field::ancestor_exe) continue;
      names_[field].classes = name_classes(policy, question_about(field, sets, max_states));
    }
  }

  static NumberCode::Values values_of(Field field) {
    if (field == Field::gid) return NumberCode::Values::one_and_more;
    if (field == Field::cap) return NumberCode::Values::any_number;
    return is_subject(field) ? NumberCode::Values::one : NumberCode::Values::one_or_none;
  }

  uint32_t assign() {
    uint32_t next = 0;
    for (const auto& [field, sets] : usage_.numbers)
      for (const NumberSet& set : sets) numbers_[field].cut(set, max_of(field));
    for (const auto& [field, sets] : usage_.numbers) numbers_[field];
    for (const bool subject : {true, false}) {
      const uint32_t first = next;
      for (auto& [field, code] : numbers_)
        if (is_subject(field) == subject) code.assign(values_of(field), usage_.bits.contains(field), next);
      for (auto& [field, code] : names_)
        if (is_subject(field) == subject) code.assign(!is_word(field), next);
      for (uint32_t variable = first; !subject && variable < next; ++variable) object_variables_.push_back(variable);
    }
    for (auto& [field, code] : numbers_) code.assign_flags(next);
    if (usage_.names.contains(Field::ancestor_exe)) names_.at(Field::parent_exe).assign_flags(next);
    return next;
  }

  Diagram valid_subjects() const {
    Diagram all = DiagramSpace::yes();
    for (const auto& [field, code] : numbers_)
      if (is_subject(field)) all &= code.valid();
    for (const auto& [field, code] : names_)
      if (is_subject(field)) all &= code.valid();
    // What the kernel starts executes nothing.
    if (const auto kernel = numbers_.find(Field::by_kernel); kernel != numbers_.end())
      if (const auto exe = names_.find(Field::exe); exe != names_.end())
        all &= kernel->second.in({{0, 0}}) | exe->second.absent();
    return all;
  }

  Diagram is_family(const NumberSet& families) const { return numbers_.at(Field::family).in(families); }

  /// The values that an object's field may have, by itself.
  template <typename Code>
  static Diagram allowed(const RequestDomain& shape, Field field, const Code& code, const Diagram& present) {
    if ((shape.always | shape.asked) & field_bit(field)) return present;
    return shape.sometimes & field_bit(field) ? present | code.absent() : code.absent();
  }

  Diagram make_domain(Op op, bool has_path) const {
    const RequestDomain shape = domain_of(op);
    if (has_path ? shape.path == PathShape::none : shape.path == PathShape::always) return {};
    Diagram all = subjects_;
    if (has_path && shape.path == PathShape::unix_only) all &= is_family({{kUnix, kUnix}});
    for (const auto& [field, code] : numbers_) {
      if (is_subject(field)) continue;
      const Diagram present = code.in(numbers_that_exist(op, field));
      const bool endpoint = shape.ip_endpoint && (field == Field::address || field == Field::port);
      all &= endpoint ? endpoint_of(field, code) : allowed(shape, field, code, present);
    }
    for (const auto& [field, code] : names_)
      if (!is_subject(field)) all &= allowed(shape, field, code, code.valid() - code.absent());
    return all;
  }

  Diagram endpoint_of(Field field, const NumberCode& code) const {
    const Diagram inet = is_family({{kInet, kInet}}), inet6 = is_family({{kInet6, kInet6}});
    const NumberSet all = {{0, max_of(field)}};
    const Diagram of_inet = field == Field::address ? code.in({{kIpv4Base, kIpv4Last}}) : code.in(all);
    return (inet & of_inet) | (inet6 & code.in(all)) | (code.absent() - (inet | inet6));
  }

  Known combined(const Condition& condition) {
    const bool all = condition.kind == Condition::Kind::all_of;
    Known out;
    if (all) out = {DiagramSpace::yes(), DiagramSpace::yes()};
    for (const Condition& operand : condition.operands) {
      const Known one = holds(operand);
      out = all ? Known{out.may & one.may, out.must & one.must} : Known{out.may | one.may, out.must | one.must};
    }
    return out;
  }

  Known name_test(const Condition& condition) const {
    const bool ancestor = condition.field == Field::ancestor_exe;
    return names_.at(ancestor ? Field::parent_exe : condition.field).in(condition.names, ancestor);
  }

  uint32_t id_at(const std::vector<bool>& point, Field field, uint32_t usual) const {
    const auto found = numbers_.find(field);
    return found == numbers_.end() ? usual : static_cast<uint32_t>(*found->second.decode(point));
  }

  std::string name_at(const std::vector<bool>& point, Field field, const char* usual) const {
    const auto found = names_.find(field);
    if (found == names_.end()) return usual;
    const std::string name = found->second.decode(point);
    return is_word(field) && !name.empty() ? name.substr(1) : name;
  }

  evaluate::Subject subject_at(const std::vector<bool>& point) const {
    evaluate::Subject out;
    out.uid = id_at(point, Field::uid, out.uid);
    out.euid = id_at(point, Field::euid, out.uid);
    out.gid = id_at(point, Field::gid, out.gid);
    out.egid = id_at(point, Field::egid, out.gid);
    out.loginuid = id_at(point, Field::loginuid, out.loginuid);
    out.by_kernel = id_at(point, Field::by_kernel, 0) != 0;
    out.host_mntns = id_at(point, Field::mntns, 1) != 0;
    out.host_pidns = id_at(point, Field::pidns, 1) != 0;
    out.tty = id_at(point, Field::tty, out.tty);
    out.exe = name_at(point, Field::exe, "");
    out.parent_exe = name_at(point, Field::parent_exe, "");
    out.comm = name_at(point, Field::comm, "");
    out.cgroup = name_at(point, Field::cgroup, "/");
    if (const auto found = numbers_.find(Field::gid); found != numbers_.end())
      for (const Number group : found->second.decode_flags(point)) out.groups.push_back(static_cast<uint32_t>(group));
    if (const auto found = numbers_.find(Field::cap); found != numbers_.end())
      for (const Number cap : found->second.decode_flags(point)) out.capabilities |= uint64_t{1} << cap;
    if (usage_.names.contains(Field::ancestor_exe)) out.ancestors = names_.at(Field::parent_exe).decode_flags(point);
    return out;
  }

  void add_object(evaluate::Request& request, const std::vector<bool>& point) const {
    const RequestDomain shape = domain_of(request.op);
    for (const auto& [field, code] : numbers_) {
      if (is_subject(field)) continue;
      if (const auto number = code.decode(point)) request.numbers[field] = *number;
    }
    for (uint32_t i = kSubjectFields; i < kFieldCount; ++i) {
      const auto field = static_cast<Field>(i);
      const bool ip = request.numbers.contains(Field::family) &&
                      (request.numbers.at(Field::family) == kInet || request.numbers.at(Field::family) == kInet6);
      const bool endpoint = shape.ip_endpoint && ip && (field == Field::address || field == Field::port);
      const bool always = endpoint || (shape.always & field_bit(field));
      if (kind_of(field) == FieldKind::number) {
        if (always && !request.numbers.contains(field))
          request.numbers[field] = usual_number(request.op, field, request);
      } else if (names_.contains(field)) {
        if (std::string name = name_at(point, field, ""); !name.empty()) request.names[field] = std::move(name);
      } else if (always) {
        request.names[field] = "/other";
      }
    }
  }

  Usage usage_;
  NameClasses paths_;
  std::map<Field, NumberCode> numbers_;
  std::map<Field, NameCode> names_;  // parent_exe answers for ancestor_exe too
  std::vector<uint32_t> object_variables_;
  std::optional<DiagramSpace> space_;  // before every diagram
  Diagram subjects_, object_product_;
  std::map<std::pair<Op, bool>, Diagram> domains_;
  std::map<std::pair<Field, NumberSet>, Diagram> number_tests_;
  std::map<std::pair<Field, PathSetId>, Known> name_tests_;
};

Universe::Universe(const Policy& policy, const DiagramLimits& limits, size_t max_states)
    : layout_(std::make_unique<Layout>(policy, limits, max_states)) {}
Universe::~Universe() = default;

const NameClasses& Universe::paths() const {
  return layout_->paths();
}
PathClass Universe::unresolvable() const {
  return static_cast<PathClass>(layout_->paths().witnesses.size());
}
PathClass Universe::no_path() const {
  return unresolvable() + 1;
}
uint32_t Universe::path_class_count() const {
  return no_path() + 1;
}
Diagram Universe::domain(Op op, PathClass path) {
  return layout_->domain(op, path);
}
Known Universe::holds(const Condition& condition) {
  return layout_->holds(condition);
}
Diagram Universe::of_subjects(const Diagram& requests) const {
  return layout_->of_subjects(requests);
}
Universe::Witness Universe::witness(const Diagram& requests, Op op, PathClass path) const {
  return layout_->witness(requests, op, path);
}

}  // namespace stele::analyze
