#pragma once

// `template service(program, user) { … }` and `use service(…) as web`: rules for several uses.

#include <map>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/report.h"
#include "dsl/sema/sets.h"

namespace stele::sema {

/// Symbol table of `template`. Definitions may stand after their uses.
class Templates {
public:
  Templates(Reporter& report, bool names_complete) : report_(report), names_complete_(names_complete) {}

  /// Reports S3110, S3115.
  void define(const ast::Template& definition, bool in_root);

  /// A template with its parameters bound to the sets of one use.
  struct Instance {
    const ast::Template* body = nullptr;
    Sets::Parameters parameters;
  };
  /// False when it was reported why not (S3111, S3112).
  bool bind(const ast::Use& use, Instance& out);
  /// Remembers which parameters the rules used.
  void note_used(const Instance& instance);

  /// Warns of templates (S3113) and parameters (S3114) that nothing uses.
  void check_unused();

private:
  struct Entry {
    const ast::Template* definition = nullptr;
    bool in_root = false;
    bool used = false;
    std::map<std::string, bool> parameters_used;
  };

  Reporter& report_;
  bool names_complete_;
  std::map<std::string, Entry> entries_;
};

}  // namespace stele::sema
