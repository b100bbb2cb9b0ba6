#pragma once

// What Clang accepts and a policy's programs must not have: state that anything could write.

#include <clang/AST/ASTConsumer.h>

#include <memory>
#include <string>
#include <vector>

namespace stele::codegen {

/// Reports, as errors at their place: a global variable that is not const (the license and maps apart), a map whose
/// name is not in `allowed_maps`, a function that is neither static nor placed by SEC().
std::unique_ptr<clang::ASTConsumer> make_lint(const std::vector<std::string>& allowed_maps);

}  // namespace stele::codegen
