// The server's methods for texts: what the editor opens, changes and closes, and the diagnostics that follow from it.

#include <fmt/format.h>

#include <utility>

#include "compiler/lsp/server.h"

namespace stele::lsp {
namespace {

/// One element of `contentChanges`: a range and its new text, or a whole new text.
std::string changed_text(std::string text, const Json& change, Encoding encoding) {
  std::string fresh = text_member(change, "text");
  if (!change.contains("range")) return fresh;
  const Range range = range_of(change["range"]);
  const LineIndex index(text, encoding);
  const size_t begin = index.offset(range.start), end = index.offset(range.end);
  if (end < begin) throw RpcError(kInvalidParams, "`range` ends before it begins");
  return text.replace(begin, end - begin, fresh);
}

}  // namespace

const Document& Server::document(const Json& params) const {
  const std::string uri = text_member(member(params, "textDocument"), "uri");
  const Document* found = workspace_.find(uri);
  if (!found) throw RpcError(kInvalidParams, fmt::format("`{}` is not open", uri));
  return *found;
}

void Server::did_open(const Json& params) {
  const Json& item = member(params, "textDocument");
  const std::string uri = text_member(item, "uri");
  workspace_.put(uri, text_member(item, "text"), integer_member(item, "version"));
  publish(uri);
}

void Server::did_change(const Json& params) {
  const Document& old = document(params);
  const std::string uri = old.uri;
  const int64_t version = integer_member(member(params, "textDocument"), "version");
  const Json& changes = member(params, "contentChanges");
  if (!changes.is_array()) throw RpcError(kInvalidParams, "`contentChanges` is not an array");
  std::string text = old.source->text;
  for (const Json& change : changes) text = changed_text(std::move(text), change, encoding_);
  workspace_.put(uri, std::move(text), version);
  publish(uri);
}

void Server::did_close(const Json& params) {
  const std::string uri = document(params).uri;
  workspace_.close(uri);
  publish("");
}

void Server::disk_changed(const Json&) {
  workspace_.forget_disk();
  publish("");
}

std::vector<Json> Server::say_more() {
  out_.clear();
  workspace_.analyse_one();
  publish("");
  return std::move(out_);
}

/// Checks, and sends the diagnostics of each file for which they changed; those of `changed_uri` in any case.
void Server::publish(const std::string& changed_uri) {
  workspace_.check();
  Places places(workspace_, encoding_);
  std::map<std::string, Json> now;
  for (const auto& [uri, old] : published_) now[uri] = Json::array();
  if (!changed_uri.empty()) now[changed_uri] = Json::array();
  std::set<std::string> seen;  // a file that two policies include is spoken of twice
  for (const auto& [root, check] : workspace_.checks()) {
    for (const diag::Diagnostic& diagnostic : check.diagnostics) {
      const std::string uri = places.uri(diagnostic.span);
      Json json = places.diagnostic(diagnostic);
      if (!seen.insert(fmt::format("{} {}", uri, json.dump(-1, ' ', false, Json::error_handler_t::replace))).second)
        continue;
      Json& list = now[uri];
      if (list.is_null()) list = Json::array();
      list.push_back(std::move(json));
    }
  }
  for (auto& [uri, list] : now) {
    const auto old = published_.find(uri);
    if (uri != changed_uri && old != published_.end() && old->second == list) continue;
    Json params = {{"uri", uri}, {"diagnostics", list}};
    if (const Document* open = workspace_.find(uri)) params["version"] = open->version;
    out_.push_back({{"jsonrpc", "2.0"}, {"method", "textDocument/publishDiagnostics"}, {"params", std::move(params)}});
    published_[uri] = list;
  }
  std::erase_if(published_, [](const auto& entry) { return entry.second.empty(); });
}

}  // namespace stele::lsp
