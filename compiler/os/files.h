#pragma once

// Small file helpers: whole files, atomic replacement, directories that go away.

#include <string>

#include "compiler/model/failure.h"

namespace stele::os {

/// The whole file; fails over `limit` bytes with EFBIG.
Result<std::string> read_whole_file(const std::string& path, size_t limit = 256u << 20);

/// Writes `bytes` beside `path` and renames, so that `path` is the old file or the whole new one, with these
/// permissions.
Result<void> replace_file(const std::string& path, const std::string& bytes, unsigned permissions = 0644);

/// One rule for what a command writes. The path that a user gives is followed where it is a symbolic link: the link
/// stays, the file that it names is replaced, or made. What is no regular file (a pipe, a terminal, another device) is
/// written into and stays what it is; so is the standard output, by whatever name. A directory is refused.
Result<void> write_output(const std::string& path, const std::string& bytes, unsigned permissions = 0644);

/// A file in a folder that a user gives, which must be there: `path` is relative to it, and folders on the way are
/// made. The folder's own path is followed, below it nothing is: a symbolic link there is refused (ELOOP), so is what
/// is no regular file.
Result<void> write_below(const std::string& folder, const std::string& path, const std::string& bytes,
                         unsigned permissions = 0644);

/// Do both paths lead to one file that is there?
bool is_same_file(const std::string& a, const std::string& b);
/// Does the path lead to what the standard output is open on?
bool is_standard_output(const std::string& path);

/// A new directory in TMPDIR (or /tmp), removed with all that is in it.
class TemporaryDirectory {
public:
  static Result<TemporaryDirectory> make();
  ~TemporaryDirectory();
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  const std::string& path() const { return path_; }

private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace stele::os
