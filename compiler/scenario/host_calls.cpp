// See host_calls.h.

#include "compiler/scenario/host_calls.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "runtime/abi.h"

namespace stele::scenario {
namespace {

std::string escaped(const std::string& path) {
  if (path.empty()) return "\\x00";
  if (path == "-") return "\\x2d";
  std::string text;
  for (unsigned char c : path)
    text += c > 0x20 && c < 0x7f && c != '\\' ? std::string(1, c) : fmt::format("\\x{:02x}", c);
  return text;
}

/// Is the request what the call makes of the file: of this kind, and with this new name?
bool fits(const HostRequest& made, const evaluate::Request& request, const std::optional<std::string>& new_name) {
  std::map<Field, Number> numbers;
  std::map<Field, std::string> names;
  if (made.plain) numbers[Field::kind] = kPlain;
  if (made.becomes && new_name) names[Field::new_name] = *new_name;
  if (request.exe.has_value() != made.by_itself || (made.by_itself && *request.exe != request.path.value_or("")))
    return false;
  if (const auto owned = request.numbers.find(Field::owned); owned != request.numbers.end()) numbers.insert(*owned);
  return request.numbers == numbers && request.names == names;
}

/// Nothing where nothing is said.
const char* owner_word(const evaluate::Request& request) {
  const auto owned = request.numbers.find(Field::owned);
  return owned == request.numbers.end() ? "" : owned->second ? " self" : " other";
}

/// The call's line when the requests from `begin` on fit it.
std::optional<std::string> fit(const HostCall& call, const std::vector<evaluate::Request>& requests, size_t begin) {
  if (requests.size() - begin < call.requests.size()) return std::nullopt;
  std::array<const evaluate::Request*, 2> path_of{};
  for (size_t i = 0; i < call.requests.size(); i++) {
    const evaluate::Request& request = requests[begin + i];
    const evaluate::Request*& known = path_of.at(call.requests[i].path - 'a');
    if (request.op != call.requests[i].op || (known && known->path != request.path)) return std::nullopt;
    if (!known) known = &request;
  }
  for (size_t i = 0; i < call.requests.size(); i++) {
    const HostRequest& made = call.requests[i];
    const std::optional<std::string> new_name = made.becomes ? path_of.at(made.becomes - 'a')->path : std::nullopt;
    if (!fits(made, requests[begin + i], new_name)) return std::nullopt;
  }
  std::string line = fmt::format("call {}", call.name);
  for (const evaluate::Request* request : path_of)
    if (request) line += " " + (request->path ? escaped(*request->path) : "-");
  for (const evaluate::Request* request : path_of)
    if (request) line += owner_word(*request);
  return line + "\n";
}

uint32_t state_of(const lower::Automaton& automaton, const std::string& path) {
  uint32_t state = STELE_STATE_ROOT;
  std::istringstream parts(path);
  for (std::string part; state && std::getline(parts, part, '/');) {
    if (part.empty()) continue;
    const auto edge = automaton.states[state].edges.find(part);
    state = edge == automaton.states[state].edges.end() ? automaton.states[state].other : edge->second;
  }
  return state;
}

/// One program's answer.
struct HookAnswer {
  std::string hook;
  int returned = 0;
  uint32_t signal = 0;
  int64_t counted = -1;
  uint64_t unresolved = 0;
  int64_t event = -1;
  uint32_t op = 0, flags = 0;
  int error = 0;
  std::string exe, kind, object, other;
};

std::string path_text(const std::string& word) {
  const size_t first = word.find_first_not_of('/');
  if (word.empty() || word == "-") return "";
  return first == std::string::npos ? "/" : "/" + word.substr(first);
}

std::optional<HookAnswer> parse(std::string_view line) {
  HookAnswer answer;
  std::istringstream words{std::string(line)};
  words >> answer.hook >> answer.returned >> answer.signal >> answer.counted >> answer.unresolved >> answer.event >>
      answer.op >> answer.flags >> answer.error >> answer.exe >> answer.kind;
  if (answer.kind != "none") words >> answer.object;
  if (answer.kind == "paths") words >> answer.other;
  std::string rest;
  if (!words || words >> rest) return std::nullopt;
  return answer;
}

/// Why the answer contradicts the constraint that was counted, or empty.
std::string contradiction(const ir::Module& module, const HookAnswer& answer) {
  if (answer.counted < 0) {
    const bool silent = !answer.returned && !answer.signal && !answer.unresolved && answer.event < 0;
    return silent ? "" : "it acts without a constraint";
  }
  const ir::Constraint& constraint = module.constraints.at(static_cast<size_t>(answer.counted));
  const int error = constraint.effect == Effect::audit ? 0 : constraint.error;
  if (answer.returned != -error)
    return fmt::format("it returns {} for a constraint with errno {}", answer.returned, error);
  if ((answer.signal == SIGKILL) != (constraint.effect == Effect::kill)) return "its signal is not the constraint's";
  if ((answer.event >= 0) != (constraint.log != LogLevel::none)) return "its event is not what the constraint logs";
  if (answer.event < 0) return "";
  if (answer.event != answer.counted || answer.error != error) return "its event is of another constraint";
  if (!std::binary_search(constraint.operations.begin(), constraint.operations.end(), answer.op))
    return "its event has an operation of another constraint";
  if ((answer.flags & STELE_EVENT_UNRESOLVED) != (answer.unresolved ? STELE_EVENT_UNRESOLVED : 0))
    return "its event and the counter disagree about what is unresolved";
  return "";
}

evaluate::Verdict verdict_of(const ir::Constraint& constraint) {
  return static_cast<evaluate::Verdict>(static_cast<int>(constraint.effect) + 1);
}

/// Adds what one call's programs say. All of them must say the same.
void add_call(const ir::Module& module, const std::vector<std::string_view>& lines, Outcome& ret_outcome) {
  std::optional<HookAnswer> first;
  for (std::string_view line : lines) {
    const auto answer = parse(line);
    std::string fault = answer ? contradiction(module, *answer) : "cannot be read";
    if (fault.empty() && first && first->counted != answer->counted)
      fault =
          fmt::format("constraint {} decides, but constraint {} at {}", answer->counted, first->counted, first->hook);
    if (!fault.empty()) {
      ret_outcome.trouble = fmt::format("`{}`: {}", line, fault);
      return;
    }
    if (!first) first = *answer;
  }
  if (!first || first->counted < 0) return;
  const ir::Constraint& constraint = module.constraints[static_cast<size_t>(first->counted)];
  const evaluate::Verdict verdict = verdict_of(constraint);
  if (verdict > *ret_outcome.verdict) {
    ret_outcome.verdict = verdict;
    ret_outcome.rule = constraint.rule;
  }
  ret_outcome.error = -first->returned;
  if (first->event < 0) return;
  ret_outcome.event = true;
  RungEvent event;
  event.sequence = ret_outcome.events.size() + 1;
  event.rule = constraint.rule;
  event.operation = op_text(module.operations.at(first->op));
  event.hook = first->hook;
  event.comm = "host";
  event.exe = path_text(first->exe);
  event.object = path_text(first->object);
  event.other = path_text(first->other);
  event.verdict = verdict;
  event.error = first->error;
  event.unresolved = first->flags & STELE_EVENT_UNRESOLVED;
  ret_outcome.events.push_back(std::move(event));
}

}  // namespace

const std::vector<HostCall>& all_host_calls() {
  static const std::vector<HostCall> all = [] {
    std::vector<HostCall> calls;
#define STELE_ADD_CALLS(room) \
  for (HostCall & call : room::host_calls()) calls.push_back(std::move(call));
    STELE_ROOMS(STELE_ADD_CALLS)
#undef STELE_ADD_CALLS
    // Longer ones first: a shorter one can be the beginning of a longer one.
    std::stable_sort(calls.begin(), calls.end(),
                     [](const HostCall& a, const HostCall& b) { return a.requests.size() > b.requests.size(); });
    return calls;
  }();
  return all;
}

std::optional<std::vector<std::string>> host_calls(const std::vector<evaluate::Request>& requests) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < requests.size();) {
    const size_t before = at;
    for (const HostCall& call : all_host_calls()) {
      const auto line = fit(call, requests, at);
      if (!line) continue;
      lines.push_back(*line);
      at += call.requests.size();
      break;
    }
    if (at == before) return std::nullopt;
  }
  return lines;
}

std::string host_subject(const evaluate::Subject& subject) {
  return fmt::format("subject {} {} {} {} {} {}\n", subject.uid, subject.euid, subject.gid, subject.egid,
                     subject.groups.empty() ? "-" : fmt::format("{}", fmt::join(subject.groups, ",")),
                     subject.by_kernel     ? "@kernel"
                     : subject.exe.empty() ? "-"
                                           : escaped(subject.exe));
}

std::string host_mounts(const lower::Automaton& automaton, const std::vector<ImageMount>& mounts) {
  uint32_t device = 2;
  std::string text = fmt::format("start {} {} /\n", device, STELE_STATE_ROOT);
  for (const ImageMount& mount : mounts) {
    if (mount.type.empty() || mount.type == "none" || mount.type == "bind") continue;  // shows what is there already
    device++;
    text += mount.after_start
                ? fmt::format("late {} {}\n", device, escaped(mount.at))
                : fmt::format("start {} {} {}\n", device, state_of(automaton, mount.at), escaped(mount.at));
  }
  return text;
}

Outcome host_outcome(const ir::Module& module, const std::vector<std::vector<std::string_view>>& answers) {
  Outcome outcome;
  outcome.verdict = evaluate::Verdict::allow;
  for (const auto& lines : answers) {
    add_call(module, lines, outcome);
    if (!outcome.trouble.empty() || outcome.error) break;
  }
  return outcome;
}

}  // namespace stele::scenario
