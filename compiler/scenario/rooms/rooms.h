#pragma once

// The rooms of the verbs: a namespace and a file for each class, and in it what a step asks of a policy, what it does
// to the names that later steps see, and which of its calls the host model knows. A verb without its functions, a room
// without its calls, and any of them without its row do not build.

#include <utility>
#include <vector>

#include "compiler/scenario/verbs.h"

namespace stele::scenario {

using Requests = std::vector<evaluate::Request>;

/// Requests that one call of bpf-templates/host/main.c makes together. 'a' and 'b' are its paths.
struct HostRequest {
  Op op;
  char path;
  char becomes = 0;        // the path that is its new name; 0: none
  bool plain = false;      // is the file known to be no directory
  bool by_itself = false;  // does the task execute it by then
};
struct HostCall {
  const char* name;
  std::vector<HostRequest> requests;
};

#define STELE_REQUESTS_nothing(room, name)
#define STELE_REQUESTS_no_file(room, name) \
  namespace room {                         \
  Requests requests_##name(const Ask&);    \
  }
#define STELE_REQUESTS_path STELE_REQUESTS_no_file
#define STELE_REQUESTS_kept STELE_REQUESTS_no_file
#define STELE_REQUESTS_helper STELE_REQUESTS_no_file
#define STELE_NAMES_same(room, name)
#define STELE_NAMES_view(room, name)
#define STELE_NAMES_changed(room, name)              \
  namespace room {                                   \
  void names_after_##name(const Step&, ImageNames&); \
  }
#define STELE_VERB(room, name, min_arguments, max_arguments, asks, names) \
  STELE_REQUESTS_##asks(room, name) STELE_NAMES_##names(room, name)
#include "runtime/init/verb.def"
#undef STELE_REQUESTS_nothing
#undef STELE_REQUESTS_no_file
#undef STELE_REQUESTS_path
#undef STELE_REQUESTS_kept
#undef STELE_REQUESTS_helper
#undef STELE_NAMES_same
#undef STELE_NAMES_view
#undef STELE_NAMES_changed

#define STELE_ROOM_CALLS(room)        \
  namespace room {                    \
  std::vector<HostCall> host_calls(); \
  }
STELE_ROOMS(STELE_ROOM_CALLS)
#undef STELE_ROOM_CALLS

}  // namespace stele::scenario
