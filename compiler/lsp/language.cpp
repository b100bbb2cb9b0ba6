#include "compiler/lsp/language.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dsl/sema/words.h"
#include "dsl/words/words.h"

namespace stele::lsp {
namespace {

using Words = std::vector<WordInfo>;

const Words kStatements = {
    {"policy", "name and version of the policy: `policy web version \"1.0.0\"`"},
    {"target", "the kernels that it must work on: `target linux >= 6.1`"},
    {"require", "what the machine must be, or the enforcer refuses to start: `require lockdown integrity`"},
    {"include", "the rules and sets of another file, named relative to this one"},
    {"let", "a named set: `let web = uid { 33, 1000..1999 }`"},
    {"rule", "a name for one constraint or several"},
    {"template", "rules for several uses, with sets for parameters"},
    {"use", "the rules of a template with these sets: `use service(exes, users) as web`"},
    {"seal", "who may not touch the enforcer itself"},
    {"assert", "what must hold for every request: `assert never uid 33 : file write on \"/etc/**\"`"},
};
const Words kEffects = {
    {"deny", "refuse the operation: the caller gets an error"},
    {"only", "allow-list: what is not listed is denied for this subject"},
    {"audit", "let it happen and write an event"},
    {"kill", "refuse the operation and end the caller"},
};
const Words kClauses = {
    {"for", "whom the constraint is about; everyone without it"},
    {"unless", "the exception: the constraint does not apply where this holds"},
    {"errno", "the error that the caller of a denied operation sees; EPERM without it"},
    {"log", "how decisions become events: `log`, `log alert`, `log none`, `log limit 5/s`"},
    {"without", "parts of the closure that are dropped"},
    {"else", "what an `only` does to the rest: deny, kill, audit, or deny or kill"},
    {"libs", "where an excepted program may map code from, instead of the system's libraries"},
    {"on", "the objects that the operations are about"},
    {"acknowledge", "a warning that is known, and why it is meant so: `acknowledge S4025 \"…\"`"},
};
const Words kLogic = {
    {"and", "both hold"},
    {"or", "one of them holds, or both"},
    {"not", "does not hold; binds tighter than `and`"},
    {"in", "is a member of the set"},
};
const Words kClasses = {
    {"file", "operations on files and directories, by path"},
    {"exec", "running a file: program, script and interpreter"},
    {"net", "sockets: their making, addresses, connections"},
    {"syscall", "system calls of x86-64 by name, or systemd's groups of them"},
    {"cap", "use of a capability"},
    {"process", "acting on tasks, and changing one's own identity"},
    {"mount", "changes of mounts"},
    {"kernel", "the kernel's own doors: modules, kexec, perf, io_uring, keys, the clock"},
    {"bpf", "BPF programs, maps, links and pins"},
};
const Words kFields = {
    {"uid", "the real user id of the task, as the initial user namespace counts"},
    {"euid", "the effective user id"},
    {"gid", "the real group id, or any supplementary group"},
    {"egid", "the effective group id"},
    {"loginuid", "the audit id: who logged in; `unset` if nobody"},
    {"exe", "the file that the task executes"},
    {"parent.exe", "the file that its parent executes"},
    {"ancestor.exe", "the file that some ancestor executes, the parent among them"},
    {"comm", "the name that the task gives itself; for `audit` only"},
    {"cgroup", "its cgroup, a path below the cgroup v2 root"},
    {"mntns", "its mount namespace: `host`, or another"},
    {"pidns", "its pid namespace: `host`, or another"},
    {"tty", "the kind of its controlling terminal"},
    {"cap", "an effective capability of the task"},
    {"owner", "the file is the task's: its owner is the real user id"},
};
const Words kQualifiers = {
    {"to", "addresses: the remote one for `connect` and `send`, else the local one"},
    {"port", "ports, perhaps with a protocol: `443/tcp`"},
    {"family", "family of the socket: `inet`, `packet`, `netlink(!route)`"},
    {"type", "type of the socket, of the BPF program or of the map"},
    {"protocol", "protocol of the socket"},
    {"uid", "user of the task that is acted on; for `setuid` the new one"},
    {"gid", "group of the task that is acted on; for `setgid` the new one"},
    {"exe", "program of the task that is acted on"},
    {"from", "what is mounted: a device or a directory"},
    {"fstype", "type of the file system"},
    {"of", "whose BPF objects: `of policy`, this policy's own"},
};
const Words kSetTypes = {
    {"path", "paths, with patterns: `path { \"/etc/shadow\", \"/etc/ssl/private/**\" }`"},
    {"uid", "users: `uid { 33, 1000..1999, \"www-data\" }`"},
    {"gid", "groups: `gid { 27, \"adm\" }`"},
    {"net", "addresses and prefixes: `net { 10.2.0.0/16, 2001:db8::/48 }`"},
    {"port", "ports: `port { 443/tcp, 8000..8999 }`"},
    {"syscall", "system calls: `syscall { @basic-io, openat }`"},
    {"cap", "capabilities: `cap { NET_RAW, SYS_ADMIN }`"},
    {"name", "names of one component, with patterns: `name { \"nginx\", \"php*\" }`"},
};
const Words kParts = {
    {"link", "no hard link to a protected file"},
    {"rename", "no renaming of it or of a directory above it"},
    {"mount_over", "no mount over it or over a directory above it"},
    {"change", "every other way to change a file that must not be written"},
    {"append", "part of `change`: opening for appending"},
    {"truncate", "part of `change`: its length"},
    {"chmod", "part of `change`: its mode"},
    {"chown", "part of `change`: its owner"},
    {"utime", "part of `change`: its times"},
    {"xattr", "part of `change`: its extended attributes"},
    {"create", "part of `change`: making it anew"},
    {"delete", "part of `change`: removing its name"},
    {"symlink", "part of `change`: a symlink of its name"},
    {"mkdir", "part of `change`: a directory of its name"},
    {"mknod", "part of `change`: a device, pipe or socket of its name"},
    {"rmdir", "part of `change`: removing the directory"},
    {"exec", "no running of what must not be mapped as code"},
    {"map_exec", "no mapping as code of what must not run"},
    {"exe_file", "nobody changes or replaces an excepted program's file"},
    {"exe_trace", "nobody traces a task that runs an excepted program"},
    {"exe_libs", "an excepted program maps code from itself and from system libraries only"},
    {"set_exe", "nobody becomes another executable without executing it"},
};
const Words kLogLevels = {
    {"none", "no events"},
    {"alert", "events that are marked as alerts"},
    {"limit", "at most so many events: `limit 5/s`, also `/m`, `/h`, `/d`"},
};
const Words kRequirements = {
    {"lockdown", "the kernel's lockdown level: integrity or confidentiality"},
    {"integrity", "lockdown against changes of the kernel"},
    {"confidentiality", "lockdown against reading the kernel too"},
    {"module_signatures", "modules load only if they are signed"},
    {"lsm", "a security module that must run, by name"},
};
const Words kFailure = {
    {"on", "what becomes of a machine whose init is started by `exec`: `on failure continue`"},
    {"failure", "when the policy cannot be enforced"},
    {"halt", "the init is not started and the machine is halted; so it is without the words"},
    {"continue", "the init is started without the policy"},
};
const Words kSealing = {
    {"self", "our programs, maps, links, pins, the bpf mount and the enforcer's own file"},
    {"removable", "who may take the policy away: `removable never`, or `removable by uid 0 with exe \"…\"`"},
    {"never", "nobody; of an assertion: no such request is permitted"},
    {"always", "of an assertion: every such request is permitted"},
    {"by", "the subject that may"},
    {"with", "what must hold of it too"},
};

Words errors() {
  Words out;
  for (const std::string& name : errno_names()) out.push_back({name, fmt::format("error {}", *find_errno(name))});
  return out;
}

const char* kind_text(WordKind kind) {
  switch (kind) {
    case WordKind::statement:
      return "statement";
    case WordKind::effect:
      return "effect";
    case WordKind::clause:
      return "clause";
    case WordKind::logic:
      return "condition";
    case WordKind::klass:
      return "class of operations";
    case WordKind::field:
      return "condition";
    case WordKind::qualifier:
      return "object";
    case WordKind::set_type:
      return "type of sets";
    case WordKind::part:
      return "part of a closure";
    case WordKind::error:
      return "error";
    case WordKind::log_level:
      return "log";
    case WordKind::requirement:
      return "requirement";
    case WordKind::failure:
      return "policy header";
    case WordKind::sealing:
      return "seal";
  }
  return "";
}

/// What a number of a table is called: "capability 13".
struct Table {
  words::WordTable table;
  const char* text;
};
constexpr Table kTables[] = {
    {words::WordTable::syscall, "system call"},     {words::WordTable::capability, "capability"},
    {words::WordTable::family, "socket family"},    {words::WordTable::socket_type, "socket type"},
    {words::WordTable::protocol, "IP protocol"},    {words::WordTable::netlink_protocol, "netlink protocol"},
    {words::WordTable::bpf_program, "BPF program"}, {words::WordTable::bpf_map, "BPF map"},
    {words::WordTable::tty, "kind of terminal"},    {words::WordTable::argument_constant, "constant"},
};

}  // namespace

std::vector<WordInfo> words_of(WordKind kind) {
  switch (kind) {
    case WordKind::statement:
      return kStatements;
    case WordKind::effect:
      return kEffects;
    case WordKind::clause:
      return kClauses;
    case WordKind::logic:
      return kLogic;
    case WordKind::klass:
      return kClasses;
    case WordKind::field:
      return kFields;
    case WordKind::qualifier:
      return kQualifiers;
    case WordKind::set_type:
      return kSetTypes;
    case WordKind::part:
      return kParts;
    case WordKind::error:
      return errors();
    case WordKind::log_level:
      return kLogLevels;
    case WordKind::requirement:
      return kRequirements;
    case WordKind::failure:
      return kFailure;
    case WordKind::sealing:
      return kSealing;
  }
  return {};
}

std::vector<WordInfo> operation_words(std::string_view klass) {
  Words out;
  for (const std::string& name : operations_of(klass))
    out.push_back({name, std::string(info_of(*find_operation(klass, name)).detail)});
  for (const OperationGroup& one : operation_groups(klass))
    out.push_back({std::string(one.word), std::string(one.detail)});
  return out;
}

std::string table_detail(words::WordTable table, std::string_view word) {
  const std::optional<uint64_t> number = words::find_word(table, word);
  for (const Table& one : kTables)
    if (one.table == table && number)
      return table == words::WordTable::argument_constant ? fmt::format("{} {:#x}", one.text, *number)
                                                          : fmt::format("{} {}", one.text, *number);
  return {};
}

std::vector<std::string> meanings(std::string_view word) {
  std::vector<std::string> out;
  for (auto kind = WordKind::statement; kind <= WordKind::sealing;
       kind = static_cast<WordKind>(static_cast<int>(kind) + 1))
    for (const WordInfo& info : words_of(kind))
      if (info.word == word) out.push_back(fmt::format("{}: {}", kind_text(kind), info.detail));
  for (const WordInfo& klass : kClasses)
    if (const std::optional<Op> op = find_operation(klass.word, word))
      out.push_back(fmt::format("operation `{}`: {}", op_text(*op), info_of(*op).detail));
  for (const OperationGroup& one : operation_groups(class_text(OpClass::file)))  // which has all that there are
    if (one.word == word) out.push_back(fmt::format("operations `{}`: {}", word, one.detail));
  for (const Table& table : kTables) {
    std::string detail = table_detail(table.table, word);
    if (!detail.empty()) out.push_back(std::move(detail));
  }
  return out;
}

}  // namespace stele::lsp
