#pragma once

// The two containers that a Debian package is made of, as deb(5) wants them: `ar` around `ustar`. Small enough that a
// library would be more to look after. Same files, same bytes.

#include <cstdint>
#include <string>
#include <vector>

namespace stele::package {

struct File {
  std::string path;     // relative
  std::string content;  // or the target of a symbolic link
  uint32_t mode = 0644;
  bool is_link = false;
};

/// A ustar archive of files of root's, in this order, each behind the directories that it needs ("./" first).
std::string write_tar(const std::vector<File>& files);

/// A common ar archive; names of at most 15 bytes.
std::string write_ar(const std::vector<File>& members);

}  // namespace stele::package
