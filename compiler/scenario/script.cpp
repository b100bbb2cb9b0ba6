// See script.h.

#include "compiler/scenario/script.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "compiler/scenario/errno_names.h"
#include "runtime/abi.h"

namespace stele::scenario {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string("/._-:=,@+").find(c) != std::string::npos;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string line_of(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + escape_word(word);
  return line + "\n";
}

std::string entry_line(const ImageEntry& entry) {
  const std::string mode = fmt::format("0{:o}", entry.mode), uid = std::to_string(entry.uid),
                    gid = std::to_string(entry.gid);
  switch (entry.kind) {
    case ImageEntry::Kind::directory:
      return line_of({"directory", entry.path, mode, uid, gid});
    case ImageEntry::Kind::symlink:
      return line_of({"symlink", entry.path, entry.content});
    case ImageEntry::Kind::hard_link:
      return line_of({"link", entry.path, entry.content});
    case ImageEntry::Kind::program:
      return line_of({"program", entry.path, mode, uid, gid});
    case ImageEntry::Kind::file:
      break;
  }
  return line_of({"file", entry.path, mode, uid, gid, entry.content});
}

bool is_below(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 && path[folder.size()] == '/';
}

bool is_after_start(const Scenario& scenario, const std::string& path) {
  for (const ImageMount& mount : scenario.mounts)
    if (mount.after_start && is_below(path, mount.at)) return true;
  return false;
}

/// Mounts and then files of one phase: before the enforcer starts, or after.
std::string phase(const Scenario& scenario, bool after_start) {
  std::string script;
  for (const ImageMount& mount : scenario.mounts)
    if (mount.after_start == after_start)
      script += line_of({"mount", mount.at, mount.type, mount.source, mount.options});
  for (const ImageEntry& entry : scenario.image)
    if (is_after_start(scenario, entry.path) == after_start && entry.kind != ImageEntry::Kind::hard_link)
      script += entry_line(entry);
  for (const ImageEntry& entry : scenario.image)
    if (is_after_start(scenario, entry.path) == after_start && entry.kind == ImageEntry::Kind::hard_link)
      script += entry_line(entry);
  return script;
}

std::string case_lines(const Case& one, size_t index) {
  const evaluate::Subject& subject = one.subject;
  std::string groups;
  for (uint32_t group : subject.groups) groups += (groups.empty() ? "" : ",") + std::to_string(group);
  std::string script =
      line_of({"case", std::to_string(index), std::to_string(subject.uid), std::to_string(subject.euid),
               std::to_string(subject.gid), std::to_string(subject.egid), groups, one.agent_exe()});
  for (const Step& step : one.steps) {
    std::vector<std::string> words = {"step", step.verb};
    words.insert(words.end(), step.arguments.begin(), step.arguments.end());
    script += line_of(words);
  }
  return script + "end\n";
}

/// The words of one line of the report, read in order; any that does not fit makes the whole line bad.
class Words {
public:
  explicit Words(const std::string& line) : stream_(line) {}
  std::string text() {
    std::string word;
    if (!(stream_ >> word)) bad_ = true;
    return unescape_word(word);
  }
  template <typename T>
  T number() {
    std::string word;
    T value{};
    if (!(stream_ >> word)) bad_ = true;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size()) bad_ = true;
    return value;
  }
  void refuse() { bad_ = true; }
  bool bad() {
    std::string rest;
    return bad_ || stream_ >> rest;
  }

private:
  std::istringstream stream_;
  bool bad_ = false;
};

std::string collapsed(const std::string& name) {
  size_t at = name.find_first_not_of('/');
  if (at == std::string::npos) return name.empty() ? "" : "/";
  return at > 1 ? name.substr(at - 1) : name;
}

struct ObjectMember {
  stele_object_kind kind;
  stele_member_type type;
  std::string_view name;
};
constexpr ObjectMember kMembers[] = {
#define STELE_MEMBER(kind, name, member, type) {STELE_OBJECT_##kind, STELE_MEMBER_##type, #name},
    STELE_OBJECT_MEMBERS(STELE_MEMBER)
#undef STELE_MEMBER
};

/// The members behind the kind of an object. A file alone is its name, other members stand behind theirs.
void read_object(Words& words, GuestEvent& event) {
  const auto kind = words.number<uint32_t>();
  if (kind >= STELE_OBJECT_COUNT) words.refuse();
  for (const ObjectMember& member : kMembers) {
    if (member.kind != static_cast<int>(kind)) continue;
    const std::string text = words.text();
    if (member.name == "other")
      event.other = collapsed(text);
    else if (member.type == STELE_MEMBER_file)
      event.object = collapsed(text);
    else
      event.members.emplace_back(std::string(member.name), text);
  }
}

GuestEvent read_event(Words& words) {
  GuestEvent event;
  event.sequence = words.number<uint64_t>();
  for (uint32_t* field : {&event.constraint, &event.op, &event.hook, &event.verdict, &event.error, &event.tgid,
                          &event.uid, &event.gid, &event.flags})
    *field = words.number<uint32_t>();
  event.comm = words.text();
  event.exe = collapsed(words.text());
  read_object(words, event);
  return event;
}

GuestStep read_step(Words& words) {
  GuestStep step;
  step.index = words.number<int>();
  step.result = words.number<int64_t>();
  step.error = words.number<int>();
  step.signal = words.number<int>();
  step.exit = words.number<int>();
  return step;
}

std::string read_failure(Words& words) {
  std::string what = words.text(), detail = words.text();
  return fmt::format("{} {}: {}", what, detail, errno_name(words.number<int>()));
}

void read_line(GuestReport& report, const std::string& verb, Words& words, bool& ret_known) {
  GuestCase* current = report.cases.empty() ? nullptr : &report.cases.back();
  if (verb == "output") {
    (current ? current->output : report.enforcer_output).push_back(words.text());
  } else if (verb == "enforcer") {
    report.enforcer_status = words.number<int>();
    report.enforcer_us = words.number<uint64_t>();
  } else if (verb == "case") {
    report.cases.emplace_back().index = words.number<size_t>();
  } else if (verb == "failed") {
    report.failures.push_back(read_failure(words));
  } else if (verb == "done") {
    report.done = true;
  } else if (verb == "step" && current) {
    current->steps.push_back(read_step(words));
  } else if (verb == "end" && current) {
    current->ended = true;
    current->status = words.number<int>();
    current->timed_out = words.number<int>() != 0;
  } else if (verb == "event" && current) {
    current->events.push_back(read_event(words));
  } else {
    ret_known = false;
  }
}

}  // namespace

std::string escape_word(const std::string& word) {
  if (word.empty()) return "%";
  std::string out;
  for (char c : word) {
    if (is_plain(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string unescape_word(const std::string& word) {
  std::string out;
  for (size_t i = 0; i < word.size(); i++) {
    int high = word[i] == '%' && i + 2 < word.size() ? hex_digit(word[i + 1]) : -1;
    int low = high >= 0 ? hex_digit(word[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else if (word[i] != '%') {
      out += word[i];
    }
  }
  return out;
}

std::string write_script(const Scenario& scenario, const std::vector<size_t>& cases, const std::string& policy_name,
                         Enforcement enforcement) {
  std::string script;
  if (enforcement == Enforcement::bare) script += "bare\n";
  script += line_of({"policy", policy_name});
  // A bare run makes a fresh root for each case, so it is a tmpfs whatever the scenario says.
  const bool fresh = scenario.root == RootKind::initramfs && enforcement == Enforcement::bare;
  std::vector<std::string> root = {"root", kRootWords[static_cast<size_t>(fresh ? RootKind::tmpfs : scenario.root)]};
  for (const OtherEnforcer& other : scenario.other_enforcers) root.push_back(other.path);
  script += line_of(root);
  script += phase(scenario, false);
  if (scenario.apply && enforcement == Enforcement::enforced) script += "apply\n";
  script += phase(scenario, true);
  for (size_t index : cases) script += case_lines(scenario.cases[index], index);
  return script;
}

Result<GuestReport> parse_report(const std::string& text) {
  GuestReport report;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    size_t space = std::min(line.find(' '), line.size());
    Words words(line.substr(space));
    bool known = true;
    read_line(report, line.substr(0, space), words, known);
    if (!known || words.bad())
      return tl::unexpected(Failure{"", 0, "the test machine reported a line that cannot be read: " + line});
  }
  return report;
}

}  // namespace stele::scenario
