#pragma once

// Names of users and groups, from files of the form of passwd(5) and group(5): those of the image that the policy is
// for, never those of the machine that compiles it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/sema/report.h"
#include "dsl/sema/resolve.h"

namespace stele::sema {

enum class AccountKind : uint8_t { user, group };

/// Why a name has no id.
struct UnknownAccount {
  uint16_t code = 0;  // S3044, S3045
  std::string message, hint;
};

class Accounts {
public:
  /// No file is given: no name has an id.
  Accounts() = default;
  /// Reads the files that are given. Reports S3046, S3047.
  Accounts(const LoadOptions& options, const FileReader& files, Reporter& report);

  /// Id of the user, of the group; reports S3044, S3045 at `span`.
  std::optional<uint32_t> user(const std::string& name, const diag::Span& span, Reporter& report) const;
  std::optional<uint32_t> group(const std::string& name, const diag::Span& span, Reporter& report) const;

  /// The same for what is in no policy: a question, a scenario.
  std::optional<uint32_t> find(AccountKind kind, const std::string& name, UnknownAccount& ret_unknown) const;

private:
  struct Table {
    bool given = false;
    bool broken = false;                  // and reported: a name that is not there is no mistake of the policy
    std::map<std::string, uint32_t> ids;  // of several lines of one name the first counts, as for the C library
  };
  static Table read(const std::string& path, const FileReader& files, Reporter& report);
  std::optional<uint32_t> find(AccountKind kind, const std::string& name, const diag::Span& span,
                               Reporter& report) const;
  const Table& table(AccountKind kind) const { return kind == AccountKind::user ? users_ : groups_; }

  Table users_, groups_;
};

}  // namespace stele::sema
