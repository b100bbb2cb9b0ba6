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

namespace stele::analyze {

/// What names there are and which sets ask about them.
struct NameQuestion {
  std::vector<PathSetId> members;  // sets whose membership matters, of any kind
  std::vector<PathSetId> above;    // sets for which being a directory above matters
  uint32_t min_depth = 0, max_depth = kMaxDepth;
  ComponentRules components = {};
  size_t max_states = 2'000'000;  // of the automaton
};

/// Classes are numbered from 0; no class is empty. Those in no set and above none come first, the others in the order
/// of their witnesses, so that a directory's classes are neighbours.
///
/// What a class is in and above is told by atoms: what one node of the merged patterns, or the joined sets, contribute.
/// So a directory that is above thousands of sets is one atom of all classes beneath it.
struct NameClasses {
  using List = std::vector<uint32_t>;  // ascending

  std::vector<std::string> witnesses;      // a shortest name of each class, "/a/b"
  std::vector<List> atoms;                 // by class
  std::vector<List> classes;               // by atom
  std::map<PathSetId, List> member_atoms;  // a class is in the set when it has one of these
  std::map<PathSetId, List> above_atoms;   // it is of directories above the set; "/" never is

  List members(PathSetId set) const { return with_one_of(member_atoms.at(set)); }
  List above(PathSetId set) const { return with_one_of(above_atoms.at(set)); }
  bool has_one_of(uint32_t name_class, const List& some) const;
  List with_one_of(const List& some) const;
};

/// Throws LimitReached.   Cost: about linear in the components of all patterns, unless `**` multiplies states.
NameClasses name_classes(const Policy& policy, const NameQuestion& question);

}  // namespace stele::analyze
