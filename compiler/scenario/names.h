#pragma once

// Which names the image has while a case runs: enough to know what a step's path truly names, and whether it exists.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/scenario/scenario.h"

namespace stele {

class ImageNames {
public:
  enum class Kind : uint8_t { file, directory, symlink };
  explicit ImageNames(const Scenario& scenario);

  /// The true name: absolute, without `.`, `..` and symlinks. The last component's symlink is followed only when
  /// `follow`. What does not exist names itself. nullopt after more than 40 symlinks.
  std::optional<std::string> resolve(const std::string& path, bool follow = true) const;
  /// What a true name is, if it exists.
  std::optional<Kind> kind(const std::string& name) const;
  /// The program that the script `name` asks for on its first line, or nullopt when it is not a script.
  std::optional<std::string> interpreter(const std::string& name) const;

  /// What a step that prepares changes about names (chdir, create, delete, rename, symlink, …).
  void apply(const Step& step);
  /// The file that open_path or hold_open kept, "" before.
  const std::string& kept() const { return kept_; }
  /// Does the caller see names differently from here on (chroot, mounts, namespaces)?
  bool view_changed() const { return view_changed_; }

private:
  struct Entry {
    Kind kind;
    std::string content;  // symlink: target; file: bytes
  };
  void add(const std::string& path, Kind kind, const std::string& content);
  void move(const std::string& from, const std::string& to);
  std::string true_name(const std::string& path, bool follow) const { return resolve(path, follow).value_or(path); }

  std::map<std::string, Entry> entries_;
  std::string directory_ = "/";
  std::string kept_;
  bool view_changed_ = false;
};

}  // namespace stele
