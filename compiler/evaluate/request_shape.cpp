#include "compiler/evaluate/request_shape.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "compiler/evaluate/addresses.h"
#include "compiler/evaluate/field_words.h"

namespace stele::evaluate {
namespace {

/// A word of a class; `lacks` says which operations do not have it.
struct ClassWord {
  OpClass klass;
  ObjectWord word;
};
constexpr ClassWord kClassWords[] = {
    {OpClass::file, {"on", {}}},
    {OpClass::file, {"kind", Field::kind}},
    {OpClass::file, {"as", Field::new_name}},
    {OpClass::file, {"owner", Field::owned}},
    {OpClass::exec, {"on", {}}},
    {OpClass::exec, {"owner", Field::owned}},
    {OpClass::net, {"to", Field::address}},
    {OpClass::net, {"port", Field::port}},
    {OpClass::net, {"on", {}}},
    {OpClass::net, {"family", Field::family}},
    {OpClass::net, {"type", Field::type}},
    {OpClass::net, {"protocol", Field::protocol}},
    {OpClass::process, {"uid", Field::target_uid}},
    {OpClass::process, {"gid", Field::target_gid}},
    {OpClass::process, {"exe", {}}},
    {OpClass::mount, {"on", {}}},
    {OpClass::mount, {"from", Field::source}},
    {OpClass::mount, {"fstype", Field::fstype}},
    {OpClass::kernel, {"on", {}}},
    {OpClass::bpf, {"type", Field::type}},
    {OpClass::bpf, {"of", Field::ours}},
    {OpClass::bpf, {"on", {}}},
};

/// The words of its class that an operation does not have.
bool lacks(Op op, const ObjectWord& word) {
  const ObjectShape object = info_of(op).object;
  if (object == ObjectShape::nothing) return true;
  if (object == ObjectShape::new_socket)
    return !word.field || word.field == Field::address || word.field == Field::port;
  if (object == ObjectShape::user) return word.field != Field::target_uid;
  if (object == ObjectShape::group) return word.field != Field::target_gid;
  if (op_class(op) == OpClass::kernel) return object != ObjectShape::path;
  if (word.field == Field::kind) return op != Op::file_rename && op != Op::file_mount_over;
  if (word.field == Field::new_name) return op != Op::file_rename && op != Op::file_link;
  if (word.field == Field::source) return op != Op::mount_mount && op != Op::mount_move;
  if (word.field == Field::fstype) return op != Op::mount_mount && op != Op::mount_umount && op != Op::mount_remount;
  if (op_class(op) != OpClass::bpf) return false;
  if (word.field == Field::ours) return object == ObjectShape::new_bpf;
  return !word.field && object != ObjectShape::bpf_pin;
}

std::optional<Number> number(const Request& request, Field field) {
  const auto found = request.numbers.find(field);
  if (found == request.numbers.end()) return std::nullopt;
  return found->second;
}

bool is_ip(std::optional<Number> family) {
  return family == Number{AF_INET} || family == Number{AF_INET6};
}

Number default_family(const Request& request) {
  if (request.path) return AF_UNIX;
  const std::optional<Number> address = number(request, Field::address);
  return address && !is_ipv4(*address) ? AF_INET6 : AF_INET;
}

Number default_type(const Request& request) {
  const Number family = request.numbers.at(Field::family);
  if (family == AF_PACKET || family == AF_NETLINK) return SOCK_RAW;
  const std::optional<Number> protocol = number(request, Field::protocol);
  if (!is_ip(family) || !protocol || protocol == Number{IPPROTO_TCP}) return SOCK_STREAM;
  return protocol == Number{IPPROTO_UDP} ? SOCK_DGRAM : SOCK_RAW;
}

Number default_protocol(const Request& request) {
  if (!is_ip(request.numbers.at(Field::family))) return 0;
  const Number type = request.numbers.at(Field::type);
  return type == SOCK_STREAM ? IPPROTO_TCP : type == SOCK_DGRAM ? IPPROTO_UDP : 0;
}

}  // namespace

std::vector<ObjectWord> object_words(Op op) {
  std::vector<ObjectWord> words;
  for (const ClassWord& one : kClassWords)
    if (one.klass == op_class(op) && !lacks(op, one.word)) words.push_back(one.word);
  return words;
}

bool needs_path(Op op) {
  return info_of(op).object == ObjectShape::path && op_class(op) != OpClass::mount;
}

bool may_be_nameless(Op op) {
  return op_class(op) == OpClass::file || op_class(op) == OpClass::exec;
}

void fill_defaults(Request& request) {
  if (op_class(request.op) == OpClass::net) {
    request.numbers.try_emplace(Field::family, default_family(request));
    request.numbers.try_emplace(Field::type, default_type(request));
    request.numbers.try_emplace(Field::protocol, default_protocol(request));
  }
  if (request.op != Op::syscall) return;
  for (auto field = static_cast<unsigned>(Field::arg0); field <= static_cast<unsigned>(Field::arg5); ++field)
    request.numbers.try_emplace(static_cast<Field>(field), 0);
}

std::optional<std::string> inconsistency(const Request& request) {
  if (op_class(request.op) != OpClass::net) return std::nullopt;
  const std::optional<Number> family = number(request, Field::family), address = number(request, Field::address);
  const std::string socket = fmt::format("a socket of family {}", number_text(Field::family, *family, request));
  if (request.path && family != Number{AF_UNIX}) return fmt::format("{} has no path", socket);
  if (address && !is_ip(family)) return fmt::format("{} has no IP address", socket);
  if (address && family == Number{AF_INET} && !is_ipv4(*address)) return fmt::format("{} has no IPv6 address", socket);
  if (number(request, Field::port) && !is_ip(family)) return fmt::format("{} has no port", socket);
  return std::nullopt;
}

}  // namespace stele::evaluate
