#pragma once

// The named sets of a policy, and the values of set expressions.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/accounts.h"
#include "dsl/sema/path_sets.h"
#include "dsl/sema/report.h"
#include "dsl/sema/set_value.h"

namespace stele::sema {

/// Largest id of a user or group; the next is the kernel's "no id".
inline constexpr uint32_t kMaxId = 0xfffffffe;

/// Symbol table of `let`. Definitions may stand after their uses.
class Sets {
public:
  /// `names_complete` false: a definition may be missing for a reason that is reported already, so an unknown name is
  /// not reported again.
  Sets(const Accounts& accounts, PathSetTable& path_sets, Reporter& report, bool names_complete)
      : accounts_(accounts), path_sets_(path_sets), report_(report), names_complete_(names_complete) {}

  /// Reports S3030, S3035, S3038, S3043.
  void define(const ast::Let& let, bool in_root);

  /// Value of an expression; nullopt when something in it was reported.
  std::optional<SetValue> value(const ast::SetExpression& expression, SetType type);
  /// The same for types path and name, as an entry of the policy's table.
  std::optional<PathSetId> paths(const ast::SetExpression& expression, SetType type = SetType::path);

  bool knows(const std::string& name) const {
    return entries_.contains(name) || (parameters_ && parameters_->contains(name));
  }

  /// Within a template: names that stand for the sets given where it is used. nullptr: outside again.
  struct Parameter {
    const ast::SetExpression* argument = nullptr;
    bool used = false;
  };
  using Parameters = std::map<std::string, Parameter>;
  void set_parameters(Parameters* parameters) { parameters_ = parameters; }

  /// Evaluates every set, so that its own mistakes are reported once, where they are.
  void evaluate_all();
  /// Warns of sets that nothing uses (S3039).
  void check_unused();

private:
  enum class State : uint8_t { fresh, open, done };
  struct Entry {
    const ast::Let* let = nullptr;
    std::optional<SetType> type;  // nullopt: unknown, and reported
    bool in_root = false;
    bool used = false;
    State state = State::fresh;
    bool valid = false;
    SetValue value;
    std::optional<PathSetId> id;
  };
  /// A set in braces: its members as they come, and the sets among them.
  struct Members {
    SetValue listed;
    std::vector<SetValue> sets;
  };

  void evaluate(Entry& entry);
  std::optional<SetValue> joined(const ast::SetExpression& expression, SetType type);
  std::optional<SetValue> listed(const ast::SetExpression& expression, SetType type);
  void check_tests(const ast::SetExpression& expression);
  void check_subtracted(const SetValue& from, const SetValue& taken, SetType type, const diag::Span& span);
  bool add_item(const ast::Item& item, SetType type, Members& out);
  bool add_number(const ast::Item& item, SetType type, SetValue& out);
  bool add_port(const ast::Item& item, SetValue& out);
  bool add_text(const ast::Item& item, SetType type, SetValue& out);
  bool add_account(const ast::Item& item, SetType type, SetValue& out);
  bool add_group(const ast::Item& item, SetType type, SetValue& out);
  bool add_name(const ast::Item& item, SetType type, Members& out);
  bool add_word(const ast::Item& item, SetType type, uint64_t number, SetValue& out);
  bool add_netlink(const ast::Item& item, uint32_t family, SetValue& out);
  bool add_set(const ast::Item& item, SetType type, Members& out);
  bool fail_unknown(const ast::Item& item, SetType type);
  bool fail(uint16_t number, const diag::Span& span, std::string message, std::string hint = {});

  const Accounts& accounts_;
  PathSetTable& path_sets_;
  Reporter& report_;
  bool names_complete_;
  std::map<std::string, Entry> entries_;
  std::vector<Entry*> order_;  // as defined
  Parameters* parameters_ = nullptr;
  bool all_evaluated_ = false;
  uint32_t depth_ = 0;   // of evaluate
  size_t expanded_ = 0;  // patterns that came of braces so far
};

}  // namespace stele::sema
