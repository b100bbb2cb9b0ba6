#pragma once

// Policies from strings.

#include <cerrno>
#include <filesystem>
#include <map>
#include <string>

#include "dsl/sema/resolve.h"

namespace stele::test {

class MemoryReader : public sema::FileReader {
public:
  explicit MemoryReader(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  std::optional<std::string> read(const std::string& path, int* error) const override {
    const auto it = files_.find(std::filesystem::path(path).lexically_normal());
    if (it != files_.end()) return it->second;
    *error = ENOENT;
    return std::nullopt;
  }

private:
  std::map<std::string, std::string> files_;
};

inline std::optional<Policy> load_text(const std::string& text, diag::Sink& sink) {
  return sema::load_policy("p.stele", MemoryReader({{"p.stele", text}}), sink);
}

}  // namespace stele::test
