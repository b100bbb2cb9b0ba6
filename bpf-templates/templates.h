#pragma once

#include <map>
#include <string>

namespace stele
{

/// The text of every file that the programs include, by name; abi.h and hooks.def among them.
const std::map<std::string, std::string> &bpf_templates();

/// The text of the model on which they run on the host: "host/main.c" and what it includes beside them.
const std::map<std::string, std::string> &host_templates();

} // namespace stele
