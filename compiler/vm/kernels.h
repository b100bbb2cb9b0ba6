#pragma once

// Kernels to test with: Debian's own packages, downloaded and unpacked into a cache, never installed.

#include <functional>
#include <string>
#include <vector>

#include "compiler/model/failure.h"

namespace stele::vm {

/// One cached kernel. `version` is what one asks for: "6.1", "6.12", "newest" becomes its major.minor.
struct CachedKernel {
  std::string version;  // "6.12"
  std::string release;  // "6.12.107+deb12-cloud-amd64"
  std::string package;  // where the image came from
  std::string sha256;   // of the image, lower-case hexadecimal
  std::string path;     // of the image
  bool newest = false;  // what `newest` meant when it was fetched
};

struct KernelCacheOptions {
  std::string directory;                                  // "": the default below
  bool update = false;                                    // fetch again what is there
  std::function<void(const std::string&)> progress = {};  // one line, no newline
};

/// $STELE_KERNEL_CACHE, else $XDG_CACHE_HOME/stele/kernels, else ~/.cache/stele/kernels.
std::string default_kernel_cache();

/// What the cache holds, by version. An image that is gone or changed is left out.
Result<std::vector<CachedKernel>> list_kernels(const KernelCacheOptions& options);

/// The kernel "6.1", "6.12" (what the machine's own apt offers) or "newest" (Debian unstable), from the cache or else
/// downloaded. Atomic; running it again changes nothing. Fails without apt, network or space, and says which.
Result<CachedKernel> fetch_kernel(const std::string& version, const KernelCacheOptions& options);

/// Where a module of the kernel ("overlay", "binfmt_misc") lies: beside the image of that path, which need not be in
/// the cache.
std::string module_path(const std::string& kernel_path, const std::string& module);

/// A kernel as people name it on a command line: a path of an image, or a version that is in the cache.
Result<CachedKernel> find_kernel(const std::string& name, const KernelCacheOptions& options);

}  // namespace stele::vm
