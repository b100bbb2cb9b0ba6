#pragma once

// One deterministic automaton over path components for all path sets of a policy: what the BPF programs walk.
// Subset construction over the patterns' positions; literal components are the alphabet, everything else is `other`.

#include <cstdint>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::lower {

/// What a state says about a path: the sets that it is in, and those that it lies above (a proper ancestor of a
/// possible member; "/" is above nothing, but state 2 says what it would be above). Both sorted.
struct PathClass {
  std::vector<PathSetId> in, above;
  auto operator<=>(const PathClass&) const = default;
};

struct Automaton {
  struct State {
    std::map<std::string, uint32_t> edges;  // component → state
    uint32_t other = 0;                     // where every other component leads; 0 = dead
    bool absorbing = false;                 // `other` leads here again and there are no edges
    uint32_t path_class = 0;                // index into classes
  };
  std::vector<State> states;       // 0 is dead, 1 is "/", 2 is a directory above everything, with nothing below
  std::vector<PathClass> classes;  // the three of kClass… first, from kClassUnresolved + 1 on as found
};

inline constexpr uint32_t kStateTop = 2;  // no path leads there: see STELE_STATE_TOP in runtime/abi.h

inline constexpr uint32_t kClassNone = 0;        // in and above nothing
inline constexpr uint32_t kClassNameless = 1;    // no name, and so likewise
inline constexpr uint32_t kClassUnresolved = 2;  // a name that could not be read

/// What makes an automaton too large: the pattern that is half matched in most states, whatever else is.
struct Crowd {
  PathSetId set = 0;
  PathPattern pattern;
};

/// The automaton of all `sets`; globs within components match nothing.  Cost: n log n in components for literal
/// patterns and trailing `**`; a pattern with a `**` or `*` before its end multiplies the states that it can share a
/// path with. Fails as soon as there are more than `limit` states and edges.
tl::expected<Automaton, Crowd> build_automaton(const std::vector<PathSet>& sets, uint32_t limit);

}  // namespace stele::lower
