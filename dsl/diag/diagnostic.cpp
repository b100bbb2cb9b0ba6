#include "dsl/diag/diagnostic.h"

#include <algorithm>
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

void Sink::report(Diagnostic diagnostic) {
  const bool error = diagnostic.severity == Severity::error;
  size_t& kept = kept_[static_cast<size_t>(diagnostic.severity)];
  const Span& span = diagnostic.span;
  if (kept == kMaxDiagnostics) {
    ++dropped_;
  } else {
    if (span.file && !said_.emplace(diagnostic.code, span.file.get(), span.begin, span.end, diagnostic.message).second)
      return;
    ++kept;
    diagnostics_.push_back(std::move(diagnostic));
  }
  if (error) ++errors_;
}

}  // namespace stele::diag
