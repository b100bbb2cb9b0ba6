// See machine.h.

#include "compiler/vm/machine.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

#include "compiler/os/files.h"
#include "compiler/os/process.h"

namespace stele::vm {
namespace {

constexpr char kEmulator[] = "qemu-system-x86_64";
constexpr char kHalted[] = "reboot: System halted\r\n";  // the kernel's last line; the processor stays

std::string command_line(const MachineOptions& options) {
  // Emulated on a busy machine, the kernel's test of its timer may fail.
  std::string text = "console=ttyS0 quiet panic=-1 oops=panic no_timer_check";
  if (options.clock == Clock::instructions) text += " nokaslr norandmaps mitigations=off";
  if ((" " + options.command_line).find(" lsm=") == std::string::npos) text += " lsm=landlock,lockdown,yama,bpf";
  return options.command_line.empty() ? text : text + " " + options.command_line;
}

std::vector<std::string> arguments(const MachineOptions& options, const std::string& folder) {
  // A comma in a file name would begin QEMU's next option: the working files have plain names below `folder`.
  std::vector<std::string> argv = {kEmulator,
                                   "-M",
                                   "q35",
                                   "-accel",
                                   "tcg",
                                   "-smp",
                                   std::to_string(options.processors),
                                   "-m",
                                   std::to_string(options.memory_mib),
                                   "-nodefaults",
                                   "-no-user-config",
                                   "-display",
                                   "none",
                                   "-no-reboot",
                                   "-net",
                                   "none",
                                   "-serial",
                                   "file:" + folder + "/console",
                                   "-serial",
                                   "file:" + folder + "/report",
                                   "-kernel",
                                   options.kernel,
                                   "-initrd",
                                   folder + "/initramfs",
                                   "-append",
                                   command_line(options)};
  if (options.clock == Clock::instructions) {
    for (const char* word : {"-cpu", "qemu64", "-icount", "shift=0,sleep=off,align=off", "-rtc",
                             "base=2024-01-01T00:00:00,clock=vm", "-seed", "1"})
      argv.push_back(word);
  } else {
    argv.insert(argv.end(), {"-cpu", "max"});
  }
  return argv;
}

MachineEnd how_it_ended(os::ChildEnd end, const std::string& console) {
  if (end == os::ChildEnd::timeout) return MachineEnd::timed_out;
  if (end == os::ChildEnd::too_much_output) return MachineEnd::flooded;
  if (end == os::ChildEnd::last_words) return MachineEnd::halted;
  return console.find("Kernel panic - not syncing") != std::string::npos ? MachineEnd::panicked
                                                                         : MachineEnd::powered_off;
}

uint16_t little_endian_16(const std::string& bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[at]) | static_cast<uint8_t>(bytes[at + 1]) << 8);
}

}  // namespace

// Documentation/arch/x86/boot.rst: "HdrS" at 0x202; kernel_version at 0x20e is where the text is, less 0x200.
Result<std::string> kernel_release(const std::string& path) {
  Result<std::string> image = os::read_whole_file(path);
  if (!image) return image;
  const tl::unexpected<Failure> wrong(Failure{path, 0, "is not a bzImage with a version"});
  if (image->size() < 0x210 || image->compare(0x202, 4, "HdrS") != 0) return wrong;
  const size_t at = little_endian_16(*image, 0x20e) + size_t{0x200};
  if (at >= image->size()) return wrong;
  const size_t end = std::min(image->find_first_of(std::string(" \0", 2), at), image->size());
  if (end == at || end - at > 128) return wrong;
  return image->substr(at, end - at);
}

Result<MachineResult> boot(const MachineOptions& options) {
  if (access(options.kernel.c_str(), R_OK) < 0)
    return tl::unexpected(Failure{options.kernel, errno, "cannot read the kernel"});
  Result<os::TemporaryDirectory> folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  if (Result<void> written = os::replace_file(folder->path() + "/initramfs", options.initramfs); !written)
    return tl::unexpected(written.error());

  const std::string log = folder->path() + "/log";
  os::Supervision supervision;
  supervision.timeout_seconds = options.timeout_seconds;
  supervision.watched = {folder->path() + "/console", folder->path() + "/report", log};
  supervision.last_words = kHalted;
  const auto start = std::chrono::steady_clock::now();
  int status = 0;
  Result<os::ChildEnd> end = os::run_supervised(arguments(options, folder->path()), log, supervision, &status);
  if (!end) {
    Failure failure = end.error();
    if (failure.error == ENOENT) failure.message = "QEMU is not installed (Debian: qemu-system-x86)";
    return tl::unexpected(failure);
  }
  if (*end == os::ChildEnd::exited && status != 0)
    return tl::unexpected(Failure{kEmulator, 0, "QEMU failed: " + os::read_whole_file(log).value_or("no message")});

  MachineResult result;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.console = os::read_whole_file(folder->path() + "/console").value_or("");
  result.report = os::read_whole_file(folder->path() + "/report").value_or("");
  result.end = how_it_ended(*end, result.console);
  return result;
}

}  // namespace stele::vm
