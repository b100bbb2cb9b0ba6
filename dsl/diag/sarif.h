#pragma once

// Diagnostics as SARIF 2.1.0, the form that code-scanning services take. Source: the OASIS standard "Static Analysis
// Results Interchange Format (SARIF) Version 2.1.0"; beyond what that requires, each result has what code scanning
// requires: one place at least, a whole region, texts for every rule, and a fingerprint of the line.

#include <string>

#include "dsl/diag/diagnostic.h"

namespace stele::diag {

struct SarifPlaces {
  std::string policy;  // the file that the command was about: where a diagnostic without a place is shown
  std::string folder;  // absolute; files beneath it are named relative to it. Empty: names stay as they are
};

/// One run with every code of the table as a rule, and a result for each diagnostic in the order of reporting. Labels
/// are related locations. A hint ends the message, and is a fix too where it says what to write instead. What is
/// acknowledged is suppressed.
/// Deterministic: no times, no user, no machine.
std::string render_sarif(const Sink& sink, const SarifPlaces& places);

}  // namespace stele::diag
