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

constexpr int kMaxLinks = 40;  // as many as the kernel follows

/// The path that is left when no symbolic link is, whether or not there is something. Keeps the path when it leads
/// nowhere, so that what is done with it says why.
std::string followed(const std::string& path) {
  std::filesystem::path at = path;
  std::error_code error;
  for (int i = 0; i < kMaxLinks; ++i) {
    const auto target = std::filesystem::read_symlink(at, error);
    if (error) return at;
    at = at.parent_path() / target;  // an absolute target stays
  }
  return path;
}

Result<void> write_into(const std::string& path, const std::string& bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return failed(path, errno, "cannot write");
  int error = write_all(fd, bytes);
  if (close(fd) < 0 && !error) error = errno;
  if (error) return failed(path, error, error == ENOSPC ? "no space left to write" : "cannot write");
  return {};
}

/// A descriptor that is closed.
class Descriptor {
public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int fd) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }

private:
  int fd_;
};

/// Writes beside the name and renames, all in one open directory. Returns 0 or errno.
int replace_at(int directory, const std::string& name, const std::string& bytes, unsigned permissions) {
  struct stat status{};
  if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(status.st_mode))
    return S_ISLNK(status.st_mode) ? ELOOP : S_ISDIR(status.st_mode) ? EISDIR : EEXIST;
  const std::string part = name + ".part" + std::to_string(getpid());
  const Descriptor file(openat(directory, part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) return errno;
  int error = write_all(file.get(), bytes);
  if (!error && fchmod(file.get(), permissions) < 0) error = errno;
  if (!error && fsync(file.get()) < 0) error = errno;
  if (!error && renameat(directory, part.c_str(), directory, name.c_str()) < 0) error = errno;
  if (error) unlinkat(directory, part.c_str(), 0);
  return error;
}

}  // namespace

Result<void> write_output(const std::string& path, const std::string& bytes, unsigned permissions) {
  struct stat status{};
  if (is_standard_output(path)) {
    const int error = write_all(STDOUT_FILENO, bytes);
    if (error) return failed(path, error, error == ENOSPC ? "no space left to write" : "cannot write");
    return {};
  }
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return S_ISDIR(status.st_mode) ? failed(path, EISDIR, "cannot write") : write_into(path, bytes);
  return replace_file(followed(path), bytes, permissions);
}

Result<void> write_below(const std::string& folder, const std::string& path, const std::string& bytes,
                         unsigned permissions) {
  constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  const std::string whole = folder + "/" + path;
  Descriptor at(open(folder.c_str(), kFolder));
  if (at.get() < 0) return failed(folder, errno, "cannot open the folder");
  size_t begin = 0;
  for (size_t end = 0; (end = path.find('/', begin)) != std::string::npos; begin = end + 1) {
    const std::string name = path.substr(begin, end - begin), made = folder + "/" + path.substr(0, end);
    if (mkdirat(at.get(), name.c_str(), 0777) < 0 && errno != EEXIST)
      return failed(made, errno, "cannot make the folder");
    struct stat status{};
    if (fstatat(at.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode))
      return failed(made, ELOOP, "a symbolic link in the folder is not followed");
    at.reset(openat(at.get(), name.c_str(), kFolder | O_NOFOLLOW));
    if (at.get() < 0) return failed(made, errno, "cannot open the folder");
  }
  const int error = replace_at(at.get(), path.substr(begin), bytes, permissions);
  if (error == ELOOP) return failed(whole, ELOOP, "a symbolic link in the folder is not followed");
  if (error) return failed(whole, error, error == ENOSPC ? "no space left to write" : "cannot write");
  return {};
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat one{}, other{};
  return stat(a.c_str(), &one) == 0 && stat(b.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

bool is_standard_output(const std::string& path) {
  struct stat one{}, other{};
  return stat(path.c_str(), &one) == 0 && fstat(STDOUT_FILENO, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

Result<std::string> read_whole_file(const std::string& path, size_t limit) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a FIFO into which nobody writes is empty
  if (fd < 0) return failed(path, errno, "cannot open");
  fcntl(fd, F_SETFL, O_RDONLY);
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
