// decide_HOOK(): for each class of paths the constraints to be tried, strongest first, as a table. The verifier follows
// a look-up once, where it followed a switch for each class.

#include <algorithm>
#include <bit>

#include "compiler/catalog/catalog.h"
#include "compiler/emit/groups.h"
#include "compiler/emit/sections.h"
#include "compiler/emit/text.h"
#include "compiler/model/check.h"

namespace stele::emit {
namespace {

using u32 = uint32_t;
#include "bpf-templates/shared.h"

constexpr size_t kSubjectBits = 32;  // of a word

/// The rank, and which of the hook's operations the constraint is about when it is not about all.
std::string decided_text(const ir::Hook& hook, const ir::Check& check) {
  CHECK(check.rank < (1u << RANK_BITS) - 1, "the checks of all hooks together are fewer than a rank can count");
  if (check.operations == 0) return std::to_string(check.rank);
  return fmt::format("DECIDED({}, {})", check.rank, operations_text(hook, check.operations));
}

/// The lists of checks of one hook, one behind the other in a table, and where each class begins.
class CheckTable {
public:
  CheckTable(const ir::Module& module, const ir::Hook& hook, std::vector<uint32_t>& subjects)
      : module_(module), hook_(hook), subjects_(subjects) {}

  /// `name` is "listed" or "unlisted". The function's statement that looks a class up, an expression.
  std::string write(const char* name, const std::vector<ir::Case>& cases, const std::vector<ir::Check>& otherwise,
                    CText& out) {
    std::vector<uint32_t> begins(std::bit_ceil(module_.automaton.classes.size()), place(otherwise));
    for (const ir::Case& one : cases)
      for (const uint32_t number : one.classes) begins.at(number) = place(one.checks);
    const std::string table = fmt::format("{}_{}", name, catalog::hooks()[hook_.hook].name);
    const size_t slots = std::bit_ceil(count_);
    out.line("static const struct check {}[{}] = {{", table, slots);
    out.add(text_.take());
    out.line("}};");
    out.numbers("u16", fmt::format("{}_at[{}]", table, begins.size()), begins);
    CHECK(count_ <= 0xffff, "a class's first check has 16 bits");
    return fmt::format("first_check({0}, {1}, {0}_at[where & {2}], {3}, ops, subjects, SUBJECT_WORDS)", table, slots,
                       begins.size() - 1, longest_);
  }

private:
  uint32_t place(const std::vector<ir::Check>& checks) {
    for (const auto& [known, at] : places_)
      if (known == checks) return at;
    const auto at = static_cast<uint32_t>(count_);
    places_.emplace_back(checks, at);
    for (const ir::Check& check : checks) write_check(check);
    text_.line("\tLAST_CHECK,");
    count_ += checks.size() + 1;
    longest_ = std::max(longest_, checks.size() + 1);
    return at;
  }

  void write_check(const ir::Check& check) {
    const ir::Constraint& constraint = module_.constraints[check.rank];
    text_.line("\t/* {}: {} */", origin_text(constraint), effect_text(constraint.effect));
    text_.line("\t{{ {}, {}, {} }},", decided_text(hook_, check),
               check.operations ? operations_text(hook_, check.operations) : "ANY_OPERATION", subject_number(check));
  }

  /// 0 is everybody.
  size_t subject_number(const ir::Check& check) {
    if (!check.subject) return 0;
    const auto known = std::find(subjects_.begin(), subjects_.end(), *check.subject);
    if (known == subjects_.end()) subjects_.push_back(*check.subject);
    return static_cast<size_t>(std::find(subjects_.begin(), subjects_.end(), *check.subject) - subjects_.begin()) + 1;
  }

  const ir::Module& module_;
  const ir::Hook& hook_;
  std::vector<uint32_t>& subjects_;  // of the function: index into Module::subjects
  std::vector<std::pair<std::vector<ir::Check>, uint32_t>> places_;
  CText text_;
  size_t count_ = 0, longest_ = 0;
};

void write_decision(const ir::Module& module, const GroupConditions& groups, const ir::Hook& hook, CText& out) {
  std::vector<uint32_t> subjects;
  std::string listed, unlisted;
  if (!hook.listed.empty()) listed = CheckTable(module, hook, subjects).write("listed", hook.listed, {}, out);
  if (!hook.unlisted.empty() || !hook.otherwise.empty())
    unlisted = CheckTable(module, hook, subjects).write("unlisted", hook.unlisted, hook.otherwise, out);
  const size_t group_words = groups.words_of(subjects);
  const size_t words = std::bit_ceil(subjects.size() / kSubjectBits + 1);
  out.line("static __decision u32 decide_{}(struct task_struct *task, u32 exe, u32 ops, u32 where, u32 traits)\n{{",
           catalog::hooks()[hook.hook].name);
  out.line("\tenum {{ SUBJECT_WORDS = {} }};", words);
  out.line("\tu32 subjects[SUBJECT_WORDS] = {{ EVERYBODY }};");
  out.line("\tu32 groups[{}] = {{}};", std::max(group_words, size_t{1}));
  out.line("\tu32 decided = NO_CONSTRAINT;\n\n\t(void)task;\n\t(void)traits;\n\t(void)groups;");
  for (size_t word = 0; word < group_words; ++word)
    out.line("\tgroups[{}] = groups_{}(NUMBER(task), 0, 0);", word, word);
  out.line("\tCUT(exe);\n\tCUT(where);");  // behind calls: see CUT
  for (size_t i = 0; i < subjects.size(); ++i)
    out.line("\tsubjects[{}] |= subject_{}(task, groups, exe, traits) << {};", (i + 1) / kSubjectBits, subjects[i],
             (i + 1) % kSubjectBits);
  // Else each way through the conditions is another one through the checks.
  for (size_t word = 0; !subjects.empty() && word <= subjects.size() / kSubjectBits; ++word)
    out.line("\tFORGET32(subjects[{}], where);", word);
  if (!listed.empty()) out.line("\tdecided = {};", listed);
  if (!unlisted.empty()) {
    out.line("\tdecided = stronger(decided, {});", unlisted);
  }
  out.line("\treturn decided;\n}}\n");
}

}  // namespace

std::string decisions_section(const ir::Module& module) {
  CText out;
  out.line("/* ---- decisions: the number of the strongest constraint that applies */\n");
  const GroupConditions groups(module);
  for (const ir::Hook& hook : module.hooks) {
    const catalog::HookInfo& info = catalog::hooks()[hook.hook];
    out.line("/* {}: {} */", info.name, info.sees);
    if (hook.decides_as) {
      out.line("#define decide_{} decide_{}\n", info.name, catalog::hooks()[module.hooks[*hook.decides_as].hook].name);
      continue;
    }
    write_decision(module, groups, hook, out);
  }
  return out.take();
}

}  // namespace stele::emit
