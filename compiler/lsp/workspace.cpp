#include "compiler/lsp/workspace.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "compiler/lsp/uri.h"

namespace stele::lsp {

namespace fs = std::filesystem;

std::string document_path(const std::string& uri) {
  const std::optional<std::string> path = path_of_uri(uri);
  return path ? std::string(fs::path(*path).lexically_normal()) : uri;
}

std::optional<std::string> Workspace::Reader::read(const std::string& path, int* error) const {
  const std::string normal = fs::path(path).lexically_normal();
  if (const auto open = documents_.find(path); open != documents_.end()) return open->second.source->text;
  if (const auto open = documents_.find(normal); open != documents_.end()) return open->second.source->text;
  return disk_.read(normal, error);
}

void Workspace::changed(const std::string& path) {
  programs_.clear();
  std::erase_if(checks_, [&](const auto& entry) { return entry.first == path || entry.second.files.contains(path); });
}

void Workspace::put(const std::string& uri, std::string text, int64_t version) {
  const std::string path = document_path(uri);
  auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{path, std::move(text)});
  documents_[path] = {uri, path, std::move(source), version};
  changed(path);
}

void Workspace::close(const std::string& uri) {
  const std::string path = document_path(uri);
  documents_.erase(path);
  changed(path);
}

void Workspace::forget_disk() {
  programs_.clear();
  checks_.clear();
}

const Document* Workspace::find(const std::string& uri) const {
  const auto found = documents_.find(document_path(uri));
  return found == documents_.end() ? nullptr : &found->second;
}

bool Workspace::is_included(const std::string& path) const {
  for (const auto& [root, check] : checks_) {
    const auto document = documents_.find(root);
    if (root != path && check.files.contains(path) && document != documents_.end() &&
        has_header(document->second.source->text))
      return true;
  }
  return false;
}

void Workspace::check() {
  for (const auto& [path, document] : documents_)
    if (has_header(document.source->text) && !checks_.contains(path))
      checks_[path] = check_file(path, document.source->text, reader_, options_);
  for (const auto& [path, document] : documents_) {
    if (has_header(document.source->text)) continue;
    if (is_included(path))
      checks_.erase(path);
    else if (!checks_.contains(path))
      checks_[path] = check_file(path, document.source->text, reader_, options_);
  }
}

bool Workspace::has_more() const {
  return std::any_of(checks_.begin(), checks_.end(), [](const auto& entry) { return !entry.second.analysed; });
}

void Workspace::analyse_one() {
  for (auto& [root, check] : checks_)
    if (!check.analysed) return analyse(check);
}

const Check* Workspace::check_of(const std::string& path) const {
  const std::vector<std::string> roots = roots_of(path);
  return roots.empty() ? nullptr : &checks_.at(roots.front());
}

std::vector<std::string> Workspace::roots_of(const std::string& path) const {
  std::vector<std::string> roots;
  if (checks_.contains(path)) roots.push_back(path);
  for (const auto& [root, check] : checks_)
    if (root != path && check.files.contains(path)) roots.push_back(root);
  return roots;
}

std::shared_ptr<const sema::Program> Workspace::program(const std::string& root) {
  std::shared_ptr<const sema::Program>& program = programs_[root];
  if (!program) {
    diag::Sink ignored;
    program = std::make_shared<const sema::Program>(sema::load_program(root, reader_, ignored));
  }
  return program;
}

std::string Workspace::uri_of(const std::string& path) const {
  const std::string normal = fs::path(path).lexically_normal();
  if (const auto open = documents_.find(path); open != documents_.end()) return open->second.uri;
  if (const auto open = documents_.find(normal); open != documents_.end()) return open->second.uri;
  return uri_of_path(normal);
}

}  // namespace stele::lsp
