#include "dsl/sema/sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"
#include "dsl/sema/pattern.h"

namespace stele {

namespace {

constexpr uint32_t kMaxSetNesting = 100;  // sets are evaluated by recursion

std::optional<SetType> find_type(const std::string& name) {
  if (name == "uid") return SetType::uid;
  if (name == "gid") return SetType::gid;
  if (name == "path") return SetType::path;
  return std::nullopt;
}

void normalise(std::vector<PathPattern>& patterns) {
  std::sort(patterns.begin(), patterns.end(), pattern_less);
  patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
}

}  // namespace

const char* set_type_text(SetType type) {
  switch (type) {
    case SetType::uid:
      return "uid";
    case SetType::gid:
      return "gid";
    case SetType::path:
      return "path";
  }
  return "";
}

NumberSet normalised(NumberSet ids) {
  std::sort(ids.begin(), ids.end(), [](const NumberRange& a, const NumberRange& b) { return a.first < b.first; });
  NumberSet out;
  for (const NumberRange& range : ids) {
    const bool joins = !out.empty() && (range.first <= out.back().last || range.first == out.back().last + 1);
    if (joins) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

PathSetId PathSetTable::intern(PathSet set) {
  normalise(set.patterns);
  std::string key = set.name;
  for (const PathPattern& pattern : set.patterns) key += '\n' + pattern_text(pattern);
  const auto [it, fresh] = known_.try_emplace(std::move(key), static_cast<PathSetId>(sets_.size()));
  if (fresh) sets_.push_back(std::move(set));
  return it->second;
}

bool Sets::fail(uint16_t number, const Span& span, std::string message, std::string hint) {
  sink_.report(diagnostic(number, span, std::move(message), std::move(hint)));
  return false;
}

void Sets::define(const ast::Let& let, bool in_root) {
  const auto [it, fresh] = entries_.try_emplace(let.name.text);
  if (!fresh) {
    Diagnostic d = diagnostic(code::duplicate_set, let.name.span, fmt::format("a second set `{}`", let.name.text));
    d.labels.push_back({it->second.let->name.span, "the first one"});
    sink_.report(std::move(d));
    return;
  }
  Entry& entry = it->second;
  entry.let = &let;
  entry.in_root = in_root;
  entry.type = find_type(let.type.text);
  order_.push_back(&entry);
  if (let.broken || entry.type) return;
  if (let.type.text.empty()) {
    fail(code::missing_set_type, let.value.span, fmt::format("set `{}` has no type", let.name.text),
         "write `path`, `uid` or `gid` before its members");
  } else {
    fail(code::unknown_set_type, let.type.span, fmt::format("unknown set type `{}`", let.type.text),
         "the types are `path`, `uid` and `gid`");
  }
}

void Sets::evaluate(Entry& entry) {
  if (entry.state == State::open) {
    fail(code::set_cycle, entry.let->name.span, fmt::format("set `{}` contains itself", entry.let->name.text),
         "take its name out of the sets it is made of");
    return;
  }
  if (entry.state == State::done) return;
  if (depth_ == kMaxSetNesting) {
    fail(code::sets_nested_too_deeply, entry.let->name.span,
         fmt::format("set `{}` is more than {} sets away from where it is used", entry.let->name.text, kMaxSetNesting));
    entry.state = State::done;
    return;
  }
  entry.state = State::open;
  ++depth_;
  if (entry.type && !entry.let->broken) {
    Value value = value_of(entry.let->value, *entry.type);
    entry.valid = value.valid;
    entry.ids = std::move(value.ids);
    entry.patterns = std::move(value.patterns);
  }
  --depth_;
  entry.state = State::done;
}

Sets::Entry* Sets::look_up(const ast::Item& item, SetType type) {
  const std::string& name = item.text.bytes;
  const auto it = entries_.find(name);
  if (it != entries_.end()) {
    it->second.used = true;
    return &it->second;
  }
  if (!names_complete_) return nullptr;
  std::vector<std::string> same_type, any_type;
  for (const auto& [known, entry] : entries_) (entry.type == type ? same_type : any_type).push_back(known);
  std::string hint = did_you_mean(name, same_type);
  if (hint.empty()) hint = did_you_mean(name, any_type);
  if (hint.empty()) hint = fmt::format("define it with `let {} = {} {{ … }}`", name, set_type_text(type));
  fail(code::unknown_set, item.span, fmt::format("unknown set `{}`", name), hint);
  return nullptr;
}

bool Sets::add_named(const ast::Item& item, SetType type, Value& out) {
  Entry* entry = look_up(item, type);
  if (!entry) return false;
  if (entry->type && *entry->type != type) {
    Diagnostic d = diagnostic(code::set_type_mismatch, item.span,
                              fmt::format("`{}` is a set of type `{}`; a `{}` set is wanted here", item.text.bytes,
                                          set_type_text(*entry->type), set_type_text(type)));
    d.labels.push_back({entry->let->name.span, "defined here"});
    sink_.report(std::move(d));
    return false;
  }
  evaluate(*entry);
  if (entry->state != State::done || !entry->valid) return false;
  out.ids.insert(out.ids.end(), entry->ids.begin(), entry->ids.end());
  out.patterns.insert(out.patterns.end(), entry->patterns.begin(), entry->patterns.end());
  return true;
}

bool Sets::add_number(const ast::Item& item, SetType type, Value& out) {
  if (type == SetType::path)
    return fail(code::item_type_mismatch, item.span, "a number in a set of paths",
                "paths are strings: `\"/etc/passwd\"`");
  if (item.first > kMaxId || item.last > kMaxId)
    return fail(code::id_out_of_range, item.span, "no such id", fmt::format("ids go from 0 to {}", kMaxId));
  if (item.first > item.last)
    return fail(code::reversed_range, item.span, "a range from the larger to the smaller",
                fmt::format("write `{}..{}`", item.last, item.first));
  out.ids.push_back({static_cast<uint32_t>(item.first), static_cast<uint32_t>(item.last)});
  return true;
}

bool Sets::add_text(const ast::Item& item, SetType type, Value& out) {
  if (type != SetType::path)
    return fail(code::unsupported_user_name, item.span,
                fmt::format("{} names are not supported yet", type == SetType::uid ? "user" : "group"),
                "write the number");
  const bool is_set = entries_.contains(item.text.bytes);
  if (is_set)
    return fail(code::relative_path, item.span, fmt::format("`{}` does not begin with `/`", item.text.bytes),
                fmt::format("for the set of that name write `{}` without quotes", item.text.bytes));
  std::optional<PathPattern> pattern = parse_pattern(item.text, sink_);
  if (pattern) out.patterns.push_back(std::move(*pattern));
  return pattern.has_value();
}

bool Sets::add_item(const ast::Item& item, SetType type, Value& out) {
  switch (item.kind) {
    case ast::Item::Kind::name:
      return add_named(item, type, out);
    case ast::Item::Kind::number:
      return add_number(item, type, out);
    case ast::Item::Kind::text:
      return add_text(item, type, out);
  }
  return false;
}

Sets::Value Sets::value_of(const ast::SetExpression& expression, SetType type) {
  Value out;
  for (const ast::Item& item : expression.items) out.valid = add_item(item, type, out) && out.valid;
  out.ids = normalised(std::move(out.ids));
  normalise(out.patterns);
  return out;
}

std::optional<NumberSet> Sets::ids(const ast::SetExpression& expression, SetType type) {
  Value value = value_of(expression, type);
  if (!value.valid) return std::nullopt;
  return std::move(value.ids);
}

std::optional<PathSet> Sets::paths(const ast::SetExpression& expression) {
  Value value = value_of(expression, SetType::path);
  if (!value.valid) return std::nullopt;
  PathSet out{.name = {}, .patterns = std::move(value.patterns), .span = expression.span};
  // A set that is nothing but a named set keeps that name.
  if (expression.items.size() == 1 && expression.items.front().kind == ast::Item::Kind::name) {
    const Entry& entry = entries_.at(expression.items.front().text.bytes);
    out.name = entry.let->name.text;
    out.span = entry.let->span;
  }
  return out;
}

void Sets::check_all() {
  for (Entry* entry : order_) evaluate(*entry);
  if (sink_.has_errors()) return;  // what could not be read may be what uses them
  for (const Entry* entry : order_) {
    if (entry->used || !entry->in_root) continue;
    fail(code::unused_set, entry->let->name.span, fmt::format("set `{}` is not used", entry->let->name.text));
  }
}

}  // namespace stele
