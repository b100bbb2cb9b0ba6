#include "tests/catalog/page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "compiler/catalog/mechanism.h"
#include "dsl/sema/print.h"
#include "dsl/words/words.h"

namespace stele {
namespace {

constexpr const char* kIntroduction = R"(# Catalogue: what kernels can prevent

*Written from the tables in `compiler/catalog` by `tests/catalog`; change the tables, not this page
(`UPDATE_PAGES=1` before `test_catalog_page` writes it anew).*

A `deny` must be **prevented**: an LSM hook that a program of ours sits on is asked before the effect, on every way to it.
What passes no such hook, or only on some ways, can only be **terminated**: the caller is killed at system call entry, before
it returns to user space, while the one call in flight may have taken effect. `deny` on it is an error (S6010); write
`kill`, `deny or kill`, or `else kill` behind `only`. An `audit` always **observes**.

How the facts were found: read from the kernel source of {}. What is marked ✓ was also tried on those
kernels. A target between two of them is served by the older one's facts. What has no program yet is refused by `stele build`
(S6001); `check`, `explain` and `test` take it.

A hook is listed with the first of these kernels that calls it, unless all do.

Termination has limits of its own: before 7.x the signal is queued and can be lost under load, process 1 and kernel threads are
not killed, and requests of io_uring never pass system call entry (they meet the LSM hooks).

)";

/// The hooks on any of the kernels, those that not all have with the first that does.
template <typename Find>
std::string hooks_text(Find find) {
  std::set<std::string_view> named;
  std::vector<std::string> texts;
  for (const catalog::Kernel& kernel : catalog::kernels())
    for (std::string_view hook : find(kernel.version).hooks)
      if (named.insert(hook).second)
        texts.push_back(&kernel == catalog::kernels().data()
                            ? fmt::format("`{}`", hook)
                            : fmt::format("`{}` ≥ {}", hook, sema::kernel_version_text(kernel.version)));
  return fmt::format("{}", fmt::join(texts, ", "));
}

template <typename Find>
std::string row(const std::string& name, Find find) {
  std::string text = fmt::format("| {} |", name);
  for (const catalog::Kernel& kernel : catalog::kernels()) {
    const catalog::Mechanism& found = find(kernel.version);
    const bool absent = found.guarantee == catalog::Guarantee::prevent && found.hooks.empty();
    text += fmt::format(" {} |", absent ? "absent" : catalog::guarantee_text(found.guarantee));
  }
  const catalog::Mechanism& newest = find(catalog::kernels().back().version);
  const catalog::Mechanism& oldest = find(catalog::kernels().front().version);
  const bool gone = newest.guarantee == catalog::Guarantee::prevent && newest.hooks.empty();
  return text +
         fmt::format(" {} | {} | {} |\n", hooks_text(find), newest.tried ? "✓" : "", gone ? oldest.note : newest.note);
}

std::string head(const char* what) {
  std::string text = fmt::format("| {} |", what);
  std::string rule = "|---|";
  for (const catalog::Kernel& kernel : catalog::kernels()) {
    text += fmt::format(" {} |", sema::kernel_version_text(kernel.version));
    rule += "---|";
  }
  return fmt::format("{} hooks | tried | to know |\n{}---|---|---|\n", text, rule);
}

std::string operations(bool enforced) {
  std::string text = head("operation");
  for (uint32_t number = 0; number < kOpCount; ++number) {
    const Op op = static_cast<Op>(number);
    if (op == Op::syscall || has_programs(op) != enforced) continue;
    text += row(fmt::format("`{}`", op_text(op)),
                [op](uint32_t kernel) -> const catalog::Mechanism& { return catalog::mechanism(op, kernel); });
  }
  return text;
}

std::string syscalls() {
  std::string text = head("system call");
  for (uint32_t number : catalog::catalogued_syscalls())
    text += row(
        fmt::format("`{}` {}", words::word_of(words::WordTable::syscall, number), number),
        [number](uint32_t kernel) -> const catalog::Mechanism& { return catalog::syscall_mechanism(number, kernel); });
  return text;
}

}  // namespace

std::string catalogue_page() {
  std::vector<std::string_view> releases;
  for (const catalog::Kernel& kernel : catalog::kernels()) releases.push_back(kernel.read_from);
  return fmt::format(kIntroduction, fmt::join(releases, ", ")) + "## Operations that have programs\n\n" +
         operations(true) + "\n## Operations that have none yet\n\n" + operations(false) +
         "\n## System calls\n\nOf x86-64. Refusing a call means refusing at its hooks while the task is in that "
         "call.\n\n" +
         syscalls();
}

}  // namespace stele
