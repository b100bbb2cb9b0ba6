#pragma once

// Debian packages without installing anything: the machine's own apt resolves and downloads, dpkg-deb unpacks.

#include <string>
#include <vector>

#include "compiler/model/failure.h"

namespace stele::vm {

/// One view of a package archive: apt with these options in front of each command.
struct PackageSource {
  std::vector<std::string> options;
};

/// The machine's own configuration.
PackageSource machine_packages();

/// Debian `unstable` from the mirror that the machine's own apt uses for its main archive, with a state of its own
/// below `directory` and no notion of installed packages. Downloads the package lists when `refresh` or when there are
/// none.
Result<PackageSource> unstable_packages(const std::string& directory, bool refresh);

/// What a meta package depends on that begins with `prefix`: the first such name. Fails when there is none.
Result<std::string> dependency(const PackageSource& source, const std::string& package, const std::string& prefix);
/// Is the package known to the source?
bool is_known(const PackageSource& source, const std::string& package);

/// Downloads the package into a (temporary) directory and returns, for each list of shell patterns such as
/// "./boot/vmlinuz-*", the first of its files whose name matches one of them.
Result<std::vector<std::string>> files_of_package(const PackageSource& source, const std::string& package,
                                                  const std::vector<std::vector<std::string>>& wanted,
                                                  const std::string& directory);

}  // namespace stele::vm
