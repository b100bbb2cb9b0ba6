#include "dsl/sema/set_types.h"

#include <array>

#include "dsl/words/words.h"

namespace stele::sema {

namespace {

struct TypeRow {
  SetType type;
  const char* text;
  const char* example;
  std::optional<words::WordTable> words;
};
constexpr std::optional<words::WordTable> kNone;
constexpr size_t kNamed = 8;  // types of `let`
constexpr std::array<TypeRow, 17> kTypes = {{
    {SetType::uid, "uid", "users are numbers or names: `33`, `1000..1999`, `\"www-data\"`", kNone},
    {SetType::gid, "gid", "groups are numbers or names: `5`, `1000..1999`, `\"adm\"`", kNone},
    {SetType::path, "path", "paths are strings: `\"/etc/passwd\"`", kNone},
    {SetType::net, "net", "addresses are `10.2.0.0/16`, `2001:db8::1`, `10.0.0.1..10.0.0.9`", kNone},
    {SetType::port, "port", "ports are `443`, `443/tcp`, `8000..8999`", kNone},
    {SetType::syscall, "syscall", "system calls are words and groups: `openat`, `@basic-io`",
     words::WordTable::syscall},
    {SetType::cap, "cap", "capabilities are words: `NET_RAW`", words::WordTable::capability},
    {SetType::name, "name", "names are strings: `\"nginx\"`", kNone},
    {SetType::login_uid, "loginuid", "users are numbers or names, or `unset`", kNone},
    {SetType::family, "family", "families are words: `inet`, `netlink(route)`", words::WordTable::family},
    {SetType::socket_type, "socket type", "types are words: `stream`, `raw`", words::WordTable::socket_type},
    {SetType::protocol, "protocol", "protocols are words or numbers: `tcp`, `132`", words::WordTable::protocol},
    {SetType::program_type, "program type", "types of programs are words: `kprobe`", words::WordTable::bpf_program},
    {SetType::map_type, "map type", "types of maps are words: `hash`", words::WordTable::bpf_map},
    {SetType::bpf_type, "BPF type", "types are words: `kprobe`, `hash`", words::WordTable::bpf_program},
    {SetType::tty, "tty", "terminals are words: `none`, `pty`", words::WordTable::tty},
    {SetType::name_space, "namespace", "write `host`", kNone},
}};

const TypeRow& row(SetType type) {
  return kTypes[static_cast<size_t>(type)];
}

}  // namespace

const char* set_type_text(SetType type) {
  return row(type).text;
}

std::optional<SetType> find_set_type(const std::string& name) {
  for (size_t i = 0; i < kNamed; ++i)
    if (kTypes[i].text == name) return kTypes[i].type;
  return std::nullopt;
}

std::string set_types_text() {
  std::string out;
  for (size_t i = 0; i < kNamed; ++i) out.append(i > 0 ? ", `" : "`").append(kTypes[i].text).append("`");
  return out;
}

bool fits(SetType named, SetType wanted) {
  return named == wanted || (named == SetType::uid && wanted == SetType::login_uid);
}

std::optional<uint64_t> find_type_word(SetType type, const std::string& word) {
  if (type == SetType::login_uid) return word == "unset" ? std::optional<uint64_t>(kNoId) : std::nullopt;
  if (type == SetType::name_space) return word == "host" ? std::optional<uint64_t>(1) : std::nullopt;
  if (!row(type).words) return std::nullopt;
  const std::optional<uint64_t> number = words::find_word(*row(type).words, word);
  if (type == SetType::map_type && number) return *number + static_cast<uint64_t>(kBpfMapType);
  return number;
}

std::vector<std::string> type_words(SetType type) {
  if (type == SetType::login_uid) return {"unset"};
  if (type == SetType::name_space) return {"host"};
  if (type == SetType::bpf_type) {
    std::vector<std::string> out = words::words_of(words::WordTable::bpf_program);
    for (std::string& word : words::words_of(words::WordTable::bpf_map)) out.push_back(std::move(word));
    return out;
  }
  return row(type).words ? words::words_of(*row(type).words) : std::vector<std::string>();
}

const char* example_of(SetType type) {
  return row(type).example;
}

}  // namespace stele::sema
