// See names.h. A small model of path resolution over the scenario's image.

#include "compiler/scenario/names.h"

#include <deque>

namespace stele::scenario {
namespace {

constexpr int kMaxSymlinks = 40;

std::deque<std::string> components(const std::string& path) {
  std::deque<std::string> parts;
  for (size_t at = 0; at < path.size();) {
    size_t slash = std::min(path.find('/', at), path.size());
    if (slash > at) parts.push_back(path.substr(at, slash - at));
    at = slash + 1;
  }
  return parts;
}

std::string parent(const std::string& name) {
  size_t slash = name.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : name.substr(0, slash);
}

}  // namespace

ImageNames::ImageNames(const Scenario& scenario) {
  for (const char* folder : {"/", "/proc", "/sys", "/dev", "/dev/shm", "/tmp", "/run"})
    entries_[folder] = {Kind::directory, "", 0};
  for (const ImageMount& mount : scenario.mounts) add(mount.at, Kind::directory, "");
  for (const ImageEntry& entry : scenario.image) {
    bool link = entry.kind == ImageEntry::Kind::symlink, folder = entry.kind == ImageEntry::Kind::directory;
    add(entry.path,
        link     ? Kind::symlink
        : folder ? Kind::directory
                 : Kind::file,
        entry.kind == ImageEntry::Kind::hard_link ? "" : entry.content);
    give(entry.path, entry.kind == ImageEntry::Kind::hard_link ? owner(entry.content).value_or(0) : entry.uid);
  }
}

void ImageNames::add(const std::string& path, Kind kind, const std::string& content) {
  for (std::string folder = parent(path); folder != "/"; folder = parent(folder))
    entries_.try_emplace(folder, Entry{Kind::directory, "", 0});
  make(path, kind, content);
}

std::optional<std::string> ImageNames::resolve(const std::string& path, bool follow) const {
  std::string at = path.empty() || path[0] != '/' ? directory_ : "/";
  std::deque<std::string> rest = components(path);
  int symlinks = 0;
  while (!rest.empty()) {
    std::string part = rest.front();
    rest.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      at = parent(at);
      continue;
    }
    std::string next = (at == "/" ? "" : at) + "/" + part;
    auto found = entries_.find(next);
    if (found != entries_.end() && found->second.kind == Kind::symlink && (follow || !rest.empty())) {
      if (++symlinks > kMaxSymlinks) return std::nullopt;
      const std::string& target = found->second.content;
      if (!target.empty() && target[0] == '/') at = "/";
      std::deque<std::string> parts = components(target);
      rest.insert(rest.begin(), parts.begin(), parts.end());
      continue;
    }
    at = next;
  }
  return at;
}

std::optional<ImageNames::Kind> ImageNames::kind(const std::string& name) const {
  auto found = entries_.find(name);
  return found == entries_.end() ? std::nullopt : std::optional(found->second.kind);
}

std::optional<uint32_t> ImageNames::owner(const std::string& name) const {
  auto found = entries_.find(name);
  return found == entries_.end() ? std::nullopt : std::optional(found->second.owner);
}

std::vector<std::string> ImageNames::all() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

std::optional<std::string> ImageNames::interpreter(const std::string& name) const {
  auto found = entries_.find(name);
  if (found == entries_.end() || found->second.content.compare(0, 2, "#!") != 0) return std::nullopt;
  const std::string& text = found->second.content;
  size_t begin = text.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return std::nullopt;
  return text.substr(begin, text.find_first_of(" \t\n", begin) - begin);
}

void ImageNames::give(const std::string& name, uint32_t owner) {
  if (auto found = entries_.find(name); found != entries_.end()) found->second.owner = owner;
}

void ImageNames::copy(const std::string& from, const std::string& to) {
  if (auto found = entries_.find(from); found != entries_.end()) entries_[to] = found->second;
}

void ImageNames::move(const std::string& from, const std::string& to) {
  std::map<std::string, Entry> moved;
  for (auto entry = entries_.lower_bound(from); entry != entries_.end();) {
    bool is_it = entry->first == from, is_below = entry->first.compare(0, from.size() + 1, from + "/") == 0;
    if (!is_it && !is_below) {
      if (entry->first.compare(0, from.size(), from) != 0) break;
      ++entry;
      continue;
    }
    moved[to + entry->first.substr(from.size())] = entry->second;
    entry = entries_.erase(entry);
  }
  for (auto& [name, entry] : moved) entries_[name] = entry;
}

}  // namespace stele::scenario
