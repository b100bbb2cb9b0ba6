#pragma once

// The resolved policy: what every later stage reads (evaluator, lowering, guarantees, manifest).
// Names are gone, sets are interned and normalised, closure constraints are spelled out. Plain data.

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele {

/// Ordered by strength.
enum class Effect : uint8_t { audit, deny, kill };
/// As a user writes it.
const char* effect_text(Effect effect);

/// Every operation that a decision can be about. The order is the ABI of events (op names travel in the plan).
/// X(identifier, class, name in the language)
#define STELE_OPERATIONS(X)                \
  X(file_read, "file", "read")             \
  X(file_write, "file", "write")           \
  X(file_append, "file", "append")         \
  X(file_create, "file", "create")         \
  X(file_delete, "file", "delete")         \
  X(file_rename, "file", "rename")         \
  X(file_link, "file", "link")             \
  X(file_symlink, "file", "symlink")       \
  X(file_mkdir, "file", "mkdir")           \
  X(file_rmdir, "file", "rmdir")           \
  X(file_mknod, "file", "mknod")           \
  X(file_truncate, "file", "truncate")     \
  X(file_chmod, "file", "chmod")           \
  X(file_chown, "file", "chown")           \
  X(file_xattr, "file", "xattr")           \
  X(file_stat, "file", "stat")             \
  X(file_list, "file", "list")             \
  X(file_map_exec, "file", "map_exec")     \
  X(file_mount_over, "file", "mount_over") \
  X(exec, "exec", "exec")                  \
  X(process_ptrace, "process", "ptrace")

enum class Op : uint8_t {
#define STELE_OP_ENUM(id, klass, name) id,
  STELE_OPERATIONS(STELE_OP_ENUM)
#undef STELE_OP_ENUM
};
inline constexpr uint32_t kOpCount = 0
#define STELE_OP_COUNT(id, klass, name) +1
    STELE_OPERATIONS(STELE_OP_COUNT)
#undef STELE_OP_COUNT
    ;
/// "file read", "exec", "process ptrace": as a user writes it.
std::string op_text(Op op);

/// A set of operations; bit `1 << op`.
using OpSet = uint64_t;
inline constexpr OpSet op_bit(Op op) {
  return OpSet{1} << static_cast<unsigned>(op);
}

/// Inclusive range of uids or gids.
struct IdRange {
  uint32_t first = 0;
  uint32_t last = 0;
  auto operator<=>(const IdRange&) const = default;
};
/// Sorted by `first`, disjoint, not adjacent.
using IdSet = std::vector<IdRange>;

/// One component of a path pattern.
struct Component {
  enum class Kind : uint8_t {
    literal,   // exactly `text`, 1..255 bytes, no '/', no NUL
    any_one,   // `*`  : exactly one component, whatever its name
    any_depth  // `**` : zero or more components in the middle, one or more at the end
  };
  Kind kind = Kind::literal;
  std::string text;
  bool operator==(const Component&) const = default;
};
/// An absolute path pattern, split at '/'. Empty = the root directory "/".
using PathPattern = std::vector<Component>;

/// Union of patterns, sorted, without duplicates.
struct PathSet {
  std::string name;  // name of the `let`, or empty for a set written in place
  std::vector<PathPattern> patterns;
  Span span;
};
using PathSetId = uint32_t;  // index into Policy::path_sets

/// A condition over the subject. A tree; `all_of` of nothing is true, `any_of` of nothing is false.
struct Condition {
  enum class Kind : uint8_t { all_of, any_of, negation, id_in, exe_in };
  enum class IdField : uint8_t { uid, euid, gid, egid };
  Kind kind = Kind::all_of;
  std::vector<Condition> operands;  // all_of, any_of; negation has one
  IdField field = IdField::uid;     // id_in; `gid` also matches supplementary groups
  IdSet ids;                        // id_in
  PathSetId exes = 0;               // exe_in
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

/// Part of a closure, by the name with which `without { … }` drops it.
///   name:   link rename mount_over           keep the name of a protected file true
///   change: append truncate chmod chown xattr create delete symlink mkdir mknod rmdir: one derived constraint whose
///   part
///           is "change"; each of its operations can be dropped by its own name too
///   exec:   map_exec, exec
///   exception: exe_file exe_trace exe_libs   an exception is as strong as its executable
struct Origin {
  bool derived = false;  // false: the author wrote it; true: closure
  uint32_t of = 0;       // derived: index of the author's constraint
  std::string part;      // derived: one of the names above
};

struct Constraint {
  Form form = Form::on_listed;
  Effect effect = Effect::deny;  // for `only`: what it does to the rest
  OpSet ops = 0;
  PathSetId objects = 0;  // for process_ptrace: path of the target's executable
  Reach reach = Reach::listed;
  Condition subject;    // `for`; all_of{} when absent
  Condition exception;  // `unless`; any_of{} when absent
  int error = 1;        // errno the caller gets, positive; EPERM unless `errno` says otherwise
  LogLevel log = LogLevel::event;
  uint32_t rule = 0;  // index into Policy::rules
  Span span;          // the author's constraint, also for derived ones
  Origin origin;
};

struct Rule {
  std::string name;
  std::string doc;  // text of the `///` comments above, without the slashes; lines joined by '\n'
  Span span;
};

/// Kernel versions as (major << 16 | minor << 8); "6.12" = 0x060c00.
struct Target {
  uint32_t min_version = 0x060100;
  uint32_t max_version = 0xffffff;  // inclusive; major.minor granularity
};

struct Policy {
  std::string name;  // [a-z0-9_]+, at most 48 bytes: also the name of the pin directory
  std::string version;
  std::string doc;
  Target target;
  std::vector<PathSet> path_sets;
  std::vector<Rule> rules;                                 // in order of appearance, includes in place
  std::vector<Constraint> constraints;                     // authors' first, then derived; order has no meaning
  std::vector<std::shared_ptr<const SourceFile>> sources;  // root file first, then includes in order
};

/// Deepest path, in components, that every rung must resolve; deeper ones are unresolved and denied where a deny could
/// apply.
inline constexpr uint32_t kMaxDepth = 64;
inline constexpr uint32_t kMaxComponentBytes = 255;

}  // namespace stele
