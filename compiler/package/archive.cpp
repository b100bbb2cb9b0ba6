#include "compiler/package/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "compiler/model/check.h"

namespace stele::package {
namespace {

constexpr size_t kBlock = 512;
constexpr int64_t kTime = 315532800;  // 1980: no tool takes it for a mistake

/// POSIX.1-1988, as tar(5) shows it; numbers are octal text.
struct Header {
  char name[100], mode[8], uid[8], gid[8], size[12], time[12], checksum[8], type, target[100], magic[6], version[2],
      user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
static_assert(sizeof(Header) == kBlock);

template <size_t N>
void put(char (&field)[N], const std::string& text) {
  CHECK(text.size() <= N, "a field of a tar header holds its text");
  std::memcpy(field, text.data(), text.size());
}
template <size_t N>
void put_octal(char (&field)[N], uint64_t value) {
  put(field, fmt::format("{:0{}o}", value, N - 1));
}

void add_entry(std::string& out, const std::string& name, char type, uint32_t mode, const std::string& content) {
  Header header{};
  const bool has_content = type == '0';
  // A long name is cut at a slash, which neither part has.
  const size_t cut = name.size() > sizeof(header.name) ? name.find('/', name.size() - sizeof(header.name) - 1) : 0;
  put(header.prefix, name.substr(0, cut));
  put(header.name, name.substr(cut == 0 ? 0 : cut + 1));
  put_octal(header.mode, mode);
  put_octal(header.uid, 0);
  put_octal(header.gid, 0);
  put_octal(header.size, has_content ? content.size() : 0);
  put_octal(header.time, kTime);
  header.type = type;
  if (type == '2') put(header.target, content);
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  put(header.user, "root");
  put(header.group, "root");
  std::memset(header.checksum, ' ', sizeof(header.checksum));
  uint32_t sum = 0;
  for (size_t i = 0; i < kBlock; i++) sum += reinterpret_cast<const unsigned char*>(&header)[i];
  put(header.checksum, fmt::format("{:06o}", sum) + std::string(1, '\0'));
  out.append(reinterpret_cast<const char*>(&header), kBlock);
  if (!has_content) return;
  out += content;
  out.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

}  // namespace

std::string write_tar(const std::vector<File>& files) {
  std::string out;
  std::set<std::string> directories;
  const auto add_directory = [&](const std::string& name) {
    if (directories.insert(name).second) add_entry(out, name, '5', 0755, {});
  };
  add_directory("./");
  for (const File& file : files) {
    for (size_t at = file.path.find('/'); at != std::string::npos; at = file.path.find('/', at + 1))
      add_directory("./" + file.path.substr(0, at + 1));
    add_entry(out, "./" + file.path, file.is_link ? '2' : '0', file.is_link ? 0777 : file.mode, file.content);
  }
  out.append(2 * kBlock, '\0');
  return out;
}

std::string write_ar(const std::vector<File>& members) {
  std::string out = "!<arch>\n";
  for (const File& member : members) {
    out += fmt::format("{:<16}{:<12}{:<6}{:<6}{:<8o}{:<10}`\n", member.path, kTime, 0, 0, 0100000 | member.mode,
                       member.content.size());
    out += member.content;
    if (member.content.size() % 2 != 0) out += '\n';
  }
  return out;
}

}  // namespace stele::package
