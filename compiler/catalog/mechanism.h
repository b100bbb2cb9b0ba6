#pragma once

// What a kernel can do about an operation or a system call, and by which of its LSM hooks. The facts are tables beside
// this file (operation.def, syscall.def, lsm_hook.def), checked against each other when compiled.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::catalog {

enum class Guarantee : uint8_t {
  prevent,    // the effect never happens, the caller gets the errno
  terminate,  // the caller is killed before it returns to user space; the call in flight may have taken effect
  observe     // an event, nothing more
};
/// "prevent"
std::string guarantee_text(Guarantee guarantee);

/// A kernel whose facts the catalogue has; it speaks for those up to the next one.
struct Kernel {
  uint32_t version;            // as in Target
  std::string_view read_from;  // the release whose source was read: "6.12.107"
};
/// Oldest first.
std::span<const Kernel> kernels();
/// Those within the target; when none is, those between which it lies.
std::vector<Kernel> kernels_of(const Target& target);

struct Mechanism {
  Guarantee guarantee = Guarantee::observe;  // the best that a constraint of any effect can get
  std::vector<std::string_view> hooks;       // LSM hooks that the operation meets on this kernel
  std::string_view note;                     // what there is to know of it; may be empty
  bool enforced = false;                     // there is a program for it
  bool tried = false;                        // on the kernels themselves, not only read from their source
};

/// `kernel` is any version from 6.1 on. Op::syscall is never preventable as a whole: see syscall_mechanism.
const Mechanism& mechanism(Op op, uint32_t kernel);
/// A number that the kernel does not have is prevented, by the kernel: ENOSYS.
const Mechanism& syscall_mechanism(uint32_t number, uint32_t kernel);

/// Numbers of all calls in the table, ascending.
std::vector<uint32_t> catalogued_syscalls();

}  // namespace stele::catalog
