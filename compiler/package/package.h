#pragma once

// What starts an enforcer on a machine: a systemd unit, hooks for initramfs-tools and dracut, scripts for sysvinit and
// OpenRC, and a Debian package of all that Debian can use.

#include <string>
#include <vector>

#include "compiler/package/archive.h"

namespace stele::package {

struct PackageInput {
  std::string policy, version;  // of the policy
  std::string enforcer;         // bytes
  std::string maintainer;       // "Name <mail>"
};

/// "stele-" and the policy's name, as Debian writes names: the program, the unit, the package.
std::string program_name(const std::string& policy);

/// The files, to be looked at and for images that no package manager makes; the package among them
/// ("stele-web_1.4.0_amd64.deb"). Same input, same bytes.
std::vector<File> package_files(const PackageInput& input);

}  // namespace stele::package
