#pragma once

// What the resolution of conditions, objects and constraints works with.

#include "dsl/sema/accounts.h"
#include "dsl/sema/path_sets.h"
#include "dsl/sema/report.h"
#include "dsl/sema/sets.h"

namespace stele::sema {

struct Context {
  Reporter& report;
  Sets& sets;
  PathSetTable& path_sets;
  const Accounts& accounts;
};

}  // namespace stele::sema
