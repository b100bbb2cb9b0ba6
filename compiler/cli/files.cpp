#include "compiler/cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace stele::cli {
namespace {

tl::unexpected<Failure> failed(const std::string& path, int error, const char* what) {
  return tl::unexpected(Failure{path, error, what});
}

/// The mode that open(2) would give under this process's umask.
mode_t mode_for(FileMode mode) {
  const mode_t mask = umask(0);
  umask(mask);
  return (mode == FileMode::executable ? 0777 : 0666) & ~mask;
}

bool write_all(int fd, const std::string& bytes) {
  for (size_t written = 0; written < bytes.size();) {
    const ssize_t n = write(fd, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    written += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::string& path, size_t limit) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return failed(path, errno, "cannot be read");
  if (S_ISDIR(status.st_mode)) return failed(path, EISDIR, "cannot be read");
  if (S_ISREG(status.st_mode) && static_cast<size_t>(status.st_size) > limit)
    return failed(path, EFBIG, "cannot be read");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || (file.peek() != std::ifstream::traits_type::eof() && !(bytes << file.rdbuf())))
    return failed(path, errno, "cannot be read");
  return bytes.str();
}

Result<void> write_file(const std::string& path, const std::string& bytes, FileMode mode) {
  std::string temporary = path + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return failed(path, errno, "cannot be written");
  const bool written = write_all(fd, bytes) && fchmod(fd, mode_for(mode)) == 0 && fsync(fd) == 0;
  int error = written ? 0 : errno;
  close(fd);
  if (!error && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (!error) return {};
  unlink(temporary.c_str());
  return failed(path, error, "cannot be written");
}

Result<void> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0) return {};
  const int error = errno;
  struct stat status;
  if (error == EEXIST && stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return failed(path, error, "cannot be made");
}

}  // namespace stele::cli
