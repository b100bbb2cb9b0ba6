// Both renderers walk the sink in the order of reporting. Source lines are cut to a window around the place, so that a
// line of a megabyte stays readable, and bytes that would upset a terminal are shown as `?`.

#include "dsl/diag/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"

namespace stele::diag {

namespace {

constexpr size_t kWindow = 110;  // code points of a source line that are shown

const char* severity_text(Severity severity) {
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

/// What is acknowledged is counted by itself.
size_t count_of(const Sink& sink, Severity severity) {
  return static_cast<size_t>(std::count_if(sink.all().begin(), sink.all().end(), [&](const Diagnostic& d) {
    return d.severity == severity && !d.acknowledged;
  }));
}
size_t count_acknowledged(const Sink& sink) {
  return static_cast<size_t>(std::count_if(sink.all().begin(), sink.all().end(),
                                           [](const Diagnostic& d) { return d.acknowledged != nullptr; }));
}

/// Terminal colours, or nothing at all.
class Paint {
public:
  explicit Paint(Colour colour) : on_(colour == Colour::on) {}
  std::string operator()(std::string_view style, std::string_view text) const {
    return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", style, text) : std::string(text);
  }
  std::string severity(Severity s, std::string_view text) const {
    return (*this)(s == Severity::error ? "1;31" : s == Severity::warning ? "1;33" : "1;36", text);
  }

private:
  bool on_;
};

std::string place(const Span& span) {
  const LineColumn at = locate(*span.file, span.begin);
  return fmt::format("{}:{}:{}", harmless(span.file->path), at.line, at.column);
}

/// One code point a cell, counted as locate() counts: a byte that continues nothing joins the cell before it.
std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> out;
  for (const char c : line) {
    const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (continues && !out.empty()) {
      out.back() += c;
    } else {
      out.emplace_back(1, c);
    }
  }
  for (std::string& cell : out) cell = utf8_length(cell, 0) == cell.size() ? harmless(cell) : "?";
  return out;
}

std::string_view line_at(const std::string& text, size_t offset) {
  const size_t at = std::min(offset, text.size());
  const size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  const size_t end = std::min(text.find('\n', at), text.size());
  return std::string_view(text).substr(begin, end - begin);
}

/// The source line of `span` and a line of marks under it, with `text` after the marks.
std::string excerpt(const Span& span, char mark, const std::string& text, Severity severity, const Paint& paint) {
  const LineColumn at = locate(*span.file, span.begin);
  const std::vector<std::string> line = cells(line_at(span.file->text, span.begin));
  const size_t from = std::min<size_t>(at.column - 1, line.size());
  const LineColumn end = locate(*span.file, span.end);
  const size_t to = end.line == at.line ? std::min<size_t>(end.column - 1, line.size()) : line.size();
  const size_t first = from > kWindow / 2 && line.size() > kWindow ? from - kWindow / 2 : 0;
  const size_t last = std::min(line.size(), first + kWindow);
  std::string shown;
  for (size_t i = first; i < last; ++i) shown += line[i];
  const size_t width = std::max<size_t>(1, std::min(to, last) - std::min(from, last));
  std::string marks = paint.severity(severity, std::string(width, mark));
  if (!text.empty()) marks += fmt::format(" {}", paint.severity(severity, text));
  return fmt::format("{} {}\n{} {}{}\n", paint("1;34", fmt::format("{:>5} |", at.line)), shown,
                     paint("1;34", "      |"), std::string(from - first, ' '), marks);
}

std::string render_one(const Diagnostic& d, const Paint& paint) {
  std::string head = paint.severity(d.severity, fmt::format("{}[{}]", severity_text(d.severity), code_text(d.code)));
  std::string out = fmt::format("{}{}: {}\n", d.span.file ? paint("1", place(d.span)) + ": " : "", head,
                                paint("1", harmless(d.message)));
  if (d.span.file) out += excerpt(d.span, '^', {}, d.severity, paint);
  for (const Label& label : d.labels) {
    if (!label.span.file) continue;
    out += fmt::format("  {} {}\n", paint("1;34", "-->"), place(label.span));
    out += excerpt(label.span, '-', label.text, Severity::note, paint);
  }
  if (!d.hint.empty()) out += fmt::format("  {} {}\n", paint("1;32", "help:"), harmless(d.hint));
  return out;
}

std::string counted(size_t n, std::string_view noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

nlohmann::json json_place(const Span& span) {
  nlohmann::json out = nlohmann::json::object();
  if (!span.file) return out;
  const LineColumn begin = locate(*span.file, span.begin);
  const LineColumn end = locate(*span.file, span.end);
  out["file"] = span.file->path;
  out["line"] = begin.line;
  out["column"] = begin.column;
  out["end_line"] = end.line;
  out["end_column"] = end.column;
  return out;
}

}  // namespace

std::string render_text(const Sink& sink, Colour colour) {
  if (sink.all().empty()) return {};
  const Paint paint(colour);
  std::string out;
  for (const Diagnostic& d : sink.all())
    if (!d.acknowledged) out += render_one(d, paint) + "\n";
  const size_t errors = count_of(sink, Severity::error), warnings = count_of(sink, Severity::warning);
  std::string total;
  if (errors > 0) total = counted(errors, "error");
  if (warnings > 0) total += fmt::format("{}{}", total.empty() ? "" : ", ", counted(warnings, "warning"));
  if (const size_t known = count_acknowledged(sink); known > 0)
    total += fmt::format("{}{} acknowledged by the policy", total.empty() ? "" : ", ", known);
  if (sink.dropped() > 0) total += fmt::format(", and {} more that are not shown", sink.dropped());
  return total.empty() ? out : out + total + "\n";
}

std::string render_json(const Sink& sink) {
  nlohmann::json list = nlohmann::json::array();
  for (const Diagnostic& d : sink.all()) {
    nlohmann::json one = json_place(d.span);
    one["code"] = code_text(d.code);
    one["severity"] = severity_text(d.severity);
    one["message"] = d.message;
    if (!d.hint.empty()) one["hint"] = d.hint;
    if (d.acknowledged) one["acknowledged"] = d.acknowledged->reason;
    one["labels"] = nlohmann::json::array();
    for (const Label& label : d.labels) {
      nlohmann::json entry = json_place(label.span);
      entry["message"] = label.text;
      one["labels"].push_back(entry);
    }
    list.push_back(one);
  }
  const nlohmann::json all = {{"diagnostics", list},
                              {"errors", count_of(sink, Severity::error)},
                              {"warnings", count_of(sink, Severity::warning)},
                              {"acknowledged", count_acknowledged(sink)},
                              {"not_shown", sink.dropped()}};
  // Text of a policy may hold any byte; JSON may not.
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace stele::diag
