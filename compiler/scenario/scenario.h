#pragma once

// A scenario: an image, cases (who does what), and what must come of it. YAML, documented in docs/scenarios.md.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "compiler/model/failure.h"
#include "dsl/sema/accounts.h"

namespace stele::scenario {

/// A file of the image. Exactly one kind.
struct ImageEntry {
  enum class Kind : uint8_t { file, directory, symlink, program, hard_link };
  std::string path;
  Kind kind = Kind::file;
  std::string content;  // file: bytes; symlink, hard_link: target
  uint32_t mode = 0644, uid = 0, gid = 0;
};

struct ImageMount {
  std::string at, type, source, options;
  bool after_start = false;  // mounted after the enforcer was applied
};

/// One step of a case as the guest runs it, e.g. {"read", {"/etc/shadow"}}; the list is in docs/scenarios.md.
/// The last step of a case is the one that is judged; those before it prepare and must succeed.
struct Step {
  std::string verb;
  std::vector<std::string> arguments;
};

struct Expectation {
  evaluate::Verdict verdict = evaluate::Verdict::allow;
  std::optional<int> error;  // errno that the caller sees; for allow 0 unless said (a plain DAC error may be expected)
  std::optional<int> seen;   // errno that the caller sees where the kernel turns the policy's into another
  std::optional<std::string> rule;  // rule that decides
  std::optional<bool> event;        // is an event written
  // For the tests of the enforcer itself: such a case runs in a kernel only, and nothing of the policy is judged.
  std::optional<int> exit;          // exit code of the program that the judged step runs
  std::vector<std::string> output;  // texts that it must print
};

/// What runs as a case's subject unless it says `exe`.
inline constexpr const char* kDefaultExe = "/agent";

struct Case {
  std::string name;
  evaluate::Subject subject;  // of the judged step
  std::string starts_as;      // its executable at first, when steps before make it another one; else empty
  std::vector<Step> steps;
  std::vector<evaluate::Request>
      requests;  // what the judged step asks, in true names; derived from the step unless given
  Expectation expect;
  std::vector<std::string> kernels;  // empty: all; else only these versions ("6.1", ">=6.12", "<7.0")
  std::string reason;                // why only these
  std::optional<std::string> xfail;  // known gap: fails when it starts to pass
  uint32_t line = 0;

  /// What makes the steps in the guest: the subject, or what makes the kernel start it.
  std::string agent_exe() const {
    if (subject.by_kernel) return kDefaultExe;
    return starts_as.empty() ? subject.exe : starts_as;
  }
  /// A question: nobody acts, and the evaluator alone decides it.
  bool asked_only() const { return steps.empty(); }
  bool kernel_only() const { return expect.exit.has_value(); }
  /// Without an enforcer each case has a mount namespace of its own, in which the kernel starts nothing, and whose
  /// files are not in the namespaces it may join.
  bool may_run_bare() const {
    const auto joins = [](const Step& step) { return step.verb == "setns"; };
    return !kernel_only() && !subject.by_kernel && std::none_of(steps.begin(), steps.end(), joins);
  }
};

/// What the machine's root file system is: a tmpfs that init switched to, as on nearly every system, or the initramfs.
inline constexpr const char* kRootWords[] = {"tmpfs", "initramfs", "part", "deployment"};  // as RootKind
enum class RootKind : uint8_t { tmpfs, initramfs, part, deployment };

/// A further policy, whose enforcer lies in the image.
struct OtherEnforcer {
  std::string path;    // "/NAME"
  std::string policy;  // its file, as seen from the scenario's folder
};

struct Scenario {
  std::string path;
  std::vector<OtherEnforcer> other_enforcers;
  std::vector<ImageEntry> image;
  std::vector<ImageMount> mounts;
  std::string kernel_command_line;  // added to the default
  RootKind root = RootKind::tmpfs;
  bool apply = true;  // the enforcer is applied before the cases; false: the cases run it
  std::vector<Case> cases;

  /// Mounts overlays, which Debian's kernels have as a module.
  bool wants_overlay() const;

  /// Nobody acts in any of its cases.
  bool asked_only() const {
    return std::all_of(cases.begin(), cases.end(), [](const Case& one) { return one.asked_only(); });
  }
};

/// Reads a scenario. Refuses unknown keys, duplicate keys, wrong types, with FILE:LINE:COLUMN in the message. Ids may
/// be names that the accounts know.
Result<Scenario> read_scenario(const std::string& path, const std::string& text, const sema::Accounts& accounts = {});

}  // namespace stele::scenario
