#pragma once

// The parts of policy.bpf.c. Each is a value: emit_c() puts them one behind the other, in this order.

#include <string>

#include "compiler/lower/ir.h"

namespace stele::emit {

/// The head comment, and what every program needs.
std::string head_section(const ir::Module& module);
/// constants.cpp: the hooks in use with the bits of their operations, and the constraints.
std::string hooks_section(const ir::Module& module);
std::string constraints_section(const ir::Module& module);
/// automaton.cpp: classes, states, edges.
std::string automaton_section(const ir::Module& module);
/// constants.cpp: which class is in which set of executables; the errnos that hooks return.
std::string executables_section(const ir::Module& module);
std::string refusals_section(const ir::Module& module);
/// subjects.cpp: a function for each test of the subject, with the tables of ids that they need.
std::string subjects_section(const ir::Module& module);
/// decisions.cpp: decide_HOOK() for each hook.
std::string decisions_section(const ir::Module& module);

/// "policy.stele:14 rule web (closure: link)", safe in a comment.
std::string origin_text(const ir::Constraint& constraint);
/// "OP(inode_rename, file_create) | …" of the hook's bits.
std::string operations_text(const ir::Hook& hook, uint32_t bits);

}  // namespace stele::emit
