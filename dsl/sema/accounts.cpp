#include "dsl/sema/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/diag/utf8.h"
#include "dsl/sema/numbers.h"
#include "dsl/sema/sets.h"

namespace stele::sema {

namespace {

struct Line {
  std::string_view text;
  diag::Span span;
};

/// The lines of a file that `hint` says the form of; nullopt, and reported, when it cannot be read.
std::optional<std::vector<Line>> read_lines(const std::string& path, const FileReader& files, const char* hint,
                                            Reporter& report) {
  int error = 0;
  std::optional<std::string> text = files.read(path, &error);
  if (!text)
    return report.fail(diag::code::unreadable_accounts, {},
                       fmt::format("cannot read `{}`: {}", path, std::generic_category().message(error)), hint);
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{path, std::move(*text)});
  const std::string_view all = source->text;
  std::vector<Line> out;
  for (size_t begin = 0; begin < all.size();) {
    const size_t end = std::min(all.find('\n', begin), all.size());
    out.push_back({all.substr(begin, end - begin), {source, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}});
    begin = end + 1;
  }
  return out;
}

/// Digits and nothing else; what is more than 64 bits is their largest number.
std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, number);
  if (after != end || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc() ? number : UINT64_MAX;
}

/// "name:password:id:…" → name and id.
std::optional<std::pair<std::string_view, uint32_t>> parse_line(std::string_view line) {
  const size_t name_end = line.find(':');
  if (name_end == 0 || name_end == std::string_view::npos) return std::nullopt;
  const size_t password_end = line.find(':', name_end + 1);
  if (password_end == std::string_view::npos) return std::nullopt;
  uint32_t id = 0;
  const char* end = line.data() + line.size();
  const auto [after, error] = std::from_chars(line.data() + password_end + 1, end, id);
  if (error != std::errc() || after == end || *after != ':' || id == kNoId) return std::nullopt;
  return std::pair{line.substr(0, name_end), id};
}

/// "name:first:count" → its three fields; nullopt when they are others.
struct SubordinateLine {
  std::string_view owner;
  uint64_t first = 0, count = 0;
};
std::optional<SubordinateLine> parse_subordinate(std::string_view line) {
  const size_t first = line.find(':'), count = line.find(':', first + 1);
  if (first == 0 || first == std::string_view::npos || count == std::string_view::npos) return std::nullopt;
  const auto first_id = parse_number(line.substr(first + 1, count - first - 1));
  const auto how_many = parse_number(line.substr(count + 1));
  if (!first_id || !how_many) return std::nullopt;
  return SubordinateLine{line.substr(0, first), *first_id, *how_many};
}

}  // namespace

Accounts::Accounts(const LoadOptions& options, const FileReader& files, Reporter& report)
    : users_(read(options.passwd, files, report)), groups_(read(options.group, files, report)) {
  if (!options.subuid.empty()) read_subordinates(options.subuid, files, report);
}

Accounts::Table Accounts::read(const std::string& path, const FileReader& files, Reporter& report) {
  Table out;
  if (path.empty()) return out;
  out.given = true;
  const auto lines = read_lines(path, files, "name a file of the form of `/etc/passwd` or `/etc/group`", report);
  out.broken = !lines;
  if (!lines) return out;
  for (const Line& line : *lines) {
    // `+` and `-` lines include other databases, which a compiler does not ask.
    const bool skipped =
        line.text.empty() || line.text.front() == '#' || line.text.front() == '+' || line.text.front() == '-';
    if (const auto account = parse_line(line.text)) {
      out.ids.emplace(account->first, account->second);
    } else if (!skipped) {
      report.fail(diag::code::bad_account_line, line.span, "not a line of the form `name:password:id:…`",
                  "give the image's own file");
      out.broken = true;
      return out;
    }
  }
  return out;
}

std::optional<uint32_t> Accounts::find(AccountKind kind, const std::string& name, UnknownAccount& ret_unknown) const {
  const auto& [given, broken, ids] = table(kind);
  if (const auto it = ids.find(name); it != ids.end()) return it->second;
  const char* const what = kind == AccountKind::user ? "user" : "group";
  const char* const option = kind == AccountKind::user ? "--passwd" : "--group";
  const std::string shown = diag::harmless(name);
  if (!given) {
    ret_unknown = {diag::code::no_account_file,
                   fmt::format("the {} `{}` is a name, and no file says its id", what, shown),
                   fmt::format("give the image's file by `{} FILE`, or write the number", option)};
    return std::nullopt;
  }
  std::vector<std::string> known;
  for (const auto& [one, id] : ids) known.push_back(one);
  std::string hint = diag::did_you_mean(name, known);
  if (hint.empty()) hint = fmt::format("write the number, or a {} of the file given by `{}`", what, option);
  ret_unknown = {diag::code::unknown_account, fmt::format("unknown {} `{}`", what, shown), std::move(hint)};
  return std::nullopt;
}

std::optional<uint32_t> Accounts::find(AccountKind kind, const std::string& name, const diag::Span& span,
                                       Reporter& report) const {
  UnknownAccount unknown;
  if (const auto id = find(kind, name, unknown)) return id;
  if (table(kind).broken) return std::nullopt;
  return report.fail(unknown.code, span, std::move(unknown.message), std::move(unknown.hint));
}

void Accounts::read_subordinates(const std::string& path, const FileReader& files, Reporter& report) {
  const auto lines = read_lines(path, files, "name a file of the form of `/etc/subuid`", report);
  if (!lines) return;
  for (const Line& line : *lines) {
    if (line.text.empty() || line.text.front() == '#') continue;
    const auto parsed = parse_subordinate(line.text);
    if (!parsed) {
      report.fail(diag::code::bad_account_line, line.span, "not a line of the form `name:first:count`",
                  "give the image's own file");
      return;
    }
    if (parsed->first > kMaxId || parsed->count > kMaxId - parsed->first + 1) {
      report.fail(diag::code::id_out_of_range, line.span, "subordinate ids that do not exist",
                  fmt::format("the largest id is {}", kMaxId));
      return;
    }
    diag::Span name = line.span;
    name.end = name.begin + static_cast<uint32_t>(parsed->owner.size());
    const std::optional<uint32_t> user = owner(parsed->owner, name, report);
    if (!user && !users_.given) return;  // every name would say so
    if (user && parsed->count > 0)
      subordinates_.emplace(*user, NumberRange{parsed->first, parsed->first + parsed->count - 1});
  }
}

std::optional<uint32_t> Accounts::owner(std::string_view text, const diag::Span& span, Reporter& report) const {
  if (const std::optional<uint64_t> number = parse_number(text)) {
    if (*number <= kMaxId) return static_cast<uint32_t>(*number);
    return report.fail(diag::code::id_out_of_range, span, "a user id that does not exist",
                       fmt::format("the largest id is {}", kMaxId));
  }
  const std::string name(text);
  if (!users_.given) return user(name, span, report);
  if (const auto it = users_.ids.find(name); it != users_.ids.end()) return it->second;
  if (users_.broken) return std::nullopt;
  return report.fail(
      diag::code::unknown_subordinate_owner, span,
      fmt::format("unknown user `{}`: the subordinate ids are added to nobody", diag::harmless(name)),
      "write the user's number in place of the name, or take out the line; see that both files are the image's");
}

NumberSet Accounts::with_subordinates(const NumberSet& users) const {
  NumberSet all = users;
  for (const NumberRange& range : users) {
    const auto end = subordinates_.upper_bound(static_cast<uint32_t>(range.last));
    for (auto it = subordinates_.lower_bound(static_cast<uint32_t>(range.first)); it != end; ++it)
      all.push_back(it->second);
  }
  return normalised(std::move(all));
}

std::optional<uint32_t> Accounts::user(const std::string& name, const diag::Span& span, Reporter& report) const {
  return find(AccountKind::user, name, span, report);
}

std::optional<uint32_t> Accounts::group(const std::string& name, const diag::Span& span, Reporter& report) const {
  return find(AccountKind::group, name, span, report);
}

}  // namespace stele::sema
