#pragma once

// An initramfs as the kernel unpacks it: a cpio archive in the `newc` format (Documentation/driver-api/early-userspace/
// buffer-format.rst), not compressed. Same entries, same bytes.

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/model/failure.h"

namespace stele::vm {

struct ArchiveEntry {
  enum class Kind : uint8_t { file, directory, symlink, hard_link, character_device, block_device };
  std::string path;  // absolute; parents must be entries before it
  Kind kind = Kind::file;
  std::string content;            // file: bytes; symlink: target; hard_link: path of an earlier file entry
  uint32_t mode = 0644;           // permission bits
  uint32_t uid = 0, gid = 0;      // owner
  uint32_t major = 0, minor = 0;  // devices
};

/// The archive. Times are 0 and inode numbers count up. Fails (EINVAL) on a relative path, a missing parent, a path
/// that appears twice, a hard link to what is not an earlier file, or a file of 4 GiB and more.
Result<std::string> write_initramfs(const std::vector<ArchiveEntry>& entries);

}  // namespace stele::vm
