#pragma once

// Reads a policy and what it includes, each file once, and lays their statements out in order.

#include <memory>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/resolve.h"

namespace stele::sema {

struct Program {
  struct Placed {
    const ast::Statement* statement = nullptr;  // never an Include
    bool in_root = false;                       // does it stand in the file that the user named?
    size_t file = 0;                            // index into files
  };
  std::vector<std::unique_ptr<ast::File>> files;  // root first, then includes in order of reading
  std::vector<Placed> statements;                 // includes replaced by what they include
  bool complete = true;                           // false: something could not be read, names may be missing
};

/// Reports S1001, S3020…S3023 and what parsing reports.
Program load_program(const std::string& path, const FileReader& reader, diag::Sink& sink);

}  // namespace stele::sema
