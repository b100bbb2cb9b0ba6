#pragma once

// What the compiler says to the author of a policy: one numbered situation, where it is, why, and one thing to do.
// A stage reports into a Sink, goes on where it can, and its driver stops at the stage's end when there were errors.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace stele::diag {

/// One source text. `path` is what the user typed or what an `include` resolved to; `text` are its bytes.
struct SourceFile {
  std::string path;
  std::string text;
  mutable std::vector<uint32_t> line_starts = {};  // of locate(); empty until it is first asked
};

/// A half-open byte range [begin, end) of `file`. `file` is null for a diagnostic that has no place (a missing file).
struct Span {
  std::shared_ptr<const SourceFile> file;
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// Place in a text as people count: both from 1; columns count Unicode code points.
struct LineColumn {
  uint32_t line = 1;
  uint32_t column = 1;
};
/// Cost: the logarithm of the lines, and the length of the line; once the length of the text. Not thread safe.
LineColumn locate(const SourceFile& file, uint32_t offset);

enum class Severity : uint8_t { note, warning, error };

/// A second place that explains the first ("first defined here").
struct Label {
  Span span;
  std::string text;
};

/// `acknowledge S4025 "why"` in a policy: what is said with that code of `place` is known, and meant so.
struct Acknowledgement {
  uint16_t code = 0;
  std::string reason;
  Span span;
  Span place;  // without a file: the whole policy
};

struct Diagnostic {
  uint16_t code = 0;  // number of the situation, printed as S1001; see codes.def
  Severity severity = Severity::error;
  Span span;
  std::string message;  // lower case, no full stop, code in backticks
  std::vector<Label> labels;
  std::string hint;                                               // one action, or empty
  std::shared_ptr<const Acknowledgement> acknowledged = nullptr;  // by the policy; of a warning or a note
};

/// Of each severity, and of what is acknowledged. Nobody reads more; over it diagnostics are counted, but not kept.
inline constexpr size_t kMaxDiagnostics = 1000;

/// Collects diagnostics in the order they were reported. What is said again of the same place, as of a template in each
/// of its uses, is said once. Not thread safe.
class Sink {
public:
  void report(Diagnostic diagnostic);
  /// What the policy of these files acknowledges, in what was reported and what will be. Places of one code do not
  /// overlap; the whole policy is where nothing narrower is. What lies in no policy's file (of users) is everybody's.
  void acknowledge(const std::vector<Acknowledgement>& all,
                   const std::vector<std::shared_ptr<const SourceFile>>& files);
  /// Was anything met by it?
  bool has_met(const Acknowledgement& acknowledgement) const;

  bool has_errors() const { return errors_ > 0; }
  /// That nobody acknowledged.
  bool has_warnings() const { return has_dropped_warnings_ || kept_[static_cast<size_t>(Severity::warning)] > 0; }
  size_t errors() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  /// How many were reported and are not in all().
  size_t dropped() const { return dropped_; }

private:
  using Known = std::shared_ptr<const Acknowledgement>;
  using Code = std::pair<const SourceFile*, uint16_t>;  // in a file; in none: what is in no policy's

  Known find(const Diagnostic& diagnostic) const;
  size_t& kept(const Diagnostic& diagnostic);

  std::vector<Diagnostic> diagnostics_;
  uint32_t errors_ = 0;
  size_t kept_[4] = {};  // by severity; last, what is acknowledged
  size_t dropped_ = 0;
  bool has_dropped_warnings_ = false;
  std::set<std::tuple<uint16_t, const SourceFile*, uint32_t, uint32_t, std::string>>
      said_;                                          // those of all() with a place
  std::map<Code, std::map<uint32_t, Known>> places_;  // by where they begin
  std::map<Code, Known> whole_;
  std::set<const SourceFile*> policies_;
  std::set<std::pair<const SourceFile*, uint32_t>> met_;  // where acknowledgements begin
};

}  // namespace stele::diag
