#pragma once

// Files that a case takes for granted. A kernel would say ENOENT or EEXIST before it asked any policy; the evaluator
// does not look at files, so without this a slip of the pen would pass there.

#include <optional>
#include <string>
#include <vector>

#include "compiler/scenario/scenario.h"

namespace stele::scenario {

/// How the true names of a case's judged step come about.
enum class NamesFrom : uint8_t {
  steps,  // from its paths
  author  // the author says what it touches (`object`, `requests`), for what a step's paths do not show
};

/// For each case what is wrong with the files that it names, empty where nothing is. What cannot be known is not
/// judged: /proc, /sys and /dev, mounts that bring files of their own, what earlier cases made or removed, steps behind
/// a changed view. Of what the author says, only a last component that nothing in the scenario has is wrong.
std::vector<std::string> missing_files(const Scenario& scenario, const std::vector<NamesFrom>& names_of_cases);

}  // namespace stele::scenario
