#include "compiler/evaluate/explain.h"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

namespace stele::evaluate {
namespace {

using Json = nlohmann::ordered_json;

/// Reasons quote paths, and a path may hold any byte: JSON gets replacement characters for what is not UTF-8.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string asked_text(const Request& request) {
  const bool memory = request.op == Op::file_map_exec && !request.path;
  return operation_text(request) + (memory ? " (memory without a file)" : "");
}

std::string all_asked_text(const std::vector<Request>& requests) {
  std::string text;
  for (const Request& request : requests) text += (text.empty() ? "" : ", ") + asked_text(request);
  return text;
}

std::string place_of(const Constraint& constraint) {
  if (!constraint.span.file) return "";
  return fmt::format("{}:{}", constraint.span.file->path,
                     diag::locate(*constraint.span.file, constraint.span.begin).line);
}

std::string error_text(int error) {
  const char* name = strerrorname_np(error);
  return name ? name : std::to_string(error);
}

/// "policy.stele:14 rule secrets", with the closure part when the compiler added it.
std::string title_of(const Policy& policy, const Constraint& constraint) {
  std::string text = fmt::format("{} rule {}", place_of(constraint), policy.rules[constraint.rule].name);
  if (constraint.origin.derived) text += fmt::format(" (added to keep it true: {})", constraint.origin.part);
  return text;
}

ConstraintAnswer answer_of(const Policy& policy, uint32_t index, const Question& question) {
  ConstraintAnswer first{index, 0, {}};
  for (size_t request = 0; request < question.requests.size(); ++request) {
    Application application = apply(policy, policy.constraints[index], question.subject, question.requests[request]);
    if (application.applies) return {index, request, std::move(application)};
    if (request == 0) first.application = std::move(application);
  }
  return first;
}

const ConstraintAnswer* deciding_answer(const Explanation& explanation) {
  return explanation.decision.constraint ? &explanation.answers[*explanation.decision.constraint] : nullptr;
}

bool or_kill(const Policy& policy, const Decision& decision) {
  return decision.constraint && policy.constraints[*decision.constraint].or_kill;
}

std::string verdict_line(const Policy& policy, const Explanation& explanation) {
  const Decision& decision = explanation.decision;
  std::string line = verdict_text(decision.verdict);
  if (decision.verdict == Verdict::deny) line += fmt::format(" ({})", error_text(decision.error));
  if (or_kill(policy, decision)) line += ", or kill where the kernel cannot prevent it";
  if (decision.verdict == Verdict::allow)
    line += ": " + all_asked_text(explanation.question.requests);
  else
    line += ": " + asked_text(explanation.question.requests[decision.request]);
  if (decision.event) line += "; an event is written";
  return line + "\n";
}

std::string deciding_lines(const Policy& policy, const Explanation& explanation) {
  const ConstraintAnswer* answer = deciding_answer(explanation);
  if (!answer) return "  no constraint applies\n";
  const Constraint& constraint = policy.constraints[answer->constraint];
  std::string text =
      fmt::format("  decided by {}\n  because {}\n", title_of(policy, constraint), answer->application.reason);
  const std::string& doc = policy.rules[constraint.rule].doc;
  for (size_t begin = 0; begin < doc.size();) {
    const size_t end = std::min(doc.find('\n', begin), doc.size());
    text += "  /// " + doc.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return text;
}

std::string answer_line(const Policy& policy, const ConstraintAnswer& answer) {
  return fmt::format("  {}: {}\n", title_of(policy, policy.constraints[answer.constraint]), answer.application.reason);
}

std::string also_lines(const Policy& policy, const Explanation& explanation) {
  std::string text;
  for (const ConstraintAnswer& answer : explanation.answers) {
    if (!answer.application.applies || &answer == deciding_answer(explanation)) continue;
    text += (text.empty() ? "also applies:\n" : "") + answer_line(policy, answer);
  }
  return text;
}

OpSet asked_ops(const Explanation& explanation) {
  OpSet ops = 0;
  for (const Request& request : explanation.question.requests) ops |= op_bit(request.op);
  return ops;
}

std::string silent_line(const Explanation& explanation, size_t count) {
  std::string ops;
  for (uint32_t i = 0; i < kOpCount; ++i)
    if (asked_ops(explanation) & op_bit(static_cast<Op>(i)))
      ops += fmt::format("{}`{}`", ops.empty() ? "" : " or ", op_text(static_cast<Op>(i)));
  return fmt::format("  {} {} not speak of {}\n", count, count == 1 ? "constraint does" : "constraints do", ops);
}

std::string not_lines(const Policy& policy, const Explanation& explanation, Detail detail) {
  const OpSet asked = asked_ops(explanation);
  std::string text;
  size_t silent = 0;
  for (const ConstraintAnswer& answer : explanation.answers) {
    if (answer.application.applies) continue;
    if (detail == Detail::everything || (policy.constraints[answer.constraint].ops & asked))
      text += answer_line(policy, answer);
    else
      ++silent;
  }
  if (silent) text += silent_line(explanation, silent);
  return text.empty() ? text : "does not apply:\n" + text;
}

Json answer_json(const Policy& policy, const Explanation& explanation, const ConstraintAnswer& answer) {
  const Constraint& constraint = policy.constraints[answer.constraint];
  const Rule& rule = policy.rules[constraint.rule];
  Json json;
  json["constraint"] = answer.constraint;
  json["rule"] = rule.name;
  json["source"] = place_of(constraint);
  if (!rule.doc.empty()) json["doc"] = rule.doc;
  if (constraint.origin.derived) json["closure"] = constraint.origin.part;
  json["request"] = asked_text(explanation.question.requests[answer.request]);
  json["reason"] = answer.application.reason;
  return json;
}

}  // namespace

Explanation explain(const Policy& policy, const Question& question) {
  Explanation explanation{question, evaluate(policy, question.subject, question.requests), {}};
  for (uint32_t index = 0; index < policy.constraints.size(); ++index)
    explanation.answers.push_back(answer_of(policy, index, question));
  if (explanation.decision.constraint) {
    ConstraintAnswer& answer = explanation.answers[*explanation.decision.constraint];
    answer.request = explanation.decision.request;
    answer.application =
        apply(policy, policy.constraints[answer.constraint], question.subject, question.requests[answer.request]);
  }
  return explanation;
}

std::string explanation_text(const Policy& policy, const Explanation& explanation, Detail detail) {
  std::string text = verdict_line(policy, explanation) + deciding_lines(policy, explanation);
  if (!explanation.question.exe_given) text += "  (no exe given: taken as one that no set of the policy holds)\n";
  return text + also_lines(policy, explanation) + not_lines(policy, explanation, detail);
}

std::string explanation_json(const Policy& policy, const Explanation& explanation) {
  const Decision& decision = explanation.decision;
  Json json;
  json["policy"] = policy.name;
  json["request"] = explanation.question.text;
  json["verdict"] = verdict_text(decision.verdict);
  json["error"] = decision.error ? Json(error_text(decision.error)) : Json();
  json["or_kill"] = or_kill(policy, decision);
  json["event"] = decision.event;
  const ConstraintAnswer* decided = deciding_answer(explanation);
  json["decided_by"] = decided ? answer_json(policy, explanation, *decided) : Json();
  json["applies"] = Json::array();
  json["does_not_apply"] = Json::array();
  for (const ConstraintAnswer& answer : explanation.answers) {
    if (&answer == decided) continue;
    json[answer.application.applies ? "applies" : "does_not_apply"].push_back(answer_json(policy, explanation, answer));
  }
  return dump(json);
}

}  // namespace stele::evaluate
