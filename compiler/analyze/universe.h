#pragma once

// All requests that there are, as decision diagrams, as far as one policy can tell them apart.
//
// A request is an operation, a class of object paths (name_classes), and a value for each other field. Numbers are cut
// into the intervals that the policy's sets use, names into classes; the number of an interval or a class is written in
// boolean variables. A field of which a task has several (groups, capabilities, ancestors) has one variable for each
// class: "has one of these". Arguments of system calls that are tested by bits have a variable for each bit.

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/analyze/codes.h"
#include "compiler/analyze/diagram.h"
#include "compiler/analyze/name_classes.h"
#include "compiler/analyze/request_domain.h"
#include "compiler/evaluate/evaluate.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// A class of object paths: an index into paths().witnesses, or one of the two behind them.
using PathClass = uint32_t;

class Universe {
public:
  /// Knows the constraints and assertions of `policy`, which must outlive it. Throws LimitReached.
  Universe(const Policy& policy, const DiagramLimits& limits, size_t max_states);
  ~Universe();

  const NameClasses& paths() const;
  PathClass unresolvable() const;  // a path that cannot be resolved
  PathClass no_path() const;       // a request without a path
  uint32_t path_class_count() const;

  /// The requests of this operation with such a path that exist; false when there are none.
  Diagram domain(Op op, PathClass path);
  /// For which requests the condition may hold and for which it does; they differ where a name cannot be resolved.
  Known holds(const Condition& condition);
  /// The same for any value of the object's fields: of whom it can hold.
  Diagram of_subjects(const Diagram& requests) const;

  struct Witness {
    evaluate::Subject subject;
    evaluate::Request request;
  };
  /// One request out of `requests`, which must lie within domain(op, path) and not be false.
  Witness witness(const Diagram& requests, Op op, PathClass path) const;

private:
  class Layout;
  std::unique_ptr<Layout> layout_;
};

}  // namespace stele::analyze
