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
