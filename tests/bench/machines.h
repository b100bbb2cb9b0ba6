#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/model/failure.h"
#include "compiler/vm/machine.h"

namespace stele::bench {

/// What one boot of the guest (guest/guest.c) found.
struct Figures {
  /// By operation: instructions of one, 0 when it was not counted in that phase.
  struct Operation {
    uint64_t base = 0, empty = 0, again = 0, enforced = 0;
    int result = 0;  // under the enforcer: 0 or an errno
    int64_t floor() const { return static_cast<int64_t>(empty) - static_cast<int64_t>(base); }
    int64_t added() const { return static_cast<int64_t>(enforced) - static_cast<int64_t>(base); }
  };
  struct Program {
    std::string name;
    uint32_t verified = 0, translated = 0, jited_bytes = 0;
  };
  std::map<std::string, Operation> operations;
  std::map<std::string, Operation> hooks;  // by hook: base and enforced, of an operation that calls it
  std::vector<Program> programs;
  double apply_seconds = 0;         // by the guest's clock: under Clock::instructions, thousand million instructions
  std::vector<std::string> stages;  // what the enforcer said of each step
  std::string report;               // all of it: two boots give the same
};

/// What is counted in the guest besides `apply`.
enum class Counts : uint8_t { nothing, operations, operations_and_hooks };

/// Boots `kernel` with the guest and the enforcer. Fails when anything in the guest did.
Result<Figures> run_machine(const std::string& kernel, const std::string& enforcer, vm::Clock clock,
                            Counts counts = Counts::operations);

}  // namespace stele::bench
