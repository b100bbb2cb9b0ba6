// See report.h.

#include "compiler/scenario/report.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "compiler/evaluate/explain_request.h"
#include "compiler/scenario/errno_names.h"

namespace stele::scenario {
namespace {

using nlohmann::json;

const char* status_word(CaseStatus status) {
  switch (status) {
    case CaseStatus::passed:
      return "ok";
    case CaseStatus::skipped:
      return "skip";
    case CaseStatus::failed:
      return "FAIL";
    case CaseStatus::expected_failure:
      return "xfail";
    case CaseStatus::unexpected_success:
      break;
  }
  return "XPASS";
}

const char* rung_word(Rung rung) {
  switch (rung) {
    case Rung::evaluator:
      return "evaluator";
    case Rung::host:
      return "host";
    case Rung::kernel:
      return "kernel";
    case Rung::bare:
      break;
  }
  return "bare";
}

/// What to show of a case that passed: the evaluator's decision, or the exit code.
std::string summary(const Case& one, const std::vector<RungResults>& rungs, size_t index) {
  if (one.kernel_only()) return fmt::format("exit code {}", *one.expect.exit);
  for (const RungResults& rung : rungs)
    if (!rung.outcomes.at(index).skipped && rung.rung != Rung::bare) {
      Outcome shown = rung.outcomes.at(index);
      shown.events.clear();
      return outcome_text(shown);
    }
  return "not run";
}

/// What the case asks of a policy, as `stele explain` reads it. A program that was executed maps itself.
std::vector<std::string> questions(const Case& one) {
  std::vector<std::string> texts;
  for (const evaluate::Request& request : one.requests) {
    evaluate::Subject subject = one.subject;
    if (request.exe) subject.exe = *request.exe, subject.by_kernel = false;
    texts.push_back(evaluate::request_text(subject, request));
  }
  return texts;
}

/// Below a rung: what it skipped, by why. What the evaluator leaves to a kernel that ran it is no news.
std::string skipped_lines(const Scenario& scenario, const RungResults& rung, const Report& report) {
  std::map<std::string, std::vector<std::string>> names;
  for (const Outcome& outcome : rung.outcomes) {
    const bool decided_elsewhere = report.cases.at(outcome.index).status != CaseStatus::skipped;
    if (!outcome.skipped || (rung.rung == Rung::evaluator && decided_elsewhere)) continue;
    names[*outcome.skipped].push_back(scenario.cases[outcome.index].name);
  }
  std::string text;
  for (const auto& [why, cases] : names)
    text += fmt::format("    {} skipped ({}): {}\n", cases.size(), why, fmt::join(cases, "; "));
  return text;
}

json event_json(const RungEvent& event) {
  return {{"rule", event.rule},
          {"operation", event.operation},
          {"hook", event.hook},
          {"exe", event.exe},
          {"object", event.object},
          {"comm", event.comm},
          {"uid", event.uid},
          {"errno", event.error ? json(errno_name(event.error)) : json()},
          {"verdict", evaluate::verdict_text(event.verdict)},
          {"unresolved", event.unresolved},
          {"sequence", event.sequence}};
}

json outcome_json(const RungResults& rung, const Outcome& outcome) {
  json out = {{"rung", rung.name}, {"skipped", outcome.skipped.has_value()}};
  if (outcome.skipped) {
    out["reason"] = *outcome.skipped;
    return out;
  }
  if (!outcome.trouble.empty()) {
    out["trouble"] = outcome.trouble;
    return out;
  }
  out["verdict"] = outcome.verdict ? json(evaluate::verdict_text(*outcome.verdict)) : json();
  out["errno"] = outcome.error ? json(errno_name(outcome.error)) : json();
  out["rule"] = outcome.rule.empty() ? json() : json(outcome.rule);
  if (!outcome.part.empty()) out["part"] = outcome.part;
  out["event"] = outcome.event;
  if (outcome.exit >= 0) out["exit"] = outcome.exit;
  for (const RungEvent& event : outcome.events) out["events"].push_back(event_json(event));
  for (const std::string& line : outcome.output) out["output"].push_back(line);
  return out;
}

}  // namespace

std::string render_text(const Scenario& scenario, const std::vector<RungResults>& rungs, const Report& report,
                        Detail detail) {
  std::string text;
  for (const CaseReport& one : report.cases) {
    const Case& source = scenario.cases[one.index];
    const bool shown = detail == Detail::every_case || one.status == CaseStatus::failed ||
                       one.status == CaseStatus::unexpected_success;
    if (!shown) continue;
    text += fmt::format("{:<5} {}", status_word(one.status), source.name);
    if (one.status == CaseStatus::passed || one.status == CaseStatus::skipped)
      text += ": " + summary(source, rungs, one.index);
    if (one.status == CaseStatus::expected_failure) text += ": " + *source.xfail;
    text += '\n';
    if (one.status == CaseStatus::passed || one.status == CaseStatus::skipped) continue;
    if (one.status != CaseStatus::expected_failure) text += fmt::format("      {}:{}\n", scenario.path, source.line);
    for (const std::string& problem : one.problems) text += "      " + problem + '\n';
    if (one.status == CaseStatus::expected_failure) continue;
    for (const std::string& question : questions(source)) text += "      asked: " + question + '\n';
  }
  text += fmt::format("{}: {} passed, {} failed", scenario.path, report.passed, report.failed);
  if (report.skipped) text += fmt::format(", {} skipped", report.skipped);
  if (report.expected_failures) text += fmt::format(", {} known gap(s)", report.expected_failures);
  for (const std::string& rung : report.idle) text += fmt::format(", no case ran: {}", rung);
  text += '\n';
  for (const RungResults& rung : rungs) {
    text += "  " + rung.name;
    if (rung.apply_us) text += fmt::format(": enforcing after {:.0f} ms (emulated)", double(rung.apply_us) / 1000);
    if (rung.seconds > 0) text += fmt::format(", {:.1f} s in all", rung.seconds);
    text += '\n' + skipped_lines(scenario, rung, report);
  }
  return text;
}

std::string render_json(const Scenario& scenario, const std::vector<RungResults>& rungs, const Report& report) {
  json out = {{"scenario", scenario.path},
              {"ok", report.ok()},
              {"passed", report.passed},
              {"failed", report.failed},
              {"skipped", report.skipped},
              {"idle", report.idle},
              {"expected_failures", report.expected_failures},
              {"rungs", json::array()},
              {"cases", json::array()}};
  for (const RungResults& rung : rungs)
    out["rungs"].push_back({{"name", rung.name},
                            {"rung", rung_word(rung.rung)},
                            {"seconds", rung.seconds},
                            {"apply_us", rung.apply_us},
                            {"enforcer_output", rung.enforcer_output}});
  for (const CaseReport& one : report.cases) {
    const Case& source = scenario.cases[one.index];
    json entry = {{"name", source.name},      {"line", source.line},           {"status", status_word(one.status)},
                  {"problems", one.problems}, {"requests", questions(source)}, {"outcomes", json::array()}};
    for (const RungResults& rung : rungs) entry["outcomes"].push_back(outcome_json(rung, rung.outcomes.at(one.index)));
    out["cases"].push_back(std::move(entry));
  }
  // Names may hold any byte; JSON may not.
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace stele::scenario
