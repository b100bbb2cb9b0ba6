// A line on each operation. The compiler's check of `switch` sees to it that none is left out.

#include "compiler/lsp/language.h"

namespace stele::lsp {

std::string_view operation_detail(Op op) {
  switch (op) {
    case Op::file_read:
      return "open a file for reading";
    case Op::file_write:
      return "open a file for writing";
    case Op::file_append:
      return "open a file for appending";
    case Op::file_create:
      return "bring a regular file into being at this name";
    case Op::file_delete:
      return "remove the name";
    case Op::file_rename:
      return "rename it, as source or as target";
    case Op::file_link:
      return "make a hard link to it";
    case Op::file_symlink:
      return "make a symlink at this name";
    case Op::file_mkdir:
      return "make a directory at this name";
    case Op::file_rmdir:
      return "remove the directory";
    case Op::file_mknod:
      return "make a device, pipe or socket at this name";
    case Op::file_truncate:
      return "change its length, by call or by a truncating open";
    case Op::file_chmod:
      return "change its mode";
    case Op::file_chown:
      return "change its owner";
    case Op::file_xattr:
      return "change its extended attributes";
    case Op::file_stat:
      return "look at its attributes";
    case Op::file_list:
      return "open the directory to list it";
    case Op::file_map_exec:
      return "map it as executable code";
    case Op::file_mount_over:
      return "mount something on it";
    case Op::exec:
      return "run it: program, script and interpreter";
    case Op::process_ptrace:
      return "trace the task, or read and write its memory";
    case Op::file_ioctl:
      return "control it by ioctl";
    case Op::file_lock:
      return "lock it";
    case Op::net_create:
      return "make a socket";
    case Op::net_bind:
      return "give a socket its local address";
    case Op::net_listen:
      return "wait for connections";
    case Op::net_accept:
      return "take a connection";
    case Op::net_connect:
      return "connect to an address";
    case Op::net_send:
      return "send, also without a connection";
    case Op::syscall:
      return "make a system call";
    case Op::cap:
      return "use a capability";
    case Op::process_signal:
      return "send the task a signal";
    case Op::process_setuid:
      return "change the own user ids";
    case Op::process_setgid:
      return "change the own group ids";
    case Op::process_setns:
      return "enter a namespace";
    case Op::process_userns:
      return "make a user namespace";
    case Op::process_prio:
      return "change priority or scheduling of the task";
    case Op::process_rlimit:
      return "change resource limits of the task";
    case Op::mount_mount:
      return "mount a file system or bind a directory";
    case Op::mount_umount:
      return "unmount";
    case Op::mount_remount:
      return "change the flags of a mount";
    case Op::mount_move:
      return "move a mount";
    case Op::mount_pivot:
      return "change the root by pivot_root";
    case Op::kernel_module_load:
      return "load a kernel module";
    case Op::kernel_firmware:
      return "load firmware";
    case Op::kernel_kexec:
      return "load another kernel";
    case Op::kernel_perf_event:
      return "open a performance event";
    case Op::kernel_io_uring:
      return "set up io_uring";
    case Op::kernel_userfaultfd:
      return "handle page faults in user space";
    case Op::kernel_keyring:
      return "use the kernel's keys";
    case Op::kernel_syslog:
      return "read or control the kernel's log";
    case Op::kernel_settime:
      return "set the clock";
    case Op::kernel_sysctl:
      return "write a kernel setting, perhaps by path: `sysctl(\"/proc/sys/kernel/**\")`";
    case Op::bpf_prog_load:
      return "load a BPF program";
    case Op::bpf_prog_attach:
      return "attach a BPF program";
    case Op::bpf_map_create:
      return "make a BPF map";
    case Op::bpf_map_update:
      return "change a BPF map";
    case Op::bpf_map_read:
      return "read a BPF map";
    case Op::bpf_link_create:
      return "make a BPF link";
    case Op::bpf_link_update:
      return "change a BPF link";
    case Op::bpf_link_detach:
      return "detach a BPF link";
    case Op::bpf_obj_get:
      return "open a pinned BPF object";
    case Op::bpf_obj_pin:
      return "pin a BPF object";
  }
  return "";
}

}  // namespace stele::lsp
