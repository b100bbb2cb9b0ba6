// decide_HOOK(): a switch over the classes of paths, and in it the constraints to be tried, strongest first.

#include "compiler/catalog/catalog.h"
#include "compiler/emit/sections.h"
#include "compiler/emit/text.h"
#include "compiler/model/check.h"

namespace stele::emit {
namespace {

using u32 = uint32_t;
#include "bpf-templates/shared.h"

/// What a constraint that applies does with its rank.
enum class Result : uint8_t {
  returned,    // nothing can be stronger
  remembered,  // what is listed comes first, then what is not
  compared     // with what was remembered
};

std::string result_text(Result result, const std::string& decided) {
  switch (result) {
    case Result::returned:
      return fmt::format("return {};", decided);
    case Result::remembered:
      return fmt::format("decided = {};", decided);
    case Result::compared:
      break;
  }
  return fmt::format("return stronger(decided, {});", decided);
}

/// The rank, and which of the hook's operations the constraint is about when it is not about all.
std::string decided_text(const ir::Hook& hook, const ir::Check& check) {
  CHECK(check.rank < (1u << RANK_BITS) - 1, "the checks of all hooks together are fewer than a rank can count");
  if (check.operations == 0) return std::to_string(check.rank);
  return fmt::format("DECIDED({}, {})", check.rank, operations_text(hook, check.operations));
}

class Decision {
public:
  Decision(const ir::Module& module, const ir::Hook& hook) : module_(module), hook_(hook) {}

  std::string run() {
    const bool both = !hook_.listed.empty() && hook_.has_only;
    if (both) out_.line("\tu32 decided = NO_CONSTRAINT;\n");
    out_.line("\t(void)task;\n\t(void)exe;\n\t(void)ops;");
    cases(hook_.listed, {}, both ? Result::remembered : Result::returned);
    cases(hook_.unlisted, hook_.otherwise, both ? Result::compared : Result::returned);
    out_.line("\treturn {};", both ? "decided" : "NO_CONSTRAINT");
    return out_.take();
  }

private:
  void cases(const std::vector<ir::Case>& cases, const std::vector<ir::Check>& otherwise, Result result) {
    if (cases.empty() && otherwise.empty()) return;
    out_.line("\tswitch (where) {{");
    for (const ir::Case& one : cases) {
      for (const uint32_t number : one.classes)
        out_.line("\tcase {}:", number == lower::kClassUnresolved ? "CLASS_UNRESOLVED" : std::to_string(number));
      checks(one.checks, result);
    }
    if (!otherwise.empty()) {
      out_.line("\tdefault:");
      checks(otherwise, result);
    }
    out_.line("\t}}");
  }

  void checks(const std::vector<ir::Check>& checks, Result result) {
    bool always = false;
    for (const ir::Check& check : checks) {
      const ir::Constraint& constraint = module_.constraints[check.rank];
      out_.line("\t\t/* {}: {} */", origin_text(constraint), effect_text(constraint.effect));
      std::string condition;
      if (check.operations) condition = fmt::format("(ops & ({}))", operations_text(hook_, check.operations));
      if (check.subject)
        condition += fmt::format("{}subject_{}(task, exe)", condition.empty() ? "" : " && ", *check.subject);
      const std::string statement = result_text(result, decided_text(hook_, check));
      always = condition.empty();
      if (always)
        out_.line("\t\t{}", statement);
      else if (result == Result::remembered)
        out_.line("\t\tif ({}) {{\n\t\t\t{}\n\t\t\tbreak;\n\t\t}}", condition, statement);
      else
        out_.line("\t\tif ({})\n\t\t\t{}", condition, statement);
    }
    if (!always || result == Result::remembered) out_.line("\t\tbreak;");
  }

  const ir::Module& module_;
  const ir::Hook& hook_;
  CText out_;
};

}  // namespace

std::string decisions_section(const ir::Module& module) {
  CText out;
  out.line("/* ---- decisions: the number of the strongest constraint that applies */\n");
  for (const ir::Hook& hook : module.hooks) {
    const catalog::HookInfo& info = catalog::hooks()[hook.hook];
    out.line("/* {}: {} */", info.name, info.sees);
    if (hook.decides_as) {
      out.line("#define decide_{} decide_{}\n", info.name, catalog::hooks()[module.hooks[*hook.decides_as].hook].name);
      continue;
    }
    out.line("static __decision u32 decide_{}(struct task_struct *task, u32 exe, u32 ops, u32 where)\n{{", info.name);
    out.add(Decision(module, hook).run());
    out.line("}}\n");
  }
  return out.take();
}

}  // namespace stele::emit
