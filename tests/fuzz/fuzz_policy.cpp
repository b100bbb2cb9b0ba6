// Text → parsed, resolved, closed, printed, and asked for decisions. An input is a one-file case (tests/cases): the
// policy, then the files that it may include. Kept beside "no crash": diagnostics lie within their files, the resolved
// policy is as policy.h says, the same input gives the same policy, and the order of constraints decides nothing.

#include <algorithm>
#include <string>

#include "compiler/evaluate/evaluate.h"
#include "compiler/evaluate/explain.h"
#include "dsl/sema/print.h"
#include "dsl/sema/resolve.h"
#include "tests/cases/case_file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/invariants.h"
#include "tests/fuzz/requests.h"
#include "tests/sema/memory_reader.h"

namespace stele::fuzz {
namespace {

constexpr size_t kQuestions = 8;
constexpr size_t kExplained = 200;  // constraints; an explanation has a line for each

std::map<std::string, std::string> files_of(const std::string& input) {
  const cases::CaseFile file = cases::split_case(input);
  std::map<std::string, std::string> files = {{"case.stele", file.input}};
  for (const auto& section : file.sections)
    if (section.name.starts_with("file ")) files[section.name.substr(5)] = section.text;
  return files;
}

/// The strongest verdict of those that apply, by asking each constraint alone.
evaluate::Verdict strongest(const Policy& policy, const evaluate::Subject& subject, const evaluate::Request& request) {
  evaluate::Verdict verdict = evaluate::Verdict::allow;
  for (const Constraint& constraint : policy.constraints)
    if (evaluate::applies(policy, constraint, subject, request))
      verdict = std::max(verdict, static_cast<evaluate::Verdict>(static_cast<uint8_t>(constraint.effect) + 1));
  return verdict;
}

void ask(const Policy& policy, const std::string& input) {
  Policy reversed = policy;
  std::reverse(reversed.constraints.begin(), reversed.constraints.end());
  Questioner questioner(policy, Choices(input));
  for (size_t i = 0; i < kQuestions; ++i) {
    const evaluate::Subject subject = questioner.subject();
    const evaluate::Request request = questioner.request();
    const evaluate::Decision decision = evaluate::evaluate(policy, subject, {request});
    const evaluate::Decision other = evaluate::evaluate(reversed, subject, {request});
    require(decision.verdict == other.verdict && decision.error == other.error, "order decides nothing");
    require(decision.verdict == strongest(policy, subject, request), "the strongest verdict wins");
  }
}

void explain_some(const Policy& policy, const std::string& input) {
  static const char* const kAsked[] = {
      "uid 33 exe /usr/sbin/nginx: file read /etc/shadow",
      "uid 0: file rename /a over /b",
      "uid 0: exec /usr/bin/x",
      "uid 33: net connect to 10.2.0.1 port 443/tcp",
      "uid 0: net create family netlink protocol route",
      "uid 0: syscall ioctl(0, 0x5401)",
      "uid 0: cap NET_RAW",
      "uid 0: process ptrace uid 33 exe /usr/sbin/sshd",
      "uid 0: process set_exe",
      "uid 0: mount mount on /mnt from /dev/sda1 fstype ext4",
      "uid 0: kernel sysctl /proc/sys/kernel/core_pattern",
      "uid 0: bpf map_update of policy",
  };
  if (policy.constraints.size() > kExplained) return;
  const auto question = evaluate::parse_question(kAsked[Choices(input).below(std::size(kAsked))]);
  require(question.has_value(), "a question of this program can be asked");
  const evaluate::Explanation explanation = evaluate::explain(policy, *question);
  require(!evaluate::explanation_text(policy, explanation).empty(), "an explanation says something");
  require(is_json(evaluate::explanation_json(policy, explanation)), "an explanation is JSON");
}

void run(const std::string& input) {
  const test::MemoryReader files(files_of(input));
  diag::Sink sink;
  const auto policy = sema::load_policy("case.stele", files, sink);
  require(policy.has_value() != sink.has_errors(), "there is a policy or an error");
  check_diagnostics(sink);
  if (!policy) return;
  check_policy(*policy);
  diag::Sink again;
  const auto same = sema::load_policy("case.stele", files, again);
  require(same && sema::policy_text(*same) == sema::policy_text(*policy), "the same input, the same policy");
  ask(*policy, input);
  explain_some(*policy, input);
}

}  // namespace
}  // namespace stele::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stele::fuzz::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
