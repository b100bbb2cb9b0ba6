#pragma once

// All names in the world, in classes that sets of path patterns cannot tell apart.
//
// The patterns of all sets are merged into one tree of components, read as a nondeterministic automaton: reading a name
// component by component reaches a set of its nodes (subset construction). The alphabet at such a set are the literals
// that leave it, and for every other name the class that the globs leaving it put it into. Two names are of one class
// when they are in the same sets and above the same sets; so there are about as many classes as sets, not as paths.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/analyze/component_names.h"
#include "dsl/sema/policy.h"

namespace stele {

/// What names there are and which sets ask about them.
struct NameQuestion {
  std::vector<PathSetId> members;  // sets whose membership matters, of any kind
  std::vector<PathSetId> above;    // sets for which being a directory above matters
  uint32_t min_depth = 0, max_depth = kMaxDepth;
  ComponentRules components = {};
  size_t max_states = 3'000'000;  // of the automaton
};

/// Classes are numbered from 0; no class is empty. Those in no set and above none come first, the others in the order
/// of their witnesses, so that a directory's classes are neighbours.
struct NameClasses {
  std::vector<std::string> witnesses;                  // a shortest name of each class, "/a/b"
  std::map<PathSetId, std::vector<uint32_t>> members;  // classes in the set, ascending
  std::map<PathSetId, std::vector<uint32_t>> above;    // classes of proper directories above it, "/" never
};

/// Throws LimitReached.   Cost: about linear in the components of all patterns, unless `**` multiplies states.
NameClasses name_classes(const Policy& policy, const NameQuestion& question);

}  // namespace stele
