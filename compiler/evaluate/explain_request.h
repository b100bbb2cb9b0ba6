#pragma once

// A question as a person types it: uid 33 gid 33 exe /usr/sbin/nginx: file read /etc/shadow

#include <string>
#include <string_view>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "compiler/model/failure.h"

namespace stele {

struct Question {
  std::string text;  // as typed
  Subject subject;
  bool exe_given = false;
  std::vector<Request> requests;  // what the operation comes down to
};

/// SUBJECT ':' OPERATION. Subject: any of `uid N euid N gid N egid N groups N,N exe PATH`; what is left out is 0, the
/// effective ids follow the real ones, no exe is one that no set holds. Operation in the language's words with its
/// path; `file rename A B` and `file link A B` take two, `file rename A over B` replaces B, `file map_exec` without a
/// path is memory without a file. A path with spaces goes in double quotes.
/// Fails with what is wrong, "did you mean" included.
Result<Question> parse_question(std::string_view text);

}  // namespace stele
