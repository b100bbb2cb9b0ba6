#pragma once

// Random policies over so few names and numbers that every request can be tried, one after the other: what the
// analyses must agree with. Knows nothing of how they work.

#include <random>
#include <string>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "tests/evaluate/builder.h"

namespace stele::testing {

enum class Theme : uint8_t { files, names, programs, words, sockets, calls };
inline constexpr Theme kThemes[] = {Theme::files, Theme::names,   Theme::programs,
                                    Theme::words, Theme::sockets, Theme::calls};

class SmallWorld {
public:
  SmallWorld(Theme theme, unsigned seed) : theme_(theme), random_(seed) {}

  /// Authors' constraints first, then some that are derived of them. Constraint i is rule i, at offset i.
  Policy policy();
  /// The same with one constraint more, fewer or changed.
  Policy variant(Policy policy);
  Assertion assertion();

  /// Everyone and everything there is.
  std::vector<evaluate::Subject> subjects() const;
  std::vector<evaluate::Request> requests() const;

private:
  uint32_t below(uint32_t limit) { return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_); }
  Constraint constraint(Builder& builder);
  Condition condition(uint32_t depth);
  Condition object_condition();
  Condition test();
  OpSet ops();
  std::string pattern();

  Theme theme_;
  std::mt19937 random_;
};

}  // namespace stele::testing
