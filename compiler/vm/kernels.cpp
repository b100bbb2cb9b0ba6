// The cache: files `vmlinuz-VERSION` and `MODULE-VERSION.ko` (as packed, perhaps compressed) for each kernel, and
// index.json. The index is replaced last, so that it never names an image that is not there whole.
//
// Debian has a meta package for each kernel line (linux-image-cloud-amd64, linux-image-6.12-cloud-amd64) that depends
// on the image of the day. Newer images keep the kernel itself in linux-binary-RELEASE, below usr/lib/modules.

#include "compiler/vm/kernels.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/os/files.h"
#include "compiler/vm/packages.h"

namespace stele::vm {
namespace {

using Index = std::map<std::string, CachedKernel>;
using nlohmann::json;

constexpr char kImagePrefix[] = "linux-image-";
constexpr std::array kModules = {"overlay", "binfmt_misc"};

std::string sha256_hex(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned i = 0; i < size; i++) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 15];
  }
  return text;
}

std::string directory_of(const KernelCacheOptions& options) {
  return options.directory.empty() ? default_kernel_cache() : options.directory;
}

Result<Index> read_index(const std::string& directory) {
  const std::string path = directory + "/index.json";
  Result<std::string> text = os::read_whole_file(path);
  if (!text && text.error().error == ENOENT) return Index{};
  if (!text) return tl::unexpected(text.error());
  json parsed = json::parse(*text, nullptr, false);
  if (!parsed.is_object()) return tl::unexpected(Failure{path, 0, "is not an index of kernels; remove it"});
  Index index;
  for (const auto& [version, entry] : parsed.items()) {
    if (!entry.is_object()) return tl::unexpected(Failure{path, 0, "is not an index of kernels; remove it"});
    auto field = [&entry = entry](const char* name) {
      auto found = entry.find(name);
      return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    index[version] = {version,
                      field("release"),
                      field("package"),
                      field("sha256"),
                      directory + "/vmlinuz-" + version,
                      field("newest") == "yes"};
  }
  return index;
}

Result<void> write_index(const std::string& directory, const Index& index) {
  json out = json::object();
  for (const auto& [version, kernel] : index)
    out[version] = {{"release", kernel.release},
                    {"package", kernel.package},
                    {"sha256", kernel.sha256},
                    {"newest", kernel.newest ? "yes" : "no"}};
  return os::replace_file(directory + "/index.json", out.dump(2) + "\n");
}

constexpr char kBinaryPrefix[] = "linux-binary-";

bool has_modules(const CachedKernel& kernel) {
  return std::all_of(kModules.begin(), kModules.end(),
                     [&](const char* name) { return access(module_path(kernel.path, name).c_str(), R_OK) == 0; });
}

bool is_whole(const CachedKernel& kernel) {
  Result<std::string> bytes = os::read_whole_file(kernel.path);
  return bytes && sha256_hex(*bytes) == kernel.sha256;
}

/// "6.12.107+deb12-cloud-amd64" → "6.12".
std::string major_minor(const std::string& release) {
  size_t first = release.find('.');
  size_t second = first == std::string::npos ? first : release.find_first_not_of("0123456789", first + 1);
  return release.substr(0, second);
}

struct Choice {
  PackageSource source;
  std::string package, release;
};

/// The package that holds the image of the line that `version` names.
Result<Choice> choose(const std::string& version, const std::string& directory, bool refresh) {
  Choice choice;
  std::string meta = version == "newest" ? "linux-image-cloud-amd64" : "linux-image-" + version + "-cloud-amd64";
  if (version == "newest") {
    Result<PackageSource> source = unstable_packages(directory + "/unstable", refresh);
    if (!source) return tl::unexpected(source.error());
    choice.source = *source;
  } else if (!is_known(choice.source, meta)) {
    meta = "linux-image-cloud-amd64";  // the release's own line has no version in its name
  }
  Result<std::string> image = dependency(choice.source, meta, kImagePrefix);
  if (!image) return tl::unexpected(image.error());
  choice.release = image->substr(sizeof(kImagePrefix) - 1);
  if (version != "newest" && major_minor(choice.release) != version)
    return tl::unexpected(Failure{
        meta, 0,
        "Debian's packages on this machine offer no kernel " + version + " (but " + major_minor(choice.release) + ")"});
  const std::string binary = kBinaryPrefix + choice.release;
  choice.package = is_known(choice.source, binary) ? binary : *image;
  return choice;
}

/// Version asked for, as a key of the index: "newest" is what was the newest when it was fetched.
const CachedKernel* find_cached(const Index& index, const std::string& version) {
  for (const auto& [key, kernel] : index)
    if (key == version || (version == "newest" && kernel.newest)) return &kernel;
  return nullptr;
}

struct Files {
  std::string image;
  std::vector<std::string> modules;  // as kModules
};

Result<Files> download(const Choice& choice) {
  std::vector<std::vector<std::string>> image = {{"./boot/vmlinuz-*", "./usr/lib/modules/*/vmlinuz"}}, modules;
  for (const std::string name : kModules)
    modules.push_back({"./lib/modules/*/" + name + ".ko*", "./usr/lib/modules/*/" + name + ".ko*"});
  Result<os::TemporaryDirectory> folder = os::TemporaryDirectory::make();
  if (!folder) return tl::unexpected(folder.error());
  const bool is_split = choice.package.starts_with(kBinaryPrefix);
  std::vector<std::vector<std::string>> wanted = image;
  if (!is_split) wanted.insert(wanted.end(), modules.begin(), modules.end());
  auto files = files_of_package(choice.source, choice.package, wanted, folder->path());
  if (!files) return tl::unexpected(files.error());
  if (!is_split) return Files{(*files)[0], {files->begin() + 1, files->end()}};
  Result<os::TemporaryDirectory> second = os::TemporaryDirectory::make();
  if (!second) return tl::unexpected(second.error());
  auto others = files_of_package(choice.source, "linux-modules-" + choice.release, modules, second->path());
  if (!others) return tl::unexpected(others.error());
  return Files{(*files)[0], *others};
}

Result<CachedKernel> store(const std::string& directory, const Choice& choice, const Files& files, bool newest) {
  CachedKernel kernel;
  kernel.version = major_minor(choice.release);
  kernel.release = choice.release;
  kernel.package = choice.package;
  kernel.sha256 = sha256_hex(files.image);
  kernel.path = directory + "/vmlinuz-" + kernel.version;
  kernel.newest = newest;
  std::vector<std::pair<std::string, const std::string*>> kept = {{kernel.path, &files.image}};
  for (size_t i = 0; i < kModules.size(); i++)
    kept.push_back({module_path(kernel.path, kModules[i]), &files.modules[i]});
  for (const auto& [path, bytes] : kept)
    if (Result<void> done = os::replace_file(path, *bytes); !done) return tl::unexpected(done.error());
  // Read again: another fetch may have added to it meanwhile.
  Result<Index> index = read_index(directory);
  if (!index) return tl::unexpected(index.error());
  for (auto& [key, other] : *index) other.newest = other.newest && !newest;
  (*index)[kernel.version] = kernel;
  if (Result<void> written = write_index(directory, *index); !written) return tl::unexpected(written.error());
  return kernel;
}

}  // namespace

std::string default_kernel_cache() {
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (std::string own = variable("STELE_KERNEL_CACHE"); !own.empty()) return own;
  if (std::string cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache + "/stele/kernels";
  return variable("HOME") + "/.cache/stele/kernels";
}

Result<std::vector<CachedKernel>> list_kernels(const KernelCacheOptions& options) {
  Result<Index> index = read_index(directory_of(options));
  if (!index) return tl::unexpected(index.error());
  std::vector<CachedKernel> kernels;
  for (const auto& [version, kernel] : *index)
    if (is_whole(kernel)) kernels.push_back(kernel);
  return kernels;
}

Result<CachedKernel> fetch_kernel(const std::string& version, const KernelCacheOptions& options) {
  auto say = [&](const std::string& line) {
    if (options.progress) options.progress(line);
  };
  if (version.empty() || version.find_first_not_of("0123456789.") != std::string::npos) {
    if (version != "newest")
      return tl::unexpected(Failure{version, EINVAL, "a kernel is named by its version, as `6.12`, or `newest`"});
  }
  const std::string directory = directory_of(options);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return tl::unexpected(Failure{directory, error.value(), "cannot make the cache directory"});
  Result<Index> index = read_index(directory);
  if (!index) return tl::unexpected(index.error());
  const CachedKernel* cached = find_cached(*index, version);
  if (cached && !options.update && is_whole(*cached) && has_modules(*cached)) return *cached;

  say("kernel " + version + ": looking for the package");
  Result<Choice> choice = choose(version, directory, options.update);
  if (!choice) return tl::unexpected(choice.error());
  if (cached && cached->release == choice->release && is_whole(*cached) && has_modules(*cached)) return *cached;
  say("kernel " + version + ": downloading " + choice->package);
  Result<Files> files = download(*choice);
  if (!files) return tl::unexpected(files.error());
  Result<CachedKernel> kernel = store(directory, *choice, *files, version == "newest");
  if (kernel) say("kernel " + version + ": " + kernel->path + " (" + kernel->release + ")");
  return kernel;
}

std::string module_path(const std::string& kernel_path, const std::string& module) {
  const std::filesystem::path path = kernel_path;
  const std::string name = path.filename(), prefix = "vmlinuz-";
  return path.parent_path() / (module + "-" + (name.starts_with(prefix) ? name.substr(prefix.size()) : name) + ".ko");
}

Result<CachedKernel> find_kernel(const std::string& name, const KernelCacheOptions& options) {
  if (name.find('/') != std::string::npos) {
    if (access(name.c_str(), R_OK) < 0) return tl::unexpected(Failure{name, errno, "cannot read the kernel"});
    CachedKernel kernel;
    kernel.path = name;
    return kernel;
  }
  Result<Index> index = read_index(directory_of(options));
  if (!index) return tl::unexpected(index.error());
  const CachedKernel* cached = find_cached(*index, name);
  if (cached && is_whole(*cached)) return *cached;
  if (access(name.c_str(), F_OK) == 0)
    return tl::unexpected(Failure{name, 0, "is no version of the cache; the file is `./" + name + "`"});
  if (name != "newest" && name.find_first_not_of("0123456789.") != std::string::npos)
    return tl::unexpected(
        Failure{name, 0, "a kernel is a version such as 6.1, `newest`, or a file with a `/` in its path"});
  return tl::unexpected(Failure{name, 0, "is not in the cache; `stele kernels fetch " + name + "` downloads it"});
}

}  // namespace stele::vm
