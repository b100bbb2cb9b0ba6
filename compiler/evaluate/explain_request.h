#pragma once

// A question as a person types it, uid 33 gid 33 exe /usr/sbin/nginx: file read /etc/shadow, and back to text.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "compiler/model/failure.h"
#include "dsl/sema/accounts.h"

namespace stele::evaluate {

struct Question {
  std::string text;  // as typed
  Subject subject;
  bool exe_given = false;
  std::vector<Request> requests;  // what the operation comes down to
};

/// SUBJECT ':' OPERATION, in the language's words.
/// Subject: any of
///   uid N  euid N  gid N  egid N  groups N,N  loginuid N|unset  cap NAME,NAME  tty none|pty|…  mntns host|other
///   pidns host|other  exe PATH  parent.exe PATH  ancestor.exe PATH (again for each)  comm NAME  cgroup PATH
/// N of an id may be a name that the accounts know.
/// What is left out is what a Subject has by default; the effective ids follow the real ones.
/// Operation:
///   file OP PATH; `file rename A B`, `file rename A over B` (B exists) and `file link A B` are two names' worth of
///     requests; `file map_exec` without a path is memory without a file;   exec PATH
/// A PATH of these, and that of an executable, may be `nameless`: a file that has no name.
///   net OP [to ADDRESS] [port N[/PROTOCOL]] [on PATH] [family F] [type T] [protocol P]
///   syscall NAME[(ARGUMENT, …)];   cap NAME;   kernel OP, kernel sysctl PATH
///   process OP [uid N] [gid N] [exe PATH];   mount OP [on PATH] [from PATH] [fstype NAME]
///   bpf OP [type T] [of policy|others] [on PATH]
///     PATH behind `exe` and `on` may be `nameless`, too, which says the same as nothing
/// What is left out: request_shape.h. Words with spaces, with bytes that are not printable ASCII or with a colon at the
/// end go in double quotes, with the escapes of policies.
/// Fails with what is wrong, "did you mean" included.
Result<Question> parse_question(std::string_view text, const sema::Accounts& accounts = {});

/// The question that reads back as this subject and this request, without what is so by default but the uid.
/// Requires: a request that parse_question can yield: no property that its operation does not have (request_shape.h).
std::string request_text(const Subject& subject, const Request& request);

/// Its part behind the colon.
std::string operation_text(const Request& request);

}  // namespace stele::evaluate
