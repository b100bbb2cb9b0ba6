#pragma once

// The second rung: the generated C, compiled for the host with AddressSanitizer and UndefinedBehaviorSanitizer, on a
// model of the kernel's structures (bpf-templates/host/main.c).

#include <string>
#include <vector>

#include "compiler/lower/ir.h"
#include "compiler/os/files.h"
#include "compiler/scenario/run.h"

namespace stele::scenario {

/// How the model is laid out: the structures have members that went away between these two.
enum class HostLayout : uint8_t { linux_6_1, linux_7_2 };

/// A policy's programs, ready to be run.
class HostPrograms {
public:
  /// Emits, compiles; takes seconds. `module` outlives the programs. Fails when clang-19 is missing, or
  /// refuses the C (which is our bug).
  static Result<HostPrograms> compile(const ir::Module& module, HostLayout layout);

  /// Decides each case by its requests. An outcome has a `trouble` when the requests are those of no system call, or
  /// the programs contradict themselves. Fails when a sanitizer finds something.
  Result<std::vector<Outcome>> decide(const std::vector<ImageMount>& mounts, const std::vector<Case>& cases) const;

  std::string name() const { return layout_ == HostLayout::linux_6_1 ? "host" : "host, as 7.2"; }
  /// Of the kernel whose structures the model has.
  std::string release() const { return layout_ == HostLayout::linux_6_1 ? "6.1.0" : "7.2.0"; }

private:
  HostPrograms(const ir::Module& module, HostLayout layout, os::TemporaryDirectory folder)
      : module_(module), layout_(layout), folder_(std::move(folder)) {}

  const ir::Module& module_;
  HostLayout layout_;
  os::TemporaryDirectory folder_;
};

/// All cases of a scenario but those for kernels only, or for other kernels than the model's.
Result<RungResults> run_host(const HostPrograms& programs, const Scenario& scenario);

}  // namespace stele::scenario
