#include "dsl/sema/words.h"

namespace stele {

namespace {

struct OperationWord {
  Op op;
  std::string_view klass, name;
};
constexpr OperationWord kOperations[] = {
#define STELE_OP_WORD(id, klass, name) {Op::id, klass, name},
    STELE_OPERATIONS(STELE_OP_WORD)
#undef STELE_OP_WORD
};

struct ErrnoWord {
  std::string_view name;
  int number;
};
// asm-generic/errno-base.h and errno.h: the errors that file operations return for reasons a program understands.
constexpr ErrnoWord kErrnos[] = {
    {"EPERM", 1},    {"ENOENT", 2},      {"ESRCH", 3},    {"EIO", 5},      {"ENXIO", 6},    {"ENOEXEC", 8},
    {"EAGAIN", 11},  {"ENOMEM", 12},     {"EACCES", 13},  {"EBUSY", 16},   {"EEXIST", 17},  {"ENODEV", 19},
    {"EINVAL", 22},  {"EFBIG", 27},      {"ENOSPC", 28},  {"EROFS", 30},   {"ENOSYS", 38},  {"ELOOP", 40},
    {"ENODATA", 61}, {"EOPNOTSUPP", 95}, {"ESTALE", 116}, {"EDQUOT", 122}, {"ENOKEY", 126},
};

constexpr std::string_view kParts[] = {"link",  "rename", "mount_over", "change",   "append",    "truncate", "chmod",
                                       "chown", "xattr",  "create",     "delete",   "symlink",   "mkdir",    "mknod",
                                       "rmdir", "exec",   "map_exec",   "exe_file", "exe_trace", "exe_libs"};

struct FieldWord {
  std::string_view name;
  Field field;
};
constexpr FieldWord kFields[] = {
    {"uid", Field::uid},         {"euid", Field::euid},         {"gid", Field::gid},
    {"egid", Field::egid},       {"exe", Field::exe},           {"comm", Field::comm},
    {"loginuid", Field::future}, {"parent.exe", Field::future}, {"ancestor.exe", Field::future},
    {"cgroup", Field::future},   {"mntns", Field::future},      {"pidns", Field::future},
    {"tty", Field::future},      {"cap", Field::future},
};

}  // namespace

std::optional<Op> find_operation(std::string_view klass, std::string_view name) {
  for (const OperationWord& word : kOperations)
    if (word.klass == klass && word.name == name) return word.op;
  return std::nullopt;
}

std::vector<std::string> operations_of(std::string_view klass) {
  std::vector<std::string> out;
  for (const OperationWord& word : kOperations)
    if (word.klass == klass) out.emplace_back(word.name);
  return out;
}

std::string_view op_name(Op op) {
  return kOperations[static_cast<size_t>(op)].name;
}

const char* effect_text(Effect effect) {
  switch (effect) {
    case Effect::audit:
      return "audit";
    case Effect::deny:
      return "deny";
    case Effect::kill:
      return "kill";
  }
  return "";
}

std::string op_text(Op op) {
  const OperationWord& word = kOperations[static_cast<size_t>(op)];
  return word.klass == word.name ? std::string(word.name) : std::string(word.klass) + " " + std::string(word.name);
}

bool is_future_operation(std::string_view klass, std::string_view name) {
  return klass == "file" && (name == "ioctl" || name == "lock");
}

std::optional<int> find_errno(std::string_view name) {
  for (const ErrnoWord& word : kErrnos)
    if (word.name == name) return word.number;
  return std::nullopt;
}

std::string_view errno_name(int number) {
  for (const ErrnoWord& word : kErrnos)
    if (word.number == number) return word.name;
  return {};
}

std::vector<std::string> errno_names() {
  std::vector<std::string> out;
  for (const ErrnoWord& word : kErrnos) out.emplace_back(word.name);
  return out;
}

std::vector<std::string> part_names() {
  return {std::begin(kParts), std::end(kParts)};
}

Field find_field(std::string_view name) {
  for (const FieldWord& word : kFields)
    if (word.name == name) return word.field;
  return Field::unknown;
}

std::vector<std::string> field_names() {
  return {"uid", "euid", "gid", "egid", "exe"};
}

}  // namespace stele
