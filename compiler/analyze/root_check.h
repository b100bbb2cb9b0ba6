#pragma once

// The policy's paths against an image of the file system that it is for.

#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// Reports the authors' paths that go through a symbolic link of the image in the folder `root` (S4033), and those
/// without patterns that name nothing in it (S4034; not below /dev, /proc, /run, /sys and /tmp, which are filled when a
/// system runs), scripts as executables (S4039), and directories where only files can be meant (S4045). Links are
/// followed as if `root` were the root directory, never out of it. A folder that cannot be read is taken for an empty
/// one.
void check_root(const Policy& policy, const std::string& root, diag::Sink& sink);

/// Without an image: reports executables that are named like scripts (S4047), each name once.
void check_script_names(const Policy& policy, diag::Sink& sink);

}  // namespace stele::analyze
