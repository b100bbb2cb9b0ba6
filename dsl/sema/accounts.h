#pragma once

// Names of users and groups, from files of the form of passwd(5) and group(5), and the subordinate ids of users, of
// subuid(5): those of the image that the policy is for, never those of the machine that compiles it.

#include <map>
#include <optional>
#include <string>
#include <string_view>

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
  /// Reads the files that are given. Reports S3040, S3045, S3046, S3047, S3049.
  Accounts(const LoadOptions& options, const FileReader& files, Reporter& report);

  /// Id of the user, of the group; reports S3044, S3045 at `span`.
  std::optional<uint32_t> user(const std::string& name, const diag::Span& span, Reporter& report) const;
  std::optional<uint32_t> group(const std::string& name, const diag::Span& span, Reporter& report) const;

  /// The same for what is in no policy: a question, a scenario.
  std::optional<uint32_t> find(AccountKind kind, const std::string& name, UnknownAccount& ret_unknown) const;

  /// `users`, and the ids that each of them may take in a user namespace of his.
  NumberSet with_subordinates(const NumberSet& users) const;

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
  void read_subordinates(const std::string& path, const FileReader& files, Reporter& report);
  /// Whose line it is: a number, or a name of users_. Reports S3040, S3045, S3049 at `span`.
  std::optional<uint32_t> owner(std::string_view text, const diag::Span& span, Reporter& report) const;

  Table users_, groups_;
  std::multimap<uint32_t, NumberRange> subordinates_;
};

}  // namespace stele::sema
