// See outcome.h.

#include "compiler/scenario/outcome.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>

#include "compiler/catalog/catalog.h"
#include "compiler/scenario/errno_names.h"
#include "runtime/abi.h"

namespace stele::scenario {
namespace {

constexpr char kInitExe[] = "/init";  // pid 1 reads the events and cleans up: what it does is nobody's case

evaluate::Verdict verdict_of(uint32_t number) {
  return number == 0 ? evaluate::Verdict::audit : number == 1 ? evaluate::Verdict::deny : evaluate::Verdict::kill;
}

std::string name_at(const std::vector<std::string>& names, uint32_t index) {
  return index < names.size() ? names[index] : "?";
}

RungEvent named_event(const EnforcerUnderTest& enforcer, const GuestEvent& event) {
  RungEvent named;
  named.sequence = event.sequence;
  named.rule = name_at(enforcer.rules, event.constraint);
  named.operation = name_at(enforcer.operations, event.op);
  named.hook = event.hook < STELE_HOOK_COUNT ? catalog::hooks()[event.hook].name : "?";
  named.verdict = verdict_of(event.verdict);
  named.error = static_cast<int>(event.error);
  named.comm = event.comm;
  named.exe = event.exe;
  named.object = event.object;
  named.other = event.other;
  named.uid = event.uid;
  named.unresolved = event.flags & STELE_EVENT_UNRESOLVED;
  return named;
}

bool never_started(const GuestCase& report) {
  return !report.steps.empty() && report.steps.back().index == -1;
}

/// "; rule no_shells refused exec of /usr/bin/sh", once for each.
std::string refusals(const std::vector<RungEvent>& events) {
  std::string text;
  for (const RungEvent& event : events) {
    if (event.verdict < evaluate::Verdict::deny) continue;
    const std::string one = fmt::format("; rule {} refused {} of {}", event.rule, event.operation,
                                        event.object.empty() ? "memory" : event.object);
    if (text.find(one) == std::string::npos) text += one;
  }
  return text;
}

/// Why the judged step has no result, or empty.
std::string trouble_of(const Case& one, const GuestCase& report, const std::vector<RungEvent>& events, bool killed) {
  const int judged = static_cast<int>(one.steps.size()) - 1;
  if (report.timed_out) return "it did not end in time";
  if (!report.ended) return "the machine stopped in this case";
  const GuestStep* last = report.steps.empty() ? nullptr : &report.steps.back();
  if (last && last->index == -1)
    return fmt::format("the subject's exe could not be started: {}{}",
                       last->error ? errno_name(last->error) : fmt::format("signal {}", last->signal),
                       refusals(events));
  const int reached = last ? last->index : -1;
  if (last && last->index < judged && (last->error || last->signal))
    return fmt::format("step {} (`{}`), which prepares, failed: {}", last->index + 1,
                       one.steps[static_cast<size_t>(last->index)].verb,
                       last->error ? errno_name(last->error) : fmt::format("signal {}", last->signal));
  if (reached == judged || (killed && reached == judged - 1)) return "";
  return fmt::format("the agent ended after step {} with wait status {:#x}", reached + 1, report.status);
}

}  // namespace

Outcome outcome_of(const EnforcerUnderTest& enforcer, const Case& one, const GuestCase& report) {
  Outcome outcome;
  outcome.index = report.index;
  outcome.output = report.output;
  for (const GuestEvent& event : report.events)
    if (event.exe != kInitExe || never_started(report)) outcome.events.push_back(named_event(enforcer, event));
  std::sort(outcome.events.begin(), outcome.events.end(),
            [](const RungEvent& a, const RungEvent& b) { return a.sequence < b.sequence; });

  const bool agent_killed = WIFSIGNALED(report.status) && WTERMSIG(report.status) == SIGKILL;
  outcome.trouble = trouble_of(one, report, outcome.events, agent_killed);
  if (!outcome.trouble.empty()) return outcome;
  const GuestStep step = report.steps.empty() || report.steps.back().index + 1 < static_cast<int>(one.steps.size())
                             ? GuestStep{}
                             : report.steps.back();
  outcome.error = step.error;
  outcome.exit = step.exit;
  // The strongest event speaks for the case; of several as strong, the first.
  const auto strongest = std::max_element(outcome.events.begin(), outcome.events.end(),
                                          [](const RungEvent& a, const RungEvent& b) { return a.verdict < b.verdict; });
  const bool has_event = strongest != outcome.events.end();
  outcome.event = has_event;
  if (has_event) outcome.rule = strongest->rule;
  const bool denied = has_event && strongest->verdict >= evaluate::Verdict::deny;
  if (agent_killed || step.signal == SIGKILL) {
    outcome.verdict = evaluate::Verdict::kill;
  } else if (step.signal && denied) {
    // The new program's own pages were refused after the point of no return: execve cannot fail any more.
    outcome.verdict = evaluate::Verdict::deny;
    outcome.error = strongest->error;
  } else if (step.signal) {
    outcome.trouble = fmt::format("the step's child died of signal {}", step.signal);
  } else if (step.error) {
    if (denied) outcome.verdict = evaluate::Verdict::deny;
  } else if (denied) {
    outcome.trouble = "the step succeeded, but an event says that rule " + strongest->rule + " denied it";
  } else {
    outcome.verdict = has_event ? evaluate::Verdict::audit : evaluate::Verdict::allow;
  }
  return outcome;
}

}  // namespace stele::scenario
