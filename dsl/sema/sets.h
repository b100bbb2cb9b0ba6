#pragma once

// The named sets of a policy, and the values of set expressions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele {

enum class SetType : uint8_t { uid, gid, path };
const char* set_type_text(SetType type);

/// Largest id of a user or group; the next is the kernel's "no id".
inline constexpr uint32_t kMaxId = 0xfffffffe;

/// Sorts and merges, so that equal sets are equal vectors.
NumberSet normalised(NumberSet ids);

/// Puts path sets into Policy::path_sets, one entry for equal name and equal patterns.
class PathSetTable {
public:
  explicit PathSetTable(std::vector<PathSet>& sets) : sets_(sets) {}
  /// `set.patterns` need not be sorted.
  PathSetId intern(PathSet set);
  const PathSet& operator[](PathSetId id) const { return sets_[id]; }

private:
  std::vector<PathSet>& sets_;
  std::map<std::string, PathSetId> known_;
};

/// Symbol table of `let`. Definitions may stand after their uses.
class Sets {
public:
  /// `names_complete` false: a definition may be missing for a reason that is reported already, so an unknown name is
  /// not reported again.
  Sets(Sink& sink, bool names_complete) : sink_(sink), names_complete_(names_complete) {}

  /// Reports S3030, S3035, S3038.
  void define(const ast::Let& let, bool in_root);

  /// Value of an expression; nullopt when something in it was reported.
  std::optional<NumberSet> ids(const ast::SetExpression& expression, SetType type);
  std::optional<PathSet> paths(const ast::SetExpression& expression);

  /// Checks the sets that nothing uses too, and warns of them (S3039).
  void check_all();

private:
  enum class State : uint8_t { fresh, open, done };
  struct Entry {
    const ast::Let* let = nullptr;
    std::optional<SetType> type;  // nullopt: unknown, and reported
    bool in_root = false;
    bool used = false;
    State state = State::fresh;
    bool valid = false;
    NumberSet ids;
    std::vector<PathPattern> patterns;
  };
  struct Value {
    bool valid = true;
    NumberSet ids;
    std::vector<PathPattern> patterns;
  };

  Entry* look_up(const ast::Item& item, SetType type);
  void evaluate(Entry& entry);
  Value value_of(const ast::SetExpression& expression, SetType type);
  bool add_item(const ast::Item& item, SetType type, Value& out);
  bool add_named(const ast::Item& item, SetType type, Value& out);
  bool add_number(const ast::Item& item, SetType type, Value& out);
  bool add_text(const ast::Item& item, SetType type, Value& out);
  bool fail(uint16_t number, const Span& span, std::string message, std::string hint = {});

  Sink& sink_;
  bool names_complete_;
  std::map<std::string, Entry> entries_;
  std::vector<Entry*> order_;  // as defined
  uint32_t depth_ = 0;         // of evaluate
};

}  // namespace stele
