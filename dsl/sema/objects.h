#pragma once

// Which object words each class of operations has.

#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::sema {

enum class ObjectKind : uint8_t {
  path,
  address,
  port,
  family,
  socket_type,
  protocol,
  uid,
  gid,
  exe,
  source,
  fstype,
  bpf_type,
  policy
};

/// `word` is empty for a plain `on`. Only the operations `ops` of the class have it.
struct ObjectWord {
  std::string_view klass, word;
  ObjectKind kind = ObjectKind::path;
  OpSet ops = 0;
};

/// nullptr: the class has no such object.
const ObjectWord* find_object_word(std::string_view klass, std::string_view word);
/// "`on`, `to`, …", or empty: all objects of a class.
std::vector<std::string> object_words_of(std::string_view klass);

/// Operations of BPF on programs, on maps, on links, on pinned objects.
bool is_bpf_program_op(Op op);
bool is_bpf_map_op(Op op);
/// The operations that `on maps of policy` can be about; 0 for a word that is none of maps, programs, links, objects.
OpSet ops_on_own(std::string_view things);

}  // namespace stele::sema
