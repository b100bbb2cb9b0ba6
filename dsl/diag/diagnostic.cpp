#include "dsl/diag/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stele::diag {

namespace {

void find_lines(const SourceFile& file) {
  file.line_starts.push_back(0);
  for (size_t at = file.text.find('\n'); at != std::string::npos; at = file.text.find('\n', at + 1))
    file.line_starts.push_back(static_cast<uint32_t>(at + 1));
}

}  // namespace

LineColumn locate(const SourceFile& file, uint32_t offset) {
  if (file.line_starts.empty()) find_lines(file);
  const auto end = static_cast<uint32_t>(std::min<size_t>(offset, file.text.size()));
  const auto next = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), end);
  LineColumn place{static_cast<uint32_t>(next - file.line_starts.begin()), 1};
  for (size_t i = *(next - 1); i < end; ++i)  // continuation bytes are part of the code point before them
    if ((static_cast<unsigned char>(file.text[i]) & 0xc0) != 0x80) ++place.column;
  return place;
}

Sink::Known Sink::find(const Diagnostic& diagnostic) const {
  if (diagnostic.severity == Severity::error) return nullptr;
  const Span& span = diagnostic.span;
  const Code code = {policies_.contains(span.file.get()) ? span.file.get() : nullptr, diagnostic.code};
  if (const auto places = places_.find(code); places != places_.end()) {
    const auto behind = places->second.upper_bound(span.begin);
    if (behind != places->second.begin() && std::prev(behind)->second->place.end >= span.end)
      return std::prev(behind)->second;
  }
  const auto whole = whole_.find(code);
  return whole == whole_.end() ? nullptr : whole->second;
}

size_t& Sink::kept(const Diagnostic& diagnostic) {
  return kept_[diagnostic.acknowledged ? std::size(kept_) - 1 : static_cast<size_t>(diagnostic.severity)];
}

void Sink::report(Diagnostic diagnostic) {
  const bool error = diagnostic.severity == Severity::error;
  const Span& span = diagnostic.span;
  diagnostic.acknowledged = find(diagnostic);
  if (const Known& known = diagnostic.acknowledged) met_.emplace(known->span.file.get(), known->span.begin);
  if (kept(diagnostic) == kMaxDiagnostics) {
    ++dropped_;
    has_dropped_warnings_ |= diagnostic.severity == Severity::warning && !diagnostic.acknowledged;
  } else {
    if (span.file && !said_.emplace(diagnostic.code, span.file.get(), span.begin, span.end, diagnostic.message).second)
      return;
    ++kept(diagnostic);
    diagnostics_.push_back(std::move(diagnostic));
  }
  if (error) ++errors_;
}

void Sink::acknowledge(const std::vector<Acknowledgement>& all,
                       const std::vector<std::shared_ptr<const SourceFile>>& files) {
  for (const auto& file : files) policies_.insert(file.get());
  for (const Acknowledgement& one : all) {
    const auto known = std::make_shared<const Acknowledgement>(one);
    if (one.place.file) {
      places_[{one.place.file.get(), one.code}].emplace(one.place.begin, known);
    } else {
      whole_.try_emplace({nullptr, one.code}, known);
      for (const auto& file : files) whole_.try_emplace({file.get(), one.code}, known);
    }
  }
  if (all.empty()) return;
  for (Diagnostic& diagnostic : diagnostics_) {
    if (diagnostic.acknowledged) continue;
    Known known = find(diagnostic);
    if (!known) continue;
    met_.emplace(known->span.file.get(), known->span.begin);
    --kept(diagnostic);
    diagnostic.acknowledged = std::move(known);
    ++kept(diagnostic);
  }
}

bool Sink::has_met(const Acknowledgement& acknowledgement) const {
  return met_.contains({acknowledgement.span.file.get(), acknowledgement.span.begin});
}

}  // namespace stele::diag
