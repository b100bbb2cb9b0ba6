#include "dsl/sema/accounts.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/diag/utf8.h"

namespace stele::sema {

namespace {

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

}  // namespace

Accounts::Accounts(const LoadOptions& options, const FileReader& files, Reporter& report)
    : users_(read(options.passwd, files, report)), groups_(read(options.group, files, report)) {}

Accounts::Table Accounts::read(const std::string& path, const FileReader& files, Reporter& report) {
  Table out;
  if (path.empty()) return out;
  out.given = true;
  int error = 0;
  std::optional<std::string> text = files.read(path, &error);
  if (!text) {
    report.fail(diag::code::unreadable_accounts, {},
                fmt::format("cannot read `{}`: {}", path, std::generic_category().message(error)),
                "name a file of the form of `/etc/passwd` or `/etc/group`");
    out.broken = true;
    return out;
  }
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{path, std::move(*text)});
  const std::string_view all = source->text;
  for (size_t begin = 0; begin < all.size();) {
    const size_t end = std::min(all.find('\n', begin), all.size());
    const std::string_view line = all.substr(begin, end - begin);
    // `+` and `-` lines include other databases, which a compiler does not ask.
    const bool skipped = line.empty() || line.front() == '#' || line.front() == '+' || line.front() == '-';
    if (const auto account = parse_line(line)) {
      out.ids.emplace(account->first, account->second);
    } else if (!skipped) {
      report.fail(diag::code::bad_account_line, {source, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)},
                  "not a line of the form `name:password:id:…`", "give the image's own file");
      out.broken = true;
      return out;
    }
    begin = end + 1;
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

std::optional<uint32_t> Accounts::user(const std::string& name, const diag::Span& span, Reporter& report) const {
  return find(AccountKind::user, name, span, report);
}

std::optional<uint32_t> Accounts::group(const std::string& name, const diag::Span& span, Reporter& report) const {
  return find(AccountKind::group, name, span, report);
}

}  // namespace stele::sema
