// The server's methods that ask about a place in a text: each finds the text, the policy around it, and calls the
// feature's own function.

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "compiler/lsp/completion.h"
#include "compiler/lsp/hover.h"
#include "compiler/lsp/outline.h"
#include "compiler/lsp/rename.h"
#include "compiler/lsp/server.h"
#include "dsl/format/format.h"

namespace stele::lsp {
namespace {

/// A text seen from the policy `root`, with everything that the view points to.
struct Context {
  std::shared_ptr<const sema::Program> program;
  Symbols symbols;
  const ast::File* file = nullptr;
  std::vector<parse::Lexeme> lexemes;
};

Context context_of(Workspace& workspace, const std::string& root, const std::string& path) {
  Context out;
  out.program = workspace.program(root);
  out.symbols = collect_symbols(*out.program);
  out.file = file_of(*out.program, path);
  if (out.file) out.lexemes = parse::lex(out.file->source);
  return out;
}

/// The policy that the text is read for: its own, else one that includes it.
std::string main_root(const Workspace& workspace, const std::string& path) {
  const std::vector<std::string> roots = workspace.roots_of(path);
  return roots.empty() ? path : roots.front();
}

std::optional<Occurrence> found_at(const Context& context, size_t offset) {
  if (!context.file) return std::nullopt;
  const Occurrence* found = symbol_at(context.symbols, *context.file, offset);
  return found ? std::optional<Occurrence>(*found) : std::nullopt;
}

/// The file that an `include` at this place names, or empty.
std::string included_at(const ast::File& file, const std::string& path, size_t offset) {
  for (const ast::Statement& statement : file.statements) {
    const auto* include = std::get_if<ast::Include>(&statement);
    if (!include || offset < include->path.span.begin || offset > include->path.span.end) continue;
    return (std::filesystem::path(path).parent_path() / include->path.bytes).lexically_normal();
  }
  return {};
}

Json entry_json(Places& places, const OutlineEntry& entry) {
  Json json = {{"name", entry.name},
               {"detail", entry.detail},
               {"kind", static_cast<int>(entry.kind)},
               {"range", places.range(entry.span)},
               {"selectionRange", places.range(entry.name_span)}};
  for (const OutlineEntry& child : entry.children) json["children"].push_back(entry_json(places, child));
  return json;
}

}  // namespace

size_t Server::offset_in(const Document& document, const Json& params) const {
  return LineIndex(document.source->text, encoding_).offset(position_of(member(params, "position")));
}

Json Server::hover(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  const std::string root = main_root(workspace_, text.path);
  const Context context = context_of(workspace_, root, text.path);
  if (!context.file) return nullptr;
  const Check* check = workspace_.check_of(text.path);
  const View view{*context.file, context.lexemes, context.symbols, check ? check->policy.get() : nullptr};
  const std::optional<Hover> found = lsp::hover(view, offset);
  if (!found) return nullptr;
  Places places(workspace_, encoding_);
  return {{"contents", {{"kind", "markdown"}, {"value", found->markdown}}}, {"range", places.range(found->span)}};
}

Json Server::definition(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  Places places(workspace_, encoding_);
  const Context context = context_of(workspace_, main_root(workspace_, text.path), text.path);
  if (!context.file) return nullptr;
  if (const std::string path = included_at(*context.file, text.path, offset); !path.empty())
    return {{"uri", workspace_.uri_of(path)}, {"range", json_of(Range{})}};
  const std::optional<Occurrence> at = found_at(context, offset);
  if (!at) return nullptr;
  Json locations = Json::array();
  for (const Occurrence& one : context.symbols.occurrences)
    if (one.definition && same_symbol(one, *at)) locations.push_back(places.location(one.span));
  return locations;
}

/// Over every open policy that reads the text.
std::vector<diag::Span> Server::everywhere(const Document& text, size_t offset) {
  std::vector<diag::Span> spans;
  std::set<std::tuple<std::string, uint32_t>> seen;
  for (const std::string& root : workspace_.roots_of(text.path)) {
    const Context context = context_of(workspace_, root, text.path);
    const std::optional<Occurrence> at = found_at(context, offset);
    if (!at) continue;
    for (diag::Span& span : occurrences_of(context.symbols, *at))
      if (seen.insert({workspace_.uri_of(span.file->path), span.begin}).second) spans.push_back(std::move(span));
  }
  return spans;
}

Json Server::references(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  Places places(workspace_, encoding_);
  Json locations = Json::array();
  for (const diag::Span& span : everywhere(text, offset)) locations.push_back(places.location(span));
  return locations;
}

Json Server::highlights(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  Places places(workspace_, encoding_);
  Json ranges = Json::array();
  for (const diag::Span& span : everywhere(text, offset))
    if (places.uri(span) == text.uri) ranges.push_back({{"range", places.range(span)}});
  return ranges;
}

Json Server::completion(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  const std::vector<parse::Lexeme> lexemes = parse::lex(text.source);
  const CompletionPlace place = completion_place(*text.source, lexemes, offset);
  const Symbols symbols = collect_symbols(*workspace_.program(main_root(workspace_, text.path)));
  const Json range = json_of(LineIndex(text.source->text, encoding_).range(place.begin, offset));
  Json items = Json::array();
  for (const Completion& one : completions(place, symbols))
    items.push_back({{"label", one.label},
                     {"kind", static_cast<int>(one.kind)},
                     {"detail", one.detail},
                     {"sortText", fmt::format("{:04}", items.size())},
                     {"textEdit", {{"range", range}, {"newText", one.label}}}});
  return {{"isIncomplete", false}, {"items", std::move(items)}};
}

Json Server::prepare_rename(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  const std::optional<Occurrence> at =
      found_at(context_of(workspace_, main_root(workspace_, text.path), text.path), offset);
  if (!at) return nullptr;
  Places places(workspace_, encoding_);
  return {{"range", places.range(at->span)}, {"placeholder", at->name}};
}

/// A scenario beside the policy may speak of the rule; it is not ours to change.
void Server::refuse_scenario(const std::string& root, const std::string& rule) const {
  const std::string path = std::filesystem::path(root).replace_extension(".test.yaml");
  int error = 0;
  const std::optional<std::string> scenario = workspace_.files().read(path, &error);
  if (scenario && mentions(*scenario, rule))
    throw RpcError(kRequestFailed, fmt::format("`{}` names this rule: change it there first",
                                               std::filesystem::path(path).filename().string()));
}

Json Server::rename(const Json& params) {
  const Document& text = document(params);
  const size_t offset = offset_in(text, params);
  const std::string name = text_member(params, "newName");
  for (const std::string& root : workspace_.roots_of(text.path)) {
    const Context context = context_of(workspace_, root, text.path);
    const std::optional<Occurrence> at = found_at(context, offset);
    if (!at) continue;
    if (const std::string refusal = rename_refusal(context.symbols, *at, name); !refusal.empty())
      throw RpcError(kRequestFailed, refusal);
    if (at->kind == SymbolKind::rule || at->kind == SymbolKind::prefix) refuse_scenario(root, at->name);
  }
  const std::vector<diag::Span> spans = everywhere(text, offset);
  if (spans.empty()) throw RpcError(kRequestFailed, "there is no set, rule or template at this place");
  Places places(workspace_, encoding_);
  Json changes = Json::object();
  for (const diag::Span& span : spans)
    changes[places.uri(span)].push_back({{"range", places.range(span)}, {"newText", name}});
  return {{"changes", std::move(changes)}};
}

Json Server::document_symbols(const Json& params) {
  const Document& text = document(params);
  const Context context = context_of(workspace_, text.path, text.path);
  Places places(workspace_, encoding_);
  Json entries = Json::array();
  if (context.file)
    for (const OutlineEntry& entry : outline(*context.file)) entries.push_back(entry_json(places, entry));
  return entries;
}

/// One edit for the whole text. A text with errors is left as it is.
Json Server::formatting(const Json& params) {
  const Document& text = document(params);
  diag::Sink ignored;
  const std::optional<std::string> formatted = format::format(text.source, ignored);
  if (!formatted || *formatted == text.source->text) return Json::array();
  const Range whole = LineIndex(text.source->text, encoding_).range(0, text.source->text.size());
  return Json::array({{{"range", json_of(whole)}, {"newText", *formatted}}});
}

}  // namespace stele::lsp
