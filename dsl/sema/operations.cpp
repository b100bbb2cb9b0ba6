#include "dsl/sema/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/condition_tree.h"
#include "dsl/sema/numbers.h"
#include "dsl/sema/objects.h"
#include "dsl/sema/set_types.h"
#include "dsl/sema/words.h"
#include "dsl/words/words.h"

namespace stele {

namespace {

const std::vector<std::string> kClasses = {"file",    "exec",  "net",    "syscall", "cap",
                                           "process", "mount", "kernel", "bpf"};

struct Other {
  std::string_view word, ours;
};
/// What other languages call our classes, and operations where a class is wanted.
constexpr Other kOtherClasses[] = {
    {"capability", "cap"},
    {"execute", "exec"},
    {"network", "net"},
    {"open", "file { read, write }"},
    {"pivot_root", "mount pivot"},
    {"socket", "net"},
    {"unix", "net … family unix"},
};
/// And our operations.
constexpr Other kOtherOperations[] = {
    {"clock", "settime"}, {"mmap", "map_exec"}, {"modules", "module_load"}, {"open", "read"},
    {"remove", "delete"}, {"unlink", "delete"}, {"unshare", "userns"},
};
template <size_t N>
std::string_view ours_for(const Other (&words)[N], std::string_view word) {
  for (const Other& one : words)
    if (one.word == word) return one.ours;
  return {};
}

/// AppArmor's permissions, such as `rwkl`, in our words; empty: some letter is none.
std::string spelled_out(std::string_view letters) {
  constexpr Other kLetters[] = {{"r", "read"}, {"w", "write"}, {"a", "append"},
                                {"l", "link"}, {"k", "lock"},  {"m", "map_exec"}};
  const bool runs = letters.find('x') != std::string_view::npos;
  std::vector<std::string_view> words;
  for (size_t i = 0; i < letters.size(); ++i) {
    if (runs && std::string_view("ipucxPUC").find(letters[i]) != std::string_view::npos) continue;
    const std::string_view word = ours_for(kLetters, letters.substr(i, 1));
    if (word.empty()) return {};
    words.push_back(word);
  }
  const std::string list =
      words.size() == 1 ? std::string(words.front()) : fmt::format("{{ {} }}", fmt::join(words, ", "));
  if (!runs) return fmt::format("write `{}`", list);
  constexpr const char* kRun = "`exec on …`, a class of its own";
  return words.empty() ? fmt::format("write {}", kRun) : fmt::format("write `{}`, and for `x` {}", list, kRun);
}

Condition family_in(std::initializer_list<const char*> families) {
  NumberSet numbers;
  for (const char* family : families)
    if (const auto number = words::find_word(words::WordTable::family, family)) numbers.push_back({*number, *number});
  return sema::number_in(Field::family, sema::normalised(std::move(numbers)));
}

/// The set `{ … }` of what stands in parentheses: strings and names of sets.
ast::SetExpression set_of(const ast::Item& item) {
  ast::SetExpression out;
  out.span = item.span;
  out.braces = true;
  for (const ast::Argument& argument : *item.arguments) {
    ast::Item member;
    member.span = argument.span;
    member.kind = argument.kind == ast::Argument::Kind::text ? ast::Item::Kind::text : ast::Item::Kind::name;
    if (argument.kind == ast::Argument::Kind::text) {
      member.text = argument.text;
    } else {
      member.text.bytes = argument.word.text;
      member.text.span = argument.word.span;
    }
    out.items.push_back(std::move(member));
  }
  return out;
}

class OperationResolver {
public:
  OperationResolver(const ast::Operation& in, Purpose purpose, sema::Context& context)
      : in_(in), purpose_(purpose), context_(context) {}

  std::optional<std::vector<ResolvedOperation>> run() {
    if (std::find(kClasses.begin(), kClasses.end(), klass()) == kClasses.end()) return fail_class();
    if (klass() == "syscall" || klass() == "cap") {
      resolve_set();
    } else {
      resolve_operations();
      resolve_objects();
    }
    if (!valid_) return std::nullopt;
    return results();
  }

private:
  const std::string& klass() const { return in_.klass.text; }

  /// Warnings do not count.
  std::nullopt_t fail(uint16_t number, const diag::Span& span, std::string message, std::string hint = {}) {
    const diag::CodeInfo* info = diag::find_code(number);
    if (!info || info->severity == diag::Severity::error) valid_ = false;
    return context_.report.fail(number, span, std::move(message), std::move(hint));
  }

  std::nullopt_t fail_class() {
    for (const std::string& one : kClasses)
      if (one != klass() && find_operation(one, klass()))
        return fail(diag::code::unknown_class, in_.klass.span,
                    fmt::format("`{}` is an operation of the class `{}`", klass(), one),
                    fmt::format("write `{} {}`", one, klass()));
    const std::string_view ours = ours_for(kOtherClasses, klass());
    std::string hint = ours.empty() ? diag::did_you_mean(klass(), kClasses) : fmt::format("write `{}`", ours);
    if (hint.empty()) hint = fmt::format("the classes are {}", fmt::join(kClasses, ", "));
    return fail(diag::code::unknown_class, in_.klass.span, fmt::format("unknown operation class `{}`", klass()), hint);
  }

  /// `syscall { … }`, `cap { … }`: the operations are a set.
  void resolve_set() {
    const bool is_cap = klass() == "cap";
    out_.ops = op_bit(is_cap ? Op::cap : Op::syscall);
    for (const ast::Object& object : in_.objects)
      fail(diag::code::unknown_object, object.span, fmt::format("`{}` has no objects", klass()),
           fmt::format("list what is meant behind `{}`", klass()));
    if (!in_.operations) {
      fail(diag::code::missing_operations, in_.klass.span, fmt::format("`{}` needs its set", klass()),
           is_cap ? "for example `cap NET_RAW`" : "for example `syscall { @mount, ptrace }`");
      return;
    }
    const sema::SetType type = is_cap ? sema::SetType::cap : sema::SetType::syscall;
    std::optional<sema::SetValue> value = context_.sets.value(*in_.operations, type);
    if (!value) {
      valid_ = false;
      return;
    }
    check_empty(sema::is_empty(*value), *in_.operations);
    if (purpose_ == Purpose::only_listed && !is_cap) add_ending(*value);
    out_.object = sema::condition_of(type, is_cap ? Field::capability : Field::syscall, *value);
    listed_ = true;
  }

  /// What a task needs to end is always let through.
  static void add_ending(sema::SetValue& value) {
    sema::SetValue ending;
    for (const char* name : {"exit", "exit_group", "rt_sigreturn"})
      if (const auto number = words::find_word(words::WordTable::syscall, name))
        ending.numbers.push_back({*number, *number});
    ending.numbers = sema::normalised(std::move(ending.numbers));
    value =
        sema::combine(sema::SetType::syscall, ast::SetExpression::Operator::unite, std::move(value), std::move(ending));
  }

  void resolve_operations() {
    if (klass() == "exec") {
      out_.ops = op_bit(Op::exec);
      if (in_.operations)
        fail(diag::code::unexpected_operations, in_.operations->span, "`exec` is one operation and takes no others",
             "write `exec on …`");
      return;
    }
    const std::string example = fmt::format("for example `{} {}`", klass(), operations_of(klass()).front());
    if (!in_.operations || (in_.operations->items.empty() && in_.operations->operands.empty())) {
      fail(diag::code::missing_operations, in_.klass.span, fmt::format("`{}` needs its operations", klass()), example);
      return;
    }
    if (!in_.operations->operands.empty()) {
      fail(diag::code::operation_algebra, in_.operations->span, "operations are listed, not computed",
           "write `{ read, write }`");
      return;
    }
    for (const ast::Item& item : in_.operations->items) resolve_operation_word(item, example);
  }

  void resolve_operation_word(const ast::Item& item, const std::string& example) {
    if (item.kind != ast::Item::Kind::name) {
      fail(diag::code::unknown_operation, item.span, "not the name of an operation", example);
      return;
    }
    const std::string& name = item.text.bytes;
    const std::optional<Op> op = find_operation(klass(), name);
    const OpSet ops = op ? op_bit(*op) : group(name);
    if (ops == 0) {
      fail(diag::code::unknown_operation, item.span, fmt::format("`{}` has no operation `{}`", klass(), name),
           hint_for_operation(name));
    } else if (op == Op::kernel_sysctl && item.arguments) {
      resolve_sysctl(item);
    } else if (item.arguments) {
      fail(diag::code::unexpected_arguments, item.span, fmt::format("`{}` takes nothing in parentheses", name),
           "leave them out");
    } else {
      out_.ops |= ops;
      if (!op) group_ = name;
    }
  }

  /// What a word for several operations means; 0 when it is none.
  OpSet group(const std::string& name) const {
    for (const OperationGroup& one : operation_groups(klass()))
      if (one.word == name) return one.ops;
    return 0;
  }

  std::string hint_for_operation(const std::string& name) const {
    if (name == "exec" || name == "execute") return "write `exec on …`, a class of its own";
    std::vector<std::string> words = operations_of(klass());
    const std::string_view ours = ours_for(kOtherOperations, name);
    if (std::find(words.begin(), words.end(), ours) != words.end()) return fmt::format("write `{}`", ours);
    if (const std::string hint = spelled_out(name); klass() == "file" && !hint.empty()) return hint;
    for (const OperationGroup& one : operation_groups(klass())) words.emplace_back(one.word);
    if (std::string hint = diag::did_you_mean(name, words); !hint.empty()) return hint;
    for (const std::string& one : kClasses)
      if (find_operation(one, name)) return fmt::format("write `{} {}`", one, name);
    return fmt::format("there are {}", fmt::join(words, ", "));
  }

  /// `sysctl("/proc/sys/kernel/**")`
  void resolve_sysctl(const ast::Item& item) {
    for (const ast::Argument& argument : *item.arguments)
      if (argument.kind == ast::Argument::Kind::compare || argument.excluded)
        fail(diag::code::unexpected_arguments, argument.span, "`sysctl` takes paths",
             "write `sysctl(\"/proc/sys/kernel/**\")`");
    if (!valid_) return;
    const ast::SetExpression set = set_of(item);
    const std::optional<PathSetId> paths = resolve_paths(set, sema::SetType::path);
    if (!paths) return;
    if (!is_below_sysctl(*paths)) {
      fail(diag::code::bad_sysctl_path, item.span, "a path that is not below `/proc/sys`",
           "name the setting's file, such as `\"/proc/sys/kernel/kptr_restrict\"`");
      return;
    }
    if (sysctl_) {
      sysctl_->objects = context_.path_sets.unite(sysctl_->objects, *paths, item.span);
    } else {
      sysctl_ = ResolvedOperation{op_bit(Op::kernel_sysctl), *paths, {}, {}};
    }
  }

  bool is_below_sysctl(PathSetId id) const {
    const PathSet& set = context_.path_sets[id];
    const auto is = [](const Component& component, const char* name) {
      return component.kind == Component::Kind::literal && component.text == name;
    };
    switch (set.kind) {
      case PathSet::Kind::listed:
        return std::all_of(set.patterns.begin(), set.patterns.end(), [&](const PathPattern& pattern) {
          return pattern.size() > 2 && is(pattern[0], "proc") && is(pattern[1], "sys");
        });
      case PathSet::Kind::unite:
        return is_below_sysctl(set.left) && is_below_sysctl(set.right);
      case PathSet::Kind::intersection:
        return is_below_sysctl(set.left) || is_below_sysctl(set.right);
      case PathSet::Kind::difference:
        return is_below_sysctl(set.left);
    }
    return false;
  }

  std::optional<PathSetId> resolve_paths(const ast::SetExpression& set, sema::SetType type) {
    const std::optional<PathSetId> out = context_.sets.paths(set, type);
    if (!out) {
      valid_ = false;
      return out;
    }
    const PathSet& paths = context_.path_sets[*out];
    check_empty(paths.kind == PathSet::Kind::listed && paths.patterns.empty(), set);
    return out;
  }

  void check_empty(bool empty, const ast::SetExpression& set) {
    if (!empty) return;
    const diag::Span& span = set.span;
    const bool written_so = set.braces && set.items.empty();
    switch (purpose_) {
      case Purpose::only_listed:
        if (written_so) break;  // `only exec on { }` says that nothing is allowed
        fail(diag::code::empty_only, span, "nothing is listed, so everything of this kind is denied",
             "list what is allowed, or write `{ }` if nothing is");
        break;
      case Purpose::on_listed:
        fail(diag::code::never_applies, span, "this constraint can never apply: nothing is in the set",
             "name what it is about");
        break;
      case Purpose::assertion:
        fail(diag::code::vacuous_assertion, span, "this assertion is about nothing: nothing is in the set",
             "name what it is about");
        break;
    }
  }

  void resolve_objects() {
    for (size_t i = 0; i < in_.objects.size(); ++i) {
      const ast::Object& object = in_.objects[i];
      const bool own = klass() == "bpf" && !object.qualifier && i + 1 < in_.objects.size() &&
                       in_.objects[i + 1].qualifier && in_.objects[i + 1].qualifier->text == "of";
      if (own) {
        resolve_own(object, in_.objects[i + 1]);
        ++i;
      } else {
        resolve_object(object);
      }
    }
    if (objects_.contains(sema::ObjectKind::path) &&
        (objects_.contains(sema::ObjectKind::address) || objects_.contains(sema::ObjectKind::port)))
      fail(diag::code::contradictory_objects, in_.span, "no socket has both a path and an internet address",
           "write two constraints");
  }

  void resolve_object(const ast::Object& object) {
    const std::string word = object.qualifier ? object.qualifier->text : "";
    const diag::Span& span = object.qualifier ? object.qualifier->span : object.span;
    const sema::ObjectWord* known = sema::find_object_word(klass(), word);
    if (known && known->kind == sema::ObjectKind::policy) {
      fail_own(span);
      return;
    }
    if (!known) {
      fail_object(word, span);
      return;
    }
    if (!add_object(*known, span)) return;
    if (known->kind == sema::ObjectKind::path || known->kind == sema::ObjectKind::exe) {
      if (const std::optional<PathSetId> paths = resolve_paths(object.set, sema::SetType::path)) out_.objects = *paths;
    } else if (known->kind == sema::ObjectKind::source || known->kind == sema::ObjectKind::fstype) {
      const bool is_source = known->kind == sema::ObjectKind::source;
      if (const std::optional<PathSetId> names =
              resolve_paths(object.set, is_source ? sema::SetType::path : sema::SetType::name))
        require(sema::name_in(is_source ? Field::source : Field::fstype, *names));
    } else {
      resolve_numbers(*known, object.set);
    }
  }

  void fail_object(const std::string& word, const diag::Span& span) {
    const std::vector<std::string> known = sema::object_words_of(klass());
    if (klass() == "kernel" && word.empty()) {
      fail(diag::code::unknown_object, span, "`kernel` operations have no objects",
           "for a setting write `kernel sysctl(\"/proc/sys/…\")`");
      return;
    }
    std::string hint = diag::did_you_mean(word, known);
    if (hint.empty() && (word == "except" || word == "but" || word == "excluding"))
      hint = "take objects out of the set, `\"/srv/**\" - \"/srv/ci/**\"`; who is excepted stands behind `unless`";
    if (hint.empty())
      hint = known.empty() ? "leave it out" : fmt::format("`{}` has `{}`", klass(), fmt::join(known, "`, `"));
    fail(diag::code::unknown_object, span, fmt::format("`{}` has no `{}`", klass(), word.empty() ? "on" : word), hint);
  }

  /// False, and reported, when it is there already or an operation does not have it.
  bool add_object(const sema::ObjectWord& word, const diag::Span& span) {
    const std::string_view text = word.word.empty() ? "on" : word.word;
    if (!objects_.insert({word.kind, span}).second) {
      fail(diag::code::duplicate_object, span, fmt::format("a second `{}`", text), "write one set of all");
      return false;
    }
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      if (!(out_.ops & ~word.ops & op_bit(op))) continue;
      fail(diag::code::object_of_other_operation, span, fmt::format("`{}` has no `{}`", op_text(op), text),
           hint_for_other(op));
      return false;
    }
    return true;
  }

  std::string hint_for_other(Op op) const {
    if (!group_.empty()) return fmt::format("list those that are meant instead of `{}`", group_);
    return fmt::format("write a constraint of its own for `{}`", op_name(op));
  }

  void resolve_numbers(const sema::ObjectWord& word, const ast::SetExpression& set) {
    static const std::map<sema::ObjectKind, std::pair<sema::SetType, Field>> kTests = {
        {sema::ObjectKind::address, {sema::SetType::net, Field::address}},
        {sema::ObjectKind::port, {sema::SetType::port, Field::port}},
        {sema::ObjectKind::family, {sema::SetType::family, Field::family}},
        {sema::ObjectKind::socket_type, {sema::SetType::socket_type, Field::type}},
        {sema::ObjectKind::protocol, {sema::SetType::protocol, Field::protocol}},
        {sema::ObjectKind::uid, {sema::SetType::uid, Field::target_uid}},
        {sema::ObjectKind::gid, {sema::SetType::gid, Field::target_gid}},
        {sema::ObjectKind::bpf_type, {sema::SetType::bpf_type, Field::type}},
    };
    auto [type, field] = kTests.at(word.kind);
    if (word.kind == sema::ObjectKind::bpf_type) type = bpf_type();
    const std::optional<sema::SetValue> value = context_.sets.value(set, type);
    if (!value) {
      valid_ = false;
      return;
    }
    check_empty(sema::is_empty(*value), set);
    // Protocol numbers mean another thing in each family; these are those of IP.
    if (word.kind == sema::ObjectKind::protocol) require(family_in({"inet", "inet6"}));
    if (word.kind == sema::ObjectKind::family) {
      families_ = value->numbers;
      for (const auto& [family, protocols] : value->pairs) families_ = sema::unite(families_, {{family, family}});
    }
    require(sema::condition_of(type, field, *value));
  }

  sema::SetType bpf_type() const {
    bool programs = false, maps = false;
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      if (!(out_.ops & op_bit(op))) continue;
      programs = programs || sema::is_bpf_program_op(op);
      maps = maps || sema::is_bpf_map_op(op);
    }
    return programs && maps ? sema::SetType::bpf_type : maps ? sema::SetType::map_type : sema::SetType::program_type;
  }

  /// `on maps of policy`
  void resolve_own(const ast::Object& things, const ast::Object& owner) {
    const auto word_of_set = [](const ast::SetExpression& set) {
      const bool is_word =
          set.items.size() == 1 && set.items.front().kind == ast::Item::Kind::name && !set.items.front().arguments;
      return is_word ? set.items.front().text.bytes : std::string();
    };
    const std::string word = word_of_set(things.set);
    const OpSet ops = sema::ops_on_own(word);
    if (ops == 0 || word_of_set(owner.set) != "policy") {
      fail_own(ops == 0 ? things.set.span : owner.set.span);
      return;
    }
    if (!objects_.insert({sema::ObjectKind::policy, owner.span}).second) {
      fail(diag::code::duplicate_object, owner.span, "a second `of`", "write one set of all");
      return;
    }
    for (uint32_t i = 0; i < kOpCount; ++i) {
      const Op op = static_cast<Op>(i);
      if (!(out_.ops & ~ops & op_bit(op))) continue;
      fail(diag::code::object_of_other_operation, things.set.span,
           fmt::format("`{}` is not about {} of the policy", op_text(op), word), hint_for_other(op));
      return;
    }
    require(sema::number_in(Field::ours, {{1, 1}}));
  }

  void fail_own(const diag::Span& span) {
    fail(diag::code::bad_own_object, span, "not objects of the policy",
         "write `on maps of policy`, `on programs of policy`, `on links of policy` or `on objects of policy`");
  }

  void require(Condition condition) { out_.object = sema::both(std::move(out_.object), std::move(condition)); }

  std::optional<std::vector<ResolvedOperation>> results() {
    if (!objects_.empty()) listed_ = true;
    if (purpose_ == Purpose::only_listed && !listed_ && out_.ops != 0)
      return fail(diag::code::never_applies, in_.span,
                  "this constraint can never apply: `only` lists what is allowed, and nothing is left to deny",
                  "list the objects, or write `deny`");
    if (purpose_ == Purpose::only_listed && klass() == "net") out_.scope = scope();
    std::vector<ResolvedOperation> out;
    if (out_.ops != 0) out.push_back(std::move(out_));
    if (sysctl_) out.push_back(std::move(*sysctl_));
    return out;
  }

  /// `only net … to ADDRESSES` speaks of IP sockets, `… on PATH` of unix sockets, and of the families it names.
  Condition scope() const {
    const bool internet = objects_.contains(sema::ObjectKind::address) || objects_.contains(sema::ObjectKind::port) ||
                          objects_.contains(sema::ObjectKind::protocol);
    const bool local = objects_.contains(sema::ObjectKind::path);
    if (!internet && !local) return sema::always();
    const Condition base = internet ? family_in({"inet", "inet6"}) : family_in({"unix"});
    return sema::number_in(Field::family, sema::unite(base.numbers, families_));
  }

  const ast::Operation& in_;
  Purpose purpose_;
  sema::Context& context_;
  ResolvedOperation out_;
  std::optional<ResolvedOperation> sysctl_;
  std::map<sema::ObjectKind, diag::Span> objects_;  // those given
  NumberSet families_;                              // that `family` names
  bool listed_ = false;                             // is there anything that `only` lets through
  std::string group_;                               // the word for several operations that was written last
  bool valid_ = true;
};

}  // namespace

std::optional<std::vector<ResolvedOperation>> resolve_operation(const ast::Operation& operation, Purpose purpose,
                                                                sema::Context& context) {
  return OperationResolver(operation, purpose, context).run();
}

}  // namespace stele
