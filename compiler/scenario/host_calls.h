#pragma once

// A case in the words of bpf-templates/host/main.c: which system calls its requests are, and what the programs say.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/lower/ir.h"
#include "compiler/scenario/rooms/rooms.h"
#include "compiler/scenario/run.h"

namespace stele::scenario {

/// What the rooms list, longer ones first.
const std::vector<HostCall>& all_host_calls();

/// "call rename /a /b" lines; nullopt when the requests are those of no system call (a rename of one name only).
std::optional<std::vector<std::string>> host_calls(const std::vector<evaluate::Request>& requests);

/// "subject …" line.
std::string host_subject(const evaluate::Subject& subject);

/// "start …" and "late …" lines: the root, then each mount that is a file system of its own.
std::string host_mounts(const lower::Automaton& automaton, const std::vector<ImageMount>& mounts);

/// What came of the calls of a case: `answers` has the lines of each call. As in a kernel, the first error ends it.
Outcome host_outcome(const ir::Module& module, const std::vector<std::vector<std::string_view>>& answers);

}  // namespace stele::scenario
