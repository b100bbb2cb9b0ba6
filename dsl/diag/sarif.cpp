// One object after another, from the inside out: region, location, result, rule, run.

#include "dsl/diag/sarif.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "dsl/diag/codes.h"
#include "dsl/diag/fix.h"

namespace stele::diag {

namespace {

using Json = nlohmann::ordered_json;

/// Messages hold placeholders in braces, and links that backslashes escape: neither is meant here.
std::string message_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '{' || c == '}' || c == '\\') out += c;
  }
  return out;
}

const char* level(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

/// What a URI may not hold, as %XX. A colon is not let through either: `a:b` would be of scheme `a`.
std::string percent_encoded(std::string_view path) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string out;
  for (const char c : path)
    out += kPlain.find(c) != std::string_view::npos ? std::string(1, c)
                                                    : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

/// The path as code scanning wants it: relative to the folder where it can be.
std::string uri_of(const std::string& file, const std::string& folder) {
  const auto path = std::filesystem::path(file).lexically_normal();
  if (!path.is_absolute()) return percent_encoded(path.string());
  const auto relative = folder.empty() ? path : path.lexically_relative(folder);
  const bool beneath = !folder.empty() && !relative.empty() && *relative.begin() != "..";
  return beneath ? percent_encoded(relative.string()) : fmt::format("file://{}", percent_encoded(path.string()));
}

Json region(const Span& span) {
  const LineColumn begin = locate(*span.file, span.begin), end = locate(*span.file, span.end);
  return {{"startLine", begin.line}, {"startColumn", begin.column}, {"endLine", end.line}, {"endColumn", end.column}};
}

Json location(const Span& span, const SarifPlaces& places) {
  Json physical;
  physical["artifactLocation"]["uri"] = uri_of(span.file ? span.file->path : places.policy, places.folder);
  physical["region"] =
      span.file ? region(span) : Json{{"startLine", 1}, {"startColumn", 1}, {"endLine", 1}, {"endColumn", 1}};
  return {{"physicalLocation", physical}};
}

std::string_view line_of(const Span& span) {
  const std::string& text = span.file->text;
  const size_t at = std::min<size_t>(span.begin, text.size());
  const size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  std::string_view line = std::string_view(text).substr(begin, text.find('\n', begin) - begin);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

/// FNV-1a, so that the same line has the same fingerprint on every machine.
uint64_t hash(std::string_view text, uint64_t from = 0xcbf29ce484222325) {
  for (const char c : text) from = (from ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return from;
}

Json fixes(const Diagnostic& d, const SarifPlaces& places) {
  const std::string_view word = fix_of(d);
  if (word.empty()) return {};
  const Json replacement = {{"deletedRegion", region(d.span)}, {"insertedContent", {{"text", word}}}};
  Json change;
  change["artifactLocation"]["uri"] = uri_of(d.span.file->path, places.folder);
  change["replacements"] = Json::array({replacement});
  return Json::array(
      {{{"description", {{"text", fmt::format("write `{}`", word)}}}, {"artifactChanges", Json::array({change})}}});
}

Json related(const Diagnostic& d, const SarifPlaces& places) {
  Json list = Json::array();
  for (const Label& label : d.labels) {
    if (!label.span.file) continue;
    Json one = {{"id", list.size() + 1}};
    one.update(location(label.span, places));
    one["message"]["text"] = message_text(label.text);
    list.push_back(one);
  }
  return list;
}

/// Results of a run; equal lines with equal codes are told apart by counting them.
class Results {
public:
  explicit Results(const SarifPlaces& places) : places_(places) {
    for (const CodeInfo& info : all_codes()) index_.emplace(info.number, index_.size());
  }

  Json result(const Diagnostic& d) {
    Json out = {{"ruleId", code_text(d.code)}};
    if (const auto known = index_.find(d.code); known != index_.end()) out["ruleIndex"] = known->second;
    out["level"] = level(d.severity);
    out["message"]["text"] = message_text(d.hint.empty() ? d.message : fmt::format("{}\nhelp: {}", d.message, d.hint));
    out["locations"] = Json::array({location(d.span, places_)});
    if (Json list = related(d, places_); !list.empty()) out["relatedLocations"] = std::move(list);
    out["partialFingerprints"]["primaryLocationLineHash"] = fingerprint(d);
    if (Json list = fixes(d, places_); !list.empty()) out["fixes"] = std::move(list);
    return out;
  }

private:
  std::string fingerprint(const Diagnostic& d) {
    const uint64_t value = hash(code_text(d.code), hash(d.span.file ? line_of(d.span) : std::string_view(d.message)));
    return fmt::format("{:016x}:{}", value, ++seen_[value]);
  }

  const SarifPlaces& places_;
  std::map<uint16_t, size_t> index_;
  std::map<uint64_t, size_t> seen_;
};

/// Results of one run all have them, or none has.
void add_suppressions(const Sink& sink, Json& results) {
  const std::vector<Diagnostic>& all = sink.all();
  if (std::none_of(all.begin(), all.end(), [](const Diagnostic& d) { return d.acknowledged != nullptr; })) return;
  for (size_t i = 0; i < all.size(); ++i) {
    Json& list = results[i]["suppressions"] = Json::array();
    if (all[i].acknowledged) list.push_back({{"kind", "inSource"}, {"justification", all[i].acknowledged->reason}});
  }
}

Json rule(const CodeInfo& info) {
  const std::string code = code_text(info.number);
  const std::string text = message_text(info.text);
  Json out = {{"id", code}, {"name", info.name}};
  out["shortDescription"]["text"] = text;
  out["fullDescription"]["text"] = text;
  out["defaultConfiguration"]["level"] = level(info.severity);
  out["help"]["text"] = fmt::format("docs/diagnostics/{}.md: cause, example and what to do", code);
  return out;
}

Json driver() {
  Json out = {{"name", "stele"}, {"version", STELE_VERSION}, {"semanticVersion", STELE_VERSION}};
  out["rules"] = Json::array();
  for (const CodeInfo& info : all_codes()) out["rules"].push_back(rule(info));
  return out;
}

}  // namespace

std::string render_sarif(const Sink& sink, const SarifPlaces& places) {
  Json run;
  run["tool"]["driver"] = driver();
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = Json::array();
  Results results(places);
  for (const Diagnostic& d : sink.all()) run["results"].push_back(results.result(d));
  add_suppressions(sink, run["results"]);
  Json log;
  log["$schema"] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
  log["version"] = "2.1.0";
  log["runs"] = Json::array({run});
  // Text of a policy may hold any byte; JSON may not.
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stele::diag
