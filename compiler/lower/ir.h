#pragma once

// The decision IR: what each LSM hook decides, as plain values that point to nothing outside. Everything is resolved
// here: which constraint is tried for which class of paths, how an unknown counts in each test, which operation has
// which bit. `emit` only prints it as C, print_ir() as text.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lower/automaton.h"
#include "dsl/sema/policy.h"
#include "runtime/abi.h"

namespace stele::ir {

/// Inclusive.
struct IdRange {
  uint32_t first = 0, last = 0;
  auto operator<=>(const IdRange&) const = default;
};
using IdSet = std::vector<IdRange>;  // sorted, disjoint, not empty

/// A test of the subject, or of what the object is and becomes. `unsure`: its answer where the kernel's structures do
/// not tell.
struct Test {
  enum class Kind : uint8_t {
    always,
    never,
    all_of,      // operands, at least two, none of them always or never
    any_of,      // likewise
    negation,    // operands[0]
    id_in,       // an id of the task's credentials is in `ids`
    group_in,    // its real group, or a supplementary one
    exe_in,      // its executable is in Module::name_sets[name_set]
    by_kernel,   // the kernel starts it, and it executes nothing yet
    becomes_in,  // of the object: the name that it gets is in Module::name_sets[name_set]
    plain,       // of the object: it is known to be no directory
    owned        // of the object: its owner is the task's real uid
  };
  enum class Id : uint8_t { uid, euid, egid };
  Kind kind = Kind::always;
  std::vector<Test> operands = {};
  Id id = Id::uid;
  IdSet ids = {};
  uint32_t name_set = 0;
  bool unsure = false;
  bool operator==(const Test&) const = default;
};

/// By strength: index 0 is the strongest (kill, then deny by growing errno, then audit; then the author's order), so
/// that the first one that applies decides. The index, its rank, is the number that events and counters carry.
struct Constraint {
  std::string rule;
  std::string source;  // "policy.stele:14"
  std::string part;    // of the closure; empty when the author wrote it
  Effect effect = Effect::deny;
  int error = 1;
  LogLevel log = LogLevel::event;
  std::vector<uint32_t> operations;  // indices into Module::operations, sorted
  uint32_t origin = 0;               // index into Policy::constraints
};

/// A constraint that is tried, and what must hold for it. Without either test it decides.
struct Check {
  uint32_t rank = 0;
  uint32_t operations = 0;          // bits of the hook of which one must be raised; 0: any will do
  std::optional<uint32_t> subject;  // index into Module::subjects; nullopt: everybody
  bool operator==(const Check&) const = default;
};

/// Constraints to be tried, strongest first, for the classes of paths that share them.
struct Case {
  std::vector<uint32_t> classes;  // sorted; kClassUnresolved among them where it belongs
  std::vector<Check> checks;      // the last one may have no test; those before it have one
  bool operator==(const Case&) const = default;
};

/// An operation that the hook's program raises. Its bit is its position in the hook's row of hooks.def.
struct RaisedOperation {
  Op op = Op::file_read;
  std::optional<uint32_t> index;  // into Module::operations; nullopt: no constraint here is about it
};

/// What one hook decides. `listed`: constraints on objects in a set; a class in no case matches none of them.
/// `unlisted`: `only` constraints, and those that ask for no path; its classes are those that some of them list, every
/// other class gets `otherwise`.
struct Hook {
  stele_hook hook = STELE_HOOK_none;
  stele_object_kind object = STELE_OBJECT_none;  // shape of what is decided about
  std::vector<RaisedOperation> operations;
  std::vector<Case> listed;
  std::vector<Case> unlisted;
  std::vector<Check> otherwise;
  bool has_only = false;               // some of its constraints apply to what no set lists
  bool asks_for_exe = false;           // some test names the executable
  bool asks_what_becomes = false;      // some test names what the object becomes
  bool asks_for_owner = false;         // some test asks whose the object is
  std::optional<uint32_t> decides_as;  // index into Module::hooks: an earlier hook with the same cases
};

/// A literal name that is protected from further names, or the directory (`tree`) of all that is; for looking at
/// symlinks.
struct ProtectedPath {
  std::string path;
  bool tree = false;
};

struct Module {
  std::string policy, version;
  uint32_t min_kernel = 0, max_kernel = 0;  // inclusive
  std::vector<Op> operations;               // that constraints are about, each once; events carry the index
  std::vector<Constraint> constraints;
  lower::Automaton automaton;
  std::vector<std::string> set_texts;     // of each path set, for people: its name, or its first patterns
  std::vector<std::string> set_contents;  // and the whole of it
  uint32_t walk_depth = 0;                // components after which every walk is dead or absorbing; at most kMaxDepth
  std::vector<PathSetId> name_sets;       // sets that tests name, in order
  std::vector<Test> subjects;             // distinct, none of them `always`
  std::vector<Hook> hooks;                // those in use, by number
  std::vector<bool> unlinked_classes;     // for each class of paths: hard links of such a file evade the policy
  std::vector<ProtectedPath> protected_paths;
};

}  // namespace stele::ir
