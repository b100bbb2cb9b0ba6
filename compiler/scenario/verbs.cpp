// See verbs.h. What a system call asks is written down in compiler/evaluate/evaluate.h.

#include "compiler/scenario/verbs.h"

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario {

std::string Ask::path(size_t index, bool follow, size_t nth) const {
  if (nth < objects_.size()) return objects_[nth];
  return names_.resolve(step_.arguments.at(index), follow).value_or(step_.arguments.at(index));
}

namespace {

Requests ask_nothing(const Ask&) {
  return {};
}

void keep_names(const Step&, ImageNames&) {}

void change_view(const Step&, ImageNames& names) {
  names.change_view();
}

#define STELE_ASKED_nothing(room, name) ask_nothing
#define STELE_ASKED_no_file(room, name) room::requests_##name
#define STELE_ASKED_path STELE_ASKED_no_file
#define STELE_ASKED_kept STELE_ASKED_no_file
#define STELE_ASKED_helper STELE_ASKED_no_file
#define STELE_APPLIED_same(room, name) keep_names
#define STELE_APPLIED_view(room, name) change_view
#define STELE_APPLIED_changed(room, name) room::names_after_##name
constexpr Verb kVerbs[] = {
#define STELE_VERB(room, name, min_arguments, max_arguments, asks, names) \
  {Room::room,                                                            \
   #name,                                                                 \
   min_arguments,                                                         \
   max_arguments,                                                         \
   Verb::Asks::asks,                                                      \
   STELE_ASKED_##asks(room, name),                                        \
   STELE_APPLIED_##names(room, name)},
#include "runtime/init/verb.def"
};

}  // namespace

bool makes(Op op) {
  return op == Op::file_create || op == Op::file_mkdir || op == Op::file_mknod || op == Op::file_symlink;
}

bool is_about_a_file(const evaluate::Request& request) {
  return request.path && (op_class(request.op) == OpClass::file || op_class(request.op) == OpClass::exec);
}

bool is_old_name(const evaluate::Request& request) {
  const auto new_name = request.names.find(Field::new_name);
  return new_name != request.names.end() && new_name->second != request.path;
}

std::span<const Verb> verbs() {
  return kVerbs;
}

const Verb* find_verb(const std::string& name) {
  for (const Verb& verb : kVerbs)
    if (name == verb.name) return &verb;
  return nullptr;
}

void apply(const Step& step, ImageNames& names) {
  if (const Verb* verb = find_verb(step.verb)) verb->apply(step, names);
}

bool names_a_file(const Step& step) {
  const Verb* verb = find_verb(step.verb);
  return verb && verb->asks == Verb::Asks::path;
}

std::string helper_of(const Step& step) {
  const Verb* verb = find_verb(step.verb);
  return verb && verb->asks == Verb::Asks::helper ? step.arguments.at(0) : "";
}

}  // namespace stele::scenario
