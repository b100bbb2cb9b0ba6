#pragma once

#include <string>
#include <vector>

#include "compiler/scenario/compare.h"

namespace stele::scenario {

enum class Detail : uint8_t { failures, every_case };

/// For people: a line for each case (or each that failed), then the sum and the rungs.
std::string render_text(const Scenario& scenario, const std::vector<RungResults>& rungs, const Report& report,
                        Detail detail);

/// For programs: {scenario, ok, passed, failed, skipped, idle: [names of rungs], expected_failures, rungs: [{name,
/// rung, seconds, apply_us}], cases:
/// [{name, line, status, problems, outcomes: [{rung, verdict, errno, rule, event, events…}]}]}. Keys sorted, ends in a
/// newline.
std::string render_json(const Scenario& scenario, const std::vector<RungResults>& rungs, const Report& report);

}  // namespace stele::scenario
