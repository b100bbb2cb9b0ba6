#pragma once

// What the host and the guest's init (runtime/init) say to each other: the script that goes in, the report that comes
// out.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/failure.h"
#include "compiler/scenario/scenario.h"

namespace stele::scenario {

enum class Enforcement : uint8_t {
  enforced,  // the enforcer is applied
  bare       // no enforcer; each case has an image of its own: what would happen without the policy
};

/// Words are separated by spaces; bytes other than letters, digits and /._-:=,@+ are %XX, the empty word is a lone %.
std::string escape_word(const std::string& word);
std::string unescape_word(const std::string& word);

/// The script for the cases at these indices. Format: runtime/init/init.c and setup.c.
std::string write_script(const Scenario& scenario, const std::vector<size_t>& cases, const std::string& policy_name,
                         Enforcement enforcement);

/// One event as the guest read it; see struct stele_event in runtime/abi.h.
struct GuestEvent {
  uint64_t sequence = 0;
  uint32_t constraint = 0, op = 0, hook = 0, verdict = 0, error = 0, tgid = 0, uid = 0, gid = 0, flags = 0;
  std::string comm, exe;      // names with their leading slashes collapsed
  std::string object, other;  // likewise; of a task its executable, "" for none; `other`: of the second file
  std::vector<std::pair<std::string, std::string>> members = {};  // of the object beside files, by name: abi.h
};

struct GuestStep {
  int index = 0;  // -1: the subject's executable could not be started, for `error`, or by `signal`
  int64_t result = 0;
  int error = 0;   // positive errno, 0 = success
  int signal = 0;  // that ended the step's child
  int exit = -1;   // exit code of the step's child, -1 = none
};

struct GuestCase {
  size_t index = 0;  // of the scenario's case
  std::vector<std::string> output;
  std::vector<GuestStep> steps;
  bool ended = false, timed_out = false;
  int status = 0;  // wait status of the agent
  std::vector<GuestEvent> events;
};

struct GuestReport {
  std::vector<std::string> enforcer_output;
  std::optional<int> enforcer_status;  // wait status of `enforcer apply`
  uint64_t enforcer_us = 0;            // from its start to its end, microseconds in the guest
  std::vector<GuestCase> cases;
  std::vector<std::string> failures;  // what the machine itself could not do
  bool done = false;
};

/// Reads what init wrote. Fails on a line that it cannot have written.
Result<GuestReport> parse_report(const std::string& text);

}  // namespace stele::scenario
