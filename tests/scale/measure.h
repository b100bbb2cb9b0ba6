#pragma once

// What each stage takes for one policy, in processes of their own.

#include <cstddef>
#include <cstdint>
#include <string>

#include "compiler/analyze/analyze.h"

namespace stele::scale {

/// Seconds of processor time, user and system; and counts.
struct Times {
  double parse = 0;       // text → syntax tree
  double load = 0;        // text → resolved policy with its closure; parses, too
  double guarantees = 0;  // per constraint and kernel
  double analyses = 0;    // every finding and assertion
  double explain = 0;     // one request, question and answer as text
  size_t peak_bytes = 0;  // resident, of all of these
  uint64_t steps = 0;     // of the parser, ast::File::steps
  bool complete = false;  // no stage reported an error, no analysis gave up

  /// What `stele check` does.
  double check() const { return load + guarantees + analyses; }
};

/// The median of `runs` runs, stage by stage, with that much for the analyses. Throws std::runtime_error when a process
/// cannot be had or dies.
Times measure(const std::string& policy, const analyze::AnalysisOptions& budget, size_t runs);

}  // namespace stele::scale
