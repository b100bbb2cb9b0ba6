#pragma once

// What a step can be, and what each asks of a policy: the one table of verbs (the guest's runtime/init does them).

#include <string>
#include <vector>

#include "compiler/scenario/names.h"
#include "compiler/scenario/scenario.h"

namespace stele {

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
  const Step& step() const { return step_; }
  const ImageNames& names() const { return names_; }

private:
  const Step& step_;
  const ImageNames& names_;
  const std::vector<std::string>& objects_;
};

struct Verb {
  const char* name;
  size_t min_arguments, max_arguments;
  std::vector<Request> (*requests)(const Ask& ask);
};

/// nullptr when there is no such verb.
const Verb* find_verb(const std::string& name);
/// All of them, in the order of docs/scenarios.md.
std::vector<std::string> verb_names();
/// Does the judged step touch a file by a path that a changed view could make another file's?
bool names_a_file(const Step& step);
/// Executable of the helper process that the step wants, "" when it wants none.
std::string helper_of(const Step& step);

}  // namespace stele
