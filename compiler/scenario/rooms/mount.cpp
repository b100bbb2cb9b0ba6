// Mounts, roots, namespaces.

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario::mount {

namespace {

/// Over a name of the host's: what is mounted in a namespace of the caller's own is over none.
Requests mount_over(const Ask& ask, size_t index) {
  if (ask.names().mounts_apart()) return {};
  const std::string place = ask.path(index);
  return {{Op::file_mount_over, place, ask.kind(place)}};
}

}  // namespace

void names_after_unshare_mounts(const Step&, ImageNames& names) {
  names.set_mounts_apart(true);
}

void names_after_unshare_user(const Step&, ImageNames& names) {
  names.set_mounts_apart(true);
}

/// Pid 1 is in the host's.
void names_after_setns(const Step& step, ImageNames& names) {
  const std::string& path = step.arguments.at(0);
  names.change_view();
  if (path.ends_with("/ns/mnt")) names.set_mounts_apart(path != "/proc/1/ns/mnt");
}

Requests requests_mount(const Ask& ask) {
  return mount_over(ask, 1);
}

Requests requests_mount_bind(const Ask& ask) {
  return mount_over(ask, 1);
}

Requests requests_mount_rbind(const Ask& ask) {
  return mount_over(ask, 1);
}

Requests requests_mount_tmpfs(const Ask& ask) {
  return mount_over(ask, 0);
}

Requests requests_move_mount(const Ask& ask) {
  return mount_over(ask, 1);
}

Requests requests_pivot_root(const Ask& ask) {
  return mount_over(ask, 1);
}

std::vector<HostCall> host_calls() {
  return {
      {"mount_over", {{Op::file_mount_over, 'a'}}},
      {"mount_over_plain", {{.op = Op::file_mount_over, .path = 'a', .plain = true}}},
  };
}

}  // namespace stele::scenario::mount
