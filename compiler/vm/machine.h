#pragma once

// A machine to run a kernel in: QEMU, emulated, no network, no disk. Nothing on the host is touched.
// The console is the first serial port; the guest's init reports on the second, where no kernel message can get in.

#include <cstdint>
#include <string>

#include "compiler/model/failure.h"

namespace stele::vm {

enum class Clock : uint8_t {
  host,         // time passes as on the host
  instructions  // one instruction, one nanosecond: rdtsc differences count guest instructions, runs repeat exactly
};

struct MachineOptions {
  std::string kernel;        // path of a bzImage
  std::string initramfs;     // bytes
  std::string command_line;  // added to the default; `lsm=` here replaces the default one
  uint32_t memory_mib = 512;
  uint32_t processors = 1;  // more only on the host's clock
  double timeout_seconds = 120;
  Clock clock = Clock::host;
};

enum class MachineEnd : uint8_t { powered_off, halted, panicked, timed_out, flooded };

struct MachineResult {
  MachineEnd end = MachineEnd::powered_off;
  std::string console;  // first serial port
  std::string report;   // second serial port
  double seconds = 0;   // on the host
};

/// Boots and waits for the end. Fails when QEMU is missing or refuses, or the kernel cannot be read. Both ports
/// together are bounded to 64 MiB (end = flooded).
Result<MachineResult> boot(const MachineOptions& options);

/// The release that a bzImage carries in its header ("6.1.0-56-cloud-amd64"). Fails when the file is not one.
Result<std::string> kernel_release(const std::string& path);

}  // namespace stele::vm
