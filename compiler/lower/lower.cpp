#include "compiler/lower/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "compiler/catalog/catalog.h"
#include "compiler/guarantee/enforceable.h"
#include "compiler/lower/conditions.h"
#include "compiler/lower/protected_paths.h"
#include "compiler/model/check.h"
#include "dsl/diag/codes.h"
#include "dsl/sema/pattern.h"
#include "dsl/sema/print.h"

namespace stele::lower {
namespace {

std::string place_text(const diag::Span& span) {
  if (!span.file) return "policy";
  std::string name = span.file->path.substr(span.file->path.find_last_of('/') + 1);
  return fmt::format("{}:{}", name, diag::locate(*span.file, span.begin).line);
}

/// Indices of the constraints, the strongest first: see ir::Constraint.
std::vector<uint32_t> by_strength(const std::vector<Constraint>& constraints) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < constraints.size(); ++i) order.push_back(i);
  const auto strength = [&](uint32_t i) {
    const Constraint& one = constraints[i];
    return std::tuple(-static_cast<int>(one.effect), one.effect == Effect::audit ? 0 : one.error);
  };
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return strength(a) < strength(b); });
  return order;
}

/// The set's name, what it joins, or its first patterns.
std::string set_text(const Policy& policy, PathSetId id) {
  const PathSet& set = policy.path_sets[id];
  if (!set.name.empty()) return set.name;
  if (set.kind != PathSet::Kind::listed) return sema::path_set_text(policy, id);
  std::string text;
  for (size_t i = 0; i < set.patterns.size() && i < 4; ++i)
    text += (i ? ", " : "") + ('"' + sema::pattern_text(set.patterns[i]) + '"');
  if (set.patterns.size() > 4) text += fmt::format(", and {} more", set.patterns.size() - 4);
  return "{ " + text + " }";
}

/// "0 - 2" of the sets' numbers, or every pattern.
std::string contents_text(const PathSet& set) {
  if (set.kind != PathSet::Kind::listed) {
    static constexpr const char* kJoins[] = {"", "|", "&", "-"};
    return fmt::format("{} {} {}", set.left, kJoins[static_cast<size_t>(set.kind)], set.right);
  }
  std::string text;
  for (const PathPattern& pattern : set.patterns)
    text += (text.empty() ? "\"" : ", \"") + sema::pattern_text(pattern) + '"';
  return "{ " + text + " }";
}

/// Components after which every walk is dead or absorbing: what is beneath the deepest pattern is absorbing. All of
/// them where a state repeats.
uint32_t walk_depth(const std::vector<PathSet>& sets) {
  size_t deepest = 0;
  for (const PathSet& set : sets)
    for (const PathPattern& pattern : set.patterns) {
      deepest = std::max(deepest, pattern.size());
      for (size_t i = 0; i + 1 < pattern.size(); ++i)
        if (pattern[i].kind == Component::Kind::any_depth) deepest = kMaxDepth;
    }
  return static_cast<uint32_t>(std::min<size_t>(deepest, kMaxDepth));
}

bool contains(const std::vector<PathSetId>& sorted, PathSetId set) {
  return std::binary_search(sorted.begin(), sorted.end(), set);
}

bool lists(const PathClass& path_class, const Constraint& constraint) {
  return contains(path_class.in, constraint.objects) ||
         (constraint.reach == Reach::listed_or_above && contains(path_class.above, constraint.objects));
}

using Ranks = std::vector<uint32_t>;  // sorted

/// The ranks that are tried, for each class: before their tests are known.
struct RanksOfHook {
  std::map<uint32_t, Ranks> listed, unlisted;
  Ranks otherwise;
  OpSet ops = 0;  // of all of them, at this hook
};

class Lowering {
public:
  Lowering(const Policy& policy, const LowerLimits& limits, diag::Sink& sink)
      : policy_(policy), limits_(limits), sink_(sink), order_(by_strength(policy.constraints)) {}

  std::optional<ir::Module> run() {
    lower_header();
    lower_constraints();
    if (!lower_paths()) return std::nullopt;
    for (const catalog::HookInfo& info : catalog::hooks())
      if (info.since <= policy_.target.max_version) lower_hook(info);
    if (sink_.has_errors()) return std::nullopt;
    return std::move(module_);
  }

private:
  const Constraint& constraint(uint32_t rank) const { return policy_.constraints[order_[rank]]; }

  void lower_header() {
    module_.policy = policy_.name;
    module_.version = policy_.version;
    module_.min_kernel = policy_.target.min_version;
    module_.max_kernel = policy_.target.max_version;
    OpSet used = 0;
    for (const Constraint& one : policy_.constraints) used |= one.ops;
    for (const OperationInfo& one : kOperations)
      if (used & op_bit(one.op)) module_.operations.push_back(one.op);
  }

  uint32_t index_of(Op op) const {
    const auto found = std::lower_bound(module_.operations.begin(), module_.operations.end(), op);
    CHECK(found != module_.operations.end() && *found == op, "the module lists every operation of a constraint");
    return static_cast<uint32_t>(found - module_.operations.begin());
  }

  void lower_constraints() {
    for (const uint32_t index : order_) {
      const Constraint& from = policy_.constraints[index];
      ir::Constraint& to = module_.constraints.emplace_back();
      to = {policy_.rules[from.rule].name,
            place_text(from.span),
            from.origin.part,
            from.effect,
            from.error,
            from.log,
            {},
            index};
      for (uint32_t i = 0; i < module_.operations.size(); ++i)
        if (from.ops & op_bit(module_.operations[i])) to.operations.push_back(i);
    }
    for (const Constraint& one : policy_.constraints) {
      collect_name_sets(one.object, module_.name_sets);
      collect_name_sets(one.subject, module_.name_sets);
      collect_name_sets(one.exception, module_.name_sets);
    }
    for (uint32_t rank = 0; rank < order_.size(); ++rank)
      subject_tests_.push_back(lower_subject(constraint(rank), module_.name_sets));
  }

  bool lower_paths() {
    auto automaton = build_automaton(policy_.path_sets, limits_.paths);
    if (!automaton) {
      report_crowd(automaton.error());
      return false;
    }
    module_.automaton = std::move(*automaton);
    for (PathSetId set = 0; set < policy_.path_sets.size(); ++set) {
      module_.set_texts.push_back(set_text(policy_, set));
      module_.set_contents.push_back(contents_text(policy_.path_sets[set]));
    }
    module_.walk_depth = walk_depth(policy_.path_sets);
    module_.protected_paths = protected_paths(policy_);
    module_.unlinked_classes = unlinked_classes(policy_, module_.automaton.classes);
    return true;
  }

  void report_crowd(const Crowd& crowd) {
    sink_.report(diag::diagnostic(
        diag::code::too_many_states, policy_.path_sets[crowd.set].span,
        fmt::format("the paths of this policy need more than {} states and edges, most of them for what is half "
                    "matched at once: `{}` and others that begin alike or with `**`",
                    limits_.paths, sema::pattern_text(crowd.pattern)),
        "write where the files lie, `/srv/*/b` instead of `/**/a/**/b`"));
  }

  RanksOfHook ranks_of(const catalog::HookInfo& info) const {
    RanksOfHook found;
    Ranks listed;
    for (uint32_t rank = 0; rank < order_.size(); ++rank) {
      const OpSet ops = constraint(rank).ops & info.ops;
      if (!ops) continue;
      found.ops |= ops;
      const bool asks_for_path = constraint(rank).form == Form::on_listed && constraint(rank).objects != kAnyPath;
      (asks_for_path ? listed : found.otherwise).push_back(rank);
    }
    const std::vector<PathClass>& classes = module_.automaton.classes;
    for (uint32_t number = kClassUnresolved + 1; number < classes.size(); ++number) {
      for (const uint32_t rank : listed)
        if (lists(classes[number], constraint(rank))) found.listed[number].push_back(rank);
      Ranks applying;
      for (const uint32_t rank : found.otherwise)
        if (!lists(classes[number], constraint(rank))) applying.push_back(rank);
      if (applying != found.otherwise) found.unlisted[number] = applying;
    }
    if (!listed.empty()) found.listed[kClassUnresolved] = listed;
    return found;
  }

  void lower_hook(const catalog::HookInfo& info) {
    const RanksOfHook ranks = ranks_of(info);
    if (!ranks.ops) return;
    ir::Hook hook;
    hook.hook = info.hook;
    hook.object = info.object;
    for (const Op op : info.operations)
      hook.operations.push_back({op, ranks.ops & op_bit(op) ? std::optional(index_of(op)) : std::nullopt});
    hook.listed = cases_of(info, ranks.listed, ranks.ops);
    hook.unlisted = cases_of(info, ranks.unlisted, ranks.ops);
    hook.otherwise = checks_of(info, ranks.otherwise, ranks.ops);
    hook.has_only = !ranks.otherwise.empty();
    hook.asks_for_exe = asks(hook, ir::Test::Kind::exe_in);
    hook.asks_for_owner = asks(hook, ir::Test::Kind::owned);
    hook.asks_what_becomes = asks(hook, ir::Test::Kind::becomes_in);
    for (uint32_t i = 0; i < module_.hooks.size() && !hook.decides_as; ++i)
      if (decide_alike(module_.hooks[i], hook)) hook.decides_as = i;
    check_size(info, hook);
    module_.hooks.push_back(std::move(hook));
  }

  /// Blames the first constraint for which there is no room.
  void check_size(const catalog::HookInfo& info, const ir::Hook& hook) {
    size_t checks = 0;
    std::set<uint32_t> subjects;
    bool is_said = false;
    const auto add = [&](const std::vector<ir::Check>& list) {
      checks += !list.empty();  // the list's end is an entry, too; empty ones are one
      for (const ir::Check& check : list) {
        if (check.subject) subjects.insert(*check.subject);
        const bool many = ++checks > limits_.checks_per_hook;
        if (is_said || (!many && subjects.size() <= limits_.subjects_per_hook)) continue;
        is_said = true;
        const std::string what =
            many ? fmt::format("try more than {} constraints for all its paths", limits_.checks_per_hook)
                 : fmt::format("tell more than {} subjects apart", limits_.subjects_per_hook);
        sink_.report(diag::diagnostic(diag::code::too_many_checks, constraint(check.rank).span,
                                      fmt::format("with this, hook `{}` would have to {}", info.name, what),
                                      "put paths that share a subject into one set and one rule"));
      }
    };
    for (const ir::Case& one : hook.listed) add(one.checks);
    for (const ir::Case& one : hook.unlisted) add(one.checks);
    add(hook.otherwise);
  }

  /// Groups classes with the same ranks, in order of the first class.
  std::vector<ir::Case> cases_of(const catalog::HookInfo& info, const std::map<uint32_t, Ranks>& ranks_of_class,
                                 OpSet ops) {
    std::vector<ir::Case> cases;
    std::map<Ranks, size_t> known;
    for (const auto& [path_class, ranks] : ranks_of_class) {
      const auto [place, is_new] = known.emplace(ranks, cases.size());
      if (is_new) cases.push_back({{}, checks_of(info, ranks, ops)});
      cases[place->second].classes.push_back(path_class);
    }
    return cases;
  }

  /// Those that can decide: none behind one that always applies or that is about the same, none whose subject is
  /// nobody.
  std::vector<ir::Check> checks_of(const catalog::HookInfo& info, const Ranks& ranks, OpSet ops) {
    std::vector<ir::Check> checks;
    for (const uint32_t rank : ranks) {
      const ir::Test& test = subject_tests_[rank];
      if (test.kind == ir::Test::Kind::never) continue;
      const OpSet own = constraint(rank).ops & ops & info.ops;
      ir::Check check{rank, own == (ops & info.ops) ? 0 : bits_of(info, own), std::nullopt};
      if (test.kind != ir::Test::Kind::always) check.subject = subject_number(rank);
      const bool decided = std::any_of(checks.begin(), checks.end(), [&](const ir::Check& before) {
        return before.subject == check.subject && (!before.operations || before.operations == check.operations);
      });
      if (decided) continue;
      checks.push_back(check);
      if (!check.operations && !check.subject) break;
    }
    return checks;
  }

  static uint32_t bits_of(const catalog::HookInfo& info, OpSet ops) {
    uint32_t bits = 0;
    for (uint32_t bit = 0; bit < info.operations.size(); ++bit)
      if (ops & op_bit(info.operations[bit])) bits |= 1u << bit;
    return bits;
  }

  uint32_t subject_number(uint32_t rank) {
    const auto [known, is_new] = subject_numbers_.emplace(rank, 0);
    if (!is_new) return known->second;
    const ir::Test& test = subject_tests_[rank];
    const auto found = std::find(module_.subjects.begin(), module_.subjects.end(), test);
    known->second = static_cast<uint32_t>(found - module_.subjects.begin());
    if (found == module_.subjects.end()) module_.subjects.push_back(test);
    return known->second;
  }

  bool asks(const ir::Hook& hook, ir::Test::Kind kind) const {
    const auto check_asks = [&](const ir::Check& check) {
      return check.subject && lower::asks(module_.subjects[*check.subject], kind);
    };
    const auto any = [&](const std::vector<ir::Check>& checks) {
      return std::any_of(checks.begin(), checks.end(), check_asks);
    };
    const auto case_asks = [&](const ir::Case& one) { return any(one.checks); };
    return any(hook.otherwise) || std::any_of(hook.listed.begin(), hook.listed.end(), case_asks) ||
           std::any_of(hook.unlisted.begin(), hook.unlisted.end(), case_asks);
  }

  static bool decide_alike(const ir::Hook& a, const ir::Hook& b) {
    return !a.decides_as && a.listed == b.listed && a.unlisted == b.unlisted && a.otherwise == b.otherwise;
  }

  const Policy& policy_;
  const LowerLimits& limits_;
  diag::Sink& sink_;
  std::vector<uint32_t> order_;                   // rank → index of the constraint
  std::vector<ir::Test> subject_tests_;           // by rank
  std::map<uint32_t, uint32_t> subject_numbers_;  // rank → index into Module::subjects
  ir::Module module_;
};

}  // namespace

std::optional<ir::Module> lower(const Policy& policy, diag::Sink& sink, const LowerLimits& limits) {
  guarantee::check_enforceable(policy, sink);
  if (sink.has_errors()) return std::nullopt;
  return Lowering(policy, limits, sink).run();
}

}  // namespace stele::lower
