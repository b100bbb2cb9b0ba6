#pragma once

// How the values of one field are written in boolean variables.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/analyze/diagram.h"
#include "compiler/analyze/name_classes.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// A number from 0 to `last` in binary, most significant variable first.
struct IndexCode {
  uint32_t first = 0, bits = 0;
  uint64_t last = 0;

  /// Takes the variables that are needed from `next` on.
  static IndexCode up_to(uint64_t last, uint32_t& next);
  Diagram between(uint64_t low, uint64_t high) const;
  Diagram valid() const { return between(0, last); }
  Diagram bit(uint32_t significance) const;
  uint64_t decode(const std::vector<bool>& point) const;
};

/// "Has one in class i" for each class.
struct FlagsCode {
  uint32_t first = 0, count = 0;
  Diagram any(uint32_t low, uint32_t high) const;
  std::vector<uint32_t> decode(const std::vector<bool>& point) const;
};

/// A field whose values are numbers.
class NumberCode {
public:
  enum class Values : uint8_t { one, one_or_none, one_and_more, any_number };

  /// The intervals of all sets that will be asked for. `raw`: the 64 bits themselves.
  void cut(const NumberSet& set, Number max);
  void assign(Values values, bool raw, uint32_t& next);
  void assign_flags(uint32_t& next);

  Diagram in(const NumberSet& set) const;
  Diagram bits(uint64_t mask, uint64_t value) const;  // raw only
  Diagram absent() const;                             // one_or_none only, else false
  Diagram valid() const;

  std::optional<Number> decode(const std::vector<bool>& point) const;
  std::vector<Number> decode_flags(const std::vector<bool>& point) const;

private:
  struct ClassRange {
    uint32_t first, last;
  };
  std::optional<ClassRange> classes_of(const NumberRange& range) const;

  Values values_ = Values::one;
  bool raw_ = false;
  std::vector<Number> starts_ = {0};  // of the intervals, ascending
  Number max_ = 0;
  IndexCode index_;       // one_or_none: 0 is none, class i is i + 1; raw: the value itself
  uint32_t present_ = 0;  // raw and one_or_none: the variable that says that there is one
  FlagsCode flags_;
};

/// For which values a test may hold and for which it must.
struct Known {
  Diagram may, must;
};

/// A field whose values are names: a class, unresolvable, or none.
class NameCode {
public:
  NameClasses classes;

  /// `unresolvable`: can a name be too deep or too long? `several`: there may be more of them, each in any class.
  void assign(bool unresolvable, uint32_t& next);
  void assign_flags(uint32_t& next);

  /// Is the one name in the set; with `several`, is it or one of the others.
  Known in(PathSetId set, bool several) const;
  Diagram absent() const { return index_.between(index_.last, index_.last); }
  Diagram valid() const { return index_.valid(); }

  /// Empty: none.
  std::string decode(const std::vector<bool>& point) const;
  std::vector<std::string> decode_flags(const std::vector<bool>& point) const;

private:
  std::string witness(uint64_t index) const;
  bool can_be_unresolvable_ = false;
  IndexCode index_;  // classes, then unresolvable, then absent
  FlagsCode flags_;  // classes, then unresolvable
};

/// Deeper than any name that can be resolved.
std::string unresolvable_name();

}  // namespace stele::analyze
