#pragma once

// Policies to format.

#include <memory>
#include <string>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele::testing {

struct Sample {
  std::string path, text;
};

std::string read_text(const std::string& path);

std::shared_ptr<const diag::SourceFile> source_of(const std::string& text);

/// Every policy below examples/ and tests/ of the tree that has no syntax error, without a case's expectations.
const std::vector<Sample>& samples_of_the_tree();

}  // namespace stele::testing
