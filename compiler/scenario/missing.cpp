// See missing.h. Which files a step needs follows from what it asks: all but those that it makes.

#include "compiler/scenario/missing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "compiler/scenario/names.h"
#include "compiler/scenario/verbs.h"
#include "dsl/diag/suggest.h"

namespace stele::scenario {
namespace {

using Requests = std::vector<evaluate::Request>;

/// Is it the folder, or below it?
bool is_in(const std::string& name, const std::string& folder) {
  return name.starts_with(folder) && (name.size() == folder.size() || name[folder.size()] == '/');
}

std::string folder_of(const std::string& name) {
  const size_t slash = name.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : name.substr(0, slash);
}

std::string last_component(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

/// Does the case expect that its step finds what is not there, or what is?
bool expects_that(const Expectation& expect) {
  const int error = expect.verdict == evaluate::Verdict::allow ? expect.error.value_or(0) : 0;
  return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EEXIST;
}

class Files {
public:
  explicit Files(const Scenario& scenario) : scenario_(scenario), image_(scenario) {
    image_.make("/enforcer", ImageNames::Kind::file);
    for (const OtherEnforcer& other : scenario.other_enforcers) image_.make(other.path, ImageNames::Kind::file);
    for (const std::string& name : image_.all()) components_.insert(last_component(name));
  }

  std::string fault_of(const Case& one, NamesFrom names_from) {
    if (one.asked_only()) return "";
    ImageNames names = image_;
    std::set<std::string> touched;  // there or not from then on: a step may be refused
    std::string fault;
    for (size_t i = 0; i < one.steps.size(); i++) {
      const bool judged = i + 1 == one.steps.size();
      const bool by_author = names.view_changed() || (judged && names_from == NamesFrom::author);
      const bool known = judged ? !one.kernel_only() && !expects_that(one.expect) : !by_author;
      const Requests requests = judged ? one.requests : requests_of(one.steps[i], names);
      if (fault.empty() && known) fault = fault_of(requests, names, one.steps[i], by_author);
      for (const evaluate::Request& request : requests) {
        if (request.op == Op::file_mount_over && request.path) covered_.push_back(*request.path);
        if (is_about_a_file(request) && (makes(request.op) || is_old_name(request))) touched.insert(*request.path);
      }
      apply(one.steps[i], names);
    }
    remember(names);
    for (const std::string& name : touched) changed_.insert(name), components_.insert(last_component(name));
    return fault;
  }

private:
  static Requests requests_of(const Step& step, const ImageNames& names) {
    static const std::vector<std::string> no_objects;
    if (step.verb == "chdir" || step.verb == "open_path")  // ask nothing, but want what they name
      return {{Op::file_stat, names.true_name(step.arguments.at(0))}};
    return find_verb(step.verb)->requests(Ask(step, names, no_objects));
  }

  std::string fault_of(const Requests& requests, const ImageNames& names, const Step& step, bool by_author) const {
    const Verb::Asks asks = find_verb(step.verb)->asks;
    if (asks == Verb::Asks::helper || asks == Verb::Asks::kept) return "";  // is made; was there when it was opened
    std::set<std::string> made;
    bool replaces = false;
    for (const evaluate::Request& request : requests) {
      if (is_about_a_file(request) && makes(request.op)) made.insert(*request.path);
      replaces |= request.op == Op::file_rename;
    }
    if (by_author && replaces) return "";
    for (const evaluate::Request& request : requests) {
      if (!is_about_a_file(request)) continue;
      const std::string& name = *request.path;
      const std::string needed = made.contains(name) && !is_old_name(request) ? folder_of(name) : name;
      if (by_author ? !is_mentioned(needed, names) : !may_exist(needed, names)) return missing_text(needed, names);
      if (!by_author && makes(request.op) && !replaces && names.kind(name) && !changed_.contains(name))
        return fmt::format("the image has `{}` already; a case that is about that expects `allow: EEXIST`", name);
    }
    return "";
  }

  bool may_exist(const std::string& name, const ImageNames& names) const {
    return names.kind(name) || changed_.contains(name) || is_unknown(name);
  }

  bool is_mentioned(const std::string& name, const ImageNames& names) const {
    const std::string component = last_component(name);
    if (may_exist(name, names) || components_.contains(component)) return true;
    const std::vector<std::string> all = names.all();
    return std::any_of(all.begin(), all.end(),
                       [&](const std::string& known) { return last_component(known) == component; });
  }

  /// Does something else than the image and the steps put files there?
  bool is_unknown(const std::string& name) const {
    if (is_in(name, "/dev/shm")) return false;
    for (const char* folder : {"/proc", "/sys", "/dev"})
      if (is_in(name, folder)) return true;
    if (scenario_.root == RootKind::deployment && is_in(name, "/sysroot")) return true;
    const auto brings_files = [&](const ImageMount& mount) {
      return mount.type != "tmpfs" && mount.type != "part" && is_in(name, mount.at);
    };
    return std::any_of(scenario_.mounts.begin(), scenario_.mounts.end(), brings_files) ||
           std::any_of(covered_.begin(), covered_.end(), [&](const std::string& place) { return is_in(name, place); });
  }

  static std::string missing_text(const std::string& name, const ImageNames& names) {
    const std::string hint = diag::did_you_mean(name, names.all());
    return fmt::format("the image has no `{}`; {}", name,
                       hint.empty() ? "a case that is about what is not there expects `allow: ENOENT`" : hint);
  }

  /// Later cases run on the same machine.
  void remember(const ImageNames& after) {
    for (const std::string& name : after.all())
      if (!image_.kind(name)) changed_.insert(name), components_.insert(last_component(name));
    for (const std::string& name : image_.all())
      if (!after.kind(name)) changed_.insert(name);
  }

  const Scenario& scenario_;
  ImageNames image_;
  std::vector<std::string> covered_;  // mounted over by a step
  std::set<std::string> changed_;     // made or removed by a case
  std::set<std::string> components_;  // last ones of all names so far
};

}  // namespace

std::vector<std::string> missing_files(const Scenario& scenario, const std::vector<NamesFrom>& names_of_cases) {
  Files files(scenario);
  std::vector<std::string> faults;
  for (size_t i = 0; i < scenario.cases.size(); i++)
    faults.push_back(files.fault_of(scenario.cases[i], names_of_cases.at(i)));
  return faults;
}

}  // namespace stele::scenario
