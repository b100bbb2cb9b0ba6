// Files: by name, by descriptors, by the less common ways to open.

#include <cstdlib>

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario::file {

namespace {

Requests one(const Ask& ask, Op op) {
  return {{op, ask.path(0)}};
}

/// The name itself, not what a symlink there points to.
Requests one_name(const Ask& ask, Op op) {
  return {{op, ask.path(0, false)}};
}

Requests read_of(const Ask& ask, const std::string& name) {
  return {{ask.is_directory(name) ? Op::file_list : Op::file_read, name}};
}

/// What opening for reading asks, whichever way it is opened.
Requests read(const Ask& ask) {
  return read_of(ask, ask.path(0));
}

/// One name's file gets the other name.
Requests rename(const Ask& ask, size_t old_name, size_t new_name) {
  const std::string from = ask.path(old_name, false, old_name), to = ask.path(new_name, false, new_name);
  const std::map<Field, Number> kind = ask.kind(from);
  Requests requests = {{Op::file_rename, from, kind, {{Field::new_name, to}}},
                       {Op::file_rename, to, kind, {{Field::new_name, to}}},
                       {Op::file_create, to}};
  if (ask.exists(to)) requests.push_back({Op::file_delete, to});
  return requests;
}

std::string name_of(const Step& step, const ImageNames& names, size_t index) {
  return names.true_name(step.arguments.at(index), false);
}

void make_file(const Step& step, ImageNames& names) {
  const std::string name = names.true_name(step.arguments.at(0));
  if (!names.kind(name)) names.make(name, ImageNames::Kind::file);
}

}  // namespace

// ---- by name

Requests requests_read(const Ask& ask) {
  return read(ask);
}

Requests requests_write(const Ask& ask) {
  return one(ask, Op::file_write);
}

Requests requests_read_write(const Ask& ask) {
  return {{Op::file_read, ask.path(0)}, {Op::file_write, ask.path(0)}};
}

Requests requests_append(const Ask& ask) {
  return one(ask, Op::file_append);
}

Requests requests_create(const Ask& ask) {
  return {{Op::file_create, ask.path(0)}, {Op::file_write, ask.path(0)}};
}

void names_after_create(const Step& step, ImageNames& names) {
  make_file(step, names);
}

Requests requests_create_or_write(const Ask& ask) {
  const std::string name = ask.path(0);
  return {{ask.exists(name) ? Op::file_truncate : Op::file_create, name}, {Op::file_write, name}};
}

void names_after_create_or_write(const Step& step, ImageNames& names) {
  make_file(step, names);
}

Requests requests_truncate(const Ask& ask) {
  return one(ask, Op::file_truncate);
}

Requests requests_ftruncate(const Ask& ask) {
  return {{Op::file_write, ask.path(0)}, {Op::file_truncate, ask.path(0)}};
}

Requests requests_delete(const Ask& ask) {
  return one_name(ask, Op::file_delete);
}

void names_after_delete(const Step& step, ImageNames& names) {
  names.remove(name_of(step, names, 0));
}

Requests requests_rmdir(const Ask& ask) {
  return one_name(ask, Op::file_rmdir);
}

void names_after_rmdir(const Step& step, ImageNames& names) {
  names.remove(name_of(step, names, 0));
}

Requests requests_mkdir(const Ask& ask) {
  return one_name(ask, Op::file_mkdir);
}

void names_after_mkdir(const Step& step, ImageNames& names) {
  names.make(name_of(step, names, 0), ImageNames::Kind::directory);
}

Requests requests_mknod(const Ask& ask) {
  return one_name(ask, Op::file_mknod);
}

void names_after_mknod(const Step& step, ImageNames& names) {
  make_file(step, names);
}

Requests requests_symlink(const Ask& ask) {
  return {{Op::file_symlink, ask.path(1, false)}};
}

void names_after_symlink(const Step& step, ImageNames& names) {
  names.make(name_of(step, names, 1), ImageNames::Kind::symlink, step.arguments.at(0));
}

Requests requests_link(const Ask& ask) {
  const std::string to = ask.path(1, false, 1);
  return {{Op::file_link, ask.path(0, false), {}, {{Field::new_name, to}}}, {Op::file_create, to}};
}

void names_after_link(const Step& step, ImageNames& names) {
  names.copy(name_of(step, names, 0), name_of(step, names, 1));
}

Requests requests_rename(const Ask& ask) {
  return rename(ask, 0, 1);
}

void names_after_rename(const Step& step, ImageNames& names) {
  names.move(name_of(step, names, 0), name_of(step, names, 1));
}

/// As the kernel asks: the second name's file first.
Requests requests_exchange(const Ask& ask) {
  Requests requests = rename(ask, 1, 0);
  for (auto& request : rename(ask, 0, 1)) requests.push_back(std::move(request));
  return requests;
}

Requests requests_chmod(const Ask& ask) {
  return one(ask, Op::file_chmod);
}

Requests requests_lock(const Ask& ask) {
  Requests requests = read(ask);
  requests.push_back({Op::file_lock, ask.path(0)});
  return requests;
}

Requests requests_fchmod(const Ask& ask) {
  Requests requests = read(ask);
  requests.push_back({Op::file_chmod, ask.path(0)});
  return requests;
}

Requests requests_chown(const Ask& ask) {
  return one(ask, Op::file_chown);
}

void names_after_chown(const Step& step, ImageNames& names) {
  names.give(names.true_name(step.arguments.at(0)), static_cast<uint32_t>(std::atol(step.arguments.at(1).c_str())));
}

Requests requests_utime(const Ask& ask) {
  return one(ask, Op::file_utime);
}

Requests requests_setxattr(const Ask& ask) {
  return one(ask, Op::file_xattr);
}

Requests requests_removexattr(const Ask& ask) {
  return one(ask, Op::file_xattr);
}

Requests requests_stat(const Ask& ask) {
  return one(ask, Op::file_stat);
}

Requests requests_list(const Ask& ask) {
  return one(ask, Op::file_list);
}

void names_after_chdir(const Step& step, ImageNames& names) {
  names.enter(names.true_name(step.arguments.at(0)));
}

void names_after_make_deep(const Step& step, ImageNames& names) {
  for (int left = std::atoi(step.arguments.at(0).c_str()); left > 0; left--) {
    const std::string name = (names.directory() == "/" ? "" : names.directory()) + "/" + step.arguments.at(1);
    if (!names.kind(name)) names.make(name, ImageNames::Kind::directory);
    names.enter(name);
  }
}

// ---- descriptors and less common ways to open

void names_after_open_path(const Step& step, ImageNames& names) {
  names.keep(names.true_name(step.arguments.at(0)));
}

Requests requests_hold_open(const Ask& ask) {
  return read(ask);
}

void names_after_hold_open(const Step& step, ImageNames& names) {
  names.keep(names.true_name(step.arguments.at(0)));
}

Requests requests_reopen(const Ask& ask) {
  const std::vector<std::string>& arguments = ask.step().arguments;
  const bool writes = !arguments.empty() && arguments[0] == "write";
  return writes ? Requests{{Op::file_write, ask.kept()}} : read_of(ask, ask.kept());
}

Requests requests_openat2(const Ask& ask) {
  return read(ask);
}

Requests requests_io_uring_open(const Ask& ask) {
  return read(ask);
}

Requests requests_int80_open(const Ask& ask) {
  return read(ask);
}

Requests requests_open_by_handle(const Ask& ask) {
  return read(ask);
}

Requests requests_read_detached(const Ask& ask) {
  if (ask.has_objects()) return read(ask);
  const std::string name = ask.path(0) + "/" + ask.step().arguments.at(1);
  return read_of(ask, ask.names().true_name(name));
}

std::vector<HostCall> host_calls() {
  return {
      {"replace",
       {{Op::file_rename, 'a', 'b'}, {Op::file_rename, 'b', 'b'}, {Op::file_create, 'b'}, {Op::file_delete, 'b'}}},
      {"replace_plain",
       {{Op::file_rename, 'a', 'b', true},
        {Op::file_rename, 'b', 'b', true},
        {Op::file_create, 'b'},
        {Op::file_delete, 'b'}}},
      {"rename", {{Op::file_rename, 'a', 'b'}, {Op::file_rename, 'b', 'b'}, {Op::file_create, 'b'}}},
      {"rename_plain", {{Op::file_rename, 'a', 'b', true}, {Op::file_rename, 'b', 'b', true}, {Op::file_create, 'b'}}},
      {"link", {{Op::file_link, 'a', 'b'}, {Op::file_create, 'b'}}},
      {"read_write", {{Op::file_read, 'a'}, {Op::file_write, 'a'}}},
      {"read_append", {{Op::file_read, 'a'}, {Op::file_append, 'a'}}},
      {"read", {{Op::file_read, 'a'}}},
      {"write", {{Op::file_write, 'a'}}},
      {"append", {{Op::file_append, 'a'}}},
      {"create", {{Op::file_create, 'a'}}},
      {"delete", {{Op::file_delete, 'a'}}},
      {"symlink", {{Op::file_symlink, 'a'}}},
      {"mkdir", {{Op::file_mkdir, 'a'}}},
      {"rmdir", {{Op::file_rmdir, 'a'}}},
      {"mknod", {{Op::file_mknod, 'a'}}},
      {"truncate", {{Op::file_truncate, 'a'}}},
      {"chmod", {{Op::file_chmod, 'a'}}},
      {"chown", {{Op::file_chown, 'a'}}},
      {"utime", {{Op::file_utime, 'a'}}},
      {"xattr", {{Op::file_xattr, 'a'}}},
      {"stat", {{Op::file_stat, 'a'}}},
      {"lock", {{Op::file_lock, 'a'}}},
      {"list", {{Op::file_list, 'a'}}},
  };
}

}  // namespace stele::scenario::file
