// See files.h.

#include "compiler/os/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace stele::os {
namespace {

tl::unexpected<Failure> failed(const std::string& path, int error, const char* what) {
  return tl::unexpected(Failure{path, error, what});
}

/// Returns 0 or errno.
int write_all(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    ssize_t count = write(fd, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    done += static_cast<size_t>(count);
  }
  return 0;
}

}  // namespace

Result<std::string> read_whole_file(const std::string& path, size_t limit) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed(path, errno, "cannot open");
  std::string text;
  std::array<char, 65536> buffer;
  ssize_t count = 0;
  while (text.size() <= limit && ((count = read(fd, buffer.data(), buffer.size())) > 0 || errno == EINTR)) {
    if (count > 0) text.append(buffer.data(), static_cast<size_t>(count));
    if (count == 0) break;
  }
  int error = count < 0 ? errno : text.size() > limit ? EFBIG : 0;
  close(fd);
  if (error) return failed(path, error, "cannot read");
  return text;
}

Result<void> replace_file(const std::string& path, const std::string& bytes, unsigned permissions) {
  std::string part = path + ".XXXXXX";
  int fd = mkostemp(part.data(), O_CLOEXEC);
  if (fd < 0) return failed(path, errno, "cannot write");
  int error = write_all(fd, bytes);
  if (!error && fchmod(fd, permissions) < 0) error = errno;
  if (!error && fsync(fd) < 0) error = errno;
  close(fd);
  if (!error && rename(part.c_str(), path.c_str()) < 0) error = errno;
  if (!error) return {};
  unlink(part.c_str());
  return failed(path, error, error == ENOSPC ? "no space left to write" : "cannot write");
}

Result<TemporaryDirectory> TemporaryDirectory::make() {
  const char* base = std::getenv("TMPDIR");
  std::string path = std::string(base && *base ? base : "/tmp") + "/stele.XXXXXX";
  if (!mkdtemp(path.data())) return failed(path, errno, "cannot make a temporary directory");
  return TemporaryDirectory(path);
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace stele::os
