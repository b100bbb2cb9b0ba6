#pragma once

#include <map>
#include <string>

namespace stele
{

/// The text of every template header, by file name; abi.h among them.
const std::map<std::string, std::string> &bpf_templates();

} // namespace stele
