#pragma once

// Whole files in, whole files out.

#include <string>

#include "compiler/model/failure.h"

namespace stele::cli {

/// All bytes of a regular file of at most `limit` bytes.
Result<std::string> read_file(const std::string& path, size_t limit);

enum class FileMode : uint8_t { plain, executable };

/// Writes beside the file under another name, then renames: afterwards there is the whole new file, or what was there
/// before. The umask applies.
Result<void> write_file(const std::string& path, const std::string& bytes, FileMode mode);

/// Makes a folder unless it is there.
Result<void> make_folder(const std::string& path);

}  // namespace stele::cli
