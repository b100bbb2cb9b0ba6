#pragma once

// ANTLR's parse tree → syntax tree: statements and constraints. Reports doubled clauses and bad escapes; leaves out the
// parts that the parser could not read.

#include <SteleParser.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"

namespace stele::parse {

/// Is a token of this type one that the grammar's `word` takes?
bool is_word(size_t type);

std::vector<ast::Statement> build(grammar::SteleParser::FileContext& file,
                                  const std::shared_ptr<const diag::SourceFile>& source,
                                  const std::map<uint32_t, std::string>& docs, diag::Sink& sink);

}  // namespace stele::parse
