#include "tests/bench/machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "compiler/os/files.h"
#include "compiler/vm/initramfs.h"

namespace stele::bench {
namespace {

Result<std::string> make_initramfs(const std::string& enforcer, Counts counts) {
  auto guest = os::read_whole_file(STELE_BENCH_GUEST);
  if (!guest) return guest;
  using Kind = vm::ArchiveEntry::Kind;
  std::vector<vm::ArchiveEntry> entries(
      {{.path = "/dev", .kind = Kind::directory, .content = "", .mode = 0755},
       {.path = "/dev/console", .kind = Kind::character_device, .content = "", .mode = 0600, .major = 5, .minor = 1},
       {.path = "/init", .content = *guest, .mode = 0755},
       {.path = "/enforcer", .content = enforcer, .mode = 0755}});
  if (counts == Counts::operations_and_hooks) entries.push_back({.path = "/hooks", .content = "", .mode = 0644});
  if (counts == Counts::nothing) entries.push_back({.path = "/only-apply", .content = "", .mode = 0644});
  return vm::write_initramfs(entries);
}

void read_count(std::istringstream& words, std::map<std::string, Figures::Operation>& operations) {
  std::string phase, name;
  uint64_t count = 0;
  int result = 0;
  words >> phase >> name >> count >> result;
  Figures::Operation& operation = operations[name];
  if (phase == "base") operation.base = count;
  if (phase == "empty") operation.empty = count;
  if (phase == "again") operation.again = count;
  if (phase != "enforced") return;
  operation.enforced = count;
  operation.result = result;
}

/// Returns true when the guest came to its end.
bool read_report(const std::string& report, Figures& figures) {
  std::istringstream lines(report);
  bool done = false;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    if (kind == "count") read_count(words, figures.operations);
    if (kind == "hook") read_count(words, figures.hooks);
    if (kind == "output" && line.size() > 7) figures.stages.push_back(line.substr(7));
    if (kind == "program") {
      Figures::Program program;
      words >> program.name >> program.verified >> program.translated >> program.jited_bytes;
      figures.programs.push_back(program);
    }
    if (kind == "apply") {
      int status = 0;
      double microseconds = 0;
      words >> status >> microseconds;
      figures.apply_seconds = microseconds * 1e-6;
    }
    done |= kind == "done";
  }
  return done;
}

}  // namespace

Result<Figures> run_machine(const std::string& kernel, const std::string& enforcer, vm::Clock clock, Counts counts) {
  auto initramfs = make_initramfs(enforcer, counts);
  if (!initramfs) return tl::unexpected(initramfs.error());
  vm::MachineOptions options;
  options.kernel = kernel;
  options.initramfs = std::move(*initramfs);
  options.memory_mib = 1024;
  options.timeout_seconds = 600;
  options.clock = clock;
  auto machine = vm::boot(options);
  if (!machine) return tl::unexpected(machine.error());
  Figures figures;
  figures.report = machine->report;
  if (!read_report(machine->report, figures))
    return tl::unexpected(Failure{
        kernel, 0, fmt::format("the guest did not come to its end:\n{}\n{}", machine->report, machine->console)});
  return figures;
}

}  // namespace stele::bench
