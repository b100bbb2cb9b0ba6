#pragma once

#include <string_view>

#include "dsl/diag/diagnostic.h"

namespace stele::diag {

/// What should stand at the diagnostic's place, where its hint says so ("did you mean `word`?") and the place is one
/// word. Empty: nothing so simple.
std::string_view fix_of(const Diagnostic& diagnostic);

}  // namespace stele::diag
