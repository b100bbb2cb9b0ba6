#include "dsl/sema/load.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/parse/parse.h"

namespace stele::sema {

namespace {

constexpr uintmax_t kMaxFileBytes = uintmax_t{64} << 20;
constexpr size_t kMaxIncludeDepth = 100;  // includes are read by recursion

class DiskReader : public FileReader {
public:
  std::optional<std::string> read(const std::string& path, int* error) const override {
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (problem) return fail(error, problem.value());
    if (std::filesystem::is_directory(status)) return fail(error, EISDIR);
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(error, errno != 0 ? errno : EIO);
    std::string text, block(size_t{1} << 16, '\0');
    while (file) {  // the size of a pipe or a device is known only by reading
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      text.append(block, 0, static_cast<size_t>(file.gcount()));
      if (text.size() > kMaxFileBytes) return fail(error, EFBIG);
    }
    if (file.bad()) return fail(error, EIO);
    return text;
  }
  std::string identity(const std::string& path) const override {
    struct stat status{};
    if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return FileReader::identity(path);
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  }
  bool is_special(const std::string& path) const override {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
  }

private:
  static std::optional<std::string> fail(int* error, int number) {
    *error = number;
    return std::nullopt;
  }
};

class Loader {
public:
  Loader(const FileReader& reader, diag::Sink& sink) : reader_(reader), sink_(sink) {}

  Program run(const std::string& path) {
    int error = 0;
    std::optional<std::string> text = reader_.read(path, &error);
    if (text) {
      add(path, std::move(*text));
    } else {
      program_.complete = false;
      sink_.report(diag::diagnostic(diag::code::unreadable_policy, {},
                                    fmt::format("cannot read `{}`: {}", path, reason(error))));
    }
    return std::move(program_);
  }

private:
  static std::string reason(int error) { return std::generic_category().message(error); }

  void add(const std::string& path, std::string text) {
    const std::string id = reader_.identity(path);
    read_.insert(id);
    open_.push_back({id, path});
    auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{path, std::move(text)});
    program_.files.push_back(std::make_unique<ast::File>(parse::parse(std::move(source), sink_)));
    const size_t index = program_.files.size() - 1;
    const ast::File& file = *program_.files[index];
    program_.complete = program_.complete && file.complete;
    for (const ast::Statement& statement : file.statements) {
      if (const auto* include_statement = std::get_if<ast::Include>(&statement)) {
        include(*include_statement, path);
      } else {
        program_.statements.push_back({&statement, index == 0, index});
      }
    }
    open_.pop_back();
  }

  void include(const ast::Include& include, const std::string& from) {
    const std::string& name = include.path.bytes;
    if (name.empty() || name.front() == '/' || name.find('\0') != std::string::npos) {
      fail(diag::code::absolute_include, include, fmt::format("`{}` is not a relative path", name),
           "name the file relative to this one, so that the policy builds anywhere");
      return;
    }
    const std::string path = std::filesystem::path(from).parent_path() / name;
    const std::string id = reader_.identity(path);
    if (const auto at = std::find_if(open_.begin(), open_.end(), [&](const Open& o) { return o.id == id; });
        at != open_.end()) {
      std::string chain;
      for (auto it = at; it != open_.end(); ++it) chain += it->path + " → ";
      fail(diag::code::include_cycle, include, fmt::format("`{}` includes itself: {}{}", at->path, chain, at->path),
           "");
      return;
    }
    if (read_.contains(id)) return;
    if (open_.size() == kMaxIncludeDepth) {
      fail(diag::code::includes_nested_too_deeply, include,
           fmt::format("files include each other more than {} deep", kMaxIncludeDepth), "");
      return;
    }
    if (reader_.is_special(path)) {
      fail(diag::code::unreadable_include, include, fmt::format("cannot read `{}`: not a regular file", path),
           "include a regular file");
      return;
    }
    int error = 0;
    std::optional<std::string> text = reader_.read(path, &error);
    if (text) {
      add(path, std::move(*text));
    } else {
      fail(diag::code::unreadable_include, include, fmt::format("cannot read `{}`: {}", path, reason(error)),
           "paths of includes are relative to the file that includes");
    }
  }

  void fail(uint16_t number, const ast::Include& include, std::string message, std::string hint) {
    program_.complete = false;
    sink_.report(diag::diagnostic(number, include.path.span, std::move(message), std::move(hint)));
  }

  struct Open {
    std::string id, path;
  };
  const FileReader& reader_;
  diag::Sink& sink_;
  Program program_;
  std::set<std::string> read_;  // identities of the files read so far
  std::vector<Open> open_;      // the chain of includes from the root to the file at hand
};

}  // namespace

std::string FileReader::identity(const std::string& path) const {
  return std::filesystem::path(path).lexically_normal();
}

bool FileReader::is_special(const std::string&) const {
  return false;
}

const FileReader& disk_reader() {
  static const DiskReader reader;
  return reader;
}

Program load_program(const std::string& path, const FileReader& reader, diag::Sink& sink) {
  return Loader(reader, sink).run(path);
}

}  // namespace stele::sema
