#pragma once

// The policy that a subcommand is about, and the files that its names are looked up in.

#include <optional>
#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/accounts.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/resolve.h"

namespace CLI {
class App;
}

namespace stele::cli {

struct PolicyFile {
  std::string path;
  sema::LoadOptions names;
};

/// Adds --passwd, --group and --subuid.
void add_names(CLI::App& app, sema::LoadOptions& names);
/// Adds POLICY and the files of names.
void add_policy_file(CLI::App& app, PolicyFile& file);

/// The names that `--passwd` and `--group` give, for what is asked of the policy in them.
sema::Accounts read_accounts(const PolicyFile& file, diag::Sink& sink);

/// Reads and resolves it. nullopt when `sink` has errors.
std::optional<Policy> load(const PolicyFile& file, diag::Sink& sink);

}  // namespace stele::cli
