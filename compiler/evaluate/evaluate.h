#pragma once

// Reference semantics: a direct reading of the language over the resolved policy. Shares no code with the lowering.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::evaluate {

/// Who asks. Ids as the initial user namespace counts them; executables by their absolute path, as the policy names
/// files. An empty name (a nameless executable, none, no parent) is in no set.
struct Subject {
  uint32_t uid = 0, euid = 0, gid = 0, egid = 0;
  std::vector<uint32_t> groups = {};  // supplementary
  std::string exe = {};
  bool by_kernel = false;  // the kernel starts it: a user mode helper before its exec, without an executable
  uint32_t loginuid = kNoId;
  std::string parent_exe = {};
  std::vector<std::string> ancestors = {};  // executables of all ancestors but the parent
  std::string comm = {};
  std::string cgroup = "/";
  bool host_mntns = true, host_pidns = true;
  uint32_t tty = 0;           // WordTable::tty
  uint64_t capabilities = 0;  // effective, bit = number
};

/// One operation on one object. A system call is one or several of these; its verdict is the strongest.
///   open for reading/writing/appending: file read / write / append; of a directory: file list
///   open that creates: file create, then the above;     truncating open: file truncate too
///   rename A B: rename A and rename B (both `as` B), create B, and delete B when it exists
///   exchange A B: rename B A, then rename A B
///   link A B:   link A as B, create B;                  execute: exec (script, then its interpreter)
///   mmap or mprotect with PROT_EXEC: file map_exec, also by the kernel for the program executed, with its exe
struct Request {
  Op op = Op::file_read;
  /// file, exec: the object; process: the target's executable; net: a unix socket's path; mount: the target;
  /// kernel sysctl: the file below /proc/sys; bpf obj_get, obj_pin: the pin. nullopt: none, or a file without a name,
  /// which is in no set: anonymous memory, a memfd, what the host's mount namespace does not mount.
  std::optional<std::string> path = std::nullopt;
  std::map<Field, Number> numbers = {};     // object fields that the request has; system calls have all arguments
  std::map<Field, std::string> names = {};  // Field::source, Field::fstype, Field::new_name
  /// What the subject executes by then, where the call has changed it: an exec.
  std::optional<std::string> exe = std::nullopt;
};

enum class Verdict : uint8_t { allow, audit, deny, kill };
/// As scenarios and explanations name it.
std::string verdict_text(Verdict verdict);

struct Decision {
  Verdict verdict = Verdict::allow;
  int error = 0;                       // errno for deny and kill, else 0
  std::optional<uint32_t> constraint;  // the one that decided: strongest, then smallest errno, then smallest index
  size_t request = 0;                  // which of the requests it decided
  bool event = false;                  // is an event written
};

/// Whose a file is may be left open.
/// A name deeper than kMaxDepth or with a component over kMaxComponentBytes is unresolved, and what is said of it
/// unknown (Kleene); an unknown is taken the way that makes the constraint apply.
/// Cost: every constraint is asked about every request.
Decision evaluate(const Policy& policy, const Subject& subject, const std::vector<Request>& requests);

/// Does this constraint apply to the request?
bool applies(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request);

/// Is it an `only` of which nothing but its list keeps it from applying?
bool lists(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request);

/// The same with the reason in words, for `explain`.
struct Application {
  bool applies = false;
  std::string reason;
};
Application apply(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request);

/// Is `path` in the set, is it above something in it (a proper ancestor directory of a possible member)?
bool matches(const Policy& policy, PathSetId set, const std::string& path);
bool is_above(const Policy& policy, PathSetId set, const std::string& path);

}  // namespace stele::evaluate
