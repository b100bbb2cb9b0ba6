#pragma once

// Random policies, and requests that are near enough to what they name to meet every edge of it.

#include <random>
#include <string>
#include <vector>

#include "compiler/scenario/scenario.h"
#include "dsl/sema/policy.h"

namespace stele::testing {

/// What a policy has much of.
enum class Flavour : uint8_t {
  shapes,      // `*` and `**` in all places, few names
  long_names,  // components of 31 to 255 bytes, many with the same beginning; bytes that are no text
  depth,       // patterns of up to 64 components, around multiples of 16
  subjects,    // ids in many ranges, groups, executables below not, and, or
  many_names   // enough names for a table
};
inline constexpr int kFlavours = 5;

class World {
public:
  World(unsigned seed, Flavour flavour) : random_(seed), flavour_(flavour) {}

  Policy policy();
  /// Mounts at places that the policy speaks of: some from the start, some late.
  std::vector<scenario::ImageMount> mounts(const Policy& policy);
  /// Requests are those of one system call. Names below a mount are resolvable: how deep a walk goes there counts from
  /// the mount, while the evaluator counts from "/".
  scenario::Case question(const Policy& policy, const std::vector<scenario::ImageMount>& mounts);

private:
  uint32_t below(uint32_t limit) { return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_); }
  bool one_in(uint32_t n) { return below(n) == 0; }
  template <typename T>
  const T& any_of(const std::vector<T>& all) {
    return all[below(static_cast<uint32_t>(all.size()))];
  }

  std::string name();
  PathPattern pattern();
  NumberSet ids();
  Condition condition(const Policy& policy, uint32_t depth, OpSet ops);
  Condition object(uint32_t sets);
  Constraint constraint(const Policy& policy);

  std::vector<std::string> instance(const PathPattern& pattern);
  std::string near(std::string name);
  std::string path(const Policy& policy, const std::vector<scenario::ImageMount>& mounts);
  uint32_t id(const Policy& policy);
  evaluate::Subject subject(const Policy& policy, const std::vector<scenario::ImageMount>& mounts);
  std::vector<evaluate::Request> requests(const Policy& policy, const std::vector<scenario::ImageMount>& mounts);
  void tell_owners(std::vector<evaluate::Request>& requests);

  std::mt19937 random_;
  Flavour flavour_;
  uint32_t deepest_ = 0;  // components of the longest patterns
};

/// For messages: the subject and the requests, bytes that are no text escaped.
std::string question_text(const scenario::Case& question);

}  // namespace stele::testing
