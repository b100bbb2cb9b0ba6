// stele init: a policy and its scenario to start from. They pass `check` and `test` as they are.

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/cli/command_line.h"

namespace stele::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxName = 48;  // of a policy

constexpr const char* kPolicy =
    R"(// What may be done on this system, and what may not. One idea: a policy is a set of constraints, and the strongest
// that applies holds: allow < audit < deny < kill. Order never matters, and what nothing applies to is allowed.
policy {name} version "0.1.0"

// The kernels that the enforcer must work on.
target linux >= 6.1

// Sets have a name and a type, and may be used in several rules.
let secrets = path {{ "/etc/shadow", "/etc/gshadow" }}

/// Password hashes are read by the programs that check or change passwords, and by nobody else: not by root's shell.
rule secrets_are_private:
  deny file read on secrets
  unless exe in {{ "/usr/bin/passwd", "/usr/sbin/unix_chkpwd", "/usr/sbin/sshd" }}
  log alert

/// Who may become root is changed with visudo.
rule sudoers_are_fixed:
  deny file write on "/etc/sudoers" unless exe "/usr/sbin/visudo"

/// Programs that somebody put into a folder where everybody may write are noted when they run.
rule programs_in_tmp_are_watched:
  audit exec on {{ "/tmp/**", "/var/tmp/**" }}
)";

constexpr const char* kScenario =
    R"(# What {name}.stele must come to. Run with: stele test {name}.stele {name}.test.yaml
# Cases run in order on one machine; each says who acts, what is tried, and what must come of it.

image:
  /etc/shadow: {{ content: "root:x:", mode: 0640 }}
  /etc/gshadow: {{ content: "root:x:", mode: 0640 }}
  /etc/sudoers: {{ content: "root ALL=(ALL) ALL", mode: 0440 }}
  /usr/bin/cat: {{ program: yes }}
  /tmp/tool: {{ program: yes }}

as: {{ uid: 0, gid: 0, exe: /usr/bin/cat }}

cases:
  - name: root's cat does not read the password hashes
    do: {{ read: /etc/shadow }}
    expect: {{ deny: EPERM, rule: secrets_are_private, event: yes }}

  - name: passwd reads them
    as: {{ exe: /usr/bin/passwd }}
    do: {{ read: /etc/shadow }}
    expect: allow

  - name: a second name for them cannot be made
    do: {{ link: [/etc/gshadow, /etc/mine] }}
    expect: {{ deny: EPERM, rule: secrets_are_private }}

  - name: root does not change sudoers by hand
    do: {{ write: /etc/sudoers }}
    expect: {{ deny: EPERM, rule: sudoers_are_fixed, event: yes }}

  - name: visudo does
    as: {{ exe: /usr/sbin/visudo }}
    do: {{ write: /etc/sudoers }}
    expect: allow

  - name: a program in /tmp runs, and is noted
    do: {{ exec: /tmp/tool }}
    expect: {{ audit: yes, rule: programs_in_tmp_are_watched, event: yes }}
)";

struct Options {
  Output output;
  std::string folder = ".";
};

/// The folder's name as the name of a policy: lower-case letters, digits and `_`.
std::string policy_name(const fs::path& folder) {
  std::error_code ignored;
  fs::path full = fs::weakly_canonical(fs::absolute(folder, ignored), ignored);
  if (!full.has_filename()) full = full.parent_path();  // `web/`
  std::string name;
  for (const char c : full.filename().string()) {
    const bool upper = c >= 'A' && c <= 'Z', kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += kept ? c : upper ? static_cast<char>(c - 'A' + 'a') : '_';
  }
  const bool begins_well = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  return (begins_well ? name : fmt::format("policy{}{}", name.empty() ? "" : "_", name)).substr(0, kMaxName);
}

/// Never writes over a file.
Result<void> write_new(const fs::path& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "wxe");
  if (!file) return tl::unexpected(Failure{path, errno, "is not written"});
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int error = errno;
  if (std::fclose(file) != 0 || !written) return tl::unexpected(Failure{path, error, "is not whole"});
  return {};
}

/// Both or none: the scenario is looked for before the policy is written.
Result<void> write_both(const fs::path& policy, const fs::path& scenario, const std::string& name) {
  std::error_code error;
  fs::create_directories(policy.parent_path(), error);
  if (error) return tl::unexpected(Failure{policy.parent_path(), error.value(), "cannot make the folder"});
  for (const fs::path& path : {policy, scenario})
    if (fs::exists(fs::symlink_status(path, error)))
      return tl::unexpected(Failure{path, EEXIST, "is there already, and is left as it is"});
  if (auto done = write_new(policy, fmt::format(fmt::runtime(kPolicy), fmt::arg("name", name))); !done) return done;
  return write_new(scenario, fmt::format(fmt::runtime(kScenario), fmt::arg("name", name)));
}

int run(const Options& options) {
  const std::string name = policy_name(options.folder);
  const fs::path folder = options.folder == "." ? fs::path() : fs::path(options.folder);
  const std::string policy = folder / (name + ".stele"), scenario = folder / (name + ".test.yaml");
  const fs::path at = options.folder;
  const auto written = write_both(at / (name + ".stele"), at / (name + ".test.yaml"), name);
  if (!written) return fail(written.error(), options.output);
  if (options.output.json()) {
    const nlohmann::ordered_json json = {{"policy", policy}, {"scenario", scenario}};
    print_json(json);
    return kFine;
  }
  print(
      fmt::format("wrote {0} and {1}\n\nNext:\n"
                  "  stele check {0}              what it guarantees, and how\n"
                  "  stele test {0} {1}   whether it does what the scenario expects\n"
                  "  stele explain {0} 'uid 0 exe /usr/bin/cat: file read /etc/shadow'\n"
                  "  stele build {0} -o {2}.enforcer\n",
                  policy, scenario, name));
  return kFine;
}

}  // namespace

Command add_init(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "init", "Write a policy and a scenario to start from",
                                 "  stele init web     (writes web/web.stele and web/web.test.yaml)\n"
                                 "  stele init         (in this folder, named after it)\n\n"
                                 "Nothing is ever overwritten.\n",
                                 options->output);
  add_value(*app, "FOLDER", options->folder, "where to, made if it is not there; the policy is named after it");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
