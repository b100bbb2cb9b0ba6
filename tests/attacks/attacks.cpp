// stele_attacks: boots a kernel with the attacks as its init, and judges what they report: each works bare, each ends
// as its row says with the enforcer, and what is held is held by the operation that the row names. Prints a verdict an
// attack and the sums.

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "compiler/os/files.h"
#include "compiler/os/process.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/machine.h"

namespace stele::attacks {
namespace {

constexpr int kSkipped = 77;

struct Sums {
  int tried = 0, held = 0, open = 0, not_applicable = 0;
};

int give_up(const Failure& failure) {
  fmt::print(stderr, "stele_attacks: {}: {}{}\n", failure.path, failure.message,
             failure.error ? std::string(": ") + std::strerror(failure.error) : "");
  return 3;
}

Result<std::string> build_enforcer() {
  auto folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  const std::string policy = STELE_SOURCE "/tests/attacks/attacks.stele", enforcer = folder->path() + "/enforcer";
  auto run = os::run_process({STELE_TOOL, "build", policy, "-o", enforcer});
  if (!run) return tl::unexpected(run.error());
  if (run->status != 0) return tl::unexpected(Failure{policy, 0, "stele build refused it: " + run->errors});
  return os::read_whole_file(enforcer);
}

Result<std::string> read_module(const std::string& kernel, const std::string& name) {
  auto module = os::read_whole_file(vm::module_path(kernel, name));
  if (!module) module.error().message = "the kernel's module is not here; `stele kernels fetch` gets it";
  return module;
}

Result<vm::MachineResult> run_machine(const std::string& kernel) {
  auto guest = os::read_whole_file(STELE_ATTACKS_GUEST);
  if (!guest) return tl::unexpected(guest.error());
  auto keeper = os::read_whole_file(STELE_ATTACKS_KEEPER);
  if (!keeper) return tl::unexpected(keeper.error());
  auto overlay = read_module(kernel, "overlay");
  if (!overlay) return tl::unexpected(overlay.error());
  auto binfmt = read_module(kernel, "binfmt_misc");
  if (!binfmt) return tl::unexpected(binfmt.error());
  auto enforcer = build_enforcer();
  if (!enforcer) return tl::unexpected(enforcer.error());
  using Kind = vm::ArchiveEntry::Kind;
  auto initramfs = vm::write_initramfs(
      {{.path = "/dev", .kind = Kind::directory, .content = "", .mode = 0755},
       {.path = "/dev/console", .kind = Kind::character_device, .content = "", .mode = 0600, .major = 5, .minor = 1},
       {.path = "/init", .content = *guest, .mode = 0755},
       {.path = "/keeper", .content = *keeper, .mode = 0755},
       {.path = "/overlay.ko", .content = *overlay, .mode = 0600},
       {.path = "/binfmt_misc.ko", .content = *binfmt, .mode = 0600},
       {.path = "/enforcer", .content = *enforcer, .mode = 0755}});
  if (!initramfs) return tl::unexpected(initramfs.error());
  vm::MachineOptions options;
  options.kernel = kernel;
  options.initramfs = std::move(*initramfs);
  options.processors = 2;  // some attacks are races
  options.timeout_seconds = 240;
  return vm::boot(options);
}

/// What the enforcer wrote of event `number`, such as "file read".
using Events = std::map<uint64_t, std::string>;

Events read_events(const std::string& report) {
  Events events;
  std::istringstream lines(report);
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_object() && event.contains("sequence"))
      events[event.value("sequence", uint64_t{0})] = event.value("operation", std::string());
  }
  return events;
}

/// What the events behind `from` up to `to` say.
std::set<std::string> operations_between(const Events& events, uint64_t from, uint64_t to) {
  std::set<std::string> operations;
  for (auto event = events.upper_bound(from); event != events.end() && event->first <= to; ++event)
    operations.insert(event->second);
  return operations;
}

/// One line of the report. Returns whether the attack ended as its row says.
bool judge(std::istringstream& words, const Events& events, std::map<std::string, Sums>& sums) {
  std::string name, who, bare, enforced, expected, why;
  uint64_t from = 0, to = 0;
  words >> name >> who >> bare >> enforced >> expected >> from >> to >> std::ws;
  std::getline(words, why, '\r');
  Sums& sum = sums[who];
  if (bare == "not") {
    ++sum.not_applicable;
    fmt::print("{:24} {} not applicable here\n", name, who);
    return true;
  }
  ++sum.tried;
  ++(enforced == "held" ? sum.held : sum.open);
  const auto held_by = operations_between(events, from, to);
  std::string wrong;
  if (bare != "works")
    wrong = "does not work without the enforcer";
  else if (enforced != expected)
    wrong = "expected " + expected;
  else if (enforced == "held" && why == "AT_SECURE" && !held_by.empty())
    wrong = fmt::format("held by {}, not by AT_SECURE", fmt::join(held_by, ", "));
  else if (enforced == "held" && why != "AT_SECURE" && !held_by.contains(why.substr(0, why.find(';'))))
    wrong = fmt::format("held by {}, not by {}", fmt::join(held_by, ", "), why);
  fmt::print("{:24} {} {}{}\n", name, who, enforced, wrong.empty() ? "" : "  WRONG: " + wrong);
  return wrong.empty();
}

int run(const std::string& name) {
  const auto kernel = vm::find_kernel(name, {});
  if (!kernel && !std::getenv("REQUIRE_KERNEL")) {
    fmt::print("no kernel {} in the cache; fetch it with: stele kernels fetch {}\n", name, name);
    return kSkipped;
  }
  if (!kernel) return give_up(kernel.error());
  const auto machine = run_machine(kernel->path);
  if (!machine) return give_up(machine.error());
  const Events events = read_events(machine->report);
  std::map<std::string, Sums> sums;
  std::istringstream lines(machine->report);
  bool done = false, applied = false;
  int wrong = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "attack" && !judge(words, events, sums)) ++wrong;
    if (kind == "enforcer") applied = words.str().rfind("enforcer 0", 0) == 0;
    if (kind == "done") done = true;
  }
  for (const auto& [who, sum] : sums)
    fmt::print("linux {}: {}: tried {}, held {}, open {}, not applicable {}\n", kernel->release, who, sum.tried,
               sum.held, sum.open, sum.not_applicable);
  if (!done || !applied || sums.empty()) {
    fmt::print("the run is void\n{}\n{}\n", machine->report, machine->console);
    return 1;
  }
  return wrong ? 1 : 0;
}

}  // namespace
}  // namespace stele::attacks

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: stele_attacks KERNEL\n");
    return 2;
  }
  return stele::attacks::run(argv[1]);
}
