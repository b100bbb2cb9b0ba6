#pragma once

// What a step can be, and what each asks of a policy: the compiler's reading of runtime/init/verb.def.

#include <span>
#include <string>
#include <vector>

#include "compiler/scenario/names.h"
#include "compiler/scenario/scenario.h"

namespace stele::scenario {

/// The judged step in the words of the evaluator.
class Ask {
public:
  Ask(const Step& step, const ImageNames& names, const std::vector<std::string>& objects)
      : step_(step), names_(names), objects_(objects) {}

  /// True name of the step's path in argument `index`; `object:` replaces the paths of a step in order, so `nth` says
  /// which of them this is.
  std::string path(size_t index, bool follow = true, size_t nth = 0) const;
  bool has_objects() const { return !objects_.empty(); }
  /// The file kept by open_path or hold_open.
  std::string kept() const { return objects_.empty() ? names_.kept() : objects_[0]; }
  bool exists(const std::string& name) const { return names_.kind(name).has_value(); }
  bool is_directory(const std::string& name) const { return names_.kind(name) == ImageNames::Kind::directory; }
  /// Field::kind of what has this name, as far as it is known.
  std::map<Field, Number> kind(const std::string& name) const {
    if (!exists(name) || is_directory(name)) return {};
    return {{Field::kind, kPlain}};
  }
  const Step& step() const { return step_; }
  const ImageNames& names() const { return names_; }

private:
  const Step& step_;
  const ImageNames& names_;
  const std::vector<std::string>& objects_;
};

/// A class of what steps try, with the same name in the guest; `test` is the test machine's own.
#define STELE_ROOMS(X) X(file) X(exec) X(mount) X(process) X(test)
enum class Room : uint8_t {
#define STELE_ROOM_ENUM(room) room,
  STELE_ROOMS(STELE_ROOM_ENUM)
#undef STELE_ROOM_ENUM
};

/// A row of runtime/init/verb.def, which says what the columns mean.
struct Verb {
  enum class Asks : uint8_t { nothing, no_file, path, kept, helper };
  Room room;
  const char* name;
  size_t min_arguments, max_arguments;
  Asks asks;
  std::vector<evaluate::Request> (*requests)(const Ask& ask);
  void (*apply)(const Step& step, ImageNames& names);
};

/// Does the operation make what its name names?
bool makes(Op op);
bool is_about_a_file(const evaluate::Request& request);
/// Is the request's name the old one of what a rename, an exchange or a link gives another?
bool is_old_name(const evaluate::Request& request);

/// All of them, in the order of docs/scenarios.md.
std::span<const Verb> verbs();
/// nullptr when there is no such verb.
const Verb* find_verb(const std::string& name);
/// The names after a step that prepares.
void apply(const Step& step, ImageNames& names);
/// Does the judged step touch a file by a path that a changed view could make another file's?
bool names_a_file(const Step& step);
/// Executable of the helper process that the step wants, "" when it wants none.
std::string helper_of(const Step& step);

}  // namespace stele::scenario
