#pragma once

// Which names the image has while a case runs: enough to know what a step's path truly names, and whether it exists,
// and whose it is.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/scenario/scenario.h"

namespace stele::scenario {

class ImageNames {
public:
  enum class Kind : uint8_t { file, directory, symlink };
  explicit ImageNames(const Scenario& scenario);

  /// The true name: absolute, without `.`, `..` and symlinks. The last component's symlink is followed only when
  /// `follow`. What does not exist names itself. nullopt after more than 40 symlinks.
  std::optional<std::string> resolve(const std::string& path, bool follow = true) const;
  /// The same, or the path as it is where that has none.
  std::string true_name(const std::string& path, bool follow = true) const {
    return resolve(path, follow).value_or(path);
  }
  /// What a true name is, if it exists.
  std::optional<Kind> kind(const std::string& name) const;
  /// The uid to which a true name's file belongs, if it exists.
  std::optional<uint32_t> owner(const std::string& name) const;
  /// Everything that there is, by true names.
  std::vector<std::string> all() const;
  /// The program that the script `name` asks for on its first line, or nullopt when it is not a script.
  std::optional<std::string> interpreter(const std::string& name) const;

  /// The file that open_path or hold_open kept, "" before.
  const std::string& kept() const { return kept_; }
  /// The executable that the subject has become without executing it, "" when none.
  const std::string& exe() const { return exe_; }
  /// Where relative paths begin.
  const std::string& directory() const { return directory_; }
  /// Does the caller see names differently from here on (chroot, mounts, namespaces)?
  bool view_changed() const { return view_changed_; }
  /// Is what the caller mounts seen by itself alone?
  bool mounts_apart() const { return mounts_apart_; }

  /// Whose the files are that are made from here on.
  void act_as(uint32_t user) { user_ = user; }
  // What a step can do to them, by true names.
  void make(const std::string& name, Kind kind, const std::string& content = "") {
    entries_[name] = {kind, content, user_};
  }
  void give(const std::string& name, uint32_t owner);
  void remove(const std::string& name) { entries_.erase(name); }
  void copy(const std::string& from, const std::string& to);
  void move(const std::string& from, const std::string& to);
  void enter(const std::string& directory) { directory_ = directory; }
  void keep(const std::string& name) { kept_ = name; }
  void become(const std::string& exe) { exe_ = exe; }
  void change_view() { view_changed_ = true; }
  void set_mounts_apart(bool apart) { mounts_apart_ = apart; }

private:
  struct Entry {
    Kind kind;
    std::string content;  // symlink: target; file: bytes
    uint32_t owner = 0;
  };
  void add(const std::string& path, Kind kind, const std::string& content);

  std::map<std::string, Entry> entries_;
  uint32_t user_ = 0;
  std::string directory_ = "/";
  std::string kept_, exe_;
  bool view_changed_ = false;
  bool mounts_apart_ = false;
};

}  // namespace stele::scenario
