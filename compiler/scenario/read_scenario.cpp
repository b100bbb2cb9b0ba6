// YAML → Scenario. One function for each kind of thing that a scenario holds; the first mistake ends the reading.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/evaluate/explain_request.h"
#include "compiler/evaluate/quoting.h"
#include "compiler/scenario/errno_names.h"
#include "compiler/scenario/missing.h"
#include "compiler/scenario/scenario.h"
#include "compiler/scenario/verbs.h"
#include "compiler/scenario/yaml.h"
#include "dsl/diag/suggest.h"

namespace stele::scenario {
namespace {

using namespace scenario;

constexpr size_t kMaxStepBytes = 24000;  // steps travel through a pipe to the guest's agent
constexpr uint32_t kNobody = UINT32_MAX - 1;

std::string absolute_path(const YAML::Node& node, const std::string& what) {
  std::string path = text_of(node, what);
  if (path.size() < 2 || path[0] != '/' || path.back() == '/') fail(node, what + " must be an absolute path");
  if (path.find('\0') != std::string::npos) fail(node, what + " holds a NUL byte");
  if (path.find("//") != std::string::npos) fail(node, what + " must not hold an empty component");
  return path;
}

/// A number, or the name of a user or group.
uint32_t id_of(const YAML::Node& node, const std::string& what, sema::AccountKind kind,
               const sema::Accounts& accounts) {
  const std::string text = text_of(node, what);
  if (text.empty() || text.front() == '-' || (text.front() >= '0' && text.front() <= '9'))
    return number_of(node, what, kNobody);
  sema::UnknownAccount unknown;
  if (const auto id = accounts.find(kind, text, unknown)) return *id;
  fail(node, unknown.message + "; " + unknown.hint);
}

// ---- image and mounts

void read_entry_kind(Mapping& map, ImageEntry& entry) {
  YAML::Node content = map.optional("content"), directory = map.optional("directory"),
             symlink = map.optional("symlink"), hard_link = map.optional("hard_link"),
             program = map.optional("program");
  int kinds =
      content.IsDefined() + directory.IsDefined() + symlink.IsDefined() + hard_link.IsDefined() + program.IsDefined();
  if (kinds > 1)
    fail(map.node(), "a file of the image is one of `content`, `directory`, `symlink`, `hard_link`, `program`");
  if (content.IsDefined()) entry.content = text_of(content, "`content`");
  if (entry.content.find('\0') != std::string::npos) fail(content, "`content` holds a NUL byte");
  if (directory.IsDefined() && boolean_of(directory, "`directory`")) entry.kind = ImageEntry::Kind::directory;
  if (program.IsDefined() && boolean_of(program, "`program`")) entry.kind = ImageEntry::Kind::program;
  if (symlink.IsDefined()) {
    entry.kind = ImageEntry::Kind::symlink;
    entry.content = text_of(symlink, "`symlink`");
    if (entry.content.empty()) fail(symlink, "`symlink` needs a target");
  }
  if (hard_link.IsDefined()) {
    entry.kind = ImageEntry::Kind::hard_link;
    entry.content = absolute_path(hard_link, "`hard_link`");
  }
}

ImageEntry read_entry(const YAML::Node& key, const YAML::Node& value, const sema::Accounts& accounts) {
  ImageEntry entry;
  entry.path = absolute_path(key, "a path of the image");
  if (value.IsScalar() || value.IsNull()) {
    entry.content = value.IsNull() ? "" : value.Scalar();
    if (entry.content.find('\0') != std::string::npos) fail(value, "the content holds a NUL byte");
    return entry;
  }
  Mapping map(value, "a file of the image");
  read_entry_kind(map, entry);
  bool runs = entry.kind == ImageEntry::Kind::directory || entry.kind == ImageEntry::Kind::program;
  entry.mode = runs ? 0755 : 0644;
  if (YAML::Node mode = map.optional("mode"); mode.IsDefined()) entry.mode = mode_of(mode, "`mode`");
  if (YAML::Node uid = map.optional("uid"); uid.IsDefined())
    entry.uid = id_of(uid, "`uid`", sema::AccountKind::user, accounts);
  if (YAML::Node gid = map.optional("gid"); gid.IsDefined())
    entry.gid = id_of(gid, "`gid`", sema::AccountKind::group, accounts);
  map.finish();
  return entry;
}

OtherEnforcer read_other_enforcer(const YAML::Node& key, const YAML::Node& value) {
  OtherEnforcer other{absolute_path(key, "a path of an enforcer"), text_of(value, "the policy's file")};
  if (other.path.find('/', 1) != std::string::npos) fail(key, "an enforcer lies in the root directory");
  if (other.path == "/enforcer" || other.path == "/init") fail(key, "`" + other.path + "` is taken");
  return other;
}

ImageMount read_mount(const YAML::Node& node) {
  Mapping map(node, "a mount");
  ImageMount mount;
  mount.at = absolute_path(map.required("at"), "`at`");
  mount.type = text_of(map.required("type"), "`type`");
  mount.source = mount.type;
  if (YAML::Node source = map.optional("source"); source.IsDefined()) mount.source = text_of(source, "`source`");
  if (YAML::Node options = map.optional("options"); options.IsDefined()) mount.options = text_of(options, "`options`");
  if (YAML::Node after = map.optional("after"); after.IsDefined()) {
    if (text_of(after, "`after`") != "start") fail(after, "`after` can only be `start`");
    mount.after_start = true;
  }
  map.finish();
  return mount;
}

// ---- cases

evaluate::Subject read_subject(const YAML::Node& node, evaluate::Subject subject, const sema::Accounts& accounts) {
  Mapping map(node, "a subject");
  using sema::AccountKind;
  auto id = [&](const char* key, AccountKind kind, uint32_t otherwise) {
    YAML::Node value = map.optional(key);
    return value.IsDefined() ? id_of(value, fmt::format("`{}`", key), kind, accounts) : otherwise;
  };
  bool had_uid = map.has("uid"), had_gid = map.has("gid");
  subject.uid = id("uid", AccountKind::user, subject.uid);
  subject.euid = id("euid", AccountKind::user, had_uid ? subject.uid : subject.euid);
  subject.gid = id("gid", AccountKind::group, subject.gid);
  subject.egid = id("egid", AccountKind::group, had_gid ? subject.gid : subject.egid);
  if (YAML::Node groups = map.optional("groups"); groups.IsDefined()) {
    subject.groups.clear();
    for (const YAML::Node& group : list_of(groups, "`groups`"))
      subject.groups.push_back(id_of(group, "a group", AccountKind::group, accounts));
    if (subject.groups.size() > 32) fail(groups, "at most 32 groups");
  }
  if (YAML::Node exe = map.optional("exe"); exe.IsDefined()) {
    subject.by_kernel = exe.IsScalar() && exe.Scalar() == evaluate::kKernel;
    subject.exe = subject.by_kernel ? "" : absolute_path(exe, "`exe`");
  }
  map.finish();
  return subject;
}

/// Arguments of steps that are numbers. The guest takes what it gets.
struct NumberArgument {
  const char* verb;
  size_t index;
  enum class Kind : uint8_t { decimal, mode, user, group } kind;
};
constexpr NumberArgument kNumberArguments[] = {
    {"chmod", 1, NumberArgument::Kind::mode},
    {"fchmod", 1, NumberArgument::Kind::mode},
    {"chown", 1, NumberArgument::Kind::user},
    {"chown", 2, NumberArgument::Kind::group},
    {"make_deep", 0, NumberArgument::Kind::decimal},
    {"wait", 0, NumberArgument::Kind::decimal},
    {"run_killed_after_ms", 0, NumberArgument::Kind::decimal},
    {"run_killed_after_syscalls", 0, NumberArgument::Kind::decimal},
    {"run_killed_everywhere", 0, NumberArgument::Kind::decimal},
};

std::string number_text(const YAML::Node& node, const std::string& what, NumberArgument::Kind kind,
                        const sema::Accounts& accounts) {
  switch (kind) {
    case NumberArgument::Kind::mode:
      return fmt::format("0{:o}", mode_of(node, what));
    case NumberArgument::Kind::user:
      return std::to_string(id_of(node, what, sema::AccountKind::user, accounts));
    case NumberArgument::Kind::group:
      return std::to_string(id_of(node, what, sema::AccountKind::group, accounts));
    case NumberArgument::Kind::decimal:
      break;
  }
  return std::to_string(number_of(node, what));
}

void read_numbers(const YAML::Node& arguments, const sema::Accounts& accounts, Step& ret_step) {
  for (const auto& [verb, index, kind] : kNumberArguments) {
    if (ret_step.verb != verb || index >= ret_step.arguments.size()) continue;
    const YAML::Node argument = arguments.IsSequence() ? arguments[index] : arguments;
    ret_step.arguments[index] =
        number_text(argument, fmt::format("argument {} of `{}`", index + 1, verb), kind, accounts);
  }
}

Step read_step(const YAML::Node& node, const sema::Accounts& accounts) {
  Step step;
  YAML::Node arguments;
  if (node.IsScalar()) {
    step.verb = node.Scalar();
  } else {
    Mapping map(node, "a step");
    if (map.entries().size() != 1) fail(node, "a step is one verb with what it acts on, as `read: /etc/shadow`");
    step.verb = map.entries()[0].first.Scalar();
    arguments = map.entries()[0].second;
    step.arguments = texts_of(arguments, "`" + step.verb + "`");
  }
  const Verb* verb = find_verb(step.verb);
  if (!verb) {
    std::vector<std::string> names;
    for (const Verb& known : verbs()) names.push_back(known.name);
    std::string hint = diag::did_you_mean(step.verb, names);
    fail(node, "unknown step `" + step.verb + "`" + (hint.empty() ? "" : "; " + hint));
  }
  if (step.arguments.size() < verb->min_arguments || step.arguments.size() > verb->max_arguments)
    fail(node,
         verb->min_arguments == verb->max_arguments
             ? fmt::format("`{}` takes {} argument(s), not {}", step.verb, verb->min_arguments, step.arguments.size())
             : fmt::format("`{}` takes {} to {} arguments, not {}", step.verb, verb->min_arguments, verb->max_arguments,
                           step.arguments.size()));
  for (const std::string& argument : step.arguments)
    if (argument.find('\0') != std::string::npos) fail(node, "an argument holds a NUL byte");
  read_numbers(arguments, accounts, step);
  return step;
}

std::vector<Step> read_steps(const YAML::Node& node, const sema::Accounts& accounts) {
  std::vector<Step> steps;
  if (!node.IsSequence()) {
    steps.push_back(read_step(node, accounts));
  } else {
    for (const YAML::Node& element : list_of(node, "`do`")) steps.push_back(read_step(element, accounts));
  }
  if (steps.empty()) fail(node, "`do` needs at least one step");
  size_t bytes = 0;
  for (const Step& step : steps)
    for (const std::string& argument : step.arguments) bytes += 3 * argument.size() + 16;
  if (bytes > kMaxStepBytes || steps.size() > 500) fail(node, "too many or too long steps for one case");
  return steps;
}

std::vector<std::string> operation_names() {
  std::vector<std::string> names;
  for (uint32_t op = 0; op < kOpCount; op++) names.push_back(op_text(static_cast<Op>(op)));
  return names;
}

/// `self` or `other`, of a request about a file.
void read_owner(const YAML::Node& node, evaluate::Request& ret_request) {
  const std::string owner = text_of(node, "`owner`");
  if (owner != "self" && owner != "other") fail(node, "`owner` is `self` or `other`");
  if (op_class(ret_request.op) != OpClass::file && op_class(ret_request.op) != OpClass::exec)
    fail(node, "`" + op_text(ret_request.op) + "` is about no file that has an owner");
  ret_request.numbers[Field::owned] = owner == "self";
}

/// `- read: /etc/shadow`, `- exec: /bin/x`, `- process ptrace: /bin/x`; without `file` where that is clear; `~` = no
/// file; `owner: self` behind it.
evaluate::Request read_request(const YAML::Node& node) {
  Mapping map(node, "a request");
  const bool says_owner = map.entries().size() == 2 && map.entries()[1].first.Scalar() == "owner";
  if (map.entries().size() != 1 && !says_owner)
    fail(node, "a request is one operation and its path, as `read: /etc/shadow`");
  const auto& [key, value] = map.entries()[0];
  const std::vector<std::string> names = operation_names();
  for (uint32_t op = 0; op < kOpCount; op++) {
    if (names[op] != key.Scalar() && names[op] != "file " + key.Scalar()) continue;
    evaluate::Request request{static_cast<Op>(op), std::nullopt};
    if (!value.IsNull()) request.path = value.Scalar() == "/" ? "/" : absolute_path(value, "the path");
    if (says_owner) read_owner(map.entries()[1].second, request);
    return request;
  }
  std::string hint = diag::did_you_mean("file " + key.Scalar(), names);
  fail(key, "unknown operation `" + key.Scalar() + "`" + (hint.empty() ? "" : "; " + hint));
}

std::optional<evaluate::Verdict> verdict_of(const std::string& word) {
  if (word == "allow") return evaluate::Verdict::allow;
  if (word == "audit") return evaluate::Verdict::audit;
  if (word == "deny") return evaluate::Verdict::deny;
  if (word == "kill") return evaluate::Verdict::kill;
  return std::nullopt;
}

std::optional<int> read_errno(const YAML::Node& node) {
  if (node.IsNull() || (node.IsScalar() && (node.Scalar() == "yes" || node.Scalar() == "~"))) return std::nullopt;
  std::optional<int> error = errno_value(text_of(node, "the errno"));
  if (!error) fail(node, "unknown errno `" + node.Scalar() + "`");
  return error;
}

Expectation read_expectation(const YAML::Node& node) {
  Expectation expect;
  if (node.IsScalar()) {
    std::optional<evaluate::Verdict> verdict = verdict_of(node.Scalar());
    if (!verdict) fail(node, "`expect` is `allow`, `audit`, `deny` or `kill`, not `" + node.Scalar() + "`");
    expect.verdict = *verdict;
    return expect;
  }
  Mapping map(node, "an expectation");
  int verdicts = 0;
  for (const char* word : {"allow", "audit", "deny", "kill"}) {
    YAML::Node value = map.optional(word);
    if (!value.IsDefined()) continue;
    verdicts++;
    expect.verdict = *verdict_of(word);
    expect.error = read_errno(value);
  }
  if (YAML::Node exit = map.optional("exit"); exit.IsDefined()) {
    verdicts++;
    expect.exit = static_cast<int>(number_of(exit, "`exit`", 255));
  }
  if (verdicts != 1) fail(node, "an expectation has one of `allow`, `audit`, `deny`, `kill`, `exit`");
  if (YAML::Node seen = map.optional("seen"); seen.IsDefined()) {
    if (expect.verdict != evaluate::Verdict::deny) fail(seen, "`seen` goes with `deny`");
    expect.seen = read_errno(seen);
  }
  if (YAML::Node rule = map.optional("rule"); rule.IsDefined()) expect.rule = text_of(rule, "`rule`");
  if (YAML::Node event = map.optional("event"); event.IsDefined()) expect.event = boolean_of(event, "`event`");
  if (YAML::Node output = map.optional("output"); output.IsDefined()) {
    if (!expect.exit) fail(output, "`output` goes with `exit`");
    expect.output = texts_of(output, "`output`");
  }
  map.finish();
  return expect;
}

std::vector<std::string> read_kernels(const YAML::Node& node) {
  std::vector<std::string> kernels = texts_of(node, "`kernels`");
  for (const std::string& text : kernels) {
    size_t at = text.find_first_not_of("<>=");
    if (at == std::string::npos || text.find_first_not_of("0123456789.", at) != std::string::npos ||
        std::count(text.begin(), text.end(), '.') != 1)
      fail(node, "a kernel is named as `6.1`, `>=6.12` or `<7.0`, not `" + text + "`");
  }
  return kernels;
}

/// The image as the steps before the judged one leave it.
ImageNames names_before(const Scenario& scenario, const Case& the_case) {
  ImageNames names(scenario);
  for (size_t i = 0; i + 1 < the_case.steps.size(); i++) apply(the_case.steps[i], names);
  return names;
}

/// What the judged step asks, from the steps before it and the image.
std::vector<evaluate::Request> derive_requests(const ImageNames& names, const Case& the_case,
                                               const std::vector<std::string>& objects, const YAML::Node& node) {
  const Step& judged = the_case.steps.back();
  if (names.view_changed() && objects.empty() && names_a_file(judged))
    fail(node, "the steps before change what the judged step's path names; say which file it truly is with `object`");
  std::vector<evaluate::Request> requests = find_verb(judged.verb)->requests(Ask(judged, names, objects));
  for (evaluate::Request& request : requests) {
    if (request.path == evaluate::kNameless) request.path.reset();
    if (request.exe == evaluate::kNameless) request.exe = "";
  }
  return requests;
}

/// `ask: "uid 33: net connect to 10.2.0.1 port 443/tcp"`
void read_question(const YAML::Node& node, const sema::Accounts& accounts, Case& ret_case) {
  const Result<evaluate::Question> question = evaluate::parse_question(text_of(node, "`ask`"), accounts);
  if (!question) fail(node, question.error().message);
  ret_case.subject = question->subject;
  ret_case.requests = question->requests;
}

Case read_case(const YAML::Node& node, const evaluate::Subject& defaults, const Scenario& scenario,
               const sema::Accounts& accounts) {
  Mapping map(node, "a case");
  Case result;
  result.line = static_cast<uint32_t>(node.Mark().line + 1);
  result.name = text_of(map.required("name"), "`name`");
  if (result.name.empty()) fail(node, "a case needs a name");
  if (YAML::Node ask = map.optional("ask"); ask.IsDefined()) {
    read_question(ask, accounts, result);
    result.expect = read_expectation(map.required("expect"));
    if (result.kernel_only()) fail(ask, "a question has no exit code");
    map.finish();
    return result;
  }
  YAML::Node subject = map.optional("as");
  result.subject = subject.IsDefined() ? read_subject(subject, defaults, accounts) : defaults;
  YAML::Node steps = map.required("do");
  result.steps = read_steps(steps, accounts);
  result.expect = read_expectation(map.required("expect"));

  const ImageNames names = names_before(scenario, result);
  if (!names.exe().empty()) result.starts_as = std::exchange(result.subject.exe, names.exe());
  YAML::Node object = map.optional("object"), requests = map.optional("requests");
  if (object.IsDefined() && requests.IsDefined()) fail(requests, "give `object` or `requests`, not both");
  std::vector<std::string> objects;
  if (object.IsDefined()) objects = texts_of(object, "`object`");
  for (const std::string& path : objects)
    if (path != evaluate::kNameless && !path.starts_with('/'))
      fail(object, "`object` must be an absolute path, or `nameless`");
  if (requests.IsDefined()) {
    if (!requests.IsNull())
      for (const YAML::Node& request : list_of(requests, "`requests`"))
        result.requests.push_back(read_request(request));
  } else if (!result.kernel_only()) {
    result.requests = derive_requests(names, result, objects, steps);
  }

  if (YAML::Node kernels = map.optional("kernels"); kernels.IsDefined()) {
    result.kernels = read_kernels(kernels);
    result.reason = text_of(map.required("reason"), "`reason`");
  }
  if (YAML::Node xfail = map.optional("xfail"); xfail.IsDefined()) result.xfail = text_of(xfail, "`xfail`");
  map.optional("reason");
  map.finish();
  return result;
}

// ---- the whole

/// Programs that cases need and the image does not name are put into it.
void add_programs(Scenario& scenario) {
  std::set<std::string> wanted;
  for (const Case& one : scenario.cases) {
    if (one.asked_only()) continue;
    wanted.insert(one.agent_exe());
    for (const Step& step : one.steps)
      if (std::string helper = helper_of(step); !helper.empty()) wanted.insert(helper);
  }
  for (const ImageEntry& entry : scenario.image) wanted.erase(entry.path);
  for (const std::string& path : wanted) {
    ImageEntry entry;
    entry.path = path;
    entry.kind = ImageEntry::Kind::program;
    entry.mode = 0755;
    scenario.image.push_back(entry);
  }
}

void read_cases(const YAML::Node& node, const evaluate::Subject& defaults, const sema::Accounts& accounts,
                Scenario& scenario) {
  std::set<std::string> names;
  ImageNames image(scenario);
  for (const YAML::Node& element : list_of(node, "`cases`")) {
    scenario.cases.push_back(read_case(element, defaults, scenario, accounts));
    const Case& added = scenario.cases.back();
    if (!names.insert(added.name).second) fail(element, "two cases are called `" + added.name + "`");
    if (!added.asked_only() && added.subject.by_kernel != (added.steps.back().verb == "kernel_exec"))
      fail(element, "`kernel_exec` and `exe: kernel` go together: what the kernel starts is the subject");
    const std::string exe = added.agent_exe();
    if (!added.asked_only() && !added.subject.by_kernel && image.resolve(exe) != exe)
      fail(element,
           "the exe `" + exe + "` goes through a symlink; its true name is `" + image.resolve(exe).value_or("?") + "`");
    if (const auto interpreter = image.interpreter(exe); !added.asked_only() && interpreter)
      fail(element, "the exe `" + exe + "` is a script of the image; that of a task that runs it is `" +
                        image.resolve(*interpreter).value_or(*interpreter) + "`");
  }
  if (scenario.cases.empty()) fail(node, "a scenario needs at least one case");
}

void refuse_missing_files(const YAML::Node& cases, const Scenario& scenario) {
  std::vector<NamesFrom> names_from;
  for (const YAML::Node& one : cases)
    names_from.push_back(one["object"] || one["requests"] ? NamesFrom::author : NamesFrom::steps);
  const std::vector<std::string> faults = missing_files(scenario, names_from);
  for (size_t i = 0; i < faults.size(); i++)
    if (!faults[i].empty()) fail(cases[i]["do"], faults[i]);
}

Scenario read_document(const YAML::Node& root, const sema::Accounts& accounts) {
  Mapping map(root, "a scenario");
  Scenario scenario;
  if (YAML::Node image = map.optional("image"); image.IsDefined()) {
    const Mapping files(image, "`image`");
    for (const auto& [key, value] : files.entries()) scenario.image.push_back(read_entry(key, value, accounts));
  }
  if (YAML::Node others = map.optional("enforcers"); others.IsDefined()) {
    const Mapping files(others, "`enforcers`");
    for (const auto& [key, value] : files.entries())
      scenario.other_enforcers.push_back(read_other_enforcer(key, value));
  }
  if (YAML::Node mounts = map.optional("mounts"); mounts.IsDefined())
    for (const YAML::Node& mount : list_of(mounts, "`mounts`")) scenario.mounts.push_back(read_mount(mount));
  if (YAML::Node text = map.optional("command_line"); text.IsDefined())
    scenario.kernel_command_line = text_of(text, "`command_line`");
  if (YAML::Node kind = map.optional("root"); kind.IsDefined()) {
    const std::string word = text_of(kind, "`root`");
    const auto* const found = std::find(std::begin(kRootWords), std::end(kRootWords), word);
    if (found == std::end(kRootWords)) fail(kind, "`root` is `tmpfs`, `initramfs`, `part` or `deployment`");
    scenario.root = static_cast<RootKind>(found - std::begin(kRootWords));
  }
  if (YAML::Node apply = map.optional("apply"); apply.IsDefined()) scenario.apply = boolean_of(apply, "`apply`");
  evaluate::Subject defaults;
  defaults.exe = kDefaultExe;
  if (YAML::Node subject = map.optional("as"); subject.IsDefined())
    defaults = read_subject(subject, defaults, accounts);
  const YAML::Node cases = map.required("cases");
  read_cases(cases, defaults, accounts, scenario);
  map.finish();
  add_programs(scenario);
  refuse_missing_files(cases, scenario);
  return scenario;
}

Failure failure_at(const std::string& path, const YAML::Mark& mark, const std::string& message) {
  if (mark.is_null()) return {path, 0, path + ": " + message};
  return {path, 0, fmt::format("{}:{}:{}: {}", path, mark.line + 1, mark.column + 1, message)};
}

}  // namespace

bool Scenario::wants_overlay() const {
  const auto mounts_it = [](const Step& step) {
    return step.verb == "mount" && !step.arguments.empty() && step.arguments[0] == "overlay";
  };
  return std::any_of(mounts.begin(), mounts.end(), [](const ImageMount& mount) { return mount.type == "overlay"; }) ||
         std::any_of(cases.begin(), cases.end(),
                     [&](const Case& one) { return std::any_of(one.steps.begin(), one.steps.end(), mounts_it); });
}

Result<Scenario> read_scenario(const std::string& path, const std::string& text, const sema::Accounts& accounts) {
  try {
    Scenario scenario = read_document(document_of(text), accounts);
    scenario.path = path;
    return scenario;
  } catch (const Mistake& mistake) {
    return tl::unexpected(failure_at(path, mistake.mark, mistake.message));
  } catch (const YAML::Exception& exception) {
    return tl::unexpected(failure_at(path, exception.mark, exception.msg));
  }
}

}  // namespace stele::scenario
