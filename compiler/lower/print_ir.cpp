#include "compiler/lower/print_ir.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/catalog/catalog.h"
#include "dsl/sema/print.h"

namespace stele::lower {
namespace {

using Kind = ir::Test::Kind;

std::string printable(const std::string& text) {
  std::string out;
  for (const unsigned char c : text)
    out += c < 0x20 || c >= 0x7f ? fmt::format("\\x{:02x}", c) : std::string(1, static_cast<char>(c));
  return out;
}

/// A literal name as a policy writes it: nothing in it is a pattern.
std::string literal(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool special = std::string_view("\\*?[]{}").find(c) != std::string_view::npos;
    out += special ? fmt::format("\\x{:02x}", c) : printable(std::string(1, c));
  }
  return out;
}

std::string ids_text(const ir::IdSet& ids) {
  std::string text;
  for (const ir::IdRange& range : ids) {
    text += text.empty() ? "" : ", ";
    text += range.first == range.last ? fmt::format("{}", range.first) : fmt::format("{}..{}", range.first, range.last);
  }
  return "{" + text + "}";
}

const char* id_text(ir::Test::Id id) {
  static constexpr const char* kTexts[] = {"uid", "euid", "egid"};
  return kTexts[static_cast<size_t>(id)];
}

std::string joined(const ir::Test& test, const char* word) {
  std::string text;
  for (const ir::Test& operand : test.operands) {
    const bool compound = operand.kind == Kind::all_of || operand.kind == Kind::any_of;
    text += text.empty() ? "" : word;
    text += compound ? "(" + print_test(operand) + ")" : print_test(operand);
  }
  return text;
}

class Printer {
public:
  explicit Printer(const ir::Module& module) : module_(module) {}

  std::string run() {
    head();
    constraints();
    sets();
    classes();
    subjects();
    for (const ir::Hook& hook : module_.hooks) print_hook(hook);
    return out_;
  }

private:
  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    out_ += fmt::format(text, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void head() {
    const bool is_open = module_.max_kernel == Target{}.max_version;
    line("policy {} {}, linux {}..{}", printable(module_.policy), printable(module_.version),
         sema::kernel_version_text(module_.min_kernel), is_open ? "" : sema::kernel_version_text(module_.max_kernel));
    line("{} states, walks end after {} components", module_.automaton.states.size(), module_.walk_depth);
    for (const ir::ProtectedPath& path : module_.protected_paths)
      line("protected {}{}", literal(path.path), path.tree ? "/**" : "");
    line("\n// `?` behind a test: true where it cannot be known.");
    line("// Class 0: in no set and above none; class 1: a file without a name; class 2: a name that cannot be read.");
  }

  void sets() {
    line("\nsets of paths");
    for (size_t i = 0; i < module_.set_contents.size(); ++i) line("  {} {}", i, printable(module_.set_contents[i]));
  }

  void constraints() {
    line("\nconstraints, strongest first");
    for (size_t rank = 0; rank < module_.constraints.size(); ++rank) {
      const ir::Constraint& one = module_.constraints[rank];
      static constexpr const char* kLogs[] = {"", ", log", ", log alert"};
      std::string operations;
      for (const uint32_t index : one.operations)
        operations += (operations.empty() ? "" : ", ") + op_text(module_.operations[index]);
      line("  {} {} rule {}{}: {} {}{}{}", rank, printable(one.source), one.rule,
           one.part.empty() ? "" : " closure " + one.part, effect_text(one.effect), operations,
           one.effect == Effect::audit ? "" : fmt::format(", errno {}", one.error),
           kLogs[static_cast<size_t>(one.log)]);
    }
  }

  void classes() {
    line("\nclasses of paths: the sets that they are in, and those that they lie above");
    for (uint32_t number = kClassUnresolved + 1; number < module_.automaton.classes.size(); ++number) {
      const PathClass& one = module_.automaton.classes[number];
      line("  {}{}{}", number, one.in.empty() ? "" : fmt::format(" in {}", fmt::join(one.in, ", ")),
           one.above.empty() ? "" : fmt::format(" above {}", fmt::join(one.above, ", ")));
    }
  }

  void subjects() {
    if (!module_.name_sets.empty()) line("\nsets that tests name");
    for (size_t i = 0; i < module_.name_sets.size(); ++i) line("  {} set {}", i, module_.name_sets[i]);
    if (!module_.subjects.empty()) line("\nsubjects");
    for (size_t i = 0; i < module_.subjects.size(); ++i) line("  {} {}", i, print_test(module_.subjects[i]));
  }

  std::string operations_text(const ir::Hook& hook, uint32_t bits) const {
    std::vector<std::string> texts;
    for (size_t bit = 0; bit < hook.operations.size(); ++bit)
      if (bits >> bit & 1) texts.push_back(op_text(hook.operations[bit].op));
    return fmt::format("{}", fmt::join(texts, ", "));
  }

  void checks(const ir::Hook& hook, const std::vector<ir::Check>& checks) {
    for (const ir::Check& check : checks)
      line("      {}{}{}", check.rank, check.operations ? " when " + operations_text(hook, check.operations) : "",
           check.subject ? fmt::format(" for subject {}", *check.subject) : "");
  }

  void cases(const ir::Hook& hook, const std::vector<ir::Case>& cases) {
    for (const ir::Case& one : cases) {
      line("    classes {}", fmt::join(one.classes, ", "));
      checks(hook, one.checks);
    }
  }

  void print_hook(const ir::Hook& hook) {
    uint32_t used = 0;
    for (size_t bit = 0; bit < hook.operations.size(); ++bit) used |= (hook.operations[bit].index ? 1u : 0u) << bit;
    line("\nhook {}: {}{}", catalog::hooks()[hook.hook].name, operations_text(hook, used),
         hook.asks_for_exe ? "; asks for the executable" : "");
    if (hook.decides_as) {
      line("  as {}", catalog::hooks()[module_.hooks[*hook.decides_as].hook].name);
      return;
    }
    if (!hook.listed.empty()) line("  listed");
    cases(hook, hook.listed);
    if (hook.has_only) line("  unlisted");
    cases(hook, hook.unlisted);
    if (!hook.otherwise.empty()) line("    every other class");
    checks(hook, hook.otherwise);
  }

  const ir::Module& module_;
  std::string out_;
};

}  // namespace

std::string print_test(const ir::Test& test) {
  const char* unsure = test.unsure ? "?" : "";
  switch (test.kind) {
    case Kind::always:
      return "always";
    case Kind::never:
      return "never";
    case Kind::all_of:
      return joined(test, " and ");
    case Kind::any_of:
      return joined(test, " or ");
    case Kind::negation: {
      const Kind inner = test.operands.front().kind;
      const bool compound = inner == Kind::all_of || inner == Kind::any_of;
      return "not " + (compound ? "(" + print_test(test.operands.front()) + ")" : print_test(test.operands.front()));
    }
    case Kind::id_in:
      return fmt::format("{} in {}", id_text(test.id), ids_text(test.ids));
    case Kind::group_in:
      return fmt::format("gid in {}{}", ids_text(test.ids), unsure);
    case Kind::exe_in:
      return fmt::format("exe in {}{}", test.name_set, unsure);
    case Kind::by_kernel:
      return "exe kernel";
    case Kind::becomes_in:
      return fmt::format("as in {}{}", test.name_set, unsure);
    case Kind::plain:
      return "plain";
    case Kind::owned:
      return fmt::format("owned{}", unsure);
  }
  return "";
}

std::string print_ir(const ir::Module& module) {
  return Printer(module).run();
}

}  // namespace stele::lower
