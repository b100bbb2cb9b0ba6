// newc: a header of 13 eight-digit hexadecimal fields, the name, the content, each padded to four bytes.
// Hard links are entries with one inode number and a link count; the kernel takes the content from the first that has
// some, so the file's own entry carries it and the links are empty.

#include "compiler/vm/initramfs.h"

#include <fmt/format.h>

#include <cerrno>
#include <map>

namespace stele::vm {
namespace {

struct Node {
  uint32_t inode = 0, links = 1, mode = 0;
  const ArchiveEntry* entry = nullptr;
};

uint32_t type_bits(ArchiveEntry::Kind kind) {
  switch (kind) {
    case ArchiveEntry::Kind::directory:
      return 0040000;
    case ArchiveEntry::Kind::symlink:
      return 0120000;
    case ArchiveEntry::Kind::character_device:
      return 0020000;
    case ArchiveEntry::Kind::block_device:
      return 0060000;
    case ArchiveEntry::Kind::file:
    case ArchiveEntry::Kind::hard_link:
      break;
  }
  return 0100000;
}

void pad(std::string& out) {
  while (out.size() % 4) out += '\0';
}

void append(std::string& out, const Node& node, const std::string& name, const std::string& data) {
  const ArchiveEntry& entry = *node.entry;
  out += fmt::format("070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}", node.inode,
                     node.mode, entry.uid, entry.gid, node.links, 0, data.size(), 0, 0, entry.major, entry.minor,
                     name.size() + 1, 0);
  out += name;
  out += '\0';
  pad(out);
  out += data;
  pad(out);
}

/// What is wrong with the entry given those before it; empty when nothing is.
std::string fault(const ArchiveEntry& entry, const std::map<std::string, Node>& before) {
  if (entry.path.size() < 2 || entry.path[0] != '/' || entry.path.back() == '/') return "is not an absolute path";
  if (entry.path.find('\0') != std::string::npos) return "holds a NUL byte";
  if (before.count(entry.path)) return "appears twice";
  size_t slash = entry.path.rfind('/');
  if (slash > 0) {
    auto parent = before.find(entry.path.substr(0, slash));
    if (parent == before.end() || parent->second.entry->kind != ArchiveEntry::Kind::directory)
      return "has no directory entry before it";
  }
  if (entry.kind == ArchiveEntry::Kind::hard_link) {
    auto target = before.find(entry.content);
    if (target == before.end() || target->second.entry->kind != ArchiveEntry::Kind::file)
      return "is a hard link to what is not a file before it";
  }
  if (entry.content.size() > UINT32_MAX) return "is too large for the format";
  return "";
}

}  // namespace

Result<std::string> write_initramfs(const std::vector<ArchiveEntry>& entries) {
  std::map<std::string, Node> nodes;
  uint32_t inode = 0;
  for (const ArchiveEntry& entry : entries) {
    if (std::string wrong = fault(entry, nodes); !wrong.empty())
      return tl::unexpected(Failure{entry.path, EINVAL, "archive entry " + wrong});
    nodes[entry.path] = {++inode, entry.kind == ArchiveEntry::Kind::directory ? 2u : 1u,
                         type_bits(entry.kind) | (entry.mode & 07777), &entry};
    if (entry.kind == ArchiveEntry::Kind::hard_link) nodes[entry.content].links++;
  }
  std::string out;
  for (const ArchiveEntry& entry : entries) {
    bool link = entry.kind == ArchiveEntry::Kind::hard_link;
    bool device = entry.kind == ArchiveEntry::Kind::character_device || entry.kind == ArchiveEntry::Kind::block_device;
    bool has_data = !link && !device && entry.kind != ArchiveEntry::Kind::directory;
    append(out, nodes.at(link ? entry.content : entry.path), entry.path.substr(1), has_data ? entry.content : "");
  }
  ArchiveEntry none;
  append(out, {0, 1, 0, &none}, "TRAILER!!!", "");
  return out;
}

}  // namespace stele::vm
