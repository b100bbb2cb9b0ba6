#pragma once

// The resolved policy: what every later stage reads (evaluator, lowering, guarantees, manifest).
// Names are gone, sets are interned and normalised, closure constraints are spelled out. Plain data.

#include <array>
#include <bitset>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele {

/// Ordered by strength.
enum class Effect : uint8_t { audit, deny, kill };
/// As a user writes it.
const char* effect_text(Effect effect);

/// The classes of operations: `file`, `net`, … Each has a room of its own in every stage behind the catalogue.
/// X(identifier, which is its word in the language)
#define STELE_CLASSES(X) X(file) X(exec) X(net) X(syscall) X(cap) X(process) X(mount) X(kernel) X(bpf)

enum class OpClass : uint8_t {
#define STELE_CLASS_ENUM(id) id,
  STELE_CLASSES(STELE_CLASS_ENUM)
#undef STELE_CLASS_ENUM
};
inline constexpr std::array kClasses = {
#define STELE_CLASS_VALUE(id) OpClass::id,
    STELE_CLASSES(STELE_CLASS_VALUE)
#undef STELE_CLASS_VALUE
};
/// As a user writes it.
std::string_view class_text(OpClass klass);

/// What the requests of an operation are about.
enum class ObjectShape : uint8_t {
  nothing,      // the subject itself
  path,         // a file by its name
  code,         // a file, or memory that has no name
  new_socket,   // family, type, protocol
  socket,       // those, and an address and port, or the path of a unix socket
  call,         // number and arguments of a system call
  capability,   // one
  task,         // another task: its ids and its executable
  user,         // a user id
  group,        // a group id
  new_mount,    // the directory; perhaps a source and a type
  moved_mount,  // the directory and the source
  new_bpf,      // type of a program or a map
  bpf,          // type, and whose it is
  bpf_link,     // whose it is; perhaps a type
  bpf_pin       // path, whose it is; perhaps a type
};

/// See operation.def.
enum class Op : uint8_t {
#define STELE_OPERATION(id, klass, word, object, programs, detail) id,
#include "dsl/sema/operation.def"
#undef STELE_OPERATION
};

enum class Programs : uint8_t { planned, enforced };

struct OperationInfo {
  Op op;
  OpClass klass;
  std::string_view identifier;  // "file_read"
  std::string_view word;        // "read"
  ObjectShape object;
  Programs programs;
  std::string_view detail;
};
/// By Op.
inline constexpr OperationInfo kOperations[] = {
#define STELE_OPERATION(id, klass, word, object, programs, detail) \
  {Op::id, OpClass::klass, #id, #word, ObjectShape::object, Programs::programs, detail},
#include "dsl/sema/operation.def"
#undef STELE_OPERATION
};
inline constexpr uint32_t kOpCount = std::size(kOperations);
inline constexpr const OperationInfo& info_of(Op op) {
  return kOperations[static_cast<size_t>(op)];
}
inline constexpr OpClass op_class(Op op) {
  return info_of(op).klass;
}
/// Are there programs that enforce it? `build` refuses the others, every other stage treats all alike.
inline constexpr bool has_programs(Op op) {
  return info_of(op).programs == Programs::enforced;
}
/// "file read", "exec", "process ptrace": as a user writes it.
std::string op_text(Op op);

/// A set of operations; bit `1 << op`.
__extension__ typedef unsigned __int128 OpSet;
static_assert(kOpCount <= 128, "an OpSet holds every operation");
inline constexpr OpSet op_bit(Op op) {
  return OpSet{1} << static_cast<unsigned>(op);
}
inline constexpr OpSet op_bits(std::initializer_list<Op> ops) {
  OpSet set = 0;
  for (const Op op : ops) set |= op_bit(op);
  return set;
}

/// All operations of a class, and all that are about such objects.
inline constexpr OpSet ops_of(OpClass klass) {
  OpSet set = 0;
  for (const OperationInfo& one : kOperations)
    if (one.klass == klass) set |= op_bit(one.op);
  return set;
}
inline constexpr OpSet ops_on(ObjectShape object) {
  OpSet set = 0;
  for (const OperationInfo& one : kOperations)
    if (one.object == object) set |= op_bit(one.op);
  return set;
}

/// What conditions and objects are about: a property of the task that asks (subject) or of what it asks for (object).
/// Numbers are ids, enumerations (dsl/words tables) or addresses; names are paths or path-like words.
/// X(identifier, name in the language, kind)
#define STELE_FIELDS(X)                                                                                           \
  /* subject */                                                                                                   \
  X(uid, "uid", number)                                                                                           \
  X(euid, "euid", number)                                                                                         \
  X(gid, "gid", number) /* also true for a supplementary group */                                                 \
  X(egid, "egid", number)                                                                                         \
  X(loginuid, "loginuid", number) /* kNoId: never set */                                                          \
  X(exe, "exe", name)                                                                                             \
  X(parent_exe, "parent.exe", name)                                                                               \
  X(ancestor_exe, "ancestor.exe", name) /* true for any ancestor, the parent among them */                        \
  X(comm, "comm", name)                 /* one component */                                                       \
  X(cgroup, "cgroup", name)             /* path below the cgroup v2 root */                                       \
  X(mntns, "mntns", number)             /* 1: the initial one, which the language calls `host`; 0: another */     \
  X(pidns, "pidns", number)                                                                                       \
  X(tty, "tty", number)       /* WordTable::tty */                                                                \
  X(by_kernel, "exe", number) /* 1: the kernel starts it, and it executes nothing yet; `exe kernel` */            \
  X(cap, "cap", number)       /* effective capabilities, WordTable::capability; true for any in the set */        \
  /* object */                                                                                                    \
  X(family, "family", number)     /* WordTable::family */                                                         \
  X(type, "type", number)         /* net: WordTable::socket_type; bpf: kBpfMapType + map type, or program type */ \
  X(protocol, "protocol", number) /* IP protocol, or for family netlink WordTable::netlink_protocol */            \
  X(address, "to", number)        /* IPv6; IPv4 as ::ffff:a.b.c.d; remote for connect and send, else local */     \
  X(port, "port", number)                                                                                         \
  X(syscall, "syscall", number)                                                                                   \
  X(arg0, "arg0", number)                                                                                         \
  X(arg1, "arg1", number)                                                                                         \
  X(arg2, "arg2", number)                                                                                         \
  X(arg3, "arg3", number)                                                                                         \
  X(arg4, "arg4", number)                                                                                         \
  X(arg5, "arg5", number)                                                                                         \
  X(capability, "capability", number) /* that is used, class cap */                                               \
  X(target_uid, "uid", number)        /* of the target task; setuid: the new id */                                \
  X(target_gid, "gid", number)                                                                                    \
  X(source, "from", name)   /* mount: the device or directory, absolute */                                        \
  X(fstype, "fstype", name) /* mount: one component */                                                            \
  X(ours, "of", number)     /* bpf: 1: an object of this policy's enforcer; 0: another */                         \
  X(kind, "kind", number)   /* file rename, mount_over: kPlain: known to be no directory */                       \
  X(owned, "owner", number) /* file, exec: 1: the file is the subject's, by its real uid; 0: another's */         \
  X(new_name, "as", name)   /* file rename, link: what the file is called afterwards, too */

enum class Field : uint8_t {
#define STELE_FIELD_ENUM(id, name, kind) id,
  STELE_FIELDS(STELE_FIELD_ENUM)
#undef STELE_FIELD_ENUM
};
inline constexpr uint32_t kFieldCount = 0
#define STELE_FIELD_COUNT(id, name, kind) +1
    STELE_FIELDS(STELE_FIELD_COUNT)
#undef STELE_FIELD_COUNT
    ;
inline constexpr uint32_t kSubjectFields = static_cast<uint32_t>(Field::cap) + 1;
enum class FieldKind : uint8_t { number, name };
FieldKind kind_of(Field field);
/// As a user writes it.
std::string_view field_text(Field field);

/// Wide enough for an IPv6 address in host byte order; every other field has its own bound (max_of).
__extension__ typedef unsigned __int128 Number;
/// Largest value of a field: ids 2^32 - 2 (loginuid 2^32 - 1), ports 65535, arguments 2^64 - 1, addresses 2^128 - 1, …
Number max_of(Field field);
inline constexpr uint32_t kNoId = UINT32_MAX;
inline constexpr Number kPlain = 1;          // of Field::kind
inline constexpr Number kBpfMapType = 1000;  // map types in Field::type, above the program types
inline constexpr Number kIpv4Base = Number{0xffff} << 32;

/// Inclusive.
struct NumberRange {
  Number first = 0;
  Number last = 0;
  auto operator<=>(const NumberRange&) const = default;
};
/// Sorted by `first`, disjoint, not adjacent.
using NumberSet = std::vector<NumberRange>;

/// One byte of a glob (`?` and `[…]` are sets of bytes), or `*`: any number of any bytes.
struct GlobElement {
  bool star = false;
  std::bitset<256> bytes;  // empty when star; never '/' or NUL
  bool operator==(const GlobElement&) const = default;
};

/// One component of a path pattern.
struct Component {
  enum class Kind : uint8_t {
    literal,    // exactly `text`, 1..255 bytes, no '/', no NUL
    any_one,    // `*`  : exactly one component, whatever its name
    any_depth,  // `**` : zero or more components in the middle, one or more at the end
    glob        // a component that matches `glob`
  };
  Kind kind = Kind::literal;
  std::string text = {};               // glob: as pattern_text prints it; equal texts are equal globs
  std::vector<GlobElement> glob = {};  // matches at least one name of 1..255 bytes; never a single star
  bool operator==(const Component&) const = default;
};
/// An absolute path pattern, split at '/'. Empty = the root directory "/".
using PathPattern = std::vector<Component>;

using PathSetId = uint32_t;  // index into Policy::path_sets

/// A set of paths (or of path-like words). `listed`: the union of `patterns`, sorted, without duplicates. The others
/// join the sets `left` and `right`, which stand before this one.
/// A directory is above an `intersection` when it is above both, and above a `difference` when it is above `left` and
/// not all that is beneath it is in `right`, by a `**` at a pattern's end: perhaps too many directories, never too few.
struct PathSet {
  enum class Kind : uint8_t { listed, unite, intersection, difference };
  std::string name;  // name of the `let`, or empty for a set written in place
  std::vector<PathPattern> patterns;
  diag::Span span;
  Kind kind = Kind::listed;
  PathSetId left = 0, right = 0;
};

/// A condition over the fields of a request. A tree; `all_of` of nothing is true, `any_of` of nothing is false.
struct Condition {
  enum class Kind : uint8_t {
    all_of,
    any_of,
    negation,
    number_in,  // `field` is in `numbers`; a field that the request does not have is in no set (`owned`: unknown)
    name_in,    // `field` is in `names`; likewise
    bits        // (`field` & mask) == value, for arguments of system calls
  };
  Kind kind = Kind::all_of;
  std::vector<Condition> operands;  // all_of, any_of; negation has one
  Field field = Field::uid;
  NumberSet numbers;
  PathSetId names = 0;
  uint64_t mask = 0, value = 0;
};

enum class Form : uint8_t {
  on_listed,   // deny | audit | kill: applies to objects in the set
  only_listed  // only: applies to objects NOT in the set
};
enum class Reach : uint8_t {
  listed,          // the objects of the set
  listed_or_above  // those and every directory above one of them, `/` itself excepted
};
enum class LogLevel : uint8_t { none, event, alert };

/// How often events of one constraint may be written; 0: no limit.
struct LogLimit {
  uint32_t events = 0;   // per `seconds`
  uint32_t seconds = 1;  // 1, 60, 3600 or 86400
  bool operator==(const LogLimit&) const = default;
};

/// Part of a closure, by the name with which `without { … }` drops it:
///   link, rename, mount_over        keep the name of a protected file true
///   change                          append, truncate, chmod, chown, utime, xattr, create, delete, symlink, mkdir,
///                                   mknod and rmdir in one derived constraint; each can be dropped by its own name,
///                                   too
///   map_exec, exec                  other ways to run the code
///   exe_file, exe_trace, exe_libs   an exception is as strong as its executable
///   set_exe                         whoever a condition knows by the executable stays that one
struct Origin {
  bool derived = false;  // false: the author wrote it; true: closure
  uint32_t of = 0;       // derived: index of the author's constraint
  std::string part;      // derived: one of the names above
};

/// No test of the path: any, and none.
inline constexpr PathSetId kAnyPath = UINT32_MAX;

/// Applies to a request when its operation is one of `ops`, `scope` and `subject` hold, `exception` does not, and its
/// object is (Form::on_listed) or is not (Form::only_listed) listed. Listed: its path is in `objects` and `object`
/// holds.
struct Constraint {
  Form form = Form::on_listed;
  Effect effect = Effect::deny;  // for `only`: what it does to the rest
  bool or_kill = false;          // deny: where the kernel cannot prevent it, the caller is killed
  OpSet ops = 0;
  PathSetId objects = kAnyPath;  // of Request::path
  Reach reach = Reach::listed;
  Condition object;     // of object fields; all_of{} when there is nothing but the path
  Condition scope;      // only: what it speaks of at all, such as IP sockets; all_of{}: everything
  Condition subject;    // `for`; all_of{} when absent
  Condition exception;  // `unless`; any_of{} when absent
  int error = 1;        // errno the caller gets, positive; EPERM (for syscall: ENOSYS) unless `errno` says otherwise
  LogLevel log = LogLevel::event;
  LogLimit limit;
  uint32_t rule = 0;  // index into Policy::rules
  diag::Span span;    // the author's constraint, also for derived ones
  Origin origin;
};

struct Rule {
  std::string name;
  std::string doc;  // text of the `///` comments above, without the slashes; lines joined by '\n'
  diag::Span span;
};

/// `assert never SUBJECT : OPERATION` = no such request is permitted (allow or audit); `always` = every such request
/// is. What it leaves open ranges over everything. A request is meant when all parts hold for certain.
struct Assertion {
  bool always = false;
  Condition subject;
  OpSet ops = 0;
  PathSetId objects = kAnyPath;
  Condition object;
  diag::Span span;
};

/// What the machine must be for the enforcer to start.
struct Requirement {
  enum class Kind : uint8_t { lockdown_integrity, lockdown_confidentiality, module_signatures, lsm };
  Kind kind = Kind::lockdown_integrity;
  std::string name;  // lsm: its name
  diag::Span span;
};

/// `seal { … }`: its constraints stand among the policy's, in a rule called `seal`.
struct Seal {
  bool given = false;
  bool self = false;    // our programs, maps, links, pins, bpf file system and the enforcer's own file
  Condition removable;  // who may take the policy away; any_of{}: nobody
  diag::Span span;
};

/// Kernel versions as (major << 16 | minor << 8); "6.12" = 0x060c00.
struct Target {
  uint32_t min_version = 0x060100;
  uint32_t max_version = 0xffffff;  // inclusive; major.minor granularity
  std::string build_id;             // `exact`: lower-case hexadecimal; empty: any kernel of the range
};

/// What becomes of a machine whose init the enforcer starts, when the policy cannot be enforced.
enum class OnFailure : uint8_t { halt, go_on };

struct Policy {
  std::string name;  // [a-z0-9_]+, at most 48 bytes: also the name of the pin directory
  std::string version;
  std::string doc;
  OnFailure on_failure = OnFailure::halt;
  Target target;
  std::vector<PathSet> path_sets;
  std::vector<Rule> rules;              // in order of appearance, includes in place
  std::vector<Constraint> constraints;  // authors' first, then derived; order has no meaning
  std::vector<Assertion> assertions;
  std::vector<Requirement> requirements;
  Seal seal;
  std::vector<diag::Acknowledgement> acknowledgements;
  std::vector<std::shared_ptr<const diag::SourceFile>> sources;  // root file first, then includes in order
};

/// Deepest path, in components, that every rung must resolve; deeper ones are unresolved and denied where a deny could
/// apply.
inline constexpr uint32_t kMaxDepth = 64;
inline constexpr uint32_t kMaxComponentBytes = 255;

}  // namespace stele
