#include "compiler/analyze/request_domain.h"

#include <initializer_list>

#include "dsl/words/words.h"

namespace stele {
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
NumberSet numbers_of(WordTable table, Number base = 0) {
  NumberSet out;
  for (Number number = 0; number <= UINT8_MAX; ++number) {
    if (word_of(table, static_cast<uint64_t>(number)).empty()) continue;
    if (!out.empty() && out.back().last + 1 == base + number)
      out.back().last = base + number;
    else
      out.push_back({base + number, base + number});
  }
  return out;
}

bool is_net(Op op) {
  return op >= Op::net_create && op <= Op::net_send;
}

bool is_of_maps(Op op) {
  return op == Op::bpf_map_create || op == Op::bpf_map_update || op == Op::bpf_map_read;
}

}  // namespace

RequestDomain domain_of(Op op) {
  switch (op) {
    case Op::file_map_exec:
      return {.path = PathShape::optional};
    case Op::net_create:
      return {.always = kSocket};
    case Op::net_bind:
    case Op::net_listen:
    case Op::net_accept:
    case Op::net_connect:
    case Op::net_send:
      return {.path = PathShape::unix_only, .always = kSocket, .ip_endpoint = true};
    case Op::syscall:
      return {.always = kCall};
    case Op::cap:
      return {.always = field_bit(Field::capability)};
    case Op::process_ptrace:
    case Op::process_signal:
    case Op::process_prio:
    case Op::process_rlimit:
      return {.path = PathShape::optional, .always = kTask};
    case Op::process_setuid:
      return {.always = field_bit(Field::target_uid)};
    case Op::process_setgid:
      return {.always = field_bit(Field::target_gid)};
    case Op::mount_mount:
      return {.path = PathShape::always, .sometimes = fields({Field::source, Field::fstype})};
    case Op::mount_move:
      return {.path = PathShape::always, .always = field_bit(Field::source)};
    case Op::mount_umount:
    case Op::mount_remount:
    case Op::mount_pivot:
    case Op::kernel_sysctl:
      return {.path = PathShape::always};
    case Op::bpf_prog_load:
    case Op::bpf_map_create:
      return {.always = field_bit(Field::type)};
    case Op::bpf_prog_attach:
    case Op::bpf_map_update:
    case Op::bpf_map_read:
      return {.always = fields({Field::type, Field::ours})};
    case Op::bpf_link_create:
    case Op::bpf_link_update:
    case Op::bpf_link_detach:
      return {.always = field_bit(Field::ours), .sometimes = field_bit(Field::type)};
    case Op::bpf_obj_get:
    case Op::bpf_obj_pin:
      return {.path = PathShape::always, .always = field_bit(Field::ours), .sometimes = field_bit(Field::type)};
    default:
      break;
  }
  return {.path = op <= Op::file_lock ? PathShape::always : PathShape::none};
}

NumberSet numbers_that_exist(Op op, Field field) {
  if (field == Field::family) return numbers_of(WordTable::family);
  if (field == Field::capability) return numbers_of(WordTable::capability);
  if (field == Field::type && is_net(op)) return numbers_of(WordTable::socket_type);
  if (field == Field::type && is_of_maps(op)) return numbers_of(WordTable::bpf_map, kBpfMapType);
  if (field == Field::type && (op == Op::bpf_prog_load || op == Op::bpf_prog_attach))
    return numbers_of(WordTable::bpf_program);
  return {{0, max_of(field)}};
}

}  // namespace stele
