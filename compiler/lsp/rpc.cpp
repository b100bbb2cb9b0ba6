#include "compiler/lsp/rpc.h"

#include <fmt/format.h>

namespace stele::lsp {
namespace {

[[noreturn]] void bad(const char* name, const char* wanted) {
  throw RpcError(kInvalidParams, fmt::format("`{}` is not {}", name, wanted));
}

uint32_t unsigned_member(const Json& object, const char* name) {
  const int64_t value = integer_member(object, name);
  if (value < 0 || value > INT32_MAX) bad(name, "between 0 and 2147483647");
  return static_cast<uint32_t>(value);
}

}  // namespace

const Json& member(const Json& object, const char* name) {
  if (!object.is_object()) throw RpcError(kInvalidParams, fmt::format("no object that could have `{}`", name));
  const auto found = object.find(name);
  if (found == object.end()) throw RpcError(kInvalidParams, fmt::format("`{}` is missing", name));
  return *found;
}

std::string text_member(const Json& object, const char* name) {
  const Json& json = member(object, name);
  if (!json.is_string()) bad(name, "a string");
  return json.get<std::string>();
}

int64_t integer_member(const Json& object, const char* name) {
  const Json& json = member(object, name);
  if (!json.is_number_integer()) bad(name, "an integer");
  return json.get<int64_t>();
}

Position position_of(const Json& json) {
  return {unsigned_member(json, "line"), unsigned_member(json, "character")};
}

Range range_of(const Json& json) {
  return {position_of(member(json, "start")), position_of(member(json, "end"))};
}

Json json_of(Position position) {
  return {{"line", position.line}, {"character", position.character}};
}

Json json_of(const Range& range) {
  return {{"start", json_of(range.start)}, {"end", json_of(range.end)}};
}

}  // namespace stele::lsp
