#include "dsl/sema/objects.h"

namespace stele::sema {

namespace {

constexpr OpSet kEvery = ~OpSet{0};
/// Those that know the socket's address.
constexpr OpSet kAddressed = ops_on(ObjectShape::socket);
/// Those that act on another task.
constexpr OpSet kOnTasks = ops_on(ObjectShape::task);
constexpr OpSet kPrograms = op_bits({Op::bpf_prog_load, Op::bpf_prog_attach});
constexpr OpSet kMaps = op_bits({Op::bpf_map_create, Op::bpf_map_update, Op::bpf_map_read});
constexpr OpSet kLinks = op_bits({Op::bpf_link_update, Op::bpf_link_detach});
constexpr OpSet kPins = ops_on(ObjectShape::bpf_pin);
/// Those that make a new object, which is nobody's yet.
constexpr OpSet kMaking = op_bits({Op::bpf_prog_load, Op::bpf_map_create, Op::bpf_link_create});

constexpr ObjectWord kObjectWords[] = {
    {"file", "", ObjectKind::path, kEvery},
    {"exec", "", ObjectKind::path, kEvery},
    {"net", "", ObjectKind::path, kAddressed},
    {"net", "to", ObjectKind::address, kAddressed},
    {"net", "port", ObjectKind::port, kAddressed},
    {"net", "family", ObjectKind::family, kEvery},
    {"net", "type", ObjectKind::socket_type, kEvery},
    {"net", "protocol", ObjectKind::protocol, kEvery},
    {"process", "uid", ObjectKind::uid, kOnTasks | op_bit(Op::process_setuid)},
    {"process", "gid", ObjectKind::gid, kOnTasks | op_bit(Op::process_setgid)},
    {"process", "exe", ObjectKind::exe, kOnTasks},
    {"mount", "", ObjectKind::path, kEvery},
    {"mount", "from", ObjectKind::source, op_bits({Op::mount_mount, Op::mount_move})},
    {"mount", "fstype", ObjectKind::fstype, op_bits({Op::mount_mount, Op::mount_umount, Op::mount_remount})},
    {"bpf", "", ObjectKind::path, kPins},
    {"bpf", "type", ObjectKind::bpf_type, kPrograms | kMaps},
    {"bpf", "of", ObjectKind::policy, kPrograms | kMaps | kLinks | kPins},
};

}  // namespace

const ObjectWord* find_object_word(std::string_view klass, std::string_view word) {
  for (const ObjectWord& one : kObjectWords)
    if (one.klass == klass && one.word == word) return &one;
  return nullptr;
}

std::vector<std::string> object_words_of(std::string_view klass) {
  std::vector<std::string> out;
  for (const ObjectWord& one : kObjectWords)
    if (one.klass == klass) out.emplace_back(one.word.empty() ? "on" : one.word);
  return out;
}

bool is_bpf_program_op(Op op) {
  return (kPrograms & op_bit(op)) != 0;
}

bool is_bpf_map_op(Op op) {
  return (kMaps & op_bit(op)) != 0;
}

OpSet ops_on_own(std::string_view things) {
  if (things == "programs") return kPrograms & ~kMaking;
  if (things == "maps") return kMaps & ~kMaking;
  if (things == "links") return kLinks;
  if (things == "objects") return (kPrograms | kMaps | kLinks | kPins) & ~kMaking;
  return 0;
}

}  // namespace stele::sema
