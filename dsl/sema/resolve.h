#pragma once

#include <optional>
#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

/// Reads files for the resolver, so that tests and the language server can serve them from memory.
class FileReader {
public:
  virtual ~FileReader() = default;
  /// Content of `path`, or nullopt with `*error` set to errno.
  virtual std::optional<std::string> read(const std::string& path, int* error) const = 0;
  /// Equal for all names of one file; here, the normalised path.
  virtual std::string identity(const std::string& path) const;
  /// Is it a pipe, a device or a socket, which may never end? What the user names himself may be one.
  virtual bool is_special(const std::string& path) const;
};
/// Reads from the file system; refuses files over 64 MiB with EFBIG.
const FileReader& disk_reader();

/// What a policy is resolved with, besides its text.
struct LoadOptions {
  std::string passwd;  // file of the form of passwd(5) that says the ids of users; empty: none
  std::string group;   // of the form of group(5), of groups
  std::string subuid;  // of the form of subuid(5): the further ids of users, by which `for` speaks of them, too
};

/// Parses `path` and what it includes, checks and resolves it, and adds the closure constraints.
/// Reports every mistake it can find in one run; nullopt when there was an error.
/// `path` appears in spans as given; includes are relative to the including file. Never throws.
std::optional<Policy> load_policy(const std::string& path, const FileReader& files, diag::Sink& sink,
                                  const LoadOptions& options = {});

}  // namespace stele::sema
