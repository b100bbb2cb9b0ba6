#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/load.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// What a policy acknowledges, in the order of its text; each has the statement or the constraint that it stands behind
/// for its place. Reports S3120…S3122; what they are about is left out.
std::vector<diag::Acknowledgement> acknowledgements(const Program& program, Reporter& report);

/// Where an acknowledgement of what is said of `span` belongs; nullopt: behind the policy's version.
std::optional<uint32_t> end_to_acknowledge(const ast::File& file, const diag::Span& span);

}  // namespace stele::sema
