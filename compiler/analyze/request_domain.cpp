#include "compiler/analyze/request_domain.h"

#include <initializer_list>

#include "dsl/words/words.h"

namespace stele::analyze {
namespace {

constexpr FieldSet fields(std::initializer_list<Field> list) {
  FieldSet out = 0;
  for (const Field field : list) out |= field_bit(field);
  return out;
}

constexpr FieldSet kSocket = fields({Field::family, Field::type, Field::protocol});
constexpr FieldSet kCall =
    fields({Field::syscall, Field::arg0, Field::arg1, Field::arg2, Field::arg3, Field::arg4, Field::arg5});
constexpr FieldSet kTask = fields({Field::target_uid, Field::target_gid});

/// The table's numbers, each moved up by `base`, as ranges.
NumberSet numbers_of(words::WordTable table, Number base = 0) {
  NumberSet out;
  for (Number number = 0; number <= UINT8_MAX; ++number) {
    if (words::word_of(table, static_cast<uint64_t>(number)).empty()) continue;
    if (!out.empty() && out.back().last + 1 == base + number)
      out.back().last = base + number;
    else
      out.push_back({base + number, base + number});
  }
  return out;
}

bool is_of_maps(Op op) {
  return op == Op::bpf_map_create || op == Op::bpf_map_update || op == Op::bpf_map_read;
}

/// What an operation on a path knows beside it: a change of names of the file, a change of mounts of the file system.
FieldSet fields_beside_path(Op op) {
  if (op == Op::mount_umount || op == Op::mount_remount) return field_bit(Field::fstype);
  if (op == Op::file_rename) return fields({Field::kind, Field::new_name});
  if (op == Op::file_link) return field_bit(Field::new_name);
  return op == Op::file_mount_over ? field_bit(Field::kind) : 0;
}

}  // namespace

RequestDomain domain_of(Op op) {
  const bool is_of_file = op_class(op) == OpClass::file || op_class(op) == OpClass::exec;
  const FieldSet asked = is_of_file ? field_bit(Field::owned) : 0;
  switch (info_of(op).object) {
    case ObjectShape::nothing:
      return {};
    case ObjectShape::path:
      return {.path = op_class(op) == OpClass::kernel ? PathShape::always : PathShape::optional,
              .asked = asked,
              .sometimes = fields_beside_path(op)};
    case ObjectShape::code:
      return {.path = PathShape::optional, .asked = asked};
    case ObjectShape::new_socket:
      return {.always = kSocket};
    case ObjectShape::socket:
      return {.path = PathShape::unix_only, .always = kSocket, .ip_endpoint = true};
    case ObjectShape::call:
      return {.always = kCall};
    case ObjectShape::capability:
      return {.always = field_bit(Field::capability)};
    case ObjectShape::task:
      return {.path = PathShape::optional, .always = kTask};
    case ObjectShape::user:
      return {.always = field_bit(Field::target_uid)};
    case ObjectShape::group:
      return {.always = field_bit(Field::target_gid)};
    case ObjectShape::new_mount:
      return {.path = PathShape::optional, .sometimes = fields({Field::source, Field::fstype})};
    case ObjectShape::moved_mount:
      return {.path = PathShape::optional, .always = field_bit(Field::source)};
    case ObjectShape::new_bpf:
      return {.always = field_bit(Field::type)};
    case ObjectShape::bpf:
      return {.always = fields({Field::type, Field::ours})};
    case ObjectShape::bpf_link:
      return {.always = field_bit(Field::ours), .sometimes = field_bit(Field::type)};
    case ObjectShape::bpf_pin:
      return {.path = PathShape::optional, .always = field_bit(Field::ours), .sometimes = field_bit(Field::type)};
  }
  return {};
}

NumberSet numbers_that_exist(Op op, Field field) {
  if (field == Field::family) return numbers_of(words::WordTable::family);
  if (field == Field::capability) return numbers_of(words::WordTable::capability);
  if (field == Field::type && op_class(op) == OpClass::net) return numbers_of(words::WordTable::socket_type);
  if (field == Field::type && is_of_maps(op)) return numbers_of(words::WordTable::bpf_map, kBpfMapType);
  if (field == Field::type && (op == Op::bpf_prog_load || op == Op::bpf_prog_attach))
    return numbers_of(words::WordTable::bpf_program);
  if (field == Field::kind) return {{kPlain, kPlain}};
  return {{0, max_of(field)}};
}

}  // namespace stele::analyze
