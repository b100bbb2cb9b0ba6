#include "dsl/sema/words.h"

namespace stele {

namespace {

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

constexpr std::string_view kParts[] = {"link",     "rename",    "mount_over", "change", "append", "truncate",
                                       "chmod",    "chown",     "utime",      "xattr",  "create", "delete",
                                       "symlink",  "mkdir",     "mknod",      "rmdir",  "exec",   "map_exec",
                                       "exe_file", "exe_trace", "exe_libs",   "set_exe"};

struct FieldWord {
  std::string_view name;
  FieldKind kind;
};
constexpr FieldWord kFields[] = {
#define STELE_FIELD_WORD(id, name, kind) {name, FieldKind::kind},
    STELE_FIELDS(STELE_FIELD_WORD)
#undef STELE_FIELD_WORD
};

}  // namespace

std::string_view class_text(OpClass klass) {
  constexpr std::string_view kTexts[] = {
#define STELE_CLASS_TEXT(id) #id,
      STELE_CLASSES(STELE_CLASS_TEXT)
#undef STELE_CLASS_TEXT
  };
  return kTexts[static_cast<size_t>(klass)];
}

std::optional<Op> find_operation(std::string_view klass, std::string_view name) {
  for (const OperationInfo& one : kOperations)
    if (class_text(one.klass) == klass && one.word == name) return one.op;
  return std::nullopt;
}

std::vector<OperationGroup> operation_groups(std::string_view klass) {
  std::vector<OperationGroup> out;
  for (const OpClass one : kClasses) {
    const OpSet ops = ops_of(one);
    if (class_text(one) != klass || (ops & (ops - 1)) == 0) continue;
    if (one == OpClass::file)
      out.push_back({"change", kChange | op_bits({Op::file_write, Op::file_rename, Op::file_link}),
                     "every change of a file and of its name: `write`, the part `change`, `rename` and `link`"});
    out.push_back({"all", ops, "all operations of the class"});
  }
  return out;
}

std::vector<std::string> operations_of(std::string_view klass) {
  std::vector<std::string> out;
  for (const OperationInfo& one : kOperations)
    if (class_text(one.klass) == klass) out.emplace_back(one.word);
  return out;
}

std::string_view op_name(Op op) {
  return info_of(op).word;
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

bool is_sole(Op op) {
  return ops_of(op_class(op)) == op_bit(op);
}

std::string op_text(Op op) {
  const std::string word(op_name(op));
  return is_sole(op) ? word : std::string(class_text(op_class(op))) + " " + word;
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

std::optional<Field> find_subject_field(std::string_view name) {
  for (uint32_t i = 0; i < kSubjectFields; ++i)
    if (kFields[i].name == name) return static_cast<Field>(i);  // `exe` is Field::exe, which comes first
  return std::nullopt;
}

std::vector<std::string> subject_field_names() {
  std::vector<std::string> out;
  for (uint32_t i = 0; i < kSubjectFields; ++i)
    if (static_cast<Field>(i) != Field::by_kernel) out.emplace_back(kFields[i].name);
  return out;
}

FieldKind kind_of(Field field) {
  return kFields[static_cast<size_t>(field)].kind;
}

std::string_view field_text(Field field) {
  return kFields[static_cast<size_t>(field)].name;
}

Number max_of(Field field) {
  switch (field) {
    case Field::uid:
    case Field::euid:
    case Field::gid:
    case Field::egid:
    case Field::target_uid:
    case Field::target_gid:
      return kNoId - 1;
    case Field::loginuid:
      return kNoId;
    case Field::mntns:
    case Field::pidns:
    case Field::ours:
    case Field::kind:
    case Field::owned:
    case Field::by_kernel:
      return 1;
    case Field::tty:
      return 4;
    case Field::cap:
    case Field::capability:
      return 63;
    case Field::family:
    case Field::type:
    case Field::protocol:
    case Field::port:
    case Field::syscall:
      return UINT16_MAX;
    case Field::arg0:
    case Field::arg1:
    case Field::arg2:
    case Field::arg3:
    case Field::arg4:
    case Field::arg5:
      return UINT64_MAX;
    default:
      return ~Number{0};
  }
}

}  // namespace stele
